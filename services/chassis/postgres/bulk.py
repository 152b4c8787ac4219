"""Write many rows of one table in one statement: columns travel as arrays, `unnest` makes rows of them."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from operator import attrgetter

from sqlalchemy import Connection, Table, text
from sqlalchemy.dialects import postgresql

_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]


class Bulk:
    """Inserts and updates of rows whose attributes are named like the table's columns.

    A `jsonb` column takes its value as JSON text. Array columns are not supported: `unnest` would flatten them.
    """

    def __init__(self, table: Table, columns: Sequence[str], *, key: Sequence[str]) -> None:
        """Prepare the statements of a table.

        Args:
            table: The table.
            columns: Those that are written; the others keep their defaults.
            key: Those of them that identify a row.
        """
        self._columns = tuple(columns)
        self._values = attrgetter(*columns)
        types = {name: table.c[name].type.compile(dialect=_DIALECT) for name in columns}
        arrays = ", ".join(
            f"CAST(:{name} AS {'text' if types[name] == 'JSONB' else types[name]}[])" for name in columns
        )
        values = ", ".join(f"CAST(v.{name} AS jsonb)" if types[name] == "JSONB" else f"v.{name}" for name in columns)
        names = ", ".join(columns)
        source = f"unnest({arrays}) AS v({names})"
        self._insert = text(f"INSERT INTO {table.name} ({names}) SELECT {values} FROM {source}")  # noqa: S608
        self._insert_unless = functools.cache(
            lambda taken: text(f"{self._insert.text} ON CONFLICT ({taken}) DO NOTHING RETURNING {key[0]}")
        )
        sets = ", ".join(
            f"{name} = " + (f"CAST(v.{name} AS jsonb)" if types[name] == "JSONB" else f"v.{name}")
            for name in columns
            if name not in key
        )
        match = " AND ".join(f"t.{name} = v.{name}" for name in key)
        self._update = text(f"UPDATE {table.name} AS t SET {sets} FROM {source} WHERE {match}")  # noqa: S608

    def _parameters(self, rows: Sequence[object]) -> dict[str, list[object]]:
        columns = zip(*map(self._values, rows), strict=True)
        return {name: list(column) for name, column in zip(self._columns, columns, strict=True)}

    def insert(self, connection: Connection, rows: Sequence[object]) -> None:
        """Insert rows. A row that another transaction inserted first is an error, never an overwrite.

        Args:
            connection: In a transaction.
            rows: Objects with an attribute for each column; may be empty.
        """
        if rows:
            connection.execute(self._insert, self._parameters(rows))

    def insert_unless(self, connection: Connection, rows: Sequence[object], taken: str) -> set[object]:
        """Insert rows whose place is free.

        Args:
            connection: In a transaction.
            rows: Objects with an attribute for each column; may be empty.
            taken: Columns of the unique key that decides, with commas between them.

        Returns:
            The first key column of the rows that were inserted.
        """
        if not rows:
            return set()
        return set(connection.execute(self._insert_unless(taken), self._parameters(rows)).scalars())

    def update(self, connection: Connection, rows: Sequence[object]) -> None:
        """Update rows by their key.

        Args:
            connection: In a transaction.
            rows: Objects with an attribute for each column; may be empty.
        """
        if rows:
            connection.execute(self._update, self._parameters(rows))
