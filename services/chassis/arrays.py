"""How lists travel to PostgreSQL: as array literals that are made at once for the whole list.

Every statement of the chassis takes its rows as one array for each column. psycopg's own dumper looks at each item by
itself, which was a fifth of what a service did; here one form serves all of them. Statements name the
arrays' types (`CAST(:keys AS uuid[])`), so the server needs no hint.

The form is that of the manual, "Array Input and Output Syntax".
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from datetime import datetime
from types import NoneType
from typing import Any
from uuid import UUID

from psycopg import Connection, DataError
from psycopg.adapt import Dumper


def _numbers(values: Sequence[int]) -> str:
    return ",".join(map(str, values))


def _flags(values: Sequence[bool]) -> str:
    return ",".join(["t" if value else "f" for value in values])


def _uuids(values: Sequence[UUID]) -> str:
    # `int` is an attribute; `hex` and `str` compute the same digits in two steps and four.
    return ",".join([f"{value.int:032x}" for value in values])


def _texts(values: Sequence[str]) -> str:
    joined = "\0".join(values)
    if joined.count("\0") != len(values) - 1:
        raise DataError("PostgreSQL's text has no zero character")
    if "\\" in joined or '"' in joined:
        joined = joined.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + joined.replace("\0", '","') + '"'


def _times(values: Sequence[datetime]) -> str:
    # Rows of one batch share their times.
    told = {value: value.isoformat() for value in set(values)}
    return '"' + '","'.join([told[value] for value in values]) + '"'


def _bodies(values: Sequence[bytes]) -> str:
    return r'"\\x' + r'","\\x'.join([value.hex() for value in values]) + '"'


_FORMS: dict[type, Callable[[Any], str]] = {
    # In this order: every flag is a number too.
    bool: _flags,
    int: _numbers,
    UUID: _uuids,
    str: _texts,
    datetime: _times,
    bytes: _bodies,
}


@functools.cache
def _form(kind: type) -> Callable[[Any], str]:
    for known, form in _FORMS.items():
        if issubclass(kind, known):
            return form
    raise DataError(f"no array of {kind.__name__} is known here; arrays.py lists the types of columns")


def literal(values: Sequence[Any]) -> str:
    """Make an array literal.

    Args:
        values: Of one type that columns here have, or None.

    Returns:
        The literal.

    Raises:
        DataError: The values are of several types, or of an unknown one, or a text that PostgreSQL cannot keep.
    """
    # Each item's type, at the speed of C.
    kinds = set(map(type, values))
    nulls = NoneType in kinds
    kinds.discard(NoneType)
    forms = {_form(kind) for kind in kinds}
    if len(forms) > 1:
        raise DataError(f"an array of several types: {', '.join(sorted(kind.__name__ for kind in kinds))}")
    form = forms.pop() if forms else None
    if form is None:
        return "{" + ",".join(["NULL"] * len(values)) + "}"
    if nulls:
        return "{" + ",".join(["NULL" if value is None else form((value,)) for value in values]) + "}"
    return "{" + form(values) + "}"


class ArrayDumper(Dumper):
    """Gives psycopg the literals."""

    def dump(self, obj: list[Any]) -> bytes:
        """Dump a list.

        Args:
            obj: The list.

        Returns:
            Its literal.

        Raises:
            DataError: As `literal` does.
        """
        return literal(obj).encode()


def register(connection: Connection[Any]) -> None:
    """Make a connection send lists so.

    Args:
        connection: A new connection.
    """
    connection.adapters.register_dumper(list, ArrayDumper)
