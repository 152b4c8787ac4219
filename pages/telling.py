"""Types, defaults, durations and descriptions as people read them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from registry.model import Array, Enum, Fixed, Map, Primitive, Record, Type, Union, split

_LOGICAL = {
    "uuid": "uuid",
    "date": "date",
    "duration": "duration",
    "big-decimal": "decimal of any scale",
    "time-millis": "time of day (ms)",
    "time-micros": "time of day (µs)",
    "timestamp-millis": "timestamp (ms)",
    "timestamp-micros": "timestamp (µs)",
    "timestamp-nanos": "timestamp (ns)",
    "local-timestamp-millis": "local timestamp (ms)",
    "local-timestamp-micros": "local timestamp (µs)",
    "local-timestamp-nanos": "local timestamp (ns)",
}
_UNITS = (("day", 86_400), ("hour", 3600), ("minute", 60), ("second", 1))
_PROSE = re.compile(r"`([^`]+)`|(\b[A-Za-z_][\w.]*\b)")


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text.

    Attributes:
        text: The text, not escaped.
        href: Where it leads, from the root of the pages; empty for nowhere.
        code: True for what is set as code.
    """

    text: str
    href: str = ""
    code: bool = False


def type_href(full_name: str) -> str:
    """Tell where a shared type is described.

    Args:
        full_name: A record, enum or fixed that is no event.

    Returns:
        The address from the root of the pages.
    """
    return f"types.html#{full_name}"


def is_optional(type_: Type) -> bool:
    """Tell whether null is a value of a type.

    Args:
        type_: Any type.

    Returns:
        True for null and for a union with null.
    """
    if isinstance(type_, Union):
        return any(is_optional(branch) for branch in type_.branches)
    return isinstance(type_, Primitive) and type_.name == "null"


def tell_type(type_: Type) -> tuple[Piece, ...]:
    """Write a type for people: `uuid`, `timestamp (ms)`, `array of OrderLine`.

    Args:
        type_: Any type. That null is allowed is told by `is_optional`, not here.

    Returns:
        The text in pieces; a named type links to its description.
    """
    match type_:
        case Primitive() | Fixed() if type_.logical:
            scale = f"decimal({type_.precision}, {type_.scale})"
            logical = Piece(_LOGICAL.get(type_.logical, scale))
            if isinstance(type_, Fixed):
                return (_link(type_.full_name), Piece(" as "), logical)
            return (logical,)
        case Primitive():
            return (Piece(type_.name),)
        case Array(items):
            return (Piece("array of "), *tell_type(items))
        case Map(values):
            return (Piece("map of text to "), *tell_type(values))
        case Union():
            rest = [branch for branch in type_.branches if not is_optional(branch)]
            told = [piece for branch in rest for piece in (Piece(" or "), *tell_type(branch))]
            return tuple(told[1:]) or (Piece("null"),)
        case Record() | Enum() | Fixed():
            return (_link(type_.full_name),)


def _link(full_name: str) -> Piece:
    return Piece(split(full_name)[1], type_href(full_name))


def spell_type(type_: Type) -> str:
    """Write a type exactly, in one line, with full names and with null.

    Args:
        type_: Any type.

    Returns:
        The text; two types have the same one if they are the same, what their names stand for aside.
    """
    match type_:
        case Primitive():
            precision = f"({type_.precision}, {type_.scale})" if type_.logical == "decimal" else ""
            return f"{type_.name} ({type_.logical}{precision})" if type_.logical else type_.name
        case Array(items):
            return f"array of {spell_type(items)}"
        case Map(values):
            return f"map of {spell_type(values)}"
        case Union(branches):
            return " or ".join(spell_type(branch) for branch in branches)
        case _:
            return type_.full_name


def tell_json(value: Any) -> str:
    """Write a JSON value in one line.

    Args:
        value: The value.

    Returns:
        JSON.
    """
    return json.dumps(value, ensure_ascii=False)


def tell_duration(duration: timedelta) -> str:
    """Write a duration.

    Args:
        duration: Whole seconds.

    Returns:
        Such as `14 days` or `1 hour 30 minutes`.
    """
    rest, told = int(duration.total_seconds()), []
    for unit, length in _UNITS:
        count, rest = divmod(rest, length)
        if count:
            told.append(f"{count} {unit}{'s' if count > 1 else ''}")
    return " ".join(told) or "0 seconds"


def tell_prose(text: str, links: Mapping[str, str]) -> tuple[Piece, ...]:
    """Take a description apart: what stands in backticks is code, and a known name leads to its page.

    Args:
        text: The description.
        links: Addresses from the root of the pages, by name.

    Returns:
        The pieces, in order.
    """
    pieces, start = [], 0
    for match in _PROSE.finditer(text):
        quoted, word = match[1], match[2]
        href = links.get(quoted or word, "")
        if quoted or href:
            pieces.append(Piece(text[start : match.start()]))
            pieces.append(Piece(quoted or word, href, code=bool(quoted)))
            start = match.end()
    pieces.append(Piece(text[start:]))
    return tuple(piece for piece in pieces if piece.text)
