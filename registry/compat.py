"""The compatibility gate: every recorded version against the current schema, in both directions, offline.

FULL_TRANSITIVE: data that any recorded version wrote must be read by the current one, and the other way round. Read
means by the rules of the Avro specification ("Schema Resolution"), and to the same meaning: what the rules allow but
readers then get wrong (a logical type, a scale or a namespace that changed, an alias) is refused too.

Each rule has a stable id, in `RULES` with what it guards against.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from registry.catalogue import Catalogue
from registry.findings import CannotJudge, Finding
from registry.history import HISTORY, Version, read_history
from registry.model import MISSING, PROMOTIONS, Array, Enum, Field, Fixed, Map, Primitive, Record, Type, Union
from registry.parse import parse_self_contained

RULES: Mapping[str, str] = {
    "default-missing": "a reader has a field that the writer did not write, and no default for it",
    "type-changed": "a reader's type cannot read the writer's",
    "value-lost": "a reader's type reads the writer's, but not every value survives",
    "logical-type-changed": "the same bytes mean something else",
    "renamed": "a named type has another full name",
    "symbol-unknown": "a reader has no symbol and no default for what the writer may write",
    "size-changed": "a fixed has another size",
    "branch-missing": "a union of the reader lacks what the writer may write",
    "alias": "an alias makes a reader take one field for another",
    "subject-gone": "a released subject is no longer listed",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One way in which a reader cannot, or not rightly, read what a writer wrote."""

    rule: str
    at: str
    why: str
    fix: str


@dataclass
class Report:
    """What the gate found.

    Attributes:
        findings: Breaks; empty if everything is compatible.
        compared: How many pairs of versions were compared, each in both directions.
        new: Subjects without a released version.
        changed: Subjects whose current schema is not released yet.
    """

    findings: list[Finding] = field(default_factory=list)
    compared: int = 0
    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)


def check(root: Path, catalogue: Catalogue) -> Report:
    """Compare the current schemas with every recorded version.

    Args:
        root: The folder that holds `registry/history`.
        catalogue: The current schemas.

    Returns:
        The report.

    Raises:
        CannotJudge: Nothing was ever recorded, or what was is damaged.
    """
    history = read_history(root)
    if not history:
        raise CannotJudge(f"{HISTORY} holds no recorded version; run `quadrille schemas record`, or restore it")
    report = Report()
    for subject, full_name in catalogue.subjects.items():
        versions = history.get(subject, ())
        if not versions:
            report.new.append(subject)
        elif versions[-1].text != catalogue.texts[full_name]:
            report.changed.append(subject)
        path = catalogue.files[full_name].path
        current = parse_self_contained(catalogue.texts[full_name])
        for version in versions:
            report.compared += 1
            report.findings += _compare(version, current, path)
    for subject in history.keys() - catalogue.subjects.keys():
        why = f"The subject `{subject}` was released, but nothing lists it any more."
        fix = "List the event again: readers still meet its records, and its name cannot be used for anything else."
        report.findings.append(Finding("subject-gone", catalogue.topics_path, "", why, fix))
    return report


def _compare(version: Version, current: Record, path: str) -> Iterator[Finding]:
    old = parse_self_contained(version.text)
    told: set[Problem] = set()
    for writer, reader, versions in (
        (old, current, f"{version.number} -> current"),
        (current, old, f"current -> {version.number}"),
    ):
        for problem in resolve(writer, reader):
            if problem not in told:
                told.add(problem)
                yield Finding(problem.rule, path, problem.at, problem.why, problem.fix, versions)


def resolve(writer: Type, reader: Type, at: str = "") -> Iterator[Problem]:
    """Find what goes wrong when a reader reads what a writer wrote.

    Args:
        writer: The type that wrote.
        reader: The type that reads.
        at: Where both stand, for the problems.

    Yields:
        Each problem.
    """
    if isinstance(writer, Union):
        for branch in writer.branches:
            yield from resolve(branch, reader, at)
        return
    if isinstance(reader, Union):
        yield from _into_union(writer, reader, at)
        return
    match writer, reader:
        case Record(), Record():
            yield from _records(writer, reader, at)
        case Enum(), Enum():
            yield from _enums(writer, reader, at)
        case Fixed(), Fixed():
            yield from _names(writer, reader, at)
            if writer.size != reader.size:
                why = f"`{writer.full_name}` had {writer.size} bytes, and {reader.size} are read."
                yield Problem("size-changed", at, why, "Keep the size; add a field of another type.")
            yield from _logical(writer, reader, at)
        case Array(), Array():
            yield from resolve(writer.items, reader.items, f"{at}[]")
        case Map(), Map():
            yield from resolve(writer.values, reader.values, f"{at}{{}}")
        case Primitive(), Primitive():
            yield from _primitives(writer, reader, at)
        case _:
            yield _changed(writer, reader, at)


def _records(writer: Record, reader: Record, at: str) -> Iterator[Problem]:
    yield from _names(writer, reader, at)
    written = {item.name: item for item in writer.fields}
    for item in reader.fields:
        place = f"{at}.{item.name}" if at else item.name
        source: Field | None = written.get(item.name)
        taken = [alias for alias in item.aliases if alias in written]
        if taken:
            why = f"Its alias makes readers take the writer's `{taken[0]}` for it."
            yield Problem("alias", place, why, "Remove the alias; add a field with a default.")
        if source is not None:
            yield from resolve(source.type, item.type, place)
        elif item.default is MISSING and not taken:
            why = "A version that does not write this field is read, and the field has no default."
            yield Problem("default-missing", place, why, "Give the added field a default; never remove one without.")


def _enums(writer: Enum, reader: Enum, at: str) -> Iterator[Problem]:
    yield from _names(writer, reader, at)
    lost = [symbol for symbol in writer.symbols if symbol not in reader.symbols]
    if lost and reader.default is None:
        why = f"`{lost[0]}` of `{writer.full_name}` is unknown to a reader that has no default symbol."
        yield Problem("symbol-unknown", at, why, "Keep all symbols; give the enum a default before adding any.")


def _primitives(writer: Primitive, reader: Primitive, at: str) -> Iterator[Problem]:
    if writer.name != reader.name:
        survives = PROMOTIONS.get((writer.name, reader.name))
        if survives is None:
            yield _changed(writer, reader, at)
            return
        if not survives:
            why = f"`{writer.name}` is read as `{reader.name}`, which cannot hold every value of it."
            yield Problem("value-lost", at, why, f"Keep `{writer.name}`; add a field of the other type.")
    yield from _logical(writer, reader, at)


def _logical(writer: Primitive | Fixed, reader: Primitive | Fixed, at: str) -> Iterator[Problem]:
    if (writer.logical, writer.precision, writer.scale) != (reader.logical, reader.precision, reader.scale):
        why = f"{_tell(writer)} is read as {_tell(reader)}: the bytes are accepted and mean something else."
        yield Problem("logical-type-changed", at, why, "Keep the logical type; add a field with the other one.")


def _names(writer: Record | Enum | Fixed, reader: Record | Enum | Fixed, at: str) -> Iterator[Problem]:
    if writer.full_name != reader.full_name:
        why = f"`{writer.full_name}` is read as `{reader.full_name}`; some libraries match them, others do not."
        yield Problem("renamed", at, why, "Keep the full name.")


def _into_union(writer: Type, reader: Union, at: str) -> Iterator[Problem]:
    # Spec: the first branch that matches is taken; an exact one is what every library agrees on.
    same = [branch for branch in reader.branches if _same_kind(writer, branch)]
    if same:
        yield from resolve(writer, same[0], at)
        return
    if not any(not list(resolve(writer, branch, at)) for branch in reader.branches):
        why = f"{_tell(writer)} may be written, and no branch of the reader's union takes it."
        yield Problem("branch-missing", at, why, "Add no branch to a union; add a field with a default.")


def _same_kind(writer: Type, branch: Type) -> bool:
    if isinstance(writer, Primitive) and isinstance(branch, Primitive):
        return writer.name == branch.name
    if isinstance(writer, Record | Enum | Fixed) and isinstance(branch, Record | Enum | Fixed):
        return writer.full_name == branch.full_name
    return type(writer) is type(branch)


def _changed(writer: Type, reader: Type, at: str) -> Problem:
    why = f"{_tell(writer)} cannot be read as {_tell(reader)}."
    return Problem("type-changed", at, why, "Keep the type; add a field with the other one and a default.")


def _tell(type_: Type) -> str:
    match type_:
        case Record() | Enum():
            return f"`{type_.full_name}`"
        case Primitive() | Fixed():
            name = type_.name if isinstance(type_, Primitive) else type_.full_name
            scale = f"({type_.precision}, {type_.scale})" if type_.logical == "decimal" else ""
            return f"`{name}` as `{type_.logical}{scale}`" if type_.logical else f"plain `{name}`"
        case Array():
            return "an array"
        case Map():
            return "a map"
        case Union():
            return "a union"
