"""Positions: how far each partition has been handled. They live beside the rows that the records changed.

Invariants:

- A position moves in the transaction of its records' effects, by compare-and-set: each record takes effect once.
- The compare-and-set is the first statement of that transaction, and its row lock lasts until the commit: an instance
  that comes back after its partition moved waits, fails the compare, and has written nothing.
- Positions are kept by topic id, not by name: a topic that was deleted and created again starts anew, and is noticed.
- A position carries the leader epoch of the last record before it, moved by the same statement. Kafka tells by it
  whether that record is still there, or whether the topic has lost its end and grown again over it (KIP-320).
- An epoch counts only for the offset that it was written with: a version that moves positions without it, or a hand
  that does, leaves one behind that is not of the position any more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    CursorResult,
    DateTime,
    Integer,
    MetaData,
    Table,
    Text,
    func,
    text,
)

from services.chassis.errors import PositionTaken

metadata = MetaData()

positions = Table(
    "positions",
    metadata,
    Column("topic_id", Text, primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("topic", Text, nullable=False),
    Column("next_offset", BigInteger, nullable=False),
    Column("leader_epoch", Integer),
    Column("epoch_offset", BigInteger),
    Column("updated_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
)


@dataclass(frozen=True, slots=True)
class Claim:
    """A move of one position.

    Attributes:
        topic_id: Kafka's id of the topic.
        partition: The partition.
        expected: Where the position must be.
        following: Where it moves.
        epoch: Leader epoch of the last record before `following`, or of one that was read with it from the same log
            and comes later; None if that is not known.
    """

    topic_id: str
    partition: int
    expected: int
    following: int
    epoch: int | None = None


class Position(NamedTuple):
    """Where a partition is read on.

    Attributes:
        offset: The next offset.
        epoch: Leader epoch of the record before it; None if that is not known.
    """

    offset: int
    epoch: int | None


_CLAIM = text(
    """
    UPDATE positions AS p
    SET next_offset = v.following, leader_epoch = v.epoch, epoch_offset = v.following, updated_at = now()
    FROM unnest(CAST(:topic_id AS text[]), CAST(:partition AS integer[]),
                CAST(:expected AS bigint[]), CAST(:following AS bigint[]), CAST(:epoch AS integer[]))
         AS v(topic_id, partition, expected, following, epoch)
    WHERE p.topic_id = v.topic_id AND p.partition = v.partition AND p.next_offset = v.expected
    """
)

_LOAD = text(
    """
    SELECT p.topic_id, p.partition, p.next_offset,
           CASE WHEN p.epoch_offset = p.next_offset THEN p.leader_epoch END AS leader_epoch
    FROM positions AS p
    JOIN unnest(CAST(:topic_id AS text[]), CAST(:partition AS integer[])) AS v(topic_id, partition)
      ON p.topic_id = v.topic_id AND p.partition = v.partition
    """
)

_START = text(
    """
    INSERT INTO positions (topic_id, partition, topic, next_offset) VALUES (:topic_id, :partition, :topic, :next_offset)
    ON CONFLICT DO NOTHING
    """
)


@dataclass(frozen=True, slots=True)
class Claimed:
    """Moves that were asked for. Whether they were all possible is the caller's to check before the commit.

    Attributes:
        asked: How many.
        result: The statement's.
    """

    asked: int
    result: CursorResult[Any]

    def check(self) -> None:
        """Wait for the moves.

        Raises:
            PositionTaken: A position was not where it was expected; the transaction must be rolled back.
        """
        moved = self.result.rowcount
        if moved != self.asked:
            raise PositionTaken(f"{self.asked - moved} of {self.asked} positions were moved by another")


def claim(connection: Connection, claims: Sequence[Claim]) -> Claimed:
    """Move positions, or nothing. It is not waited for, so that what follows can travel with it.

    Args:
        connection: In the transaction of the effects, before any of them.
        claims: The moves.

    Returns:
        What is to be checked before the commit.
    """
    ordered = sorted(claims, key=lambda c: (c.topic_id, c.partition))
    result = connection.execute(
        _CLAIM,
        {
            "topic_id": [c.topic_id for c in ordered],
            "partition": [c.partition for c in ordered],
            "expected": [c.expected for c in ordered],
            "following": [c.following for c in ordered],
            "epoch": [c.epoch for c in ordered],
        },
    )
    return Claimed(len(ordered), result)


def load(connection: Connection, partitions: Sequence[tuple[str, int]]) -> Mapping[tuple[str, int], int]:
    """Read positions.

    Args:
        connection: Any.
        partitions: Pairs of topic id and partition.

    Returns:
        The next offset of each pair that has a position.
    """
    return {place: position.offset for place, position in kept(connection, partitions).items()}


def kept(connection: Connection, partitions: Sequence[tuple[str, int]]) -> Mapping[tuple[str, int], Position]:
    """Read positions, with the leader epochs that belong to them.

    Args:
        connection: Any.
        partitions: Pairs of topic id and partition.

    Returns:
        The position of each pair that has one.
    """
    rows = connection.execute(_LOAD, {"topic_id": [t for t, _ in partitions], "partition": [p for _, p in partitions]})
    return {(row.topic_id, row.partition): Position(row.next_offset, row.leader_epoch) for row in rows}


_MOVE = text(
    "UPDATE positions SET next_offset = :offset, leader_epoch = :epoch, epoch_offset = :offset, updated_at = now() "
    "WHERE topic_id = :topic_id AND partition = :partition AND next_offset = :expected"
)


def move(connection: Connection, claim_: Claim) -> bool:
    """Move one position, on behalf of an operator: also back, and over what was lost.

    Args:
        connection: In a transaction.
        claim_: The move.

    Returns:
        False if it was not where it was expected; nothing is changed then.
    """
    values = {"topic_id": claim_.topic_id, "partition": claim_.partition}
    moved = connection.execute(
        _MOVE, {**values, "expected": claim_.expected, "offset": claim_.following, "epoch": claim_.epoch}
    )
    return moved.rowcount == 1


def start(connection: Connection, topic_id: str, topic: str, partition: int, offset: int) -> None:
    """Give a partition its first position, unless it has one.

    Args:
        connection: In a transaction.
        topic_id: Kafka's id of the topic.
        topic: The topic's name.
        partition: The partition.
        offset: The first offset to handle.
    """
    connection.execute(_START, {"topic_id": topic_id, "partition": partition, "topic": topic, "next_offset": offset})
