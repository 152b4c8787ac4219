# DO NOT EDIT. Made from codegen/runtime/avro_straight.py by `make generate`.
"""Reads bodies straight into records, and writes records straight into bodies, without raw values in between.

Invariants:

- A record is read, or refused, as `from_avro` makes it of what `avro_reader` reads; it is written, or refused, as
  `avro_writer` writes what `to_avro` gives.
- A class that holds what is not known here (decimals, general unions, floating point and others) goes by raw values.

The functions are those of `avro_reader` and `avro_writer`, with other lines where a record, an enum or a logical type
is made or taken apart. What a value is in Python is read off the class's annotations, beside the schema.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from types import NoneType
from typing import Any, get_args, get_type_hints
from uuid import UUID

from quadrille import avro_values as values
from quadrille.avro_reader import ReaderSource
from quadrille.avro_source import Source
from quadrille.avro_writer import WriterSource

#: By logical and physical type: what reads it, and what writes it.
_LOGICAL: dict[tuple[str, Any], tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    ("uuid", "string"): (values.from_uuid_text, values.to_uuid_text),
    ("date", "int"): (values.from_days, values.to_days),
    ("timestamp-millis", "long"): (values.from_millis, values.to_millis),
    ("timestamp-micros", "long"): (values.from_micros, values.to_micros),
}


class _NotKnownError(Exception):
    """A type that goes by its raw value."""


def reader(record_type: type[Any], schema: Any) -> Callable[[bytes], Any] | None:
    """Write the function that reads the bodies of a class.

    Args:
        record_type: The class.
        schema: Its schema as JSON, self-contained.

    Returns:
        The function: it raises what `avro_reader`'s or `from_avro` would. None if the class goes by raw values.

    Raises:
        ValueError: As for `avro_reader.reader`.
    """
    source = _Reader(record_type)
    try:
        return source.function(schema, {"new": values.new})
    except _NotKnownError:
        return None


def writer(record_type: type[Any], schema: Any) -> Callable[[Any], bytes] | None:
    """Write the function that writes the bodies of a class.

    Args:
        record_type: The class.
        schema: Its schema as JSON, self-contained.

    Returns:
        The function: it raises what `to_avro` or `avro_writer`'s would. None if the class goes by raw values.

    Raises:
        ValueError: As for `avro_writer.writer`.
    """
    source = _Writer(record_type)
    try:
        return source.function(schema, {"reject": values.reject})
    except _NotKnownError:
        return None


class _Annotated(Source):
    """Knows the annotation of what is walked."""

    def __init__(self, annotation: Any) -> None:
        super().__init__()
        self.annotation = annotation

    def attributes(self, fields: list[Any]) -> list[tuple[Any, str, Any]]:
        """Give each field with the attribute that holds it, and its annotation."""
        hints = get_type_hints(self.annotation)
        names = [field.name for field in dataclasses.fields(self.annotation)]
        return [(field, name, hints[name]) for field, name in zip(fields, names, strict=True)]

    def conversion(self, schema: Any) -> tuple[Callable[[Any], Any], Callable[[Any], Any]] | None:
        """Give what reads and writes a type, if it is a logical one."""
        if not isinstance(schema, dict) or "logicalType" not in schema:
            return None
        physical = schema["type"]
        found = _LOGICAL.get((schema["logicalType"], physical if isinstance(physical, str) else None))
        if found is None:
            raise _NotKnownError
        return found

    def enter_optional(self, branches: list[Any]) -> int:
        """Take the annotation of the only branch that is not null; return its index."""
        others = [index for index, branch in enumerate(branches) if branch != "null"]
        if len(branches) != 2 or len(others) != 1:
            raise _NotKnownError
        (self.annotation,) = (part for part in get_args(self.annotation) if part is not NoneType)
        return others[0]

    def enter_items(self, second: Any) -> None:
        """Take the annotation of an array's items, or of a map's values."""
        self.annotation = get_args(self.annotation)[0 if second is None else 1]


class _Reader(_Annotated, ReaderSource):
    def walk(self, schema: Any, namespace: str, place: str, depth: int, variable: str) -> int:
        conversion = self.conversion(schema)
        width = super().walk(schema, namespace, place, depth, variable)
        if conversion is not None:
            self.put(depth, f"{variable} = {self.constant(conversion[0])}({variable})")
        return width

    def union(self, branches: list[Any], namespace: str, place: str, depth: int, variable: str) -> int:
        self.enter_optional(branches)
        return super().union(branches, namespace, place, depth, variable)

    def enum(self, symbols: list[str], place: str, depth: int, variable: str) -> int:
        return super().enum([self.annotation(symbol) for symbol in symbols], place, depth, variable)

    def record(self, fields: list[Any], namespace: str, place: str, depth: int, variable: str) -> int:
        made, width, puts = self.annotation, 0, []
        for field, name, annotation in self.attributes(fields):
            self.annotation = annotation
            value = self.variable()
            inside = f"{place}.{field['name']}" if place else field["name"]
            width += self.walk(field["type"], namespace, inside, depth, value)
            # What a frozen class's own initialiser does, without the look for the slot by its name.
            puts.append(f"{self.constant(getattr(made, name).__set__)}({variable}, {value})")
        self.put(depth, "; ".join([f"{variable} = new({self.constant(made)})", *puts]))
        return width

    def blocks(self, first: Any, second: Any, namespace: str, place: str, depth: int, variable: str) -> int:
        self.enter_items(second)
        width = super().blocks(first, second, namespace, place, depth, variable)
        if second is None:
            self.put(depth, f"{variable} = tuple({variable})")
        return width


class _Writer(_Annotated, WriterSource):
    def walk(self, schema: Any, namespace: str, place: str, depth: int, variable: str) -> int:
        conversion = self.conversion(schema)
        if conversion is None:
            return super().walk(schema, namespace, place, depth, variable)
        if conversion[1] is values.to_uuid_text:
            self._hold_to(UUID, depth, variable)
        raw = self.variable()
        self.put(depth, f"{raw} = {self.constant(conversion[1])}({variable})")
        return WriterSource.primitive(self, schema["type"], place, depth, raw)

    def primitive(self, kind: str, place: str, depth: int, variable: str) -> int:
        match kind:
            case "float" | "double":
                raise _NotKnownError
            case "int" | "long":
                self._hold_to(int, depth, variable)
            case "boolean":
                self._hold_to(bool, depth, variable)
        return super().primitive(kind, place, depth, variable)

    def union(self, branches: list[Any], namespace: str, place: str, depth: int, variable: str) -> int:
        index = self.enter_optional(branches)
        self.flush(depth)
        self.put(depth, f"if {variable} is None: p.append(S[{1 - index}])", "else:")
        self.parts.append(f"S[{index}]")
        self.walk(branches[index], namespace, place, depth + 1, variable)
        self.flush(depth + 1)
        return 1

    def enum(self, symbols: list[str], place: str, depth: int, variable: str) -> int:
        self._hold_to(self.annotation, depth, variable)
        return super().enum(symbols, place, depth, variable)

    def record(self, fields: list[Any], namespace: str, place: str, depth: int, variable: str) -> int:
        self._hold_to(self.annotation, depth, variable)
        width = 0
        for field, name, annotation in self.attributes(fields):
            self.annotation = annotation
            value = self.variable()
            self.put(depth, f"{value} = {variable}.{name}")
            width += self.walk(field["type"], namespace, place, depth, value)
        return width

    def blocks(self, first: Any, second: Any, namespace: str, place: str, depth: int, variable: str) -> int:
        if second is None:
            self._hold_to(tuple, depth, variable)
        else:
            # Whatever is no mapping raises, also what is as empty as one.
            self.put(depth, f"{variable}.items()")
        self.enter_items(second)
        return super().blocks(first, second, namespace, place, depth, variable)

    def _hold_to(self, kind: type[Any], depth: int, variable: str) -> None:
        self.put(depth, f"if type({variable}) is not {self.constant(kind)}: reject({variable})")
