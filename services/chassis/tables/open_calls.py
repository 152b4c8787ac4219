"""The table of open calls, and all SQL that touches it.

Invariants:

- A call's row is written in the transaction of the decision that asks it, and deleted in the one that records its
  answer. So there is a row for exactly the calls whose answer has not taken effect.
- `due_at` is when it may be taken. Whoever takes it moves `due_at` on to the end of the lease: two instances do not ask
  at once, and what an instance that died had taken is due again by itself. A lease that ends too soon does no harm: the
  idempotency key is the same.
- Times are the database's: instances' clocks do not matter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Connection, text

from services.chassis.decide.calls import Call, Opened

#: The table, in its first form.
CREATE = """
CREATE TABLE calls (
    id uuid PRIMARY KEY,
    operation text NOT NULL,
    key uuid NOT NULL,
    idempotency_key uuid NOT NULL,
    payload jsonb NOT NULL,
    traceparent text,
    attempts integer NOT NULL,
    opened_at timestamptz NOT NULL DEFAULT now(),
    due_at timestamptz NOT NULL,
    last_error text
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);
CREATE INDEX calls_due ON calls (due_at);
CREATE INDEX calls_by_key ON calls (key);
"""

LONGEST_ERROR = 500
MOST_COUNTED = 1000

_ADD = text(
    """
    INSERT INTO calls (id, operation, key, idempotency_key, payload, traceparent, attempts, due_at)
    SELECT v.id, v.operation, v.key, v.idempotency_key, CAST(v.payload AS jsonb), v.traceparent,
           :attempts, now() + CAST(:held AS interval)
    FROM unnest(CAST(:id AS uuid[]), CAST(:operation AS text[]), CAST(:key AS uuid[]), CAST(:idempotency_key AS uuid[]),
                CAST(:payload AS text[]), CAST(:traceparent AS text[]))
         AS v(id, operation, key, idempotency_key, payload, traceparent)
    """
)
_TAKE = text(
    """
    WITH due AS (
        SELECT id FROM calls WHERE due_at <= now() ORDER BY due_at LIMIT :limit FOR UPDATE SKIP LOCKED
    )
    UPDATE calls AS c SET attempts = c.attempts + 1, due_at = now() + CAST(:lease AS interval)
    FROM due WHERE c.id = due.id
    RETURNING c.id, c.operation, c.key, c.idempotency_key, c.payload, c.traceparent, c.attempts, c.opened_at,
              c.last_error
    """
)
_STILL_OPEN = text("SELECT id FROM calls WHERE id = ANY(CAST(:ids AS uuid[])) ORDER BY id FOR UPDATE")
_CLOSE = text("DELETE FROM calls WHERE id = ANY(CAST(:ids AS uuid[]))")
_DEFER = text(
    """
    UPDATE calls AS c SET due_at = now() + v.millis * interval '1 millisecond', last_error = v.error
    FROM unnest(CAST(:id AS uuid[]), CAST(:millis AS bigint[]), CAST(:error AS text[]))
         AS v(id, millis, error)
    WHERE c.id = v.id
    """
)
_BACKLOG = text(
    """
    SELECT count(*) AS rows, coalesce(extract(epoch FROM now() - min(opened_at)), 0)::float AS oldest
    FROM (SELECT opened_at FROM calls LIMIT :most) AS counted
    """
)
_LISTED = text(
    """
    SELECT id, operation, key, attempts, opened_at, due_at, last_error FROM calls
    WHERE key = ANY(CAST(:keys AS uuid[])) ORDER BY opened_at, id
    """
)


@dataclass(frozen=True, slots=True)
class Listed:
    """An open call, for whoever looks.

    Attributes:
        id: The call.
        operation: What is asked.
        key: For which aggregate.
        attempts: How often it was taken to be asked.
        opened_at: Since when it is open.
        due_at: When it may be asked again, or until when somebody who asks it now is believed to.
        last_error: Why the last attempt gave no answer; None if there was none.
    """

    id: UUID
    operation: str
    key: UUID
    attempts: int
    opened_at: datetime
    due_at: datetime
    last_error: str | None


_forms: dict[type[Call], TypeAdapter[Any]] = {}


def _form(kind: type[Call]) -> TypeAdapter[Any]:
    if kind not in _forms:
        _forms[kind] = TypeAdapter(kind)
    return _forms[kind]


def add(connection: Connection, opened: Sequence[Opened], *, held: timedelta | None) -> None:
    """Write calls.

    Args:
        connection: In the transaction of the rows that ask.
        opened: The calls; may be empty.
        held: For how long they are the writer's, who makes them straight after the commit; None if they are anybody's.
    """
    if opened:
        connection.execute(
            _ADD,
            {
                "id": [o.id for o in opened],
                "operation": [o.call.operation for o in opened],
                "key": [o.call.key for o in opened],
                "idempotency_key": [o.idempotency_key for o in opened],
                "payload": [_form(type(o.call)).dump_json(o.call).decode() for o in opened],
                "traceparent": [o.traceparent for o in opened],
                "attempts": 0 if held is None else 1,
                "held": held or timedelta(0),
            },
        )


def take(connection: Connection, kinds: Mapping[str, type[Call]], *, lease: timedelta, limit: int) -> list[Opened]:
    """Take calls that are due.

    Args:
        connection: In a transaction of its own.
        kinds: The types of calls by operation.
        lease: For how long nobody else takes them.
        limit: At most so many.

    Returns:
        The calls, to be asked after the commit. One that this version cannot read stays open, and says so.
    """
    taken: list[Opened] = []
    unreadable: list[tuple[UUID, float, str]] = []
    for row in connection.execute(_TAKE, {"lease": lease, "limit": limit}).all():
        try:
            call = _form(kinds[row.operation]).validate_python(row.payload)
        except (KeyError, ValidationError) as error:
            unreadable.append((row.id, lease.total_seconds(), f"this version cannot read it: {error!r}"))
            continue
        taken.append(
            Opened(row.id, call, row.idempotency_key, row.traceparent, row.attempts, row.opened_at, row.last_error)
        )
    defer(connection, unreadable)
    return taken


def still_open(connection: Connection, ids: Sequence[UUID]) -> set[UUID]:
    """Find and lock the calls of a list that are open.

    Args:
        connection: In a transaction that holds the locks of the rows that the calls speak of.
        ids: The calls.

    Returns:
        Those that nobody has closed.
    """
    return {row.id for row in connection.execute(_STILL_OPEN, {"ids": list(ids)})}


def close(connection: Connection, ids: Sequence[UUID]) -> None:
    """Close calls.

    Args:
        connection: In the transaction in which their answers take effect.
        ids: The calls; may be empty.
    """
    if ids:
        connection.execute(_CLOSE, {"ids": list(ids)})


def defer(connection: Connection, unknown: Sequence[tuple[UUID, float, str]]) -> None:
    """Put calls off whose answer is not known.

    Args:
        connection: In a transaction.
        unknown: For each its id, seconds until it is asked again, and why; may be empty.
    """
    if unknown:
        ordered = sorted(unknown)
        connection.execute(
            _DEFER,
            {
                "id": [id_ for id_, _, _ in ordered],
                "millis": [round(1000 * seconds) for _, seconds, _ in ordered],
                "error": [why[:LONGEST_ERROR] for _, _, why in ordered],
            },
        )


def backlog(connection: Connection) -> tuple[int, float]:
    """Measure what is open.

    Args:
        connection: Any.

    Returns:
        Number of open calls, counted up to `MOST_COUNTED`, and seconds since the oldest of those was opened.
    """
    row = connection.execute(_BACKLOG, {"most": MOST_COUNTED}).one()
    return row.rows, row.oldest


def listed(connection: Connection, keys: Sequence[UUID]) -> list[Listed]:
    """Give the open calls of keys.

    Args:
        connection: Any.
        keys: The keys.

    Returns:
        The calls, oldest first.
    """
    return [Listed(*row) for row in connection.execute(_LISTED, {"keys": list(keys)})]
