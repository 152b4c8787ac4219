"""Hypothesis strategies for what a released schema can be written with: plain Avro values, as they lie in a topic."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from registry.compat.values import Branch
from registry.model import Array, Enum, Fixed, Map, Primitive, Record, Type, Union

# What PostgreSQL can store as text, which is all but U+0000; the order service refuses that at its edge.
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
# 0001-01-01 to 9999-12-31, what Python's datetime can hold.
MILLIS = st.integers(-62_135_596_800_000, 253_402_300_799_999)


def datums(type_: Type) -> st.SearchStrategy[Any]:
    """Return plain Avro values of a type; a branch of a union is a pair of its place and a value."""
    match type_:
        case Record(fields=fields):
            return st.fixed_dictionaries({field.name: datums(field.type) for field in fields})
        case Enum(symbols=symbols):
            return st.sampled_from(symbols)
        case Fixed(size=size):
            return st.binary(min_size=size, max_size=size)
        case Array(items=items):
            return st.lists(datums(items), max_size=4)
        case Map(values=values):
            return st.dictionaries(TEXT, datums(values), max_size=3)
        case Union(branches=branches):
            return st.one_of([_branch(number, branch) for number, branch in enumerate(branches)])
        case Primitive():
            return _primitives(type_)


def _primitives(type_: Primitive) -> st.SearchStrategy[Any]:
    match type_.logical:
        case "uuid":
            return st.uuids().map(str)
        case "timestamp-millis":
            return MILLIS
        case None:
            pass
        case other:
            raise NotImplementedError(f"no released schema had `{other}` when this was written; add it here")
    return {
        "null": st.none(),
        "boolean": st.booleans(),
        "int": st.integers(-(2**31), 2**31 - 1),
        "long": st.integers(-(2**63), 2**63 - 1),
        "float": st.floats(width=32, allow_nan=False),
        "double": st.floats(allow_nan=False),
        "bytes": st.binary(max_size=8),
        "string": TEXT,
    }[type_.name]


def _branch(number: int, branch: Type) -> st.SearchStrategy[Branch]:
    return datums(branch).map(lambda value: Branch(number, value))
