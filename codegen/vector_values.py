"""Typical and extreme values of every type, in the JSON form of the vectors."""

from __future__ import annotations

from itertools import count
from typing import Any

from registry.model import Array, Enum, Primitive, Record, Type, Union

_LONGS = (0, -1, 1, 63, 64, -64, -65, 2**31, -(2**31) - 1, 2**53, 2**53 + 1, -(2**53) - 1, 2**63 - 1, -(2**63))
_INTS = (0, -1, 1, 63, 64, -64, -65, 2**31 - 1, -(2**31))
# Times that every language can hold: Python's end with the years 1 and 9999.
_TIMES = (0, -1, 1, -62_135_596_800_000, 253_402_300_799_999, -14_182_940_001, 1_777_897_815_123)
_UUIDS = (
    "00000000-0000-0000-0000-000000000000",
    "ffffffff-ffff-ffff-ffff-ffffffffffff",
    "019dd2a1-8f00-7abc-8def-0123456789ab",
)
_TEXTS = (
    "",
    "a",
    "x" * 63,
    "x" * 64,
    "\N{DELIVERY TRUCK}\N{PACKAGE}",
    "\N{GOTHIC LETTER HWAIR}\N{MATHEMATICAL SCRIPT CAPITAL X}",
    "e\N{COMBINING ACUTE ACCENT}\N{WOMAN}\N{ZERO WIDTH JOINER}\N{ROCKET}",
    "\N{ARABIC LETTER ALEF}\N{RIGHT-TO-LEFT MARK}b",
    "\ufeffbegins with a byte order mark",
    'nul \0, tab \t, line\nend, quote ", backslash \\, \x7f \u2028',
    "\uffff\U0010ffff",
    "\N{LATIN SMALL LETTER SHARP S}" * 300,
)
# As many lines as a request may have.
HUGE = 500


def extremes(type_: Type) -> tuple[Any, ...]:
    """Return the values that a scalar or enum is tried with.

    Args:
        type_: A type without items.

    Returns:
        Its values.

    Raises:
        ValueError: There are none for the type yet.
    """
    match type_:
        case Enum(symbols=symbols):
            return symbols
        case Primitive(logical="uuid"):
            return _UUIDS
        case Primitive(name="long", logical=None):
            return tuple(map(str, _LONGS))
        case Primitive(name="long"):
            return tuple(map(str, _TIMES))
        case Primitive(name="int"):
            return _INTS
        case Primitive(name="string"):
            return _TEXTS
        case Primitive(name="boolean"):
            return (True, False)
        case Primitive(name="double" | "float"):
            return (0.0, -0.5, 1.5)
        case Primitive(name="bytes"):
            return ("", "00ff80")
        case _:
            raise ValueError(f"there are no values for {type_} yet; teach codegen/vector_values.py")


def rounds(record: Record) -> int:
    """Return how many turns give every field each of its extremes; in the last, nothing optional is present."""
    return _most(record) + 1


def _most(type_: Type) -> int:
    match type_:
        case Record(fields=fields):
            return max((_most(item.type) for item in fields), default=1)
        case Array(items=items):
            return _most(items)
        case Union(branches=branches):
            return max(_most(branch) for branch in branches)
        case Primitive(name="null"):
            return 1
        case _:
            return len(extremes(type_))


def extreme(record: Record, turn: int) -> dict[str, Any]:
    """Return a value of which each field holds one of its extremes: over all turns, each of them.

    Args:
        record: The record.
        turn: From 0, below `rounds`.

    Returns:
        The value.
    """
    places = count()
    last = turn == rounds(record) - 1

    def value(type_: Type) -> Any:
        match type_:
            case Record(fields=fields):
                return {item.name: value(item.type) for item in fields}
            case Array(items=items):
                return [value(items) for _ in range(0 if last else 1 + turn % 3)]
            case Union(branches=branches):
                (other,) = [branch for branch in branches if branch != Primitive("null")]
                return None if last else value(other)
            case _:
                # Neighbours hold different values: a reader that takes one for the other is seen.
                choice = extremes(type_)
                return choice[(turn + next(places)) % len(choice)]

    made: dict[str, Any] = value(record)
    return made


def typical(record: Record, items: int = 3) -> dict[str, Any]:
    """Return an ordinary value, with every optional field present.

    Args:
        record: The record.
        items: How many items each array has.

    Returns:
        The value.
    """
    serial = count(1)

    def value(type_: Type, name: str) -> Any:
        match type_:
            case Record(fields=fields):
                return {item.name: value(item.type, item.name) for item in fields}
            case Array(items=inner):
                return [value(inner, name) for _ in range(items)]
            case Union(branches=branches):
                (other,) = [branch for branch in branches if branch != Primitive("null")]
                return value(other, name)
            case Enum(symbols=symbols):
                return symbols[next(serial) % (len(symbols) - 1) + 1] if len(symbols) > 1 else symbols[0]
            case Primitive(logical="uuid"):
                return f"019dd2a1-8f00-7abc-8def-{next(serial):012x}"
            case Primitive(name="long", logical=None):
                return str(next(serial) * 100)
            case Primitive(name="long"):
                return str(1_777_897_815_123 + next(serial) * 1000)
            case Primitive(name="int"):
                return next(serial)
            case Primitive(name="string"):
                return "EUR" if name == "currency_code" else f"{name}-{next(serial)}"
            case _:
                return extremes(type_)[-1]

    made: dict[str, Any] = value(record, "")
    return made


def without_options(record: Record, value: dict[str, Any]) -> dict[str, Any]:
    """Return a value with null in every optional field, at any depth."""

    def bare(type_: Type, old: Any) -> Any:
        match type_:
            case Record(fields=fields):
                return {item.name: bare(item.type, old[item.name]) for item in fields}
            case Array(items=items):
                return [bare(items, item) for item in old]
            case Union():
                return None
            case _:
                return old

    made: dict[str, Any] = bare(record, value)
    return made
