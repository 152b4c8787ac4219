"""Partitions whose positions are outside their topics stand still: only an operator can say what is to be done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from confluent_kafka import KafkaException, TopicPartition
from sqlalchemy import Engine

from services.chassis.kafka.epochs import LOST_BEFORE, LOST_END, OUT_OF_RANGE
from services.chassis.kafka.topics import BROKER_SECONDS, Partition, TopicIdPartition
from services.chassis.tables import positions


class StalledPartitions:
    """The partitions of one member that stand still so, and why."""

    def __init__(
        self, topic_id_partition: Callable[[Partition], TopicIdPartition], at: Mapping[TopicIdPartition, int]
    ) -> None:
        """Begin with none.

        Args:
            topic_id_partition: Gives the topic id of a partition of a topic's name.
            at: The positions as the member knows them.
        """
        self._topic_id_partition = topic_id_partition
        self._at = at
        self._why: dict[Partition, str] = {}

    def __bool__(self) -> bool:
        """Tell whether there is any."""
        return bool(self._why)

    def add(self, pair: Partition) -> None:
        """Note that a partition stands still. What has been lost is not known yet.

        Args:
            pair: Topic and partition.
        """
        self._why[pair] = OUT_OF_RANGE

    def drop(self, pair: Partition) -> None:
        """Forget a partition, if it stands still.

        Args:
            pair: Topic and partition.
        """
        self._why.pop(pair, None)

    def clear(self) -> None:
        """Forget all."""
        self._why.clear()

    def ask_why(self, client: Any) -> bool:
        """Find out of what has been lost: a client has one error code for both, and its sentence is for people.

        Args:
            client: The Kafka client.

        Returns:
            True if more is known now.
        """
        unknown = [pair for pair, reason in self._why.items() if reason is OUT_OF_RANGE]
        for pair in unknown:
            try:
                low, _ = client.get_watermark_offsets(TopicPartition(*pair), timeout=BROKER_SECONDS)
            except KafkaException:
                return False  # a broker that has just started; asked again
            self._why[pair] = LOST_BEFORE if self._at[self._topic_id_partition(pair)] < low else LOST_END
        return bool(unknown)

    def were_moved(self, engine: Engine, epochs: Mapping[TopicIdPartition, int | None]) -> bool:
        """See whether an operator has moved a position, or only taken its epoch away.

        Args:
            engine: The service's database.
            epochs: Leader epochs as the member knows them.

        Returns:
            True if so.
        """
        with engine.connect() as connection:
            found = positions.kept(connection, [*map(self._topic_id_partition, self._why)])
        return any(
            self._at[key] != offset or (epoch is None and epochs.get(key) is not None)
            for key, (offset, epoch) in found.items()
        )

    def describe(self) -> list[str]:
        """Tell people.

        Returns:
            A sentence for each reason that there is.
        """
        sentences = []
        for lost in (OUT_OF_RANGE, LOST_BEFORE, LOST_END):
            outside = [pair for pair, reason in sorted(self._why.items()) if reason is lost]
            if outside:
                which = ", ".join(f"{t}/{p} at {self._at[self._topic_id_partition((t, p))]}" for t, p in outside)
                sentences.append(f"{lost}: {which}. Run: quadrille positions")
        return sentences
