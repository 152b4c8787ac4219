"""Transactions on the hot path: on connections of SQLAlchemy's pool, without SQLAlchemy, in pipeline mode.

Statements are SQLAlchemy's `text`, as everywhere. What is left out is what SQLAlchemy does around each of them, which
costs more than the statement when a batch has one record; and a round trip for each of them: statements are sent as
they come, and waited for when a result is looked at, or at the end (`pipeline.py`). Results that nobody has looked at
by then can be looked at afterwards.

Invariants:

- An error is raised inside the transaction that it belongs to, at the latest by its commit; never after it.
- A connection that failed goes back to no one, and takes those of its age along: after a restart of the server the
  first failure is the only one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Protocol, cast

import psycopg
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import InvalidatePoolError

from services.chassis.errors import DatabaseAway
from services.chassis.pipeline import Pipeline

#: Where a pooled connection keeps what is prepared on it.
_LINE = "quadrille.pipeline"
_LAST_WORDS = {"FATAL", "PANIC"}


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
        # Kept for as long as the pool keeps the connection.
        line: Pipeline | None = pooled.info.get(_LINE)
        if line is None:
            line = pooled.info[_LINE] = Pipeline(connection)
        try:
            try:
                line.begin()
                # Narrower than its type says: the same functions are given SQLAlchemy's own off the hot path.
                yield cast("Connection", line)
                line.commit()
            except psycopg.Error as error:
                hung_up = connection.closed or error.diag.severity_nonlocalized in _LAST_WORDS
                pooled.invalidate()
                if not hung_up:
                    raise
                self._hung_up = True
                # Whatever the server called it on the way, a transaction timeout for one: it has hung up.
                raise DatabaseAway(str(error)) from error
            except BaseException:
                if not line.roll_back():
                    pooled.invalidate()
                raise
        finally:
            pooled.close()
