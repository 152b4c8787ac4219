"""The state of a batch: the rows that its records speak of, in memory, as decisions leave them.

Invariants:

- Rows are loaded and locked by one query for each table, and written back in bulk by `save`.
- A row is never changed in place: it is replaced. So what a decision did can be undone until it is kept, and a record
  whose handler raises costs nothing but itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import Connection

from services.chassis.decide.handlers import Decision

K = TypeVar("K")
V = TypeVar("V")
R = TypeVar("R")


class Rows(Mapping[K, V]):
    """Rows of one table by their key: as they were loaded, and as decisions leave them. Rows are immutable."""

    def __init__(self, loaded: Mapping[K, V]) -> None:
        """Begin with what was loaded.

        Args:
            loaded: The rows that exist.
        """
        self._rows = dict(loaded)
        self._loaded = frozenset(self._rows)
        self._changed: dict[K, None] = {}
        # What `undo` puts back: the key, its row before, and whether that had been changed already.
        self._before: list[tuple[K, V | None, bool]] = []

    def __getitem__(self, key: K) -> V:
        """Give a row that is there."""
        return self._rows[key]

    def __iter__(self) -> Iterator[K]:
        """Go through the keys."""
        return iter(self._rows)

    def __len__(self) -> int:
        """Count the rows."""
        return len(self._rows)

    def find(self, key: K) -> V | None:
        """Give a row; None if there is none. `get` of a `Mapping` takes three times as long."""
        return self._rows.get(key)

    def put(self, key: K, row: V) -> None:
        """Add a row, or replace it."""
        self._before.append((key, self._rows.get(key), key in self._changed))
        self._rows[key] = row
        self._changed[key] = None

    def keep(self) -> None:
        """Make what was put so far lasting."""
        self._before.clear()

    def undo(self) -> None:
        """Take back what was put since `keep`."""
        while self._before:
            key, row, changed = self._before.pop()
            if row is None:
                del self._rows[key]
            else:
                self._rows[key] = row
            if not changed:
                del self._changed[key]

    def was_loaded(self, key: K) -> bool:
        """True if the row existed before the batch."""
        return key in self._loaded

    def added(self) -> list[V]:
        """Give the rows that did not exist before, in the order in which they were first put."""
        return [self._rows[key] for key in self._changed if key not in self._loaded]

    def updated(self) -> list[V]:
        """Give the rows that existed before and were replaced, in that order."""
        return [self._rows[key] for key in self._changed if key in self._loaded]


class BatchState(Generic[R]):
    """The state of one batch of a service. A service's own class adds its other tables, and writes them.

    Attributes:
        now: The time of the batch.
        rows: The one row that the service keeps for each aggregate.
    """

    def __init__(self, now: datetime, rows: Mapping[UUID, R], *others: Rows[Any, Any]) -> None:
        """Begin with what was loaded.

        Args:
            now: The time of the batch.
            rows: The rows of the batch's aggregates that exist.
            *others: Rows of other tables that decisions change: they are kept and undone with these.
        """
        self.now = now
        self.rows: Rows[UUID, R] = Rows(rows)
        self._all: tuple[Rows[Any, Any], ...] = (self.rows, *others)

    def row(self, key: UUID) -> R | None:
        """Give the row of an aggregate as the decisions so far have left it; None if there is none."""
        return self.rows.find(key)

    def apply(self, subject: Any, decision: Decision[R]) -> None:
        """Apply a decision: put the new row, and what follows from it for other tables.

        Args:
            subject: What was decided on: a record, an answer, a request. It has the `key` of its aggregate.
            decision: The decision.
        """
        if decision.row is not None:
            self.rows.put(subject.key, decision.row)

    def keep(self) -> None:
        """Make what was applied so far lasting."""
        for rows in self._all:
            rows.keep()

    def undo(self) -> None:
        """Take back what was applied since `keep`."""
        for rows in self._all:
            rows.undo()

    def save(self, connection: Connection) -> None:
        """Write what has changed, in bulk.

        Args:
            connection: In the transaction that loaded the rows.
        """
        raise NotImplementedError
