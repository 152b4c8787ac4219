"""Finds the field that a record cannot be written for. Slow, and only called once writing has failed."""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from quadrille.avro import Record
from quadrille.avro_values import to_decimal

_LOGICAL: dict[str, type] = {
    "uuid": UUID,
    "decimal": Decimal,
    "date": dt.date,
    "time-millis": dt.time,
    "time-micros": dt.time,
    "timestamp-millis": dt.datetime,
    "timestamp-micros": dt.datetime,
    "local-timestamp-millis": dt.datetime,
    "local-timestamp-micros": dt.datetime,
}
_PLAIN: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "bytes": bytes,
    "fixed": bytes,
    "boolean": bool,
    "null": type(None),
    "float": (float, int),
    "double": (float, int),
}


def blame(record: Any, error: Exception) -> str:
    """Say which field cannot be written, and why.

    Args:
        record: The record.
        error: What writing it raised, told if no field is found.

    Returns:
        A clause that names the field.
    """
    names: dict[str, Any] = {}
    schema = json.loads(record.SCHEMA.text)
    for problem in _walk(schema, record, "", names, ""):
        return problem
    return str(error) or type(error).__name__


def _walk(schema: Any, value: Any, at: str, names: dict[str, Any], namespace: str) -> Iterator[str]:
    if isinstance(schema, str) and schema in names:
        schema = names[schema]
    if isinstance(schema, list):
        yield from _walk_union(schema, value, at, names, namespace)
        return
    kind = schema if isinstance(schema, str) else schema["type"]
    if isinstance(schema, dict) and "name" in schema:
        namespace = schema.get("namespace", namespace)
        names[f"{namespace}.{schema['name']}" if namespace else schema["name"]] = schema
    match kind:
        case "record":
            full_name = f"{namespace}.{schema['name']}" if namespace else schema["name"]
            if not isinstance(value, Record) or value.SCHEMA.full_name != full_name:
                yield f"{at or full_name}: {value!r} is no {full_name}"
                return
            for field, attribute in zip(schema["fields"], _attributes(value), strict=True):
                place = f"{at}.{field['name']}" if at else field["name"]
                yield from _walk(field["type"], getattr(value, attribute), place, names, namespace)
        case "array":
            if isinstance(value, str | bytes) or not isinstance(value, tuple | list):
                yield f"{at}: {value!r} is no tuple"
                return
            for index, item in enumerate(value):
                yield from _walk(schema["items"], item, f"{at}[{index}]", names, namespace)
        case "map":
            if not isinstance(value, Mapping):
                yield f"{at}: {value!r} is no mapping"
                return
            for key, item in value.items():
                yield from _walk("string", key, f"{at}[{key!r}]", names, namespace)
                yield from _walk(schema["values"], item, f"{at}[{key!r}]", names, namespace)
        case "enum":
            if not isinstance(value, enum.Enum) or value not in schema["symbols"]:
                yield f"{at}: {value!r} is no symbol of {schema['name']}"
        case _:
            if problem := _scalar(kind, schema if isinstance(schema, dict) else {}, value):
                yield f"{at}: {problem}"


def _attributes(record: Any) -> list[str]:
    return [field.name for field in dataclasses.fields(record)]


def _walk_union(schema: list[Any], value: Any, at: str, names: dict[str, Any], namespace: str) -> Iterator[str]:
    first = ""
    fits = False
    for branch in schema:
        problem = next(_walk(branch, value, at, names, namespace), "")
        fits = fits or not problem
        # The branch of null never says anything useful about a value that is not null.
        if problem and branch != "null":
            first = first or problem
    if not fits:
        yield first or f"{at}: {value!r} is in no branch of the union"


def _scalar(kind: str, schema: Mapping[str, Any], value: Any) -> str:
    logical = schema.get("logicalType")
    if wanted := _LOGICAL.get(logical or ""):
        if not isinstance(value, wanted):
            return f"{value!r} is no {wanted.__name__} ({logical})"
        if isinstance(value, dt.datetime):
            aware = value.tzinfo is not None
            local = str(logical).startswith("local")
            return "" if aware != local else f"{value!r} {'has a' if aware else 'lacks its'} time zone ({logical})"
        return _decimal(schema, value) if isinstance(value, Decimal) else ""
    if kind in ("int", "long"):
        bits = 31 if kind == "int" else 63
        if type(value) is not int:
            return f"{value!r} is no {kind}"
        return "" if -(1 << bits) <= value < 1 << bits else f"{value} is out of the range of {kind}"
    shapes: Any = _PLAIN[kind]
    if not isinstance(value, shapes) or (isinstance(value, bool) and kind != "boolean"):
        return f"{value!r} is no {kind}"
    return _bounds(kind, schema, value)


def _bounds(kind: str, schema: Mapping[str, Any], value: Any) -> str:
    if kind == "string":
        try:
            value.encode()
        except UnicodeEncodeError:
            return f"{value!r} is no text that UTF-8 can hold"
    if kind == "float" and value not in (float("inf"), float("-inf")) and abs(value) > 3.4028235677973366e38:
        return f"{value!r} is out of the range of float"
    if kind == "fixed" and len(value) != schema["size"]:
        return f"{value!r} has {len(value)} bytes, not {schema['size']}"
    return ""


def _decimal(schema: Mapping[str, Any], value: Decimal) -> str:
    try:
        to_decimal(value, schema["precision"], schema.get("scale", 0), schema.get("size"))
    except (ValueError, OverflowError) as error:
        return str(error)
    return ""
