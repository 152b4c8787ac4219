"""Values as Avro writes them: the smallest sample of a type, its bytes, and what the specification reads from it.

A value is raw: a number for a time, bytes for a decimal, a `Branch` for a union. Samples are bounded: at most `_PARTS`
values, none deeper than the path to what they show and the least that the type needs, so that no hostile schema makes
one large. A type without any finite value has none.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, NoReturn

from registry.compat.emit import TooLargeError
from registry.compat.matching import exact_match, first_match, matches
from registry.compat.places import InBranch, InField, InItems, InValues, Path, tell
from registry.defaults import default_branch
from registry.model import MISSING, Array, Enum, Field, Fixed, Map, Primitive, Record, Type, Union

_PARTS: Final = 2_000
_BYTES: Final = 4_096
_RECORDS: Final = 500
_FIELDS: Final = 20_000
_SMALLEST: Final = {
    "null": None, "boolean": False, "int": 0, "long": 0, "float": 0.0, "double": 0.0, "bytes": b"", "string": "",
}  # fmt: skip
MAP_KEY: Final = "key"


@dataclass(frozen=True, slots=True)
class Branch:
    """A value of a union: which branch, and its value."""

    index: int
    value: Any


class NoValueError(Exception):
    """The type has no finite value: nothing can be written with it."""


class RefusedError(Exception):
    """The specification calls it an error to read this value with this schema."""


class Sampler:
    """Makes samples of one type.

    Args:
        top: The writer's type.

    Raises:
        TooLargeError: The type has too many parts for any sample.
    """

    def __init__(self, top: Type) -> None:
        self.top = top
        self.parts = 0
        self.heights: dict[int, float] = {}
        self._measure(top)

    def sample(self, path: Path, value: Any) -> Any:
        """Make the smallest value that has something at a place.

        Args:
            path: The place, by the writer's names.
            value: What is to be there; MISSING for the smallest. A field at the end of the path that the writer does
                not have is left out.

        Returns:
            The value.

        Raises:
            TooLargeError: It would be too large.
            NoValueError: There is no finite value.
        """
        self.parts = 0
        return self._build(self.top, path, value)

    def _measure(self, top: Type) -> None:
        """Find how deep the shallowest value of each record is; infinite if it has none."""
        records = list(_records_in(top))
        self.heights = {id(record): math.inf for record in records}
        changed = True
        while changed:
            changed = False
            for record in reversed(records):
                height = 1 + max((self._height(field.type) for field in record.fields), default=0)
                if height < self.heights[id(record)]:
                    self.heights[id(record)] = height
                    changed = True

    def _height(self, type_: Type) -> float:
        match type_:
            case Record():
                return self.heights[id(type_)]
            case Union(branches):
                return min(map(self._height, branches), default=math.inf)
            case Enum(symbols=symbols):
                return 0 if symbols else math.inf
            case _:
                return 0

    def _build(self, type_: Type, path: Path, value: Any) -> Any:
        self.parts += 1
        if self.parts > _PARTS:
            raise TooLargeError
        step = path[0] if path else None
        match type_:
            case Union(branches):
                index = step.index if isinstance(step, InBranch) else self._lowest(type_)
                rest = path[1:] if isinstance(step, InBranch) else ()
                return Branch(index, self._build(branches[index], rest, value))
            case Record(fields=fields):
                if self.heights[id(type_)] == math.inf:
                    raise NoValueError
                name = step.writer if isinstance(step, InField) else None
                return {
                    item.name: self._build(item.type, path[1:], value)
                    if item.name == name
                    else self._build(item.type, (), MISSING)
                    for item in fields
                }
            case Array(items):
                return [self._build(items, path[1:], value)] if isinstance(step, InItems) else []
            case Map(values):
                return {MAP_KEY: self._build(values, path[1:], value)} if isinstance(step, InValues) else {}
            case _:
                return _scalar(type_) if value is MISSING or path else value

    def _lowest(self, union: Union) -> int:
        heights = [self._height(branch) for branch in union.branches]
        if not heights or min(heights) == math.inf:
            raise NoValueError
        return heights.index(min(heights))


def _scalar(type_: Enum | Fixed | Primitive) -> Any:
    match type_:
        case Enum(symbols=symbols):
            if not symbols:
                raise NoValueError
            return symbols[0]
        case Fixed(size=size):
            if size > _BYTES:
                raise TooLargeError
            return bytes(size)
        case Primitive(logical="uuid"):
            return "00000000-0000-0000-0000-000000000000"
        case Primitive(logical="decimal"):
            return b"\0"
        case Primitive(name=name):
            return _SMALLEST[name]


def _records_in(top: Type) -> Iterator[Record]:
    seen: set[int] = set()
    fields_left = _FIELDS
    waiting = [top]
    while waiting:
        type_ = waiting.pop()
        match type_:
            case Record(fields=fields):
                if id(type_) not in seen:
                    seen.add(id(type_))
                    fields_left -= len(fields)
                    if len(seen) > _RECORDS or fields_left < 0:
                        raise TooLargeError
                    yield type_
                    waiting += [field.type for field in fields]
            case Array(items=inner) | Map(values=inner):
                waiting.append(inner)
            case Union(branches):
                waiting += branches
            case _:
                pass


def encode(type_: Type, value: Any) -> bytes:
    """Write a value (Avro specification, "Binary Encoding").

    Args:
        type_: Its type.
        value: The value.

    Returns:
        The bytes.
    """
    out = bytearray()
    _encode(type_, value, out)
    return bytes(out)


def _encode(type_: Type, value: Any, out: bytearray) -> None:
    match type_:
        case Union(branches):
            _number(value.index, out)
            _encode(branches[value.index], value.value, out)
        case Record(fields=fields):
            for field in fields:
                _encode(field.type, value[field.name], out)
        case Array(items):
            if value:
                _number(len(value), out)
            for item in value:
                _encode(items, item, out)
            out.append(0)
        case Map(values):
            if value:
                _number(len(value), out)
            for key, item in value.items():
                _encode(_TEXT, key, out)
                _encode(values, item, out)
            out.append(0)
        case Enum(symbols=symbols):
            _number(symbols.index(value), out)
        case Fixed():
            out += value
        case Primitive(name=name):
            _encode_primitive(name, value, out)


def _encode_primitive(name: str, value: Any, out: bytearray) -> None:
    match name:
        case "null":
            pass
        case "boolean":
            out.append(value)
        case "int" | "long":
            _number(value, out)
        case "float":
            out += struct.pack("<f", value)
        case "double":
            out += struct.pack("<d", value)
        case _:
            content = value.encode() if name == "string" else value
            _number(len(content), out)
            out += content


def _number(value: int, out: bytearray) -> None:
    rest = (value << 1) ^ (value >> 63)
    while rest > 127:
        out.append(rest & 127 | 128)
        rest >>= 7
    out.append(rest)


_TEXT = Primitive("string")


def resolve(writer: Type, reader: Type, value: Any, *, prefer_exact: bool = False) -> Any:
    """Read a value with another schema (Avro 1.12 specification, "Schema Resolution").

    Args:
        writer: The type that wrote.
        reader: The type that reads.
        value: What was written.
        prefer_exact: Take the branch of the very kind of what was written, as Java does, not the first that matches.

    Returns:
        The value as the reader has it. Of a union it is the value alone.

    Raises:
        RefusedError: The specification calls it an error.
    """
    if isinstance(writer, Union):
        branch = writer.branches[value.index]
        if not isinstance(reader, Union) and not matches(branch, reader):
            _refuse(branch, reader)
        return resolve(branch, reader, value.value, prefer_exact=prefer_exact)
    if isinstance(reader, Union):
        chosen = (exact_match(writer, reader) if prefer_exact else None) or first_match(writer, reader)
        if chosen is None:
            _refuse(writer, reader)
        return resolve(writer, chosen, value, prefer_exact=prefer_exact)
    if not matches(writer, reader):
        _refuse(writer, reader)
    match writer, reader:
        case Record(), Record():
            return _resolve_record(writer, reader, value, prefer_exact=prefer_exact)
        case Array(), Array():
            return [resolve(writer.items, reader.items, item, prefer_exact=prefer_exact) for item in value]
        case Map(), Map():
            return {
                key: resolve(writer.values, reader.values, item, prefer_exact=prefer_exact)
                for key, item in value.items()
            }
        case Enum(), Enum():
            if value in reader.symbols:
                return value
            if reader.default is None:
                raise RefusedError(f"{value} is no symbol of {reader.full_name}, which has no default")
            return reader.default
        case Primitive(), Primitive():
            return _promote(writer.name, reader.name, value)
        case _:
            return value


def _resolve_record(writer: Record, reader: Record, value: Any, *, prefer_exact: bool) -> dict[str, Any]:
    written = {field.name: field for field in writer.fields}
    result = {}
    names = {field.name for field in reader.fields}
    for item in reader.fields:
        source = written.get(item.name)
        if source is None:
            alias = next((alias for alias in item.aliases if alias in written and alias not in names), None)
            source = None if alias is None else written[alias]
        if source is not None:
            result[item.name] = resolve(source.type, item.type, value[source.name], prefer_exact=prefer_exact)
        elif item.default is MISSING:
            raise RefusedError(f"{reader.full_name}.{item.name} is not written and has no default")
        else:
            result[item.name] = default_value(item)
    return result


def _promote(writer: str, reader: str, value: Any) -> Any:
    if writer == reader:
        return value
    match reader:
        case "float":
            return struct.unpack("<f", struct.pack("<f", value))[0]
        case "double":
            return float(value)
        case "bytes":
            return value.encode()
        case "string":
            try:
                return value.decode()
            except UnicodeDecodeError:
                raise RefusedError(f"{value!r} is no UTF-8") from None
        case _:
            return value


def _refuse(writer: Type, reader: Type) -> NoReturn:
    raise RefusedError(f"{tell(writer)} does not match {tell(reader)}")


def default_value(field: Field) -> Any:
    """Return what a field's default stands for, raw.

    Args:
        field: A field with a default.

    Returns:
        The value; of a union it is the value alone.

    Raises:
        RefusedError: The default is not a value of the type.
    """
    if field.default_problem:
        raise RefusedError(f"the default of {field.name} is wrong: {field.default_problem}")
    return _default(field.type, field.default, 0)


def _default(type_: Type, value: Any, depth: int) -> Any:
    if depth > 40:
        raise RefusedError("the default of a record contains itself")
    match type_:
        case Union():
            branch = default_branch(type_, value)
            if branch is None:
                raise RefusedError("no branch takes the default")
            return _default(branch, value, depth + 1)
        case Record(fields=fields):
            return {
                field.name: _default(field.type, value.get(field.name, field.default), depth + 1) for field in fields
            }
        case Array(items):
            return [_default(items, item, depth + 1) for item in value]
        case Map(values):
            return {key: _default(values, item, depth + 1) for key, item in value.items()}
        case Fixed() | Primitive(name="bytes"):
            return value.encode("latin-1")
        case Primitive(name="float" | "double"):
            return float(value)
        case _:
            return value
