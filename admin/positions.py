"""How far each service has read each partition, which partitions are stalled, and where a stalled position may go.

A partition is stalled if the topic no longer has what the service reads next: records were deleted before they were
read, or Kafka has lost the end of the topic. The service does not go on there, because it would lose records without
an error. Only positions of stalled partitions are moved, and only back to records that the topic has.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from admin.errors import Unreachable

if TYPE_CHECKING:
    from local.settings import Platform
    from services.chassis.tables.positions import Position


class Target(Enum):
    """Where a stalled position goes.

    START: To where the topic begins now. What is read again changes nothing.
    CUT: To where the topic lost its end. Partitions that lost no end are left alone.
    """

    START = "start"
    CUT = "cut"


@dataclass(frozen=True, slots=True)
class PartitionPosition:
    """How far a service has read a partition.

    Attributes:
        service: The service.
        topic: The topic.
        topic_id: Kafka's id of it.
        partition: The partition.
        offset: The next offset to read; None if the service has never read there.
        first: The topic's first offset.
        end: The topic's next offset.
        cut: From which offset on the topic lacks what was read, because it has lost its end; None if it lacks nothing.
    """

    service: str
    topic: str
    topic_id: str
    partition: int
    offset: int | None
    first: int
    end: int
    cut: int | None = None

    @property
    def stalled(self) -> bool:
        """Whether the topic does not have what comes next."""
        return self.offset is not None and (self.cut is not None or not self.first <= self.offset <= self.end)

    def describe_loss(self) -> str:
        """Write in a sentence what the topic has lost of what was read; empty if it has lost nothing of it."""
        if self.offset is None or self.cut is None:
            return ""
        others = min(self.offset, self.end) - self.cut
        gone = f"{self.cut} to {self.offset - 1}" if self.cut < self.offset else f"before {self.offset}"
        return f"{self.service}: {self.topic}/{self.partition} has lost its end: what was read at {gone} is gone" + (
            f"; {others:,} other records are in those places, and were not read" if others > 0 else ""
        )

    def target_offset(self, target: Target) -> int | None:
        """Give the offset that the position goes to.

        Args:
            target: Where stalled positions go.

        Returns:
            The offset; None if the position is left alone.
        """
        if not self.stalled:
            return None
        return self.first if target is Target.START else self.cut

    def to_json(self) -> dict[str, Any]:
        """Give it as `quadrille positions --json` prints it."""
        return {
            "service": self.service,
            "topic": self.topic,
            "partition": self.partition,
            "position": self.offset,
            "first": self.first,
            "end": self.end,
            "outside": self.stalled,
            "cut": self.cut,
        }


def read_positions(platform: Platform, services: Sequence[str]) -> Iterator[PartitionPosition]:
    """Compare positions with topics.

    Args:
        platform: Where everything is.
        services: Whose positions.

    Yields:
        How far each service has read each partition of what it reads.

    Raises:
        Unreachable: A server does not answer.
        Refused: A database cannot be read.
    """
    from quadrille.events.topics import topics_read_by

    from admin.databases import owned
    from services.chassis.errors import BrokerAway
    from services.chassis.kafka.topics import topic_ids_fetcher
    from services.chassis.tables import positions

    for service in services:
        topics = topics_read_by(service)
        try:
            fetch_ids = topic_ids_fetcher(platform.kafka_bootstrap_servers, topics)
            ids = {name: id_ for name, (_, id_) in fetch_ids().items()}
            ends = {topic.name: _ends(platform, topic.name) for topic in topics}
        except BrokerAway as error:
            raise Unreachable(str(error)) from None
        with owned(platform, service) as engine, engine.connect() as connection:
            kept = positions.kept(connection, [(ids[name], p) for name, found in ends.items() for p in found])
        names = {id_: name for name, id_ in ids.items()}
        cuts = _cuts(platform, {(names[id_], p): at for (id_, p), at in kept.items()}, ends)
        for name, found in ends.items():
            for partition, (first, end) in sorted(found.items()):
                at = kept.get((ids[name], partition))
                offset, cut = at.offset if at is not None else None, cuts.get((name, partition))
                yield PartitionPosition(service, name, ids[name], partition, offset, first, end, cut)


def _cuts(
    platform: Platform, at: Mapping[tuple[str, int], Position], ends: Mapping[str, Mapping[int, tuple[int, int]]]
) -> Mapping[tuple[str, int], int]:
    """Find the topics that have lost their ends behind positions, and where each was cut."""
    from services.chassis.errors import BrokerAway
    from services.chassis.kafka.own_topic import reader
    from services.chassis.recover import truncation

    # What was deleted before it was read is known from the offsets alone.
    asked = {pair: one for pair, one in at.items() if one.epoch is not None and one.offset >= ends[pair[0]][pair[1]][0]}
    if not asked:
        return {}
    try:
        with reader(platform.kafka_bootstrap_servers, out_of_range="error", single=True) as client:
            refused = {pair: asked[pair] for pair in truncation.refused(client, asked)}
            return truncation.cuts(client, refused, {pair: ends[pair[0]][pair[1]] for pair in refused})
    except BrokerAway as error:
        raise Unreachable(str(error)) from None


def _ends(platform: Platform, topic: str) -> Mapping[int, tuple[int, int]]:
    from confluent_kafka import TopicPartition

    from services.chassis.kafka.own_topic import ANSWER_SECONDS, reader

    with reader(platform.kafka_bootstrap_servers) as client:
        partitions = client.list_topics(topic, timeout=ANSWER_SECONDS).topics[topic].partitions
        return {p: client.get_watermark_offsets(TopicPartition(topic, p), timeout=ANSWER_SECONDS) for p in partitions}


def move(platform: Platform, one: PartitionPosition, offset: int, reason: str) -> bool:
    """Move a stalled position, and record who did it and why.

    Args:
        platform: Where the service's database is.
        one: The position, as it was read.
        offset: The offset that it goes to.
        reason: Why.

    Returns:
        False if somebody else has moved it meanwhile: it is left alone.

    Raises:
        Unreachable: The database does not answer.
        Refused: The database refuses it.
    """
    from admin.actor import current_user
    from admin.databases import owned
    from services.chassis.tables import operations, positions

    if one.offset is None:
        raise AssertionError("only what has a position can be stalled")
    with owned(platform, one.service) as engine, engine.begin() as connection:
        moved = positions.move(connection, positions.Claim(one.topic_id, one.partition, one.offset, offset))
        if moved:
            detail = {"topic": one.topic, "partition": one.partition, "from": one.offset, "to": offset}
            if one.cut is not None:
                detail["lost_from"] = one.cut
            operations.note(connection, "positions", actor=current_user(), reason=reason, detail=detail)
    return moved
