"""The outbox: events written in the transaction of the rows that they speak of, published after its commit.

Invariants:

- Rows are published at least once, each time with the same event id.
- Before a row is sent, every earlier unpublished row of its key is. Rows of a key are written under the lock of the
  key's row, so their ids follow their commits. A key without a row has none: `effects.py` holds decisions to it.
- Unpublished rows are found by `published_at IS NULL`, never by `id > last`: ids of transactions that commit late
  would be skipped (event-driven.io, "How Postgres sequences issues can impact your messaging guarantees").

`outbox_upkeep.py` makes and drops its days, and keeps the schemas that its rows were written with.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, overload
from uuid import UUID

from sqlalchemy import Connection, text

#: The table, in its first form. Migrations of every service begin with it.
CREATE = """
CREATE TABLE outbox (
    id bigint GENERATED ALWAYS AS IDENTITY,
    created_at timestamptz NOT NULL DEFAULT now(),
    event_id uuid NOT NULL,
    topic text NOT NULL,
    key uuid NOT NULL,
    type text NOT NULL,
    fingerprint text NOT NULL,
    body bytea NOT NULL,
    traceparent text,
    published_at timestamptz,
    PRIMARY KEY (created_at, id)
) PARTITION BY RANGE (created_at);
CREATE INDEX outbox_unpublished ON outbox (key, id) WHERE published_at IS NULL;
"""


@dataclass(slots=True)
class Message:
    """An event that is to be written to the outbox.

    Attributes:
        event_id: `ce_id`, the same each time the event is decided or published.
        topic: Name of the topic.
        key: Key of the record.
        type: The event's full name.
        fingerprint: Fingerprint of the schema that the body was written with.
        body: The bare Avro body.
        traceparent: W3C trace context, if there is one.
    """

    event_id: UUID
    topic: str
    key: UUID
    type: str
    fingerprint: str
    body: bytes
    traceparent: str | None


@dataclass(slots=True)
class Row(Message):
    """A row of the outbox.

    Attributes:
        id: Its place.
        created_at: When its transaction began. Names the partition, with `id` the row.
    """

    id: int
    created_at: datetime


class Rows(Sequence[Row]):
    """Rows that are to be published, in order.

    They are fetched when they are looked at first. In a transaction whose statements travel together (`Direct`) that
    is best done after its end: nobody waits for them in it. SQLAlchemy's own lets its results go at its end, so there
    they have to be looked at before.
    """

    __slots__ = ("_fetch", "_rows")

    def __init__(self, fetch: Callable[[], list[Row]]) -> None:
        """Prepare.

        Args:
            fetch: Gives them.
        """
        self._fetch = fetch
        self._rows: list[Row] | None = None

    @property
    def _all(self) -> list[Row]:
        if self._rows is None:
            self._rows = self._fetch()
        return self._rows

    @overload
    def __getitem__(self, place: int) -> Row: ...
    @overload
    def __getitem__(self, place: slice) -> list[Row]: ...
    def __getitem__(self, place: int | slice) -> Row | list[Row]:
        """Give one of them, or some."""
        return self._all[place]

    def __iter__(self) -> Iterator[Row]:
        """Go through them."""
        return iter(self._all)

    def __len__(self) -> int:
        """Count them."""
        return len(self._all)


_APPEND = text(
    """
    INSERT INTO outbox (event_id, topic, key, type, fingerprint, body, traceparent)
    SELECT event_id, topic, key, type, fingerprint, body, traceparent
    FROM unnest(CAST(:event_id AS uuid[]), CAST(:topic AS text[]), CAST(:key AS uuid[]), CAST(:type AS text[]),
                CAST(:fingerprint AS text[]), CAST(:body AS bytea[]), CAST(:traceparent AS text[]))
         WITH ORDINALITY AS v(event_id, topic, key, type, fingerprint, body, traceparent, place)
    ORDER BY place
    RETURNING id, created_at
    """
)

_COLUMNS = "id, created_at, event_id, topic, key, type, fingerprint, body, traceparent"

# Partitions of the days to come are empty, and looking into each costs as much as looking into one that is not.
_EARLIER = text(
    f"""
    SELECT {_COLUMNS} FROM outbox
    WHERE published_at IS NULL AND key = ANY(CAST(:keys AS uuid[]))
      AND created_at < now() + interval '1 day'
    ORDER BY id
    """  # noqa: S608
)

_UNPUBLISHED = text(
    f"""
    SELECT {_COLUMNS} FROM outbox
    WHERE published_at IS NULL AND created_at < now() - CAST(:age AS interval)
    ORDER BY id LIMIT :limit
    """  # noqa: S608
)

_MARK = text(
    """
    UPDATE outbox SET published_at = now()
    WHERE id = ANY(CAST(:ids AS bigint[])) AND created_at BETWEEN :oldest AND :newest AND published_at IS NULL
    """
)

_BACKLOG = text(
    """
    SELECT count(*) AS rows, coalesce(extract(epoch FROM now() - min(created_at)), 0)::float AS oldest
    FROM outbox WHERE published_at IS NULL
    """
)


def append(connection: Connection, messages: Sequence[Message], *, new: Collection[UUID] = ()) -> Sequence[Row]:
    """Write messages to the outbox.

    Args:
        connection: In the transaction of the rows that the events speak of, which holds those rows' locks.
        messages: In the order in which they are to be published.
        new: Keys whose rows are new in this transaction. Nothing is published of a key without a row, so nothing of
            these can wait: it is not looked for.

    Returns:
        What is to be published after the commit, in order: earlier unpublished rows of the same keys, then the new.
    """
    if not messages:
        return ()
    known = [m.key for m in messages if m.key not in new]
    earlier = connection.execute(_EARLIER, {"keys": known}) if known else ()
    placed = connection.execute(
        _APPEND,
        {
            "event_id": [m.event_id for m in messages],
            "topic": [m.topic for m in messages],
            "key": [m.key for m in messages],
            "type": [m.type for m in messages],
            "fingerprint": [m.fingerprint for m in messages],
            "body": [m.body for m in messages],
            "traceparent": [m.traceparent for m in messages],
        },
    )

    def fetch() -> list[Row]:
        rows = [
            Row(m.event_id, m.topic, m.key, m.type, m.fingerprint, m.body, m.traceparent, id_, created_at)
            for m, (id_, created_at) in zip(messages, placed, strict=True)
        ]
        return [*map(_row, earlier), *rows]

    return Rows(fetch)


def unpublished(connection: Connection, *, older_than: timedelta, limit: int) -> list[Row]:
    """Find rows that their writer should have published by now.

    Args:
        connection: Any.
        older_than: Only rows of at least this age; younger ones are their writer's business.
        limit: At most so many.

    Returns:
        The oldest of them, in order.
    """
    return [*map(_row, connection.execute(_UNPUBLISHED, {"age": older_than, "limit": limit}))]


def mark_published(connection: Connection, rows: Sequence[Row]) -> None:
    """Record that the broker has rows.

    Args:
        connection: In a transaction.
        rows: Those acknowledged; may be empty.
    """
    if rows:
        connection.execute(
            _MARK,
            {
                "ids": sorted(row.id for row in rows),
                "oldest": min(row.created_at for row in rows),
                "newest": max(row.created_at for row in rows),
            },
        )


def backlog(connection: Connection) -> tuple[int, float]:
    """Measure what is not published yet.

    Args:
        connection: Any.

    Returns:
        Number of rows, and the age of the oldest in seconds (0 if there is none).
    """
    row = connection.execute(_BACKLOG).one()
    return row.rows, row.oldest


def _row(row: Any) -> Row:
    return Row(
        row.event_id,
        row.topic,
        row.key,
        row.type,
        row.fingerprint,
        bytes(row.body),
        row.traceparent,
        row.id,
        row.created_at,
    )
