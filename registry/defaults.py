"""Whether a JSON default fits its type (Avro specification, "Complex Types", table of default values)."""

from __future__ import annotations

from typing import Any

from registry.model import MISSING, Array, Enum, Fixed, Map, Primitive, Record, Type, Union

_RANGES = {"int": 31, "long": 63}


def default_problem(type_: Type, value: Any) -> str:
    """Say what is wrong with a default.

    Args:
        type_: The field's type. For a union, any branch will do (Avro 1.12).
        value: The JSON value.

    Returns:
        A clause without a full stop; empty if it fits.
    """
    match type_:
        case Primitive(name=name):
            return _primitive_problem(name, value)
        case Enum():
            return "" if value in type_.symbols else f"{value!r} is no symbol of {type_.full_name}"
        case Fixed():
            return "" if _is_bytes(value) and len(value) == type_.size else f"{value!r} is not {type_.size} bytes"
        case Array():
            if not isinstance(value, list):
                return f"{value!r} is no list"
            return next(filter(None, (default_problem(type_.items, item) for item in value)), "")
        case Map():
            if not isinstance(value, dict):
                return f"{value!r} is no object"
            return next(filter(None, (default_problem(type_.values, item) for item in value.values())), "")
        case Union():
            problems = [default_problem(branch, value) for branch in type_.branches]
            return "" if "" in problems else problems[0]
        case Record():
            return _record_problem(type_, value)


def _record_problem(record: Record, value: Any) -> str:
    if not isinstance(value, dict):
        return f"{value!r} is no object"
    for field in record.fields:
        if field.name in value:
            if problem := default_problem(field.type, value[field.name]):
                return problem
        elif field.default is MISSING:
            return f"it lacks `{field.name}` of {record.full_name}"
    extra = sorted(set(value) - {field.name for field in record.fields})
    return f"{record.full_name} has no field `{extra[0]}`" if extra else ""


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
            fits = type(value) in (int, float)
        case "bytes":
            fits = _is_bytes(value)
        case _:
            fits = isinstance(value, str)
    return "" if fits else f"{value!r} is no {name}"


def _is_bytes(value: Any) -> bool:
    return isinstance(value, str) and all(ord(char) < 256 for char in value)
