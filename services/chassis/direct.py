"""Transactions on the hot path: psycopg itself, on connections of SQLAlchemy's pool, in pipeline mode.

Statements are SQLAlchemy's `text`, as everywhere. What is left out is what SQLAlchemy does around each of them, which
costs more than the statement when a batch has one record; and a round trip for each of them: statements are sent as
they come, and waited for when a result is looked at, or at the end. Results that nobody has looked at by then can be
looked at afterwards: psycopg keeps them on this side.

Invariants:

- An error is raised inside the transaction that it belongs to, at the latest by its commit; never after it.
- A connection that failed goes back to no one, and takes those of its age along: after a restart of the server the
  first failure is the only one.

Pipeline mode: psycopg's manual, "Pipeline mode support"; libpq's, chapter "Pipeline Mode".
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Protocol, cast

import psycopg
from psycopg.rows import namedtuple_row
from sqlalchemy import Connection, Engine, TextClause, event, text
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.exc import InvalidatePoolError

from services.chassis.errors import DatabaseAway

_DIALECT = PGDialect_psycopg()  # type: ignore[no-untyped-call]


class Transactions(Protocol):
    """Gives transactions: an `Engine` does, and so does `Direct`."""

    def begin(self) -> AbstractContextManager[Connection]:
        """Open a transaction that is committed at the end of the block, and rolled back if that raises."""


class Direct:
    """Transactions on an engine's connections, without the engine."""

    def __init__(self, engine: Engine) -> None:
        """Take the engine.

        Args:
            engine: Whose pool is used.
        """
        self._engine = engine
        self._hung_up = False
        event.listen(engine, "checkout", self._on_checkout)

    def dispose(self) -> None:
        """Close the connections that nobody uses."""
        self._engine.dispose()

    def _on_checkout(self, *_: object) -> None:
        if self._hung_up:
            self._hung_up = False
            # The pool replaces what is older than this moment, as it comes by; what others hold now is let go in peace.
            raise InvalidatePoolError("the server has hung up on another connection")

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """Open a transaction.

        Yields:
            What the statements of the hot path need of a connection: `execute` of a `text` with named parameters.

        Raises:
            DatabaseAway: The server does not answer, or has hung up.
            psycopg.Error: What else the server said.
        """
        pooled = self._engine.raw_connection()
        connection = cast("psycopg.Connection[Any]", pooled.driver_connection)
        try:
            try:
                with connection.pipeline() as pipeline:
                    # Narrower than its type says: the same functions are given SQLAlchemy's own off the hot path.
                    yield cast("Connection", _Session(connection, pipeline))
                    # Not `connection.commit()`: that waits, and the end of the pipeline would wait again.
                    connection.execute(b"COMMIT")
            except BaseException:
                if not connection.closed:
                    connection.rollback()
                raise
        except BaseException as error:
            if not connection.closed:
                raise
            pooled.invalidate()
            self._hung_up = True
            if isinstance(error, psycopg.Error):
                # Whatever the server called it on the way, a transaction timeout for one: it has hung up.
                raise DatabaseAway(str(error)) from error
            raise
        finally:
            pooled.close()


class _Session:
    """One transaction's connection."""

    def __init__(self, connection: psycopg.Connection[Any], pipeline: psycopg.Pipeline) -> None:
        self._connection = connection
        self._pipeline = pipeline

    def execute(self, statement: TextClause, parameters: Mapping[str, Any] | None = None) -> _Result:
        cursor = self._connection.cursor(row_factory=namedtuple_row)
        cursor.execute(_compiled(statement.text), parameters or {}, prepare=True)
        return _Result(cursor, self._pipeline)


@functools.lru_cache(maxsize=512)
def _compiled(statement: str) -> bytes:
    return str(text(statement).compile(dialect=_DIALECT)).encode()


class _Result:
    """What is used of SQLAlchemy's `CursorResult`."""

    def __init__(self, cursor: psycopg.Cursor[Any], pipeline: psycopg.Pipeline) -> None:
        self._cursor = cursor
        self._pipeline = pipeline

    @property
    def rowcount(self) -> int:
        self._pipeline.sync()
        return self._cursor.rowcount

    def all(self) -> list[Any]:
        return self._cursor.fetchall()

    def __iter__(self) -> Iterator[Any]:
        return iter(self._cursor.fetchall())

    def first(self) -> Any:
        return self._cursor.fetchone()

    def one(self) -> Any:
        (row,) = self._cursor.fetchall()
        return row

    def scalars(self) -> Iterator[Any]:
        for row in self._cursor.fetchall():
            yield row[0]

    def scalar_one(self) -> Any:
        return self.one()[0]
