"""Dead letters: records that cannot take effect, kept with all that is needed to try again.

Invariants:

- A dead letter is written in the transaction that moves the position past it: no record is ever in neither place.
- While a key has an open dead letter, later records of that key join it, in order. All other keys go on.
- A letter leaves OPEN once, in the transaction of its effect and of the row that says who did it and why.
- Whoever lets a letter of a key leave OPEN holds the key's lock, and so does a batch that finds the key blocked, from
  then to its commit. So a record that arrives while a replay commits either joins the letters before the replay looks
  at them, or is handled after it: never lost, doubled, out of order, or left waiting behind nothing.
  A batch that finds the key free needs no lock: a replay works on open letters only, and there are none.
- The key's lock is taken before any row of the service, and for several keys in one order: nobody deadlocks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from services.chassis.observe.failpoints import failpoint

#: The table, in its first form.
CREATE = """
CREATE TABLE dead_letters (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    state text NOT NULL DEFAULT 'OPEN' CHECK (state IN ('OPEN', 'REPLAYED', 'DROPPED')),
    topic text NOT NULL,
    partition integer NOT NULL,
    "offset" bigint NOT NULL,
    key bytea,
    aggregate uuid,
    headers jsonb NOT NULL,
    value bytea,
    error_type text NOT NULL,
    error text NOT NULL,
    failed_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX dead_letters_open ON dead_letters (aggregate, id) WHERE state = 'OPEN';
"""

#: What replaying needs; a service without it still writes letters.
EXPAND = """
ALTER TABLE dead_letters ADD COLUMN attempts bigint NOT NULL DEFAULT 0;
CREATE INDEX dead_letters_open_id ON dead_letters (id) WHERE state = 'OPEN';
CREATE INDEX dead_letters_open_error ON dead_letters (error_type, id) WHERE state = 'OPEN';
CREATE TABLE dead_letter_actions (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    dead_letter_id bigint NOT NULL REFERENCES dead_letters,
    action text NOT NULL CHECK (action IN ('REPLAYED', 'REPLAY_FAILED', 'DROPPED')),
    actor text NOT NULL,
    reason text NOT NULL,
    error text NOT NULL DEFAULT '',
    acted_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX dead_letter_actions_letter ON dead_letter_actions (dead_letter_id, id);
"""

WAITING = "Waiting"
#: `count_open` counts no further.
COUNTED_LETTERS = 1000


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One record that cannot take effect.

    Attributes:
        topic: Where it was read.
        partition: Partition of the topic.
        offset: Offset in the partition.
        key: The key's bytes.
        aggregate: The key as an id, if it is one.
        headers: The headers as JSON text, values in hexadecimal; the text `null` if the client could not read them.
        value: The value's bytes.
        error_type: Name of the error's class.
        error: What the error says.
    """

    topic: str
    partition: int
    offset: int
    key: bytes | None
    aggregate: UUID | None
    headers: str
    value: bytes | None
    error_type: str
    error: str


@dataclass(frozen=True, slots=True)
class Stored(DeadLetter):
    """A row of the table.

    Attributes:
        id: Its place: letters of a key take effect in the order of their ids.
        state: OPEN, REPLAYED or DROPPED.
        failed_at: When it was written.
        attempts: How often a replay of it has failed.
    """

    id: int
    state: str
    failed_at: datetime
    attempts: int


@dataclass(frozen=True, slots=True)
class OperatorRequest:
    """Who does something with a letter, and why.

    Attributes:
        actor: Who.
        reason: Why.
    """

    actor: str
    reason: str


_FIELDS = [field.name for field in fields(DeadLetter)]
_TYPES = {"partition": "integer", "offset": "bigint", "key": "bytea", "aggregate": "uuid", "value": "bytea"}
_NAMES = ", ".join(f'"{name}"' for name in _FIELDS)

_INSERT = text(
    f"""
    INSERT INTO dead_letters ({_NAMES})
    SELECT {", ".join("CAST(v.headers AS jsonb)" if name == "headers" else f'v."{name}"' for name in _FIELDS)}
    FROM unnest({", ".join(f"CAST(:{name} AS {_TYPES.get(name, 'text')}[])" for name in _FIELDS)})
         WITH ORDINALITY AS v({_NAMES}, place)
    ORDER BY v.place
    """  # noqa: S608
)

_BLOCKED = text(
    "SELECT DISTINCT aggregate FROM dead_letters WHERE state = 'OPEN' AND aggregate = ANY(CAST(:keys AS uuid[]))"
)

# The keys are ordered before they are locked: a function in a select list runs in the order of the rows it is given.
_LOCK = text(
    """
    SELECT pg_advisory_xact_lock(place) FROM (
        SELECT DISTINCT hashtextextended('dead_letters.' || key, 0) AS place
        FROM unnest(CAST(:keys AS text[])) AS v(key) ORDER BY place
    ) AS ordered
    """
)

_COUNT = text("SELECT count(*) FROM (SELECT 1 FROM dead_letters WHERE state = 'OPEN' LIMIT :limit) AS counted")

_COLUMNS = (
    'id, state, topic, partition, "offset", key, aggregate, CAST(headers AS text) AS headers, value, '
    "error_type, error, failed_at, attempts"
)

_OPEN_OF = text(
    f"""
    SELECT {_COLUMNS} FROM dead_letters
    WHERE state = 'OPEN' AND aggregate = ANY(CAST(:keys AS uuid[])) ORDER BY id LIMIT :limit FOR UPDATE
    """  # noqa: S608
)
_KEYLESS = text(
    f"""
    SELECT {_COLUMNS} FROM dead_letters
    WHERE state = 'OPEN' AND aggregate IS NULL AND id = ANY(CAST(:ids AS bigint[])) ORDER BY id FOR UPDATE
    """  # noqa: S608
)

_FINISH = text(
    """
    WITH gone AS (
        UPDATE dead_letters SET state = :state WHERE id = ANY(CAST(:ids AS bigint[])) AND state = 'OPEN' RETURNING id
    )
    INSERT INTO dead_letter_actions (dead_letter_id, action, actor, reason)
    SELECT id, :state, :actor, :reason FROM gone ORDER BY id
    RETURNING dead_letter_id
    """
)
_FAIL = text(
    """
    WITH failed AS (
        UPDATE dead_letters SET error_type = :error_type, error = :error, attempts = attempts + 1
        WHERE id = :id AND state = 'OPEN' RETURNING id
    )
    INSERT INTO dead_letter_actions (dead_letter_id, action, actor, reason, error)
    SELECT id, 'REPLAY_FAILED', :actor, :reason, :error FROM failed
    """
)
_HISTORY = text(
    "SELECT acted_at, action, actor, reason, error FROM dead_letter_actions WHERE dead_letter_id = :id ORDER BY id"
)


def add(connection: Connection, letters: Iterable[DeadLetter]) -> None:
    """Write dead letters.

    Args:
        connection: In the transaction that moves the positions past them.
        letters: In the order in which they were read; may be empty.
    """
    letters = list(letters)
    if letters:
        failpoint("letters.before-write")
        connection.execute(_INSERT, {name: [getattr(letter, name) for letter in letters] for name in _FIELDS})
        failpoint("letters.written")


def lock(connection: Connection, keys: Iterable[UUID]) -> None:
    """Take the lock of keys, until the end of the transaction.

    Args:
        connection: In a transaction that has locked no row of the service yet.
        keys: The keys.
    """
    connection.execute(_LOCK, {"keys": [str(key) for key in keys]})


def blocked(connection: Connection, keys: Sequence[UUID]) -> set[UUID]:
    """Find keys whose later records must wait behind a dead letter, and keep them so until the transaction ends.

    Args:
        connection: In the batch's transaction, before any row of the service is locked.
        keys: The keys of the batch.

    Returns:
        Those with an open dead letter.
    """
    found = set(blocked_now(connection, keys))
    if not found:
        return found
    # A replay may be letting them go at this moment: wait for its end, and look again.
    lock(connection, found)
    return set(blocked_now(connection, list(found)))


def blocked_now(connection: Connection, keys: Sequence[UUID]) -> Iterable[UUID]:
    """Find keys with an open dead letter, at this moment.

    Args:
        connection: In a transaction.
        keys: The keys.

    Returns:
        Those that have one. They are not waited for until somebody looks.
    """
    return connection.execute(_BLOCKED, {"keys": list(keys)}).scalars()


def count_open(connection: Connection) -> tuple[int, bool]:
    """Count open dead letters, but not beyond `COUNTED_LETTERS`: with a million of them the count must stay cheap.

    Args:
        connection: Any.

    Returns:
        The number, and whether there are more.
    """
    found: int = connection.execute(_COUNT, {"limit": COUNTED_LETTERS + 1}).scalar_one()
    return min(found, COUNTED_LETTERS), found > COUNTED_LETTERS


def page(connection: Connection, *, after: int, limit: int, **filters: str | UUID | Sequence[int]) -> list[Stored]:
    """Give letters in the order of their ids.

    Args:
        connection: Any.
        after: Only letters behind this id.
        limit: At most so many.
        **filters: `state`, `error_type`, `not_type`, `topic`, `aggregate` or `ids`.

    Returns:
        The letters.
    """
    conditions = {
        # Not a parameter: the planner must see that the partial indexes fit.
        "state": "state = 'OPEN'" if filters.get("state") == "OPEN" else "state = :state",
        "error_type": "error_type = :error_type",
        "not_type": "error_type <> :not_type",
        "topic": "topic = :topic",
        "aggregate": "aggregate = :aggregate",
        "ids": "id = ANY(CAST(:ids AS bigint[]))",
    }
    where = " AND ".join(["id > :after", *(conditions[name] for name in filters)])
    statement = text(f"SELECT {_COLUMNS} FROM dead_letters WHERE {where} ORDER BY id LIMIT :limit")  # noqa: S608
    return [*map(_stored, connection.execute(statement, {"after": after, "limit": limit, **filters}))]


def open_of(connection: Connection, keys: Iterable[UUID], *, limit: int) -> list[Stored]:
    """Give the open letters of keys, and lock them.

    Args:
        connection: In a transaction that holds the lock of these keys.
        keys: The keys.
        limit: At most so many.

    Returns:
        The letters, in order.
    """
    return [*map(_stored, connection.execute(_OPEN_OF, {"keys": list(keys), "limit": limit}))]


def open_without_key(connection: Connection, ids: Sequence[int]) -> list[Stored]:
    """Give open letters whose key is no id, and lock them. None of them waits for another.

    Args:
        connection: In a transaction.
        ids: Which.

    Returns:
        The letters, in order.
    """
    return [*map(_stored, connection.execute(_KEYLESS, {"ids": list(ids)}))]


def finish(connection: Connection, ids: Iterable[int], state: str, request: OperatorRequest) -> list[int]:
    """Take letters out of OPEN.

    Args:
        connection: In the transaction of their effect.
        ids: The letters.
        state: REPLAYED or DROPPED.
        request: Who does it, and why.

    Returns:
        Those that were open.
    """
    ids = list(ids)
    if not ids:
        return []
    values = {"ids": ids, "state": state, "actor": request.actor, "reason": request.reason}
    return sorted(connection.execute(_FINISH, values).scalars())


def fail_again(connection: Connection, id_: int, error: BaseException, request: OperatorRequest) -> None:
    """Note that a replay failed. The letter stays open.

    Args:
        connection: In a transaction.
        id_: The letter.
        error: Why.
        request: Who tried, and why.
    """
    values = {"id": id_, "error_type": type(error).__name__, "error": format_error(error)}
    connection.execute(_FAIL, {**values, "actor": request.actor, "reason": request.reason})


def history(connection: Connection, id_: int) -> Sequence[Any]:
    """Tell what was done with a letter.

    Args:
        connection: Any.
        id_: The letter.

    Returns:
        Rows of acted_at, action, actor, reason and error, oldest first.
    """
    return connection.execute(_HISTORY, {"id": id_}).all()


def format_error(error: BaseException) -> str:
    """Write an error as the database can keep it.

    Args:
        error: Any.

    Returns:
        What it says, at most 2000 characters of it.
    """
    # What is no text, a half of a surrogate pair for one, cannot be sent to a database.
    return str(error)[:2000].replace("\0", "\\0").encode("utf-8", "backslashreplace").decode()[:2000]


def _stored(row: Any) -> Stored:
    values = row._asdict()
    for name in ("key", "value"):
        values[name] = None if values[name] is None else bytes(values[name])
    return Stored(**values)
