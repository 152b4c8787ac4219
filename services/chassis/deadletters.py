"""Dead letters: records that cannot take effect, kept with all that is needed to try again.

Invariants:

- A dead letter is written in the transaction that moves the position past it: no record is ever in neither place.
- While a key has an open dead letter, later records of that key join it, in order. All other keys go on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, text

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


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One record that cannot take effect.

    Attributes:
        topic: Where it was read.
        partition: Partition of the topic.
        offset: Offset in the partition.
        key: The key's bytes.
        aggregate: The key as an id, if it is one.
        headers: The headers as JSON text, values in hexadecimal.
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


_INSERT = text(
    """
    INSERT INTO dead_letters (topic, partition, "offset", key, aggregate, headers, value, error_type, error)
    VALUES (:topic, :partition, :offset, :key, :aggregate, CAST(:headers AS jsonb), :value, :error_type, :error)
    """
)

_BLOCKED = text(
    "SELECT DISTINCT aggregate FROM dead_letters WHERE state = 'OPEN' AND aggregate = ANY(CAST(:keys AS uuid[]))"
)


def add(connection: Connection, letters: Iterable[DeadLetter]) -> None:
    """Write dead letters.

    Args:
        connection: In the transaction that moves the positions past them.
        letters: In the order in which they were read.
    """
    for letter in letters:
        connection.execute(_INSERT, {name: getattr(letter, name) for name in DeadLetter.__slots__})


def blocked(connection: Connection, keys: Sequence[UUID]) -> set[UUID]:
    """Find keys whose later records must wait behind a dead letter.

    Args:
        connection: In the batch's transaction.
        keys: The keys of the batch.

    Returns:
        Those with an open dead letter.
    """
    return {row.aggregate for row in connection.execute(_BLOCKED, {"keys": list(keys)})}


def count_open(connection: Connection) -> int:
    """Count open dead letters.

    Args:
        connection: Any.

    Returns:
        The number.
    """
    found: int = connection.execute(text("SELECT count(*) FROM dead_letters WHERE state = 'OPEN'")).scalar_one()
    return found
