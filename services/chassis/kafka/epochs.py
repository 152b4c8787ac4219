"""Leader epochs: how a client finds out whether a position is still of its topic (KIP-320)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from confluent_kafka import TopicPartition

from services.chassis.kafka.topics import Partition
from services.chassis.tables.positions import Position

#: Why a partition stands still; the first while Kafka has not said which of the others it is.
OUT_OF_RANGE = "a position is outside its topic"
LOST_BEFORE = "a position is outside its topic, records were lost before they were read"
LOST_END = (
    "a position is outside its topic, which has lost its end: records that were read are gone, and others may be in "
    "their places"
)


def at_position(pair: Partition, position: Position) -> TopicPartition:
    """Say to a client where it reads on, and by which leader epoch Kafka can tell whether that is still the same log.

    Args:
        pair: Topic and partition.
        position: Where.

    Returns:
        What `assign` takes.
    """
    epoch = {} if position.epoch is None else {"leader_epoch": position.epoch}
    return TopicPartition(*pair, position.offset, **epoch)


def hold_to_epochs(client: Any, starts: Mapping[Partition, Position]) -> None:
    """Have a client ask Kafka whether positions are still of their topics, before it reads there.

    librdkafka asks by itself when a leader changes, and after a `seek`; not when it begins to read what it was
    assigned (librdkafka#5158; tried with 2.16).

    Args:
        client: It has just been assigned these partitions.
        starts: Where it reads them.

    Raises:
        KafkaException: The client does not take it.
    """
    for pair, position in starts.items():
        if position.epoch is not None:
            client.seek(at_position(pair, position))
