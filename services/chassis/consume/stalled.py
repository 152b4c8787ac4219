"""Stalled partitions: their positions are not in their topics any more, and only an operator can mend that."""

from __future__ import annotations

from typing import Any

from confluent_kafka import KafkaException, TopicPartition
from sqlalchemy import Engine

from services.chassis.kafka.epochs import LOST_BEFORE, LOST_END, OUT_OF_RANGE
from services.chassis.kafka.topics import BROKER_SECONDS
from services.chassis.process.progress import PartitionProgress, Progress
from services.chassis.tables import positions


def stalled(progress: Progress) -> list[PartitionProgress]:
    """Give the partitions that stand still, by topic and number.

    Args:
        progress: The partitions of a member.
    """
    return sorted((one for one in progress.values() if one.stalled is not None), key=lambda one: one.pair)


def find_reasons(client: Any, progress: Progress) -> bool:
    """Find out what has been lost: a client has one error code for both, and its sentence is for people.

    Args:
        client: The Kafka client.
        progress: The partitions of a member.

    Returns:
        True if more is known now.
    """
    unknown = [one for one in stalled(progress) if one.stalled == OUT_OF_RANGE]
    for one in unknown:
        try:
            low, _ = client.get_watermark_offsets(TopicPartition(*one.pair), timeout=BROKER_SECONDS)
        except KafkaException:
            return False  # a broker that has just started; asked again
        one.stalled = LOST_BEFORE if one.offset < low else LOST_END
    return bool(unknown)


def were_moved(engine: Engine, progress: Progress) -> bool:
    """See whether an operator has moved the position of a stalled partition, or only taken its epoch away.

    Args:
        engine: The service's database.
        progress: The partitions of a member.

    Returns:
        True if so.
    """
    with engine.connect() as connection:
        found = positions.kept(connection, [key for key, one in progress.items() if one.stalled is not None])
    return any(
        progress[key].offset != offset or (epoch is None and progress[key].epoch is not None)
        for key, (offset, epoch) in found.items()
    )


def describe(progress: Progress) -> list[str]:
    """Describe what stands still, for people.

    Args:
        progress: The partitions of a member.

    Returns:
        A sentence for each reason that there is.
    """
    sentences = []
    for reason in (OUT_OF_RANGE, LOST_BEFORE, LOST_END):
        those = [one for one in stalled(progress) if one.stalled == reason]
        if those:
            which = ", ".join(f"{one.pair[0]}/{one.pair[1]} at {one.offset}" for one in those)
            sentences.append(f"{reason}: {which}. Run: quadrille positions")
    return sentences
