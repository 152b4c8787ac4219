"""A new service as files: a skeleton that runs, records each event that it reads, and answers with its own events.

The templates are in `service_skeleton/`. Everything is checked, and every file is made in memory, before the first one
is written. topics.yaml, docker-compose.yml and prometheus.yml get lines; what is there, comments too, stays as it is.
"""

from __future__ import annotations

import difflib
import keyword
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from admin.errors import Refused

if TYPE_CHECKING:
    from registry.catalogue import Catalogue

TEMPLATES = Path(__file__).parent / "service_skeleton"
TOPICS, COMPOSE, PROMETHEUS = (
    Path("schemas/topics.yaml"),
    Path("docker-compose.yml"),
    Path("ops/prometheus/prometheus.yml"),
)
#: Names that something else has: a server or program, a database or role, a variable, or a module of generated code.
TAKEN = {
    **dict.fromkeys(("postgres", "kafka", "registry"), "a server"),
    **dict.fromkeys(("gateway", "console", "migrate", "prometheus", "grafana", "jaeger"), "a program"),
    **dict.fromkeys(("admin", "audit", "data", "template0", "template1"), "a database, a role or a setting"),
    **dict.fromkeys(("avro", "errors", "events", "history", "ops", "topics", "type", "types"), "generated code"),
    **dict.fromkeys(("catalogue", "chassis", "shop"), "a part of services/"),
}
_NAME = re.compile(r"[a-z][a-z0-9]{1,19}")
_EVENT = re.compile(r"[A-Z][A-Za-z0-9]{2,59}")


@dataclass(frozen=True, slots=True)
class Read:
    """An event that the new service reads.

    Attributes:
        event: Its simple name.
        full_name: Its full name.
        module: The generated module that has it.
        handler: The name of its handler.
        column: The column that says when it was read.
        answers: What the handler publishes.
    """

    event: str
    full_name: str
    module: str
    handler: str
    column: str
    answers: tuple[str, ...]


def create(root: Path, name: str, reads: Sequence[str], publishes: Sequence[str]) -> list[Path]:
    """Write a new service.

    Args:
        root: The checkout.
        name: The service's name.
        reads: Simple names of the events that it reads. The n-th is answered by the n-th of `publishes`.
        publishes: Simple names of its own events. What is left over is published with the answer to the last one read.

    Returns:
        The files that were written or changed, relative to `root`.

    Raises:
        Refused: Something that was given cannot be; nothing was written.
    """
    from registry.catalogue import load

    catalogue = load(root)
    places = _places(root)
    _check_name(root, name, places)
    _check_published(publishes, catalogue)
    read = _reads(reads, publishes, catalogue)
    place = max(places.values(), default=0) + 1
    made = _formatted(root, _files(name, place, read, publishes))
    present = [str(path) for path in made if (root / path).exists()]
    if present:
        raise Refused(f"NAME: {', '.join(present)} is there already; remove it, or choose another name.")
    changed = {
        TOPICS: _topics((root / TOPICS).read_text(encoding="utf-8"), name, read, publishes),
        COMPOSE: _compose((root / COMPOSE).read_text(encoding="utf-8"), name, place),
        PROMETHEUS: _prometheus((root / PROMETHEUS).read_text(encoding="utf-8"), name),
    }
    for path, text in {**made, **changed}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return [*made, *changed]


def _places(root: Path) -> dict[str, int]:
    from services.catalogue import MOST_SERVICES, CatalogueError, places

    try:
        found = places(root / "services")
    except CatalogueError as error:
        raise Refused(str(error)) from None
    if max(found.values(), default=0) >= MOST_SERVICES:
        raise Refused(f"NAME: there are ports for {MOST_SERVICES} services, and the last of them has a service.")
    return found


def _check_name(root: Path, name: str, places: Mapping[str, int]) -> None:
    if name in places or (root / "services" / name).exists():
        raise Refused(f"NAME: services/{name} is there already; choose another name.")
    if not _NAME.fullmatch(name):
        raise Refused(
            f"NAME: {name!r} cannot be the name of a folder, a database and a variable at once; write 2 to 20 small "
            "letters and digits, with a letter first, such as `loyalty`."
        )
    if keyword.iskeyword(name) or name in sys.stdlib_module_names:
        raise Refused(f"NAME: `{name}` is a word of Python; choose another name, such as `{name}s`.")
    if name in TAKEN:
        raise Refused(f"NAME: `{name}` is the name of {TAKEN[name]}; choose another name.")


def _check_published(publishes: Sequence[str], catalogue: Catalogue) -> None:
    owners = {event.full_name.rpartition(".")[2]: topic.owner for topic in catalogue.topics for event in topic.events}
    types = {full_name.rpartition(".")[2]: file.path for full_name, file in catalogue.files.items()}
    for number, event in enumerate(publishes):
        if not _EVENT.fullmatch(event):
            raise Refused(
                f"--publishes: {event!r} is no name of an event; write it like `PointsCredited`: what has happened."
            )
        if event in owners:
            raise Refused(
                f"--publishes: `{event}` belongs to {owners[event]}, and an event has one service; name another event, "
                f"or read it: --reads {event}."
            )
        if event in types:
            raise Refused(f"--publishes: `{event}` is there already, in {types[event]}; name another event.")
        if event in publishes[:number]:
            raise Refused(f"--publishes: `{event}` stands twice; name it once.")


def _reads(reads: Sequence[str], publishes: Sequence[str], catalogue: Catalogue) -> list[Read]:
    known = {
        event.full_name.rpartition(".")[2]: (event.full_name, topic)
        for topic in catalogue.topics
        for event in topic.events
    }
    if not reads:
        raise Refused(f"--reads: name at least one event of {', '.join(known)}.")
    found = []
    for number, event in enumerate(reads):
        if event not in known:
            near = difflib.get_close_matches(event, known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"it is one of {', '.join(known)}."
            raise Refused(f"--reads: there is no event `{event}` in topics.yaml; {hint}")
        if event in reads[:number]:
            raise Refused(f"--reads: `{event}` stands twice; name it once.")
        full_name, topic = known[event]
        if topic.key != "order_id":
            raise Refused(
                f"--reads: `{event}` has the key {topic.key}, and the skeleton keeps a row for each order_id; begin "
                "without it, and write its handler by hand (docs/add-an-event.md)."
            )
        last = number + 1 == len(reads)
        answers = tuple(publishes[number:] if last else publishes[number : number + 1])
        module = full_name.rpartition(".")[0]
        found.append(Read(event, full_name, module, f"on_{_snake(event)}", f"{_snake(event)}_at", answers))
    return found


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def _sentence(words: Iterable[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def _files(name: str, place: int, reads: Sequence[Read], published: Sequence[str]) -> dict[Path, str]:
    service, tests, schemas = Path("services") / name, Path("tests/unit/services") / name, Path("schemas") / name
    values = {
        "name": name,
        "place": place,
        "reads": reads,
        "published": published,
        "row": f"{name.capitalize()}Row",
        "table": f"{name}_rows",
    }
    files = {}
    for template in sorted((TEMPLATES / "service").rglob("*.*")):
        path = service / template.relative_to(TEMPLATES / "service").with_suffix("")
        if template.suffix == ".jinja":
            files[path] = _rendered(template, values)
        elif template.suffix == ".mako":
            # Alembic's own template for the migrations that follow.
            files[path.with_suffix(".py.mako")] = template.read_text(encoding="utf-8")
    path = tests / "test_decisions.py"
    files[path] = _rendered(TEMPLATES / "test/test_decisions.py.jinja", values)
    answered = {answer: read for read in reads for answer in read.answers}
    for event in published:
        values_ = {**values, "event": event, "read": answered[event]}
        files[schemas / f"{event}.avsc"] = _rendered(TEMPLATES / "schemas/event.avsc.jinja", values_)
    return files


def _rendered(template: Path, values: Mapping[str, Any]) -> str:
    from jinja2 import Environment, StrictUndefined

    environment = Environment(undefined=StrictUndefined, keep_trailing_newline=True, autoescape=False)  # noqa: S701
    environment.filters |= {"snake": _snake, "sentence": _sentence, "tick": "`{}`".format}
    return environment.from_string(template.read_text(encoding="utf-8")).render(values)


def _formatted(root: Path, files: Mapping[Path, str]) -> dict[Path, str]:
    """Sort the imports and wrap the lines as `make check` wants it: they depend on how long the names are."""
    # The folders are not there yet, so ruff is told that they are ours.
    ours = 'lint.isort.known-first-party = ["services", "tests"]'
    ruff, settings = Path(sys.executable).with_name("ruff"), root / "pyproject.toml"
    with TemporaryDirectory() as made:
        folder = Path(made)
        python = [path for path in files if path.suffix == ".py"]
        for path in python:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(files[path], encoding="utf-8")
        for arguments in (("check", "--fix", "--select", "I", "--config", ours), ("format",)):
            subprocess.run([ruff, *arguments, "--quiet", "--no-cache", "--config", settings, folder], check=True)
        return {**files, **{path: (folder / path).read_text(encoding="utf-8") for path in python}}


def _topics(text: str, name: str, reads: Sequence[Read], published: Sequence[str]) -> str:
    for read in reads:
        pattern = re.compile(rf"^(    {re.escape(read.full_name)}: \{{.*?consumers: \[)([^\]]*)(\])", re.MULTILINE)
        line = pattern.search(text)
        if line is None:
            raise Refused(
                f"--reads: {TOPICS} does not have `{read.event}` as one line with `{{consumers: [...]}}`; write it so, "
                "and try again."
            )
        consumers = ", ".join([*filter(None, [line[2].strip()]), name])
        text = f"{text[: line.start()]}{line[1]}{consumers}{line[3]}{text[line.end() :]}"
    if published:
        text = (
            text.rstrip("\n") + "\n" + _rendered(TEMPLATES / "topic.yaml.jinja", {"name": name, "published": published})
        )
    return text


def _compose(text: str, name: str, place: int) -> str:
    from local.settings import DEFAULT_PORT_BASE, offsets

    upper = name.upper()
    url = f"postgresql://{name}:${{QUADRILLE_{upper}_PASSWORD:-{name}}}@postgres:5432/{name}"
    values = {"name": name, "database_url": url, "port": DEFAULT_PORT_BASE + offsets(place)[0]}
    text = _before(
        text, "      QUADRILLE_AUDIT_DATABASE_URL:", f"      QUADRILLE_{upper}_DATABASE_URL: {url}\n", COMPOSE
    )
    return _before(text, "  gateway:\n", _rendered(TEMPLATES / "compose.yaml.jinja", values), COMPOSE)


def _prometheus(text: str, name: str) -> str:
    target = f'      - targets: ["{name}:9100"]\n        labels: {{service: {name}}}\n'
    return _before(text, '      - targets: ["gateway:9100"]', target, PROMETHEUS)


def _before(text: str, mark: str, lines: str, path: Path) -> str:
    head, found, tail = text.partition("\n" + mark)
    if not found:
        raise Refused(f"{path} has no line `{mark.strip()}`, before which a new service's lines go; put it back.")
    return f"{head}\n{lines}{mark}{tail}"
