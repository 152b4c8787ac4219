"""schemas/ and topics.yaml as one checked whole.

Every rule that makes generation or registration impossible is checked while loading, and all breaches are told at once.
Conventions that are a matter of taste or of evolution are `registry.lint`'s.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from registry.canonical import fingerprint, self_contained
from registry.documents import read_text
from registry.findings import CannotJudge, Finding, InvalidSources
from registry.model import Enum, Field, Named, Record, named_parts, split
from registry.parse import SchemaError, load_json, parse_definition
from registry.topics import TopicSpec, load_topics

NAMESPACE = "quadrille.events"
SCHEMAS = Path("schemas")
TOPICS_FILE = "topics.yaml"


@dataclass(frozen=True, slots=True)
class SchemaFile:
    """One `.avsc` file: where it lies, its JSON and what it defines."""

    path: str
    raw: Mapping[str, Any]
    type: Named


@dataclass(frozen=True)
class Catalogue:
    """All schemas and topics.

    Attributes:
        files: Each schema file by the full name that it defines, in the order of the names.
        topics: Each topic, in the order of topics.yaml.
        topics_path: Where topics.yaml lies, for messages.
    """

    files: Mapping[str, SchemaFile]
    topics: tuple[TopicSpec, ...]
    topics_path: str

    @cached_property
    def texts(self) -> Mapping[str, str]:
        """The self-contained text of each named type, by full name."""
        definitions = {name: file.raw for name, file in self.files.items()}
        return {name: self_contained(name, definitions) for name in self.files}

    @cached_property
    def subjects(self) -> Mapping[str, str]:
        """The full name of the event of each subject, `<topic>-<full name>`, in the order of topics.yaml."""
        return {f"{topic.name}-{event.full_name}": event.full_name for topic in self.topics for event in topic.events}

    def level(self, subject: str) -> str:
        """Return the compatibility level that a subject is judged at.

        Args:
            subject: One of `subjects`.

        Returns:
            `FULL_TRANSITIVE`, unless topics.yaml gives another one.
        """
        return next(
            event.level
            for topic in self.topics
            for event in topic.events
            if subject == f"{topic.name}-{event.full_name}"
        )

    def fingerprint(self, full_name: str) -> str:
        """Return the fingerprint of a type's self-contained text.

        Args:
            full_name: The type.

        Returns:
            64 hexadecimal digits.
        """
        return fingerprint(self.texts[full_name])

    def event(self, full_name: str) -> Record:
        """Return the record of an event.

        Args:
            full_name: A name that topics.yaml lists.

        Returns:
            The record.

        Raises:
            TypeError: The name is that of another kind of type.
        """
        type_ = self.files[full_name].type
        if not isinstance(type_, Record):
            raise TypeError(f"{full_name} is no record")
        return type_


def load(root: Path, *, namespace: str | None = None, services: frozenset[str] | None = None) -> Catalogue:
    """Load and check all schemas and topics.

    Args:
        root: The folder that holds `schemas/`.
        namespace: What every Avro namespace starts with; the folder's name follows it. If None, what most files say.
        services: The services that exist. If None, those that have a folder in `schemas/` or `services/`.

    Returns:
        The catalogue.

    Raises:
        InvalidSources: A rule is broken; carries every finding.
        CannotJudge: There is nothing to load.
    """
    folder = root / SCHEMAS
    paths = sorted(folder.rglob("*.avsc")) if folder.is_dir() else []
    if not paths:
        raise CannotJudge(f"there is no schema in {folder}; run this in the root of the repository")
    namespace = namespace if namespace is not None else _common_namespace(folder, paths)
    loader = _Loader(root, namespace)
    for path in paths:
        loader.read(path)
    loader.resolve_all()
    if services is None:
        services = _service_folders(root, folder)
    topics = load_topics(folder / TOPICS_FILE, str(SCHEMAS / TOPICS_FILE), services, loader.findings)
    types = {name: loader.types[name] for name in sorted(loader.types)}
    files = {name: SchemaFile(loader.raw[name][0], loader.raw[name][1], type_) for name, type_ in types.items()}
    catalogue = Catalogue(files, topics, str(SCHEMAS / TOPICS_FILE))
    if not loader.findings:
        loader.findings.extend(_check_topics(catalogue, namespace))
        loader.findings.extend(_check_use(catalogue))
    if loader.findings:
        raise InvalidSources(loader.findings)
    return catalogue


def _common_namespace(folder: Path, paths: Sequence[Path]) -> str:
    """Find what most files' namespaces start with before the folder's name, so that one mistake is told once."""
    starts: Counter[str] = Counter()
    for path in paths:
        inside = ".".join(path.relative_to(folder).parent.parts)
        try:
            raw = load_json(read_text(path))
        except SchemaError:
            continue
        namespace = raw.get("namespace") if isinstance(raw, dict) else None
        if isinstance(namespace, str) and (not inside or namespace.endswith(f".{inside}")):
            starts[namespace.removesuffix(f".{inside}")] += 1
    return starts.most_common(1)[0][0] if starts else NAMESPACE


def _service_folders(root: Path, schemas: Path) -> frozenset[str]:
    names = {path.name for path in schemas.iterdir() if path.is_dir()}
    if (root / "services").is_dir():
        names |= {path.name for path in (root / "services").iterdir() if path.is_dir()}
    return frozenset(names - {"chassis", "shop", "types", "__pycache__"})


class _Loader:
    def __init__(self, root: Path, namespace: str) -> None:
        self.root, self.namespace = root, namespace
        self.findings: list[Finding] = []
        self.raw: dict[str, tuple[str, dict[str, Any]]] = {}
        self.types: dict[str, Named] = {}
        self.under_way: list[str] = []
        self.broken: set[str] = set()

    def read(self, path: Path) -> None:
        where = path.relative_to(self.root).as_posix()
        expected = ".".join((self.namespace, *path.relative_to(self.root / SCHEMAS).parent.parts))
        # Until it is known to be right: a reference to a broken type is no second mistake.
        self.broken.add(f"{expected}.{path.stem}")
        try:
            raw = load_json(read_text(path))
        except SchemaError as error:
            self._add(where, error)
            return
        if not isinstance(raw, dict):
            self._add(where, SchemaError("not-named", "", "A schema file holds one JSON object.", "Write a record."))
        elif raw.get("namespace") != expected:
            why = f"The namespace is `{raw.get('namespace')}`, but the folder says `{expected}`."
            self._add(where, SchemaError("namespace-folder", "namespace", why, f'Write "namespace": "{expected}".'))
        elif raw.get("name") != path.stem:
            why = f"The name is `{raw.get('name')}`, but the file is called `{path.name}`."
            self._add(where, SchemaError("name-file", "name", why, f'Write "name": "{path.stem}", or rename the file.'))
        else:
            self.raw[f"{expected}.{path.stem}"] = (where, raw)
            self.broken.discard(f"{expected}.{path.stem}")

    def resolve_all(self) -> None:
        for name in self.raw:
            if name not in self.broken and name not in self.types:
                self._define(name)

    def _define(self, name: str) -> None:
        where, raw = self.raw[name]
        self.under_way.append(name)
        try:
            self.types[name] = parse_definition(raw, self._resolve)
        except _AlreadyToldError:
            self.broken.add(name)
        except SchemaError as error:
            self.broken.add(name)
            self._add(where, error)
        finally:
            self.under_way.pop()

    def _resolve(self, name: str, at: str) -> Named:
        if name in self.under_way:
            circle = " -> ".join(split(n)[1] for n in [*self.under_way[self.under_way.index(name) :], name])
            raise SchemaError(
                "recursive-type", at, f"`{name}` contains itself ({circle}).", "Use an array of ids, or a flat list."
            )
        if name not in self.types and name in self.raw and name not in self.broken:
            self._define(name)
        if name in self.broken:
            raise _AlreadyToldError
        if name not in self.types:
            raise SchemaError("unknown-type", at, f"No type is named `{name}`.", self._hint(name))
        return self.types[name]

    def _hint(self, name: str) -> str:
        import difflib

        near = difflib.get_close_matches(name, self.raw, n=1)
        if near:
            return f"Did you mean `{near[0]}`?"
        namespace, simple = split(name)
        if namespace.startswith(f"{self.namespace}."):
            folder = namespace.removeprefix(f"{self.namespace}.").replace(".", "/")
            return f"Define it in {SCHEMAS}/{folder}/{simple}.avsc."
        return f"Define it in {SCHEMAS}/, in a namespace that starts with `{self.namespace}.`."

    def _add(self, where: str, error: SchemaError) -> None:
        self.findings.append(Finding(error.rule, where, error.at, error.why, error.fix))


class _AlreadyToldError(Exception):
    """A type cannot be had because its own definition is broken, which is told once, there."""


def _check_topics(catalogue: Catalogue, namespace: str) -> list[Finding]:
    findings = []

    def add(rule: str, topic: TopicSpec, name: str, why: str, fix: str) -> None:
        findings.append(Finding(rule, catalogue.topics_path, f"{topic.name}.events.{name}", why, fix))

    seen: dict[str, str] = {}
    for topic in catalogue.topics:
        for event in topic.events:
            name = event.full_name
            file = catalogue.files.get(name)
            if file is None:
                add("unknown-event", topic, name, "There is no schema of that name.", "Write it, or mend the name.")
                continue
            if name in seen:
                why = f"The event is listed for {seen[name]} already."
                add("event-twice", topic, name, why, "An event has one topic: keep one of them.")
            seen[name] = topic.name
            if not isinstance(file.type, Record):
                add("event-no-record", topic, name, "It is no record.", "Wrap it in one.")
                continue
            if split(name)[0] != f"{namespace}.{topic.owner}":
                why = f"The topic is {topic.owner}'s, but the event belongs to `{split(name)[0]}`."
                add("foreign-event", topic, name, why, f"Move the schema to {SCHEMAS}/{topic.owner}/.")
            fields: dict[str, Field] = {field.name: field for field in file.type.fields}
            key = fields.get(topic.key)
            if key is None or getattr(key.type, "name", "") != "string":
                why = f"The event has no string field `{topic.key}`, the topic's key."
                add("key-field", topic, name, why, f"Add the field to {file.path}, or change the topic's key.")
    return findings


def _check_use(catalogue: Catalogue) -> list[Finding]:
    listed = set(catalogue.subjects.values())
    used = {
        part.full_name
        for file in catalogue.files.values()
        if isinstance(file.type, Record)
        for field in file.type.fields
        for part in named_parts(field.type)
    }
    findings = []
    for name, file in catalogue.files.items():
        if name not in listed | used:
            what = "enum" if isinstance(file.type, Enum) else "record"
            why = f"Nothing uses this {what}: no topic lists it and no schema refers to it."
            fix = f"List it in {catalogue.topics_path}, or delete the file."
            findings.append(Finding("unused-type", file.path, "", why, fix))
    return findings
