"""What keeps an outbox as it should be, beside writing and publishing: days, schemas, and rows that are published anew.

Invariants:

- The table is partitioned by day. Published days are dropped when they are older than the topics' retention; nothing
  is deleted row by row.
- Each version keeps the schemas that it writes with beside the rows, before it writes any: a version that does not have
  them (the one before, after a roll-back) can publish its rows all the same.
- An acknowledgement of a topic that is gone marks no row after `renew`: rows that wait have other ids from then on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection, text

from services.chassis.observe.failpoints import failpoint
from services.chassis.tables.outbox import Message

DAYS_AHEAD = 7


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
# Nobody writes or marks meanwhile: a writer that found earlier rows of its keys must not find them with other ids.
_LOCK = text("LOCK TABLE outbox IN SHARE ROW EXCLUSIVE MODE")
_RENEW = text(
    """
    WITH taken AS (
        DELETE FROM outbox WHERE published_at IS NULL
        RETURNING id, created_at, event_id, topic, key, type, fingerprint, body, traceparent
    )
    INSERT INTO outbox (created_at, event_id, topic, key, type, fingerprint, body, traceparent)
    SELECT created_at, event_id, topic, key, type, fingerprint, body, traceparent FROM taken ORDER BY id
    """
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


def renew(connection: Connection) -> int:
    """Give rows that wait to be published new ids, in their order.

    A process may have had some of them acknowledged by a topic that is gone since, and not have marked them yet. Its
    marks find nothing then, and the rows are published again. To be done before `reopen`, once there are new topics.

    Args:
        connection: In a transaction of its own, as the owner of the table; writers wait for its end.

    Returns:
        How many.
    """
    connection.execute(_LOCK)
    return connection.execute(_RENEW).rowcount


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
