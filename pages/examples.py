"""An example of each event, made from its schema alone: the same each time, and valid.

The value is in Avro's JSON encoding (Avro 1.12 specification, "JSON Encoding"): a union's value other than null is
wrapped in its branch's name, bytes are a string of code points below 256. The plain form leaves the wrapping out.
"""

from __future__ import annotations

from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from registry.model import Array, Enum, Fixed, Map, Primitive, Record, Type, Union
from registry.parse import branch_key

# 2026-01-02T03:04:05.678Z: two digits never mean two things.
_MOMENT_NS = 1_767_323_045_678_000_000
_DAY_MS = (3 * 3600 + 4 * 60 + 5) * 1000 + 678
_WHOLE = {
    "date": 20_455,
    "time-millis": _DAY_MS,
    "time-micros": _DAY_MS * 1000,
    "timestamp-millis": _MOMENT_NS // 1_000_000,
    "timestamp-micros": _MOMENT_NS // 1000,
    "timestamp-nanos": _MOMENT_NS,
    "local-timestamp-millis": _MOMENT_NS // 1_000_000,
    "local-timestamp-micros": _MOMENT_NS // 1000,
    "local-timestamp-nanos": _MOMENT_NS,
}
# A string whose schema says only "string", but whose doc asks for more. A test holds each to a field that exists.
_STRINGS = {
    "address_reference": "home",
    "carrier": "parcel-post",
    "country_code": "DE",
    "currency_code": "EUR",
    "customer_id": "customer-1042",
    "sku": "SKU-1042",
    "tracking_id": "PP-000001042-DE",
}
_WHOLE_BY_FIELD = {"minor_units": 1999}

STRING_FIELDS = frozenset(_STRINGS)
WHOLE_FIELDS = frozenset(_WHOLE_BY_FIELD)


def example(type_: Type, *, plain: bool = False) -> Any:
    """Make an example.

    Args:
        type_: An event's record, or any other type.
        plain: True to leave out the names of unions' branches.

    Returns:
        A JSON value. An optional value is there; an array has one item.
    """
    return _value(type_, "", plain=plain)


def example_id(name: str) -> str:
    """Make an id.

    Args:
        name: What it identifies.

    Returns:
        A UUID of version 5 (made from a name), the same for the same name.
    """
    return str(uuid5(NAMESPACE_URL, f"urn:quadrille:example:{name}"))


def _value(type_: Type, field: str, *, plain: bool) -> Any:
    match type_:
        case Record():
            return {item.name: _value(item.type, item.name, plain=plain) for item in type_.fields}
        case Enum():
            # The default stands for symbols that a reader does not know; a writer means another one.
            return next((symbol for symbol in type_.symbols if symbol != type_.default), type_.symbols[0])
        case Array(items):
            return [_value(items, field, plain=plain)]
        case Map(values):
            return {"key": _value(values, field, plain=plain)}
        case Union():
            return _union(type_, field, plain=plain)
        case Fixed(size=size):
            if type_.logical == "uuid":
                return UUID(example_id(field)).bytes.decode("latin-1")
            return "\x00" * (size - 1) + "\x01" if size else ""
        case Primitive():
            return _primitive(type_, field)


def _union(type_: Union, field: str, *, plain: bool) -> Any:
    for branch in type_.branches:
        if not (isinstance(branch, Primitive) and branch.name == "null"):
            value = _value(branch, field, plain=plain)
            return value if plain else {branch_key(branch): value}
    return None


def _primitive(type_: Primitive, field: str) -> Any:
    if type_.logical and type_.logical in _WHOLE:
        return _WHOLE[type_.logical]
    if type_.logical == "uuid":
        return example_id(field)
    match type_.name:
        case "null":
            return None
        case "boolean":
            return True
        case "int" | "long":
            return _WHOLE_BY_FIELD.get(field, 1)
        case "float" | "double":
            return 0.5
        case "bytes":
            # A big decimal holds its unscaled value as bytes, then its scale, both as Avro writes them.
            return "\x02\x01\x00" if type_.logical == "big-decimal" else "\x01"
        case _:
            return _STRINGS.get(field, field or "text")
