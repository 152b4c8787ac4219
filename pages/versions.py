"""What changed from one released version of an event to the next, in words.

Two versions are compared type by type, by full name: a change of `Money` is told once, wherever Money is used.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pages.telling import spell_type, tell_json
from registry.history import Version
from registry.model import MISSING, Enum, Field, Fixed, Named, Record, named_parts, split
from registry.parse import parse_self_contained


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference.

    Attributes:
        kind: `added`, `removed`, `changed` or `reworded`.
        place: What differs: `note`, `Money.minor_units`, `CancelReason`.
        what: Which of its properties, such as `field`, `type`, `default`, `description`.
        before: Its older value; empty if it had none.
        after: Its newer value; empty if it has none.
    """

    kind: str
    place: str
    what: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """A version, and what it changed.

    Attributes:
        number: Its number; None for the schema in `schemas/`, if it is not released yet.
        fingerprint: SHA-256 of its text.
        path: Its file; empty if it is not released.
        differences: From the version before; empty for the first.
    """

    number: int | None
    fingerprint: str
    path: str
    differences: tuple[Difference, ...]


def steps(versions: Sequence[Version], current: str, current_fingerprint: str) -> tuple[Step, ...]:
    """Tell the story of a subject.

    Args:
        versions: Its released versions, oldest first.
        current: The self-contained text in `schemas/` now.
        current_fingerprint: Its fingerprint.

    Returns:
        Each released version, oldest first, and the current text if it is another one than the last.
    """
    told, before = [], ""
    for version in versions:
        changed = differences(before, version.text) if before else ()
        told.append(Step(version.number, version.fingerprint, version.path, changed))
        before = version.text
    if before != current:
        told.append(Step(None, current_fingerprint, "", differences(before, current) if before else ()))
    return tuple(told)


def differences(before: str, after: str) -> tuple[Difference, ...]:
    """Compare two versions.

    Args:
        before: The older self-contained text.
        after: The newer one.

    Returns:
        Every difference; empty only if the texts are the same.
    """
    if before == after:
        return ()
    root = parse_self_contained(after)
    old, new = _types(parse_self_contained(before)), _types(root)
    found = list(_compare(old, new, root.full_name))
    # What the model leaves out, such as an attribute of ours, is a difference of the text all the same.
    return tuple(found) or (Difference("changed", split(root.full_name)[1], "attribute that no reader looks at"),)


def _types(root: Named) -> dict[str, Named]:
    # By name, so that a record that contains itself is met once.
    found: dict[str, Named] = {}
    open_ = [root]
    while open_:
        type_ = open_.pop(0)
        if type_.full_name not in found:
            found[type_.full_name] = type_
            fields = type_.fields if isinstance(type_, Record) else ()
            open_ += [part for item in fields for part in named_parts(item.type)]
    return found


def _compare(old: Mapping[str, Named], new: Mapping[str, Named], root: str) -> Iterator[Difference]:
    for name, type_ in new.items():
        place = "" if name == root else split(name)[1]
        before = old.get(name)
        if before is None:
            yield Difference("added", place, "type", after=name)
        elif type(before) is not type(type_):
            yield Difference("changed", place, "kind", type(before).__name__.lower(), type(type_).__name__.lower())
        else:
            yield from _named(before, type_, place, split(name)[1])
    for name in old:
        if name not in new:
            yield Difference("removed", split(name)[1], "type", before=name)


def _named(old: Named, new: Named, place: str, name: str) -> Iterator[Difference]:
    if old.doc != new.doc:
        yield Difference("reworded", place or name, "description", old.doc, new.doc)
    if old.aliases != new.aliases:
        yield Difference("changed", place or name, "aliases", ", ".join(old.aliases), ", ".join(new.aliases))
    if isinstance(old, Record) and isinstance(new, Record):
        yield from _fields(old, new, f"{place}." if place else "", name)
    if isinstance(old, Enum) and isinstance(new, Enum):
        yield from _symbols(old, new, place)
    if isinstance(old, Fixed) and isinstance(new, Fixed) and _size(old) != _size(new):
        yield Difference("changed", place, "type", _size(old), _size(new))


def _fields(old: Record, new: Record, prefix: str, name: str) -> Iterator[Difference]:
    before = {item.name: item for item in old.fields}
    after = {item.name: item for item in new.fields}
    for item in new.fields:
        if item.name in before:
            yield from _field(before[item.name], item, prefix + item.name)
        else:
            default = "" if item.default is MISSING else f", default {tell_json(item.default)}"
            yield Difference("added", prefix + item.name, "field", after=spell_type(item.type) + default)
    for item in old.fields:
        if item.name not in after:
            yield Difference("removed", prefix + item.name, "field", before=spell_type(item.type))
    kept = [field for field in before if field in after], [field for field in after if field in before]
    if kept[0] != kept[1]:
        yield Difference("changed", prefix.rstrip(".") or name, "order of fields", ", ".join(before), ", ".join(after))


def _field(old: Field, new: Field, place: str) -> Iterator[Difference]:
    if spell_type(old.type) != spell_type(new.type):
        yield Difference("changed", place, "type", spell_type(old.type), spell_type(new.type))
    if _default(old) != _default(new):
        yield Difference("changed", place, "default", _default(old), _default(new))
    if old.aliases != new.aliases:
        yield Difference("changed", place, "aliases", ", ".join(old.aliases), ", ".join(new.aliases))
    if old.doc != new.doc:
        yield Difference("reworded", place, "description", old.doc, new.doc)


def _symbols(old: Enum, new: Enum, place: str) -> Iterator[Difference]:
    for symbol in new.symbols:
        if symbol not in old.symbols:
            yield Difference("added", f"{place}.{symbol}", "symbol", after=symbol)
        elif old.symbol_docs.get(symbol) != new.symbol_docs.get(symbol):
            said = old.symbol_docs.get(symbol, ""), new.symbol_docs.get(symbol, "")
            yield Difference("reworded", f"{place}.{symbol}", "description", *said)
    for symbol in old.symbols:
        if symbol not in new.symbols:
            yield Difference("removed", f"{place}.{symbol}", "symbol", before=symbol)
    kept = [s for s in old.symbols if s in new.symbols], [s for s in new.symbols if s in old.symbols]
    if kept[0] != kept[1]:
        yield Difference("changed", place, "order of symbols", ", ".join(old.symbols), ", ".join(new.symbols))
    if old.default != new.default:
        yield Difference("changed", place, "default", old.default or "", new.default or "")


def _default(field: Field) -> str:
    return "" if field.default is MISSING else tell_json(field.default)


def _size(fixed: Fixed) -> str:
    logical = f" ({fixed.logical}({fixed.precision}, {fixed.scale}))" if fixed.logical else ""
    return f"{fixed.size} bytes{logical}"
