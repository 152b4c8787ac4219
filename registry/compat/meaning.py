"""What Avro allows and some reader gets wrong, at one pair of types: logical types, promotions, names and defaults.

Each check yields rule, reason and how to show it; the walk adds the place. Every one of them was first seen to happen
with fastavro, or, where a rule says so, with Java.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from registry.compat.places import simple_name, tell
from registry.compat.problems import Sample
from registry.defaults import default_branch, show
from registry.model import (
    MISSING,
    Array,
    Enum,
    Field,
    Fixed,
    Map,
    Named,
    Primitive,
    Record,
    Type,
    Union,
    split,
)

# Family and unit of the logical types that count time.
_TIMES: Final = {
    f"{family}-{unit}": (family, unit)
    for family in ("time", "timestamp", "local-timestamp")
    for unit in ("millis", "micros", "nanos")
}
_PER_SECOND: Final = {"millis": 10**3, "micros": 10**6, "nanos": 10**9}
_NEW_YEAR_2026: Final = 1_767_225_600
_NOON: Final = 43_200

# The least number that the other type rounds.
_ROUNDED: Final = {("int", "float"): (1 << 24) + 1, ("long", "float"): (1 << 24) + 1, ("long", "double"): (1 << 53) + 1}


class Found(NamedTuple):
    """A rule, a reason, and how to show it."""

    rule: str
    why: str
    sample: Sample | None = Sample()


def scalars(writer: Primitive | Fixed, reader: Primitive | Fixed) -> Iterator[Found]:
    """Find what a promotion or a logical type changes.

    Args:
        writer: The type that wrote.
        reader: A type that matches it.

    Yields:
        What is found.
    """
    if isinstance(writer, Primitive) and isinstance(reader, Primitive):
        pair = writer.name, reader.name
        if pair in _ROUNDED:
            why = f"`{writer.name}` is read as `{reader.name}`, which rounds large numbers."
            yield Found("digits-lost", why, Sample(_ROUNDED[pair]))
        elif pair == ("bytes", "string"):
            yield Found("text-or-bytes", "`bytes` are read as `string`.", Sample(b"\xff\x00"))
        elif pair == ("string", "bytes"):
            yield Found("text-or-bytes", "`string` is read as `bytes`.", Sample("é"))
    yield from _logical(writer, reader)


def _logical(writer: Primitive | Fixed, reader: Primitive | Fixed) -> Iterator[Found]:
    if (writer.logical, writer.precision, writer.scale) == (reader.logical, reader.precision, reader.scale):
        return
    why = f"{tell(writer)} is read as {tell(reader)}."
    if writer.logical == reader.logical == "decimal":
        yield from _decimals(writer, reader, why)
        return
    times = _TIMES.get(writer.logical or ""), _TIMES.get(reader.logical or "")
    match times:
        case ((family, unit), (other_family, other_unit)) if (
            "time" not in (family, other_family) or family == other_family
        ):
            sample = Sample(_moment(family, unit), leaves=(writer, reader))
            if unit != other_unit:
                yield Found("time-unit", why, sample)
            if family != other_family:
                yield Found("instant-or-local", why, sample)
        case _:
            yield Found("logical-type-changed", why, Sample(_typical(writer, reader), leaves=(writer, reader)))


def _decimals(writer: Primitive | Fixed, reader: Primitive | Fixed, why: str) -> Iterator[Found]:
    size = writer.size if isinstance(writer, Fixed) else 0
    if writer.scale != reader.scale:
        number = 1234 if writer.precision >= 4 and size != 1 else 1
        yield Found("decimal-scale", why, Sample(unscaled(number, size), leaves=(writer, reader)))
    if writer.precision > reader.precision:
        most = unscaled(10 ** min(writer.precision, 60) - 1, size)
        yield Found("decimal-precision", why, Sample(most, leaves=(writer, reader)))
    elif writer.precision < reader.precision:
        yield Found("decimal-precision", why, None)


def unscaled(number: int, size: int = 0) -> bytes:
    """Return a decimal's number as Avro writes it: big-endian two's complement, of `size` bytes if that is not 0."""
    return number.to_bytes(size or (number.bit_length() + 8) // 8, "big", signed=True)


def _moment(family: str, unit: str) -> int:
    return (_NOON if family == "time" else _NEW_YEAR_2026) * _PER_SECOND[unit]


def _typical(writer: Primitive | Fixed, reader: Primitive | Fixed) -> Any:
    """Return a value that shows the difference: one that only the plain type has, if possible."""
    if writer.logical in _TIMES:
        return _moment(*_TIMES[writer.logical])
    if writer.logical == "date":
        return _NEW_YEAR_2026 // 86_400
    if writer.logical == "uuid" and isinstance(writer, Primitive):
        return "0192d3a4-5b6c-7d8e-9f00-112233445566"
    if writer.logical == "decimal":
        return _decimal_sample(writer)
    if isinstance(writer, Fixed):
        return bytes(range(1, writer.size + 1)) if writer.size <= 255 else MISSING
    if reader.logical == "uuid":
        return b"no uuid" if writer.name == "bytes" else "no uuid"
    return {"bytes": b"\x04\xd2", "int": 1_767_225, "long": _NEW_YEAR_2026 * 1000}.get(writer.name, MISSING)


def _decimal_sample(writer: Primitive | Fixed) -> bytes:
    size = writer.size if isinstance(writer, Fixed) else 0
    return unscaled(1234 if writer.precision >= 4 and size != 1 else 1, size)


def unlike_default(item: Field) -> Any:
    """Return a value of a field that is not its default, or MISSING if none is known."""
    values = {"int": 2, "long": 2, "float": 2.0, "double": 2.0, "string": "two", "bytes": b"two"}
    if not isinstance(item.type, Primitive) or item.type.logical is not None:
        return MISSING
    return not item.default if item.type.name == "boolean" else values.get(item.type.name, MISSING)


def names(writer: Named, reader: Named) -> Iterator[Found]:
    """Find what the names of two named types of one kind change."""
    if writer.full_name == reader.full_name:
        return
    said = f"`{writer.full_name}` is read as `{reader.full_name}`"
    if writer.full_name in reader.aliases:
        yield Found("alias-needed", f"{said}, by an alias.", None)
    elif simple_name(writer.full_name) == simple_name(reader.full_name):
        yield Found("namespace-moved", f"{said}.", None)
    else:
        yield Found("renamed", f"{said}.")


def defaults(writer: Record, written: Field, read: Field, *, writer_is_old: bool) -> Iterator[Found]:
    """Find what differs between the defaults of a field that both versions have."""
    if read.default_problem:
        if not written.default_problem and writer_is_old:
            why = f"The new default is wrong: {read.default_problem}."
            yield Found("default-refused", why, _without(writer, written, read))
        return
    if written.default is MISSING or read.default is MISSING:
        if written.default is not MISSING and writer_is_old:
            yield Found("default-removed", f"The default {show(written.default)} was removed.", None)
        return
    if written.default_problem:
        return
    before, after = meaning(written.type, written.default), meaning(read.type, read.default)
    if before == after:
        return
    sample = _without(writer, written, read)
    if _same_json(written.default, read.default) and _has_union(written.type):
        why = f"The default {show(read.default)} means {show(before)} to one version, {show(after)} to the other."
        yield Found("union-default-order", why, sample)
    else:
        why = f"The default is {show(written.default)} in one version and {show(read.default)} in the other."
        yield Found("default-changed", why, sample)


def enum_defaults(writer: Enum, reader: Enum, *, writer_is_old: bool) -> Iterator[Found]:
    """Find what differs between the default symbols of two enums."""
    if writer.default == reader.default:
        return
    if writer.default is not None and reader.default is not None:
        why = f"An unknown symbol is `{writer.default}` to one version and `{reader.default}` to the other."
        unknown = "NEITHER_HAS_IT"
        third = Enum(writer.full_name, (unknown,), "", None)
        yield Found("default-changed", why, Sample(unknown, third=(third, writer, reader)))
    elif reader.default is None and writer_is_old:
        yield Found("default-removed", f"The default symbol `{writer.default}` was removed.", None)


def _without(record: Record, written: Field, read: Field) -> Sample:
    """Compare how both versions read a record that has not the field. Other fields would only stand in the way."""
    # One name for all three: what the default means does not hang on it.
    third, one, other = (Record(record.full_name, fields, "") for fields in ((), (written,), (read,)))
    return Sample(third=(third, one, other))


def meaning(type_: Type, value: Any, depth: int = 0) -> Any:
    """Return what a default means, so that equal meanings are equal.

    Args:
        type_: The field's type.
        value: A JSON default that fits it.
        depth: How far this is inside another default.

    Returns:
        A Python value: bytes for bytes, a symbol or a text as such, a name with the fields for a record.
    """
    if depth > 24:
        return "…"
    match type_:
        case Union():
            branch = default_branch(type_, value)
            return None if branch is None else meaning(branch, value, depth + 1)
        case Record():
            given = [
                (item.name, meaning(item.type, value.get(item.name, item.default), depth + 1)) for item in type_.fields
            ]
            return simple_name(type_.full_name), tuple(given)
        case Array():
            return [meaning(type_.items, item, depth + 1) for item in value]
        case Map():
            return {key: meaning(type_.values, item, depth + 1) for key, item in value.items()}
        case Fixed():
            return value.encode("latin-1")
        case Enum():
            return simple_name(type_.full_name), value
        case Primitive(name="bytes"):
            return value.encode("latin-1")
        case Primitive(name="boolean"):
            return "boolean", value
        case _:
            return value


def _same_json(one: Any, other: Any) -> bool:
    return type(one) is type(other) and bool(one == other)


def _has_union(type_: Type, depth: int = 0) -> bool:
    match type_:
        case Union():
            return True
        case Array(items=inner) | Map(values=inner):
            return _has_union(inner, depth)
        case Record() if depth < 3:
            return any(_has_union(item.type, depth + 1) for item in type_.fields)
        case _:
            return False


def namespaces(writer: Named, reader: Named) -> tuple[str, str]:
    """Return the namespaces of two named types."""
    return split(writer.full_name)[0], split(reader.full_name)[0]
