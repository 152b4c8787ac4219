"""How lists travel to PostgreSQL: as arrays that are made at once for the whole list.

Every statement of the chassis takes its rows as one array for each column. psycopg's own dumper looks at each item by
itself, which was a fifth of what a service did; here one form serves all of them. Statements name the
arrays' types (`CAST(:keys AS uuid[])`), so the server needs no hint.

Ids, times and bodies travel as the server keeps them, all else as an array literal: the forms are those of the manual,
"Array Input and Output Syntax", and of `array_recv` in the server's source.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from struct import Struct
from types import NoneType
from typing import Any
from uuid import UUID

from psycopg import Connection, DataError
from psycopg.abc import DumperKey
from psycopg.adapt import Dumper, PyFormat
from psycopg.pq import Format


def _numbers(values: Sequence[int]) -> str:
    return ",".join(map(str, values))


def _flags(values: Sequence[bool]) -> str:
    return ",".join(["t" if value else "f" for value in values])


def _texts(values: Sequence[str]) -> str:
    joined = "\0".join(values)
    if joined.count("\0") != len(values) - 1:
        raise DataError("PostgreSQL's text has no zero character")
    if "\\" in joined or '"' in joined:
        joined = joined.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + joined.replace("\0", '","') + '"'


_FORMS: dict[type, Callable[[Any], str]] = {
    # In this order: every flag is a number too.
    bool: _flags,
    int: _numbers,
    str: _texts,
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


_NULL = b"\xff\xff\xff\xff"
#: The server counts from here.
_FIRST = datetime(2000, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_EIGHT = b"\0\0\0\x08"
_SIXTEEN = b"\0\0\0\x10"
#: One dimension, whether an item is NULL, the items' type, how many there are, and 1 for the first.
_HEAD = Struct(">iiIii")


class ArrayDumper(Dumper):
    """Gives psycopg the literals, and hands ids, times and bodies on to those who write them as the server does."""

    def get_key(self, obj: list[Any], format: PyFormat) -> DumperKey:  # noqa: A002, ARG002 - as psycopg calls it
        """Tell psycopg which dumper a list needs.

        Args:
            obj: The list.
            format: Which form psycopg would like.

        Returns:
            What dumpers are kept by.
        """
        kind = _kind(obj)
        return (list, (kind,)) if kind in _AS_KEPT else list

    def upgrade(self, obj: list[Any], format: PyFormat) -> Dumper:  # noqa: A002, ARG002 - as psycopg calls it
        """Give the dumper that a list needs.

        Args:
            obj: The list.
            format: Which form psycopg would like.

        Returns:
            The dumper.
        """
        return _AS_KEPT.get(_kind(obj), self)

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


def _kind(values: list[Any]) -> type:
    # Rows of one column are of one type, but for those that have none.
    return next((type(value) for value in values if value is not None), NoneType)


class _AsKept(Dumper):
    """Writes an array as `array_recv` reads it."""

    format = Format.BINARY
    item_oid = 0

    def dump(self, obj: list[Any]) -> bytes:
        nulls = 0
        try:
            items = self._items(obj)
        except (AttributeError, TypeError):
            kind = _kind(obj)
            if any(type(value) not in (kind, NoneType) for value in obj):
                raise DataError(f"an array of several types, {kind.__name__} first") from None
            nulls = 1
            items = [_NULL if value is None else self._items([value])[0] for value in obj]
        return _HEAD.pack(1, nulls, self.item_oid, len(obj), 1) + b"".join(items)

    def _items(self, obj: list[Any]) -> list[bytes]:
        raise NotImplementedError


class _Uuids(_AsKept):
    oid, item_oid = 2951, 2950

    def _items(self, obj: list[UUID]) -> list[bytes]:
        return [_SIXTEEN + value.int.to_bytes(16, "big") for value in obj]


class _Bodies(_AsKept):
    oid, item_oid = 1001, 17

    def _items(self, obj: list[bytes]) -> list[bytes]:
        return [len(value).to_bytes(4, "big") + value for value in obj]


class _Times(_AsKept):
    oid, item_oid = 1185, 1184

    def _items(self, obj: list[datetime]) -> list[bytes]:
        # Rows of one batch share their times.
        encoded = {value: _EIGHT + _microseconds(value).to_bytes(8, "big", signed=True) for value in set(obj)}
        return [encoded[value] for value in obj]


def _microseconds(value: datetime) -> int:
    if value.tzinfo is None:
        raise DataError(f"{value} has no time zone")
    return (value - _FIRST) // _MICROSECOND


_AS_KEPT: dict[type, _AsKept] = {UUID: _Uuids(list), bytes: _Bodies(list), datetime: _Times(list)}


def dumped(values: list[Any]) -> tuple[bytes, int]:
    """Dump a list as psycopg would that is given `ArrayDumper`, without asking for a dumper.

    Args:
        values: Of one type that columns here have, or None.

    Returns:
        The array, and whether it is text (0) or as the server keeps it (1).

    Raises:
        DataError: As `literal` does.
    """
    kept = _AS_KEPT.get(_kind(values))
    return (literal(values).encode(), 0) if kept is None else (kept.dump(values), 1)


def register(connection: Connection[Any]) -> None:
    """Make a connection send lists so.

    Args:
        connection: A new connection.
    """
    connection.adapters.register_dumper(list, ArrayDumper)
