"""The model back to JSON, self-contained, for libraries that want a schema. Docs are left out."""

from __future__ import annotations

from typing import Any, Final

from registry.model import MISSING, Array, Enum, Fixed, Map, Primitive, Record, Type, Union

_DEPTH: Final = 60
_SIZE: Final = 20_000


class TooLargeError(Exception):
    """The schema, or a sample of it, is too deep or too large to be handed to a library."""


def to_json(type_: Type, *, logical: bool = True) -> Any:
    """Write a type with everything that it refers to.

    Args:
        type_: The type.
        logical: Whether with logical types; without them libraries hand out what is written.

    Returns:
        The schema as JSON value.

    Raises:
        TooLargeError: It is nested more than 60 deep, or has more than 20,000 parts.
    """
    return _Emitter(logical=logical).type(type_, 0)


class _Emitter:
    def __init__(self, *, logical: bool) -> None:
        self.logical = logical
        self.names: set[str] = set()
        self.parts = 0

    def type(self, type_: Type, depth: int) -> Any:
        self.parts += 1
        if depth > _DEPTH or self.parts > _SIZE:
            raise TooLargeError
        match type_:
            case Primitive(name=name):
                return {"type": name, **_logical(type_)} if type_.logical and self.logical else name
            case Array(items):
                return {"type": "array", "items": self.type(items, depth + 1)}
            case Map(values):
                return {"type": "map", "values": self.type(values, depth + 1)}
            case Union(branches):
                return [self.type(branch, depth + 1) for branch in branches]
            case _:
                return self._named(type_, depth)

    def _named(self, type_: Record | Enum | Fixed, depth: int) -> Any:
        name = type_.full_name
        if name in self.names:
            return name
        self.names.add(name)
        result: dict[str, Any] = {"name": name}
        if type_.aliases:
            result["aliases"] = list(type_.aliases)
        match type_:
            case Enum(symbols=symbols):
                self.parts += len(symbols)
                result |= {"type": "enum", "symbols": list(symbols)}
                return result if type_.default is None else {**result, "default": type_.default}
            case Fixed():
                return {**result, "type": "fixed", "size": type_.size, **(_logical(type_) if self.logical else {})}
            case Record(fields=fields):
                rows = []
                for field in fields:
                    row: dict[str, Any] = {"name": field.name, "type": self.type(field.type, depth + 1)}
                    if field.default is not MISSING:
                        row["default"] = field.default
                    if field.aliases:
                        row["aliases"] = list(field.aliases)
                    rows.append(row)
                return {**result, "type": "record", "fields": rows}


def _logical(type_: Primitive | Fixed) -> dict[str, Any]:
    if type_.logical is None:
        return {}
    if type_.logical == "decimal":
        return {"logicalType": "decimal", "precision": type_.precision, "scale": type_.scale}
    return {"logicalType": type_.logical}
