"""Avro names as Python names.

A name that Python, the record's base class or the generated module needs for itself gets a `_` behind it; one that
starts with `__` (which a class would mangle) gets a letter before it. What then collides gets further `_`.
"""

from __future__ import annotations

import builtins
import enum
import keyword
from collections.abc import Iterable

# A field called `str` would hide the type in the annotations that follow it in the class.
_TYPES = frozenset({"bool", "bytes", "float", "int", "str", "tuple", "dict", "classmethod", "list", "type"})
_RECORD = frozenset({"SCHEMA", "to_avro", "from_avro"})
_BUILTINS = frozenset(dir(builtins))
_ENUM = frozenset({*dir(str), *dir(enum.StrEnum), "name", "value", "mro"})


def field_names(names: Iterable[str]) -> dict[str, str]:
    """Name the attributes of a record.

    Args:
        names: The fields, in order.

    Returns:
        The attribute of each field.
    """
    return _unique(names, _TYPES | _RECORD)


def member_names(symbols: Iterable[str]) -> dict[str, str]:
    """Name the members of an enum.

    Args:
        symbols: The symbols, in order.

    Returns:
        The member of each symbol.
    """
    # A leading underscore is private, or reserved by enum.
    renamed = {symbol: f"M{symbol}" if symbol.startswith("_") else symbol for symbol in symbols}
    unique = _unique(renamed.values(), _ENUM) if len(set(renamed.values())) == len(renamed) else None
    if unique is not None:
        return {symbol: unique[name] for symbol, name in renamed.items()}
    return {symbol: f"M{index}_{symbol}" for index, symbol in enumerate(renamed)}


def class_names(names: Iterable[str]) -> dict[str, str]:
    """Name the classes of a module.

    Args:
        names: Simple names of the types, in order.

    Returns:
        The class of each type.
    """
    return _unique(names, _BUILTINS)


def module_name(part: str) -> str:
    """Name a module.

    Args:
        part: One part of a namespace.

    Returns:
        The part, or the part with a `_` if it is a keyword.
    """
    return f"{part}_" if keyword.iskeyword(part) else part


def _unique(names: Iterable[str], reserved: frozenset[str]) -> dict[str, str]:
    wanted = list(names)
    result: dict[str, str] = {}
    taken = set(wanted)
    for name in wanted:
        new = f"f{name}" if name.startswith("__") else name
        if new == name and not keyword.iskeyword(new) and new not in reserved:
            result[name] = new
            continue
        if new == name:
            new += "_"
        while new in taken or keyword.iskeyword(new) or new in reserved:
            new += "_"
        taken.add(new)
        result[name] = new
    return result
