"""Whether a JSON default fits its type, and what it means (Avro specification, "Complex Types", table of defaults).

The time that it takes grows with the size of the value times the number of union branches: each part of the value is
judged once for each type, however often unions lead to it.
"""

from __future__ import annotations

import math
from typing import Any

from registry.model import MISSING, Array, Enum, Fixed, Map, Primitive, Record, Type, Union

_RANGES = {"int": 31, "long": 63}
_SHOWN = 60


def default_problem(type_: Type, value: Any) -> str:
    """Say what is wrong with a default.

    Args:
        type_: The field's type. For a union, any branch will do (Avro 1.12).
        value: The JSON value.

    Returns:
        A clause without a full stop; empty if it fits.
    """
    return _Judge().problem(type_, value)


def default_branch(union: Union, value: Any) -> Type | None:
    """Return the branch of a union that a default stands for.

    Args:
        union: The field's type.
        value: The JSON value.

    Returns:
        The first branch that takes the value, as Avro 1.12 has it; None if none does.
    """
    return next((branch for branch in union.branches if not default_problem(branch, value)), None)


def show(value: Any) -> str:
    """Return a JSON value as text for a message, shortened.

    Args:
        value: The value.

    Returns:
        Its Python notation, at most 60 characters.
    """
    text = ascii(value) if isinstance(value, str) and not value.isprintable() else repr(value)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


class _Judge:
    """One default. `known` holds what was found for each pair of type and part of the value."""

    def __init__(self) -> None:
        self.known: dict[tuple[int, int], str] = {}

    def problem(self, type_: Type, value: Any) -> str:
        if not isinstance(value, dict | list):
            return self._judge(type_, value)
        key = id(type_), id(value)
        if key not in self.known:
            self.known[key] = self._judge(type_, value)
        return self.known[key]

    def _judge(self, type_: Type, value: Any) -> str:
        match type_:
            case Primitive(name=name):
                return _primitive_problem(name, value)
            case Enum():
                fits = isinstance(value, str) and value in type_.symbols
                return "" if fits else f"{show(value)} is no symbol of {type_.full_name}"
            case Fixed():
                fits = _is_bytes(value) and len(value) == type_.size
                return "" if fits else f"{show(value)} is not {type_.size} bytes"
            case Array():
                if not isinstance(value, list):
                    return f"{show(value)} is no list"
                return next(filter(None, (self.problem(type_.items, item) for item in value)), "")
            case Map():
                if not isinstance(value, dict):
                    return f"{show(value)} is no object"
                return next(filter(None, (self.problem(type_.values, item) for item in value.values())), "")
            case Union():
                return self._union_problem(type_, value)
            case Record():
                return self._record_problem(type_, value)

    def _union_problem(self, union: Union, value: Any) -> str:
        first = ""
        for branch in union.branches:
            problem = self.problem(branch, value)
            if not problem:
                return ""
            first = first or problem
        return first or "the union has no branch"

    def _record_problem(self, record: Record, value: Any) -> str:
        if not isinstance(value, dict):
            return f"{show(value)} is no object"
        for field in record.fields:
            if field.name in value:
                if problem := self.problem(field.type, value[field.name]):
                    return problem
            elif field.default is MISSING:
                return f"it lacks `{field.name}` of {record.full_name}"
        extra = sorted(set(value) - {field.name for field in record.fields})
        return f"{record.full_name} has no field {show(extra[0])}" if extra else ""


def _primitive_problem(name: str, value: Any) -> str:
    match name:
        case "null":
            fits = value is None
        case "boolean":
            fits = isinstance(value, bool)
        case "int" | "long":
            bits = _RANGES[name]
            fits = type(value) is int and -(1 << bits) <= value < 1 << bits
        case "float" | "double":
            fits = type(value) is int or (type(value) is float and math.isfinite(value))
        case "bytes":
            fits = _is_bytes(value)
        case _:
            fits = isinstance(value, str) and not any("\ud800" <= char <= "\udfff" for char in value)
    return "" if fits else f"{show(value)} is no {name}"


def _is_bytes(value: Any) -> bool:
    return isinstance(value, str) and all(ord(char) < 256 for char in value)
