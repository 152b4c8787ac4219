"""Which aggregates are archived: their rows are gone from the tables, and no replay of their events brings them back.

Invariants:

- The horizon is an id of version 7, and ids of that version are ordered by their time. Whoever has no row and an id
  before the horizon is archived: its events are refused, as the row in its last state would refuse them.
- The horizon never goes back, and is committed in every service before the first row goes in any.
- It is looked at after the rows: a row that was missed because it had gone by then is before a horizon that is seen.
- A row goes only in the transaction that adds what it says to the totals, and after its copy is safe in a file.
- Nobody pays who is young: only an aggregate without a row that is older than `YOUNG` has the horizon looked up, and
  an archiver leaves alone what is not twice as old.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from quadrille.avro_values import from_millis, to_millis
from sqlalchemy import Connection, text

#: The table, in its first form.
CREATE = """
CREATE TABLE archive_horizon (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    before uuid NOT NULL,
    moved_at timestamptz NOT NULL DEFAULT now()
);
"""

#: Clocks of services and of whoever archives differ by less.
YOUNG = timedelta(hours=12)
LEAST_AGE = 2 * YOUNG

_HORIZON = text("SELECT before FROM archive_horizon")
_ADVANCE = text(
    "INSERT INTO archive_horizon (before) VALUES (:before) ON CONFLICT (only_row) DO UPDATE "
    "SET before = excluded.before, moved_at = now() WHERE archive_horizon.before < excluded.before"
)


@dataclass(frozen=True, slots=True)
class Archive:
    """What a service keeps of an aggregate, and when nothing more can come of it.

    Attributes:
        table: The table with the one row of each aggregate.
        key: The column with its id, in all of them.
        under_way: SQL condition on a row of `table`: something may still come, so it stays.
        parts: Further tables with rows of the aggregate, each with the column that gives these their order.
        asks_outside: True if the service has a table of calls.
        totals: SQL that adds what the rows of `:ids` say to sums that outlive them; empty if there are none.
    """

    table: str
    key: str
    under_way: str
    parts: tuple[tuple[str, str], ...] = ()
    asks_outside: bool = False
    totals: str = ""


@dataclass(frozen=True, slots=True)
class Holding:
    """An aggregate that cannot be archived yet.

    Attributes:
        key: Its id.
        why: What is under way.
    """

    key: UUID
    why: str


@dataclass(frozen=True, slots=True)
class Copy:
    """A row on its way into a file.

    Attributes:
        table: Where it was.
        row: The row as JSON text, as PostgreSQL writes it.
    """

    table: str
    row: str


def boundary(moment: datetime) -> UUID:
    """Give the least id that an aggregate made at a time can have.

    Args:
        moment: The time.

    Returns:
        A UUID of version 7 (RFC 9562, section 5.7).
    """
    return UUID(int=(max(0, to_millis(moment)) << 80) | (0x7 << 76) | (0b10 << 62))


def made_at(key: UUID) -> datetime | None:
    """Tell when an aggregate was made.

    Args:
        key: Its id.

    Returns:
        The time; None if the id is not of version 7.
    """
    return from_millis(key.int >> 80) if _timed(key) else None


def horizon(connection: Connection) -> UUID | None:
    """Give the horizon.

    Args:
        connection: Of the service's database.

    Returns:
        The least id that is not archived; None if nothing ever was.
    """
    row = connection.execute(_HORIZON).first()
    return row[0] if row is not None else None


def among(connection: Connection, missing: Iterable[UUID], now: datetime) -> frozenset[UUID]:
    """Find those that are archived among aggregates without a row.

    Args:
        connection: In the transaction in which their rows were looked for, afterwards.
        missing: Their ids.
        now: The time.

    Returns:
        The archived ones. Without an old one among them, nothing is asked.
    """
    bound = boundary(now - YOUNG).int
    old = [key for key in missing if key.int < bound and _timed(key)]
    return archived(connection, old) if old else frozenset()


def archived(connection: Connection, missing: Iterable[UUID]) -> frozenset[UUID]:
    """Find those that are archived among aggregates without a row, however young they are.

    Args:
        connection: In the transaction in which their rows were looked for, afterwards.
        missing: Their ids.

    Returns:
        The archived ones.
    """
    before = horizon(connection)
    return frozenset(key for key in missing if before is not None and _timed(key) and key.int < before.int)


def holding(connection: Connection, archive: Archive, before: UUID, limit: int) -> list[Holding]:
    """Find what keeps the horizon from moving.

    Args:
        connection: Of the service's database.
        archive: What the service keeps.
        before: Where it is to move.
        limit: At most so many.

    Returns:
        The oldest first.
    """
    asked = [
        (archive.table, archive.key, archive.under_way, "is not settled"),
        ("dead_letters", "aggregate", "state = 'OPEN'", "has an open dead letter"),
        ("outbox", "key", "published_at IS NULL", "has an event to publish"),
    ]
    if archive.asks_outside:
        asked.append(("calls", "key", "true", "has a call without an answer"))
    found: list[Holding] = []
    for table, key, condition, why in asked:
        query = f"SELECT {key} FROM {table} WHERE {condition} AND {key} < :before ORDER BY {key} LIMIT :limit"  # noqa: S608
        rows = connection.execute(text(query), {"before": before, "limit": limit})
        found += [Holding(row[0], why) for row in rows]
    return sorted(found, key=lambda one: one.key.int)[:limit]


def advance(connection: Connection, before: UUID) -> None:
    """Move the horizon; never back.

    Args:
        connection: In a transaction.
        before: Where to.
    """
    connection.execute(_ADVANCE, {"before": before})


def count(connection: Connection, archive: Archive, before: UUID) -> int:
    """Count the aggregates that would be archived.

    Args:
        connection: Of the service's database.
        archive: What the service keeps.
        before: The horizon.
    """
    return int(
        connection.execute(text(f"SELECT count(*) FROM {_done(archive)}"), {"before": before}).scalar_one()  # noqa: S608
    )


def oldest(connection: Connection, archive: Archive, before: UUID, limit: int) -> tuple[list[UUID], list[Copy]]:
    """Lock the oldest aggregates that can be archived, and read all rows of theirs.

    Args:
        connection: In the transaction that will `remove` them.
        archive: What the service keeps.
        before: The horizon.
        limit: At most so many.

    Returns:
        Their ids and their rows; both empty when there is nothing left.
    """
    key = archive.key
    chosen = text(f"SELECT {key} FROM {_done(archive)} ORDER BY {key} LIMIT :limit FOR UPDATE")  # noqa: S608
    ids = [row[0] for row in connection.execute(chosen, {"before": before, "limit": limit})]
    copies: list[Copy] = []
    for table, order in ((archive.table, key), *archive.parts) if ids else ():
        wanted = f"FROM {table} t WHERE {key} = ANY(CAST(:ids AS uuid[])) ORDER BY {key}, {order}"
        found = connection.execute(text(f"SELECT to_jsonb(t)::text {wanted}"), {"ids": ids})
        copies += [Copy(table, row[0]) for row in found]
    return ids, copies


def remove(connection: Connection, archive: Archive, ids: Sequence[UUID]) -> None:
    """Take rows away, and add what they say to the totals.

    Args:
        connection: In the transaction of `oldest`, after what that gave was made safe.
        archive: What the service keeps.
        ids: The aggregates.
    """
    parameters: dict[str, Any] = {"ids": list(ids)}
    if archive.totals:
        connection.execute(text(archive.totals), parameters)
    for table in (*(part for part, _ in archive.parts), archive.table):
        connection.execute(
            text(f"DELETE FROM {table} WHERE {archive.key} = ANY(CAST(:ids AS uuid[]))"),  # noqa: S608
            parameters,
        )


def _done(archive: Archive) -> str:
    # An id that somebody chose at random has no time.
    octets = f"uuid_send({archive.key})"
    timed = f"get_byte({octets}, 6) >> 4 = 7 AND get_byte({octets}, 8) >> 6 = 2"
    return f"{archive.table} WHERE {archive.key} < :before AND NOT ({archive.under_way}) AND {timed}"


def _timed(key: UUID) -> bool:
    return (key.int >> 76) & 0xF == 7 and (key.int >> 62) & 0b11 == 0b10
