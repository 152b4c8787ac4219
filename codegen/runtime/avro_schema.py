"""Prepares a schema for fastavro: without logical types, and with defaults as raw values."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from fastavro import parse_schema
from quadrille.avro_reader import reader


def prepare(text: str) -> tuple[Any, bool, Callable[[bytes], Any]]:
    """Parse a schema.

    Args:
        text: A self-contained schema.

    Returns:
        What fastavro resolves with; whether fastavro must name the branch of a union that it reads, because a
        value alone does not tell its branch; and what reads a body that was written with this schema.

    Raises:
        ValueError: The schema is recursive, or has an array whose items take no bytes.
    """
    raw = json.loads(text)
    physical = _physical(raw)
    names_branches = _needs_names(physical)
    read = reader(raw, names_branches=names_branches)
    names: dict[str, Any] = {}
    parsed = parse_schema(physical, names)
    _raw_defaults(parsed, names)
    _inline(parsed, names)
    return parsed, names_branches, read


_LOGICAL = ("logicalType", "precision", "scale")


def _physical(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_physical(branch) for branch in schema]
    if not isinstance(schema, dict):
        return schema
    result = {key: value for key, value in schema.items() if key not in _LOGICAL}
    for key in ("items", "values"):
        if key in result:
            result[key] = _physical(result[key])
    if "fields" in result:
        result["fields"] = [{**field, "type": _physical(field["type"])} for field in result["fields"]]
    if result["type"] not in ("record", "enum", "fixed", "array", "map"):
        return _physical(result["type"])
    return result


def _inline(schema: Any, names: Mapping[str, Any]) -> Any:
    """Replace names by what they stand for: fastavro 1.13 trips over a name where the other schema has a definition."""
    if isinstance(schema, str):
        return names.get(schema, schema)
    if isinstance(schema, list):
        schema[:] = [_inline(branch, names) for branch in schema]
    else:
        for key in ("items", "values"):
            if key in schema:
                schema[key] = _inline(schema[key], names)
        for field in schema.get("fields", ()):
            field["type"] = _inline(field["type"], names)
    return schema


def _raw_defaults(schema: Any, names: Mapping[str, Any]) -> None:
    """Turn each JSON default into what fastavro would have read: it puts defaults into a datum as they are."""
    if isinstance(schema, list):
        for branch in schema:
            _raw_defaults(branch, names)
    elif isinstance(schema, dict):
        for key in ("items", "values"):
            if key in schema:
                _raw_defaults(schema[key], names)
        for field in schema.get("fields", ()):
            _raw_defaults(field["type"], names)
            if "default" in field:
                field["default"] = _raw(field["default"], field["type"], names)


def _raw(value: Any, schema: Any, names: Mapping[str, Any]) -> Any:
    if isinstance(schema, list):
        branch = next((branch for branch in schema if _fits(value, branch, names)), schema[0])
        raw = _raw(value, branch, names)
        definition = names.get(branch, branch) if isinstance(branch, str) else branch
        # Named as fastavro names a branch that it reads; `bare` and the generated readers take both.
        return (definition["name"], raw) if isinstance(definition, dict) and "name" in definition else raw
    kind = schema["type"] if isinstance(schema, dict) else schema
    if kind in ("bytes", "fixed"):
        return value.encode("latin-1")
    if kind in ("float", "double"):
        return float(value)
    if kind == "array":
        return [_raw(item, schema["items"], names) for item in value]
    if kind == "map":
        return {key: _raw(item, schema["values"], names) for key, item in value.items()}
    if kind == "record":
        # Types are defined before they are used, so the nested record's own defaults are raw by now.
        return {
            field["name"]: _raw(value[field["name"]], field["type"], names)
            if field["name"] in value
            else field["default"]
            for field in schema["fields"]
        }
    return _raw(value, names[kind], names) if kind in names else value


def _fits(value: Any, schema: Any, names: Mapping[str, Any]) -> bool:
    kind = schema["type"] if isinstance(schema, dict) else schema
    if kind in names:
        return _fits(value, names[kind], names)
    if kind == "enum":
        return value in schema["symbols"]
    if kind == "record":
        fields = {field["name"]: field for field in schema["fields"]}
        return (
            isinstance(value, dict)
            and all(name in value or "default" in field for name, field in fields.items())
            and all(name in fields and _fits(item, fields[name]["type"], names) for name, item in value.items())
        )
    if isinstance(schema, list):
        return any(_fits(value, branch, names) for branch in schema)
    shapes: dict[str, tuple[type, ...]] = {
        "null": (type(None),),
        "boolean": (bool,),
        "int": (int,),
        "long": (int,),
        "float": (int, float),
        "double": (int, float),
        "array": (list,),
        "map": (dict,),
    }
    return type(value) in shapes.get(kind, (str,))


def _needs_names(schema: Any) -> bool:
    if isinstance(schema, list):
        others = [branch for branch in schema if branch != "null"]
        return len(others) > 1 or any(_needs_names(branch) for branch in others)
    if not isinstance(schema, dict):
        return False
    return (
        any(_needs_names(schema[key]) for key in ("items", "values") if key in schema)
        or any(_needs_names(field["type"]) for field in schema.get("fields", ()))
    )  # fmt: skip
