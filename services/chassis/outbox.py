"""The outbox: events written in the transaction of the rows that they speak of, published after its commit.

Invariants:

- Rows are published at least once, each time with the same event id.
- Before a row is sent, every earlier unpublished row of its key is. Rows of a key are written under the lock of the
  key's row, so their ids follow their commits.
- Unpublished rows are found by `published_at IS NULL`, never by `id > last`: ids of transactions that commit late
  would be skipped (event-driven.io, "How Postgres sequences issues can impact your messaging guarantees").
- The table is partitioned by day. Published days are dropped when they are older than the topics' retention; nothing
  is deleted row by row.
- Each version keeps the schemas that it writes with beside the rows, before it writes any: a version that does not have
  them (the one before, after a roll-back) can publish its rows all the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from services.chassis.failpoints import failpoint

DAYS_AHEAD = 7

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


def append(connection: Connection, messages: Sequence[Message], *, first: bool = False) -> list[Row]:
    """Write messages to the outbox.

    Args:
        connection: In the transaction of the rows that the events speak of, which holds those rows' locks.
        messages: In the order in which they are to be published.
        first: The keys are new in this transaction, so nothing of them can wait: it is not looked for.

    Returns:
        What is to be published after the commit, in order: earlier unpublished rows of the same keys, then the new.
    """
    if not messages:
        return []
    # Looked for first, and looked at last: both travel together.
    earlier = () if first else connection.execute(_EARLIER, {"keys": [m.key for m in messages]})
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
    ).all()
    rows = [
        Row(m.event_id, m.topic, m.key, m.type, m.fingerprint, m.body, m.traceparent, id_, created_at)
        for m, (id_, created_at) in zip(messages, placed, strict=True)
    ]
    return [*map(_row, earlier), *rows]


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


def maintain(connection: Connection, *, retention: timedelta, today: date | None = None) -> None:
    """Make the partitions of the coming days, and drop those that are past retention and wholly published.

    Args:
        connection: In a transaction, as the owner of the table.
        retention: How long published rows are kept: as long as the topics keep theirs.
        today: The day; the present one (UTC) if None.
    """
    today = today or datetime.now(UTC).date()
    # Instances of one service maintain one at a time: two would create the same partition.
    connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('outbox.maintain'))"))
    failpoint("maintain.locked")
    present = {
        row.name
        for row in connection.execute(
            text("SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'outbox'::regclass")
        )
    }
    for ahead in range(-1, DAYS_AHEAD + 1):
        day = today + timedelta(days=ahead)
        if _partition(day) not in present:
            connection.execute(
                text(
                    f"CREATE TABLE {_partition(day)} PARTITION OF outbox "
                    f"FOR VALUES FROM ('{day} 00:00+00') TO ('{day + timedelta(days=1)} 00:00+00')"
                )
            )
    oldest_kept = _partition(today - retention - timedelta(days=1))
    for name in sorted(present):
        if name < oldest_kept:
            waiting = text(f"SELECT 1 FROM {name} WHERE published_at IS NULL LIMIT 1")  # noqa: S608
            if connection.execute(waiting).first() is None:
                connection.execute(text(f"DROP TABLE {name}"))
    failpoint("maintain.made")


_REOPEN = text(
    """
    WITH last AS (
        SELECT max(created_at) AS created_at FROM (
            SELECT created_at FROM outbox WHERE published_at IS NOT NULL AND created_at > :since
            ORDER BY created_at LIMIT :limit
        ) AS step
    ), reopened AS (
        UPDATE outbox AS o SET published_at = NULL FROM last
        WHERE o.published_at IS NOT NULL AND o.created_at > :since AND o.created_at <= last.created_at
        RETURNING o.created_at
    )
    SELECT count(*) AS rows, max(created_at) AS created_at FROM reopened
    """
)
_REOPEN_KEY = text(
    "UPDATE outbox SET published_at = NULL WHERE key = CAST(:key AS uuid) AND published_at IS NOT NULL RETURNING 1"
)
_PUBLISHED = text("SELECT count(*) FROM outbox WHERE published_at IS NOT NULL AND created_at > :since")


def count_published(connection: Connection, since: datetime) -> int:
    """Count the published rows that are still kept.

    Args:
        connection: Any.
        since: Only those written after it.

    Returns:
        The number.
    """
    found: int = connection.execute(_PUBLISHED, {"since": since}).scalar_one()
    return found


def reopen_key(connection: Connection, key: UUID) -> int:
    """Make the published rows of one key unpublished again. No index serves this: it is for a person who mends.

    Args:
        connection: In a transaction.
        key: The key.

    Returns:
        How many.
    """
    return len(connection.execute(_REOPEN_KEY, {"key": key}).all())


def reopen(connection: Connection, since: datetime, limit: int) -> tuple[int, datetime | None]:
    """Make published rows unpublished again: the sweeper publishes them anew, with the same event ids, in their order.

    Done from the oldest on, in steps, each in a transaction of its own. A row that is published meanwhile and met again
    is published twice, which every reader survives.

    Args:
        connection: In a transaction.
        since: Only rows written after it; then what the step before returned.
        limit: About how many; rows of one instant are never parted.

    Returns:
        How many, and when the newest of them was written; None if there was none.
    """
    row = connection.execute(_REOPEN, {"since": since, "limit": limit}).one()
    return row.rows, row.created_at


_UNKNOWN = text(
    """
    SELECT v.event_id FROM unnest(CAST(:event_ids AS uuid[]), CAST(:times AS timestamptz[])) AS v(event_id, created_at)
    WHERE NOT EXISTS (SELECT FROM outbox o WHERE o.created_at = v.created_at AND o.event_id = v.event_id)
    """
)

_TAKE_BACK = text(
    """
    INSERT INTO outbox (created_at, event_id, topic, key, type, fingerprint, body, traceparent, published_at)
    SELECT v.*, now()
    FROM unnest(CAST(:created_at AS timestamptz[]), CAST(:event_id AS uuid[]), CAST(:topic AS text[]),
                CAST(:key AS uuid[]), CAST(:type AS text[]), CAST(:fingerprint AS text[]), CAST(:body AS bytea[]),
                CAST(:traceparent AS text[])) AS v
    """
)


#: No index serves this one. It is asked only for what was not found where it should be.
_KNOWN_ELSEWHERE = text("SELECT event_id FROM outbox WHERE event_id = ANY(CAST(:event_ids AS uuid[]))")


def unknown(connection: Connection, written: Mapping[UUID, datetime]) -> set[UUID]:
    """Find events that the outbox does not have.

    An event that was decided twice has two rows, and one of them is enough.

    Args:
        connection: Any.
        written: When each event's row was written, by event id.

    Returns:
        Those without any row.
    """
    asked = {"event_ids": list(written), "times": list(written.values())}
    missing = set(connection.execute(_UNKNOWN, asked).scalars()) if written else set()
    if missing:
        missing -= set(connection.execute(_KNOWN_ELSEWHERE, {"event_ids": list(missing)}).scalars())
    return missing


def take_back(connection: Connection, messages: Sequence[tuple[datetime, Message]]) -> None:
    """Write rows that were lost with the database, as published: their records are in the topic.

    Args:
        connection: In the transaction of the rows that the events speak of.
        messages: Events, each with when its row was written first.
    """
    if not messages:
        return
    for day in {written.astimezone(UTC).date() for written, _ in messages}:
        maintain(connection, retention=_FOREVER, today=day)
    names = ("event_id", "topic", "key", "type", "fingerprint", "body", "traceparent")
    columns = {name: [getattr(m, name) for _, m in messages] for name in names}
    connection.execute(_TAKE_BACK, {"created_at": [written for written, _ in messages], **columns})


_FOREVER = timedelta(days=36500)


_CREATE_SCHEMAS = "CREATE TABLE IF NOT EXISTS outbox_schemas (fingerprint text PRIMARY KEY, schema text NOT NULL)"

_KEEP = text(
    """
    INSERT INTO outbox_schemas (fingerprint, schema)
    SELECT * FROM unnest(CAST(:fingerprints AS text[]), CAST(:schemas AS text[]))
    ON CONFLICT DO NOTHING
    """
)


def keep_schemas(connection: Connection, schemas: Mapping[str, str]) -> None:
    """Keep the schemas that rows are written with.

    Args:
        connection: In a transaction, as the owner of the table.
        schemas: Texts by fingerprint.
    """
    # Instances of one service keep one at a time: two would create the same table.
    connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('outbox.maintain'))"))
    connection.execute(text(_CREATE_SCHEMAS))
    connection.execute(_KEEP, {"fingerprints": list(schemas), "schemas": list(schemas.values())})


def kept_schema(connection: Connection, fingerprint: str) -> str | None:
    """Find a schema that any version of this service kept.

    Args:
        connection: Any.
        fingerprint: Its fingerprint.

    Returns:
        Its text; None if nobody kept it.
    """
    query = text("SELECT schema FROM outbox_schemas WHERE fingerprint = :fingerprint")
    found: str | None = connection.execute(query, {"fingerprint": fingerprint}).scalar_one_or_none()
    return found


def _partition(day: date) -> str:
    return f"outbox_{day:%Y%m%d}"


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
