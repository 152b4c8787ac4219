"""Avro types as immutable Python values.

- Named types are referred to directly, not by name. A record may contain itself: a type is a graph, so code that walks
  one keeps count of the named types it has met, by identity.
- `==` compares by structure and does not end on recursive types; it is for types that are known to be trees.
- The aliases of a named type are full names.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

PRIMITIVES: Final = frozenset({"null", "boolean", "int", "long", "float", "double", "bytes", "string"})

# What each logical type may annotate (Avro 1.12 specification, "Logical Types").
LOGICAL_TYPES: Final = {
    "uuid": ("string", "fixed"),
    "decimal": ("bytes", "fixed"),
    "date": ("int",),
    "time-millis": ("int",),
    "time-micros": ("long",),
    "timestamp-millis": ("long",),
    "timestamp-micros": ("long",),
    "timestamp-nanos": ("long",),
    "big-decimal": ("bytes",),
    "local-timestamp-millis": ("long",),
    "local-timestamp-micros": ("long",),
    "local-timestamp-nanos": ("long",),
    "duration": ("fixed",),
}

# Spec: "Schema Resolution", promotions. True where every value survives.
PROMOTIONS: Final = {
    ("int", "long"): True,
    ("int", "float"): False,
    ("int", "double"): True,
    ("long", "float"): False,
    ("long", "double"): False,
    ("float", "double"): True,
    ("string", "bytes"): True,
    ("bytes", "string"): False,
}


class _Missing:
    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = _Missing()


@dataclass(frozen=True, slots=True)
class Primitive:
    """A primitive type with its logical type, if it has one."""

    name: str
    logical: str | None = None
    precision: int = 0
    scale: int = 0


@dataclass(frozen=True, slots=True)
class Fixed:
    """A named run of bytes of one length."""

    full_name: str
    size: int
    doc: str
    logical: str | None = None
    precision: int = 0
    scale: int = 0
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Enum:
    """A named set of symbols. `default` is what readers see for a symbol that they do not have."""

    full_name: str
    symbols: tuple[str, ...]
    doc: str
    default: str | None
    symbol_docs: dict[str, str] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Array:
    """Items of one type."""

    items: Type


@dataclass(frozen=True, slots=True)
class Map:
    """Values of one type under string keys."""

    values: Type


@dataclass(frozen=True, slots=True)
class Union:
    """One of several types."""

    branches: tuple[Type, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a record.

    `default` is the JSON value of the schema, or MISSING; `default_problem` says why the type refuses it, if it does.
    """

    name: str
    type: Type
    doc: str
    default: Any = MISSING
    aliases: tuple[str, ...] = ()
    default_problem: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """A named record."""

    full_name: str
    fields: tuple[Field, ...]
    doc: str
    aliases: tuple[str, ...] = ()


def complete(record: Record, fields: tuple[Field, ...], doc: str, aliases: tuple[str, ...]) -> None:
    """Fill a record that was made empty. Only a parser does, before anyone else sees the record.

    Args:
        record: The record.
        fields: Its fields, whose types may be or contain the record.
        doc: Its description.
        aliases: Its aliases.
    """
    for name, value in (("fields", fields), ("doc", doc), ("aliases", aliases)):
        object.__setattr__(record, name, value)


Named: TypeAlias = Record | Enum | Fixed
Type: TypeAlias = Primitive | Named | Array | Map | Union


def split(full_name: str) -> tuple[str, str]:
    """Split a full name.

    Args:
        full_name: Such as `quadrille.events.order.OrderCreated`.

    Returns:
        The namespace, empty if there is none, and the simple name.
    """
    namespace, _, name = full_name.rpartition(".")
    return namespace, name


def named_parts(type_: Type) -> tuple[Named, ...]:
    """Return the named types that a type mentions directly, itself included if it is named.

    Args:
        type_: Any type.

    Returns:
        The named types without what they refer to in turn, in order, repeated if they are.
    """
    match type_:
        case Record() | Enum() | Fixed():
            return (type_,)
        case Array(items):
            return named_parts(items)
        case Map(values):
            return named_parts(values)
        case Union(branches):
            return tuple(part for branch in branches for part in named_parts(branch))
        case Primitive():
            return ()
