"""Transactions on the hot path: on connections of SQLAlchemy's pool, without SQLAlchemy, in pipeline mode.

Statements are SQLAlchemy's `text`, as everywhere. What is left out is what SQLAlchemy does around each of them, which
costs more than the statement when a batch has one record; and a round trip for each of them: statements are sent as
they come, and waited for when a result is looked at, or at the end (`pipeline.py`). Results that nobody has looked at
by then can be looked at afterwards.

Invariants:

- An error is raised inside the transaction that it belongs to, at the latest by its commit; never after it.
- A connection that failed is closed, and if the server hung up, so are those that nobody uses: after a restart of the
  server the first failure is the only one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Protocol, cast

import psycopg
from sqlalchemy import Connection, Engine, PoolProxiedConnection, event

from services.chassis.errors import DatabaseAway, DatabaseUnchecked, classify, ends_its_session
from services.chassis.postgres.continuity import Gate
from services.chassis.postgres.pipeline import Pipeline

_LAST_WORDS = {"FATAL", "PANIC"}


class _Open:
    """Stands before nothing: for tools and tests that know their database."""

    generation = 0

    def require(self) -> None:
        """Let everybody pass."""


class Transactions(Protocol):
    """Gives transactions: an `Engine` does, and so does `Direct`."""

    def begin(self) -> AbstractContextManager[Connection]:
        """Open a transaction that is committed at the end of the block, and rolled back if that raises."""


class Direct:
    """Transactions on an engine's connections, without the engine."""

    def __init__(
        self, engine: Engine, gate: Gate | None = None, on_trouble: Callable[[str], None] = lambda _: None
    ) -> None:
        """Take the engine.

        Args:
            engine: Whose pool gives the connections. They stay here: to take one and to give it back costs a tenth of a
                transaction.
            gate: Stands before each transaction, once its session is there; None for nothing.
            on_trouble: Told why the database does not do what it is asked, in a sentence.
        """
        self._engine = engine
        self._gate: Gate = gate or _Open()
        self._on_trouble = on_trouble
        # The one used last comes first: its statements are prepared and its catalogue cached.
        self._free: list[_Held] = []
        event.listen(engine, "engine_disposed", lambda _: self._let_go())

    def dispose(self) -> None:
        """Close the connections that nobody uses."""
        self._engine.dispose()

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """Open a transaction.

        Yields:
            What the statements of the hot path need of a connection: `execute` of a `text` with named parameters.

        Raises:
            DatabaseAway: The server does not answer, or has hung up.
            psycopg.Error: What else the server said.
        """
        held = self._take()
        line = held.line
        try:
            self._gate.require()
            line.begin()
            # Narrower than its type says: the same functions are given SQLAlchemy's own off the hot path.
            yield cast("Connection", line)
            line.commit()
        except psycopg.Error as error:
            hung_up = line.closed or error.diag.severity_nonlocalized in _LAST_WORDS or ends_its_session(error)
            held.close()
            known = classify(error)
            if isinstance(known, DatabaseAway):
                self._on_trouble(str(known))
            if not hung_up:
                raise
            self._let_go()
            # Whatever the server called it on the way, a transaction timeout for one: it has hung up.
            raise (known if isinstance(known, DatabaseAway) else DatabaseAway(str(error))) from error
        except DatabaseUnchecked:
            self._free.append(held)
            raise
        except BaseException:
            if line.roll_back():
                self._free.append(held)
            else:
                held.close()
            raise
        self._free.append(held)

    def _take(self) -> _Held:
        generation = self._gate.generation
        while True:
            try:
                held = self._free.pop()
            except IndexError:
                return _Held(self._engine.raw_connection(), generation)
            if held.generation == generation:
                return held
            # Of a server that another one has replaced; it may still answer.
            held.close()

    def _let_go(self) -> None:
        while True:
            try:
                self._free.pop().close()
            except IndexError:
                return


def send_commit(connection: Connection) -> None:
    """Have the server commit a transaction while its caller does something else.

    The end of the transaction's block waits for it, and raises what comes of it. On SQLAlchemy's own connections this
    does nothing: there the end commits.

    Args:
        connection: In a transaction; nothing may be executed after this.

    Raises:
        psycopg.Error: It cannot be sent.
    """
    line = cast("object", connection)
    if isinstance(line, Pipeline):
        line.send_commit()


class _Held:
    """A connection of the pool, and what is prepared on it."""

    def __init__(self, pooled: PoolProxiedConnection, generation: int) -> None:
        self._pooled = pooled
        self.generation = generation
        self.line = Pipeline(cast("psycopg.Connection[Any]", pooled.driver_connection))

    def close(self) -> None:
        self._pooled.invalidate()
        self._pooled.close()
