"""Writes the JSON form of a value as Avro, and notes where each part of it stands.

The JSON form is that of the vectors: an object for a record, text for a long (JSON numbers lose digits beyond 2^53),
the symbol of an enum, null or the bare value of an optional union.

It shares no code with the codec that it is held against. Specification: Avro 1.12, "Binary Encoding".
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from registry.model import Array, Enum, Field, Fixed, Map, Primitive, Record, Type, Union

# Cuts the items of an array into blocks, each with a flag: whether it is written with its size in bytes.
Blocks = Callable[[list[Any]], Sequence[tuple[list[Any], bool]]]


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a part of a body stands.

    Attributes:
        kind: `long`, `length` (of text), `index` (of an enum or union) or `count` (of a block).
        start: Its first byte.
        end: The byte behind it.
        value: The number that stands there.
        of: The type that it belongs to.
    """

    kind: str
    start: int
    end: int
    value: int
    of: Type


@dataclass
class Writer:
    """Writes one body.

    Attributes:
        body: The bytes so far.
        marks: What was written, in order.
        blocks: How items are cut into blocks; all in one if None.
    """

    body: bytearray = field(default_factory=bytearray)
    marks: list[Mark] = field(default_factory=list)
    blocks: Blocks | None = None

    def write(self, type_: Type, value: Any) -> None:
        """Append a value.

        Args:
            type_: Its type.
            value: Its JSON form.

        Raises:
            ValueError: No vector can be made of the type yet.
        """
        match type_:
            case Record(fields=fields):
                for item in fields:
                    self.write(item.type, value[item.name])
            case Enum(symbols=symbols):
                self._number("index", symbols.index(value), type_)
            case Array(items=items):
                self._array(items, value, type_)
            case Union():
                self._union(type_, value)
            case Fixed():
                self.body += bytes.fromhex(value)
            case Primitive(name="int" | "long"):
                self._number("long", int(value), type_)
            case Primitive(name="string"):
                text = value.encode()
                self._number("length", len(text), type_)
                self.body += text
            case Primitive(name="bytes"):
                raw = bytes.fromhex(value)
                self._number("length", len(raw), type_)
                self.body += raw
            case Primitive(name="boolean"):
                self.body.append(int(value))
            case Primitive(name="double"):
                self.body += struct.pack("<d", value)
            case Primitive(name="float"):
                self.body += struct.pack("<f", value)
            case Map() | Primitive():
                raise ValueError(f"no vector can be made of {type_} yet; teach codegen/avro_bytes.py")

    def _number(self, kind: str, value: int, of: Type) -> None:
        start = len(self.body)
        self.body += varint(value)
        self.marks.append(Mark(kind, start, len(self.body), value, of))

    def _array(self, items: Type, value: list[Any], of: Type) -> None:
        cut = self.blocks(value) if self.blocks else [(value, False)]
        for block, sized in cut:
            if not block:
                continue
            if sized:
                inner = Writer()
                for item in block:
                    inner.write(items, item)
                self.body += varint(-len(block)) + varint(len(inner.body)) + inner.body
            else:
                self._number("count", len(block), of)
                for item in block:
                    self.write(items, item)
        self._number("count", 0, of)

    def _union(self, union: Union, value: Any) -> None:
        null = Primitive("null")
        others = [branch for branch in union.branches if branch != null]
        if len(others) != 1:
            raise ValueError("no vector can be made of a union with several branches yet; teach codegen/avro_bytes.py")
        branch = null if value is None else others[0]
        self._number("index", union.branches.index(branch), union)
        if value is not None:
            self.write(branch, value)


def varint(value: int, extra: int = 0) -> bytes:
    """Write a number as a zigzag varint.

    Args:
        value: The number; more than 64 bits are written all the same.
        extra: How many bytes longer than need be.

    Returns:
        The bytes.
    """
    raw = value << 1 if value >= 0 else (-value << 1) - 1
    out = bytearray()
    while raw > 127:
        out.append(raw & 127 | 128)
        raw >>= 7
    out.append(raw)
    for _ in range(extra):
        out[-1] |= 128
        out.append(0)
    return bytes(out)


def encode(type_: Record, value: Any, blocks: Blocks | None = None) -> bytes:
    """Write a record.

    Args:
        type_: The record.
        value: Its JSON form.
        blocks: How items are cut into blocks; all in one if None.

    Returns:
        The body.
    """
    writer = Writer(blocks=blocks)
    writer.write(type_, value)
    return bytes(writer.body)


def has_arrays(type_: Type) -> bool:
    """Tell whether there is an array anywhere in a type."""
    match type_:
        case Array():
            return True
        case Record(fields=fields):
            return any(has_arrays(item.type) for item in fields)
        case Union(branches=branches):
            return any(map(has_arrays, branches))
        case _:
            return False


def optional_fields(record: Record) -> tuple[Field, ...]:
    """Return the fields that an earlier version may have lacked: those whose default is null."""
    return tuple(item for item in record.fields if item.default is None)
