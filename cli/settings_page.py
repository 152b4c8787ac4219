"""docs/settings.md: every setting, from the classes that read them. `python -m cli.settings_page` writes it.

Invariants:

- A variable stands here only if something reads it: rows come from the settings classes themselves, or are named in
  `OTHERS`. A test finds every variable of the source on the page.
- What it means is said once: in the class's docstring, or in the description of a field that is made from the list of
  services. A field without a meaning is an error.
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import os
import re
import socket
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from types import NoneType
from typing import Annotated, Any, Literal, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt, MaxLen, MinLen
from pydantic import TypeAdapter
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

from local.settings import CHECKOUT
from services.catalogue import SERVICES

PAGE = Path("docs/settings.md")
COMMAND = "make generate"
_INTRODUCTION = """# Settings

Made by `make generate` from the classes that read them; do not edit. All settings are environment variables, the same
on a laptop, in Compose and in Kubernetes. A wrong one stops the process at its start, which names it. The supervisor
of the local platform sets what differs between its processes, and passes every other variable on. A variable that two
kinds of process read stands in two tables.
"""
_HEAD = "| variable | type and range | default | meaning |\n|---|---|---|---|\n"
_TYPES = {
    int: "whole number",
    float: "number",
    str: "text",
    bool: "`true`, `false`",
    timedelta: "duration",
    Path: "path",
}
#: Variables that no settings class reads: who reads them, and name, default and meaning of each.
OTHERS: Mapping[str, Sequence[tuple[str, str, str]]] = {
    "`make` and the tests": (
        ("QUADRILLE_FAULT_ROUNDS", "`short`", "`make test-faults`: 1, 3 or `all`; see [faults.md](faults.md)."),
        ("QUADRILLE_FAULT_SEED", "drawn", "`make test-faults`: picks the same faults, instances and passes again."),
        ("QUADRILLE_INTEROP_PAIRS", "2000", "Pairs of schemas that the gate and Avro's Java library both judge."),
        ("QUADRILLE_INTEROP_SEED", "0", "The first seed of these pairs."),
    ),
}
#: Variables that only docker-compose.yml has, where it fills them in.
COMPOSE = {
    "QUADRILLE_ADMIN_PASSWORD": "Password of PostgreSQL's own role `postgres`.",
    "QUADRILLE_AUDIT_PASSWORD": "Password of the role that may only read.",
    "QUADRILLE_REGISTRY_PASSWORD": "Password of the registry's role.",
    **{f"QUADRILLE_{service.upper()}_PASSWORD": f"Password of {service}'s role." for service in SERVICES},
    "QUADRILLE_OTLP_ENDPOINT": "Where traces go, over gRPC; empty for nowhere ([telemetry.md](telemetry.md)).",
    "QUADRILLE_PROMETHEUS_PORT": "With the profile `telemetry`: Prometheus.",
    "QUADRILLE_GRAFANA_PORT": "With the profile `telemetry`: Grafana.",
    "QUADRILLE_JAEGER_PORT": "With the profile `telemetry`: Jaeger's pages.",
}


class SettingsPageError(Exception):
    """A setting cannot be described."""


def render(root: Path) -> str:
    """Write the page.

    Args:
        root: The checkout.

    Returns:
        Its text.

    Raises:
        SettingsPageError: A field has no meaning in its class's docstring, or a type that the page has no word for.
    """
    tables: dict[str, list[str]] = {}
    for title, class_ in classes(root):
        own = inspect.get_annotations(class_)
        described = {name: field.description or "" for name, field in class_.model_fields.items()}
        meanings = {name: text for name, text in described.items() if text} | _meanings(class_)
        rows = [_row(class_, name, field, meanings) for name, field in class_.model_fields.items() if name in own]
        tables.setdefault(title, []).extend(rows)
    for title, entries in OTHERS.items():
        tables[title] = [f"| `{name}` | text | {default} | {meaning} |" for name, default, meaning in entries]
    given = dict(
        re.findall(r"\$\{(QUADRILLE_\w+):-([^}]*)\}", (root / "docker-compose.yml").read_text(encoding="utf-8"))
    )
    tables["`docker-compose.yml`, where it fills them in"] = [
        f"| `{name}` | text | `{given[name]}` | {meaning} |" for name, meaning in COMPOSE.items()
    ]
    return "\n".join(
        [_INTRODUCTION, *(f"## {title}\n\n{_HEAD}" + "\n".join(rows) + "\n" for title, rows in tables.items())]
    )


def classes(root: Path) -> Iterator[tuple[str, type[BaseSettings]]]:
    """Find the settings classes: those in modules called `settings`.

    Args:
        root: The checkout.

    Yields:
        Who reads the class, and the class.
    """
    found: list[type[BaseSettings]] = []
    for path in sorted(root.glob("*/**/settings.py")):
        place = path.relative_to(root)
        if place.parts[0] in ("tests", "build", "generated") or place.parts[0].startswith("."):
            continue
        module = importlib.import_module(".".join(place.with_suffix("").parts))
        for _, class_ in inspect.getmembers(module, inspect.isclass):
            if issubclass(class_, BaseSettings) and class_.__module__ == module.__name__:
                found.append(class_)
    for class_ in sorted(found, key=lambda one: (_rank(one), one.__module__, one.__qualname__)):
        yield _title(class_, found), class_


def _rank(class_: type[BaseSettings]) -> int:
    for rank, start in enumerate(("services.chassis.settings", "services.chassis", "services", "gateway")):
        if class_.__module__.startswith(start):
            return rank
    return 9


def _title(class_: type[BaseSettings], found: Sequence[type[BaseSettings]]) -> str:
    package = class_.__module__.split(".")
    if package[0] == "local":
        return "`quadrille`, and the supervisor that it starts"
    if package[0] != "services":
        return f"The {package[0]}"
    if package[1] != "chassis":
        return package[1].capitalize()
    readers = [
        service
        for service in SERVICES
        if any(c.__module__.split(".")[1] == service and issubclass(c, class_) for c in found)
    ]
    if len(readers) + 1 >= len(SERVICES) or class_.__module__ == "services.chassis.settings":
        return "Every service"
    return " and ".join(readers).capitalize()


def _meanings(class_: type[BaseSettings]) -> dict[str, str]:
    text = (inspect.getdoc(class_) or "").partition("Attributes:\n")[2]
    meanings: dict[str, str] = {}
    for line in text.splitlines():
        if found := re.fullmatch(r" {4}(\w+): (.+)", line):
            name = found[1]
            meanings[name] = found[2]
        elif line.startswith("     ") and meanings:
            meanings[name] += " " + line.strip()
    return meanings


def _row(class_: type[BaseSettings], name: str, field: FieldInfo, meanings: Mapping[str, str]) -> str:
    if name not in meanings:
        raise SettingsPageError(f"{class_.__module__}.{class_.__name__}: say under Attributes what `{name}` means")
    prefix = class_.model_config.get("env_prefix", "")
    variable = str(field.validation_alias or f"{prefix}{name}").upper()
    kind, limits = _kind(field.annotation), [*_limits(field.metadata), *_limits(_nested(field.annotation))]
    said = ", ".join([kind, *limits])
    meaning = meanings[name].replace("|", "\\|")
    return f"| `{variable}` | {said} | {_default(field)} | {meaning} |"


def _kind(annotation: Any) -> str:
    if get_origin(annotation) is Annotated:
        return _kind(get_args(annotation)[0])
    if get_origin(annotation) is Literal:
        return ", ".join(f"`{one}`" for one in get_args(annotation))
    if options := [one for one in get_args(annotation) if one is not NoneType]:
        return _kind(options[0])
    if annotation in _TYPES:
        return _TYPES[annotation]
    raise SettingsPageError(f"there is no word for the type {annotation}; add one to {__name__}")


def _nested(annotation: Any) -> Iterator[Any]:
    if get_origin(annotation) is Annotated:
        for one in get_args(annotation)[1:]:
            yield from one.metadata if isinstance(one, FieldInfo) else [one]
    elif get_origin(annotation) is not Literal:
        for one in get_args(annotation):
            yield from _nested(one)


def _limits(metadata: Any) -> Iterator[str]:
    for one in metadata:
        match one:
            case Ge(ge=bound):
                yield f"≥ {_number(bound)}"
            case Gt(gt=bound):
                yield f"> {_number(bound)}"
            case Le(le=bound):
                yield f"≤ {_number(bound)}"
            case Lt(lt=bound):
                yield f"< {_number(bound)}"
            case MinLen(min_length=length):
                yield f"{length} or more characters"
            case MaxLen(max_length=length):
                yield f"{length} characters at most"


def _number(value: Any) -> str:
    if isinstance(value, timedelta):
        return f"{value.total_seconds():g} s"
    return f"{value:,.0f}" if value == int(value) else f"{value:g}"


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "**must be set**"
    value = field.get_default(call_default_factory=True, validated_data={})
    if value is None or value == "":
        return ""
    if isinstance(value, Path) and value.is_relative_to(CHECKOUT):
        return f"`{value.relative_to(CHECKOUT)}` in the checkout"
    if isinstance(value, timedelta):
        value = TypeAdapter(timedelta).dump_python(value, mode="json")
    text = str(value)
    if field.default_factory is not None:
        # What differs from process to process.
        text = text.replace(socket.gethostname(), "<host>").replace(str(os.getpid()), "<pid>")
    return f"`{text}`"


def main(argv: Sequence[str] | None = None) -> int:
    """Write the page, or check it.

    Args:
        argv: Arguments without the program's name; those of the process if None.

    Returns:
        0 fine, 1 the page is stale, 2 a setting cannot be described.
    """
    parser = argparse.ArgumentParser(prog="python -m cli.settings_page", description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 if the page is stale")
    options = parser.parse_args(argv)
    try:
        text = render(CHECKOUT)
    except SettingsPageError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    page = CHECKOUT / PAGE
    stale = not page.is_file() or page.read_text(encoding="utf-8") != text
    if options.check:
        if stale:
            sys.stderr.write(f"{PAGE} is not what the settings classes give. Run: {COMMAND}\n")
        return 1 if stale else 0
    if stale:
        page.write_text(text, encoding="utf-8")
    sys.stdout.write(f"{PAGE}, {1 if stale else 0} changed\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
