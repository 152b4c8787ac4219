"""Where the topics end, and how much of them a service has still to read.

Invariants:

- Kafka says which partitions there are, each time that it is asked. topics.yaml says how many were made; some may have
  been added since.
- Of a partition for which a service has no position it is not known what the service has read. Such a partition is
  named: a sum over the others would call a service idle that has not begun.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from admin.errors import Refused
from admin.kafka import ANSWER_SECONDS, kafka_unreachable, silent_logger

TopicIdPartition = tuple[str, int]  # topic id, partition

PAUSE_SECONDS = 0.1
_PASSING = frozenset({"NOT_LEADER_FOR_PARTITION", "LEADER_NOT_AVAILABLE", "UNKNOWN_TOPIC_OR_PART"})


@dataclass(frozen=True, slots=True)
class Ends:
    """Where every partition of every topic begins and ends, as Kafka said at one time.

    Attributes:
        ids: Kafka's id of each topic, by name.
        offsets: The first and the next offset of each partition.
    """

    ids: Mapping[str, str]
    offsets: Mapping[TopicIdPartition, tuple[int, int]]

    def lag_by_topic(self, service: str, positions: Mapping[TopicIdPartition, int]) -> dict[str, int]:
        """Count the records that a service has still to read, in each topic that it reads.

        Args:
            service: The service.
            positions: How far it has read. A partition without a position counts from its first record on.
        """
        names = self._read_by(service)
        found = dict.fromkeys(names.values(), 0)
        for place, (first, end) in self.offsets.items():
            if place[0] in names:
                found[names[place[0]]] += max(0, end - positions.get(place, first))
        return found

    def not_begun(self, service: str, positions: Mapping[TopicIdPartition, int]) -> list[tuple[str, int]]:
        """Find partitions that a service has not begun to read.

        Args:
            service: The service.
            positions: How far it has read.

        Returns:
            Topic and number of each partition that has no position, in order.
        """
        names = self._read_by(service)
        return sorted(
            (names[place[0]], place[1]) for place in self.offsets if place[0] in names and place not in positions
        )

    def published(self) -> dict[str, int]:
        """Count the records that were ever published to each topic."""
        names = {id_: name for name, id_ in self.ids.items()}
        found = dict.fromkeys(names.values(), 0)
        for (id_, _), (_, end) in self.offsets.items():
            found[names[id_]] += end
        return found

    def _read_by(self, service: str) -> dict[str, str]:
        from quadrille.events.topics import topics_read_by

        return {self.ids[topic.name]: topic.name for topic in topics_read_by(service)}


def format_partitions(partitions: Sequence[tuple[str, int]]) -> str:
    """Name partitions for people: `order-events/6, order-events/7`.

    Args:
        partitions: Topic and number of each.
    """
    return ", ".join(f"{topic}/{partition}" for topic, partition in partitions)


class Topics:
    """Asks Kafka where the topics end."""

    def __init__(self, bootstrap_servers: str, *, seconds: float = ANSWER_SECONDS) -> None:
        """Prepare to ask.

        Args:
            bootstrap_servers: Kafka's addresses.
            seconds: How long an answer may take.
        """
        from confluent_kafka.admin import AdminClient

        self._where = bootstrap_servers
        self._seconds = seconds
        self._admin = AdminClient({"bootstrap.servers": bootstrap_servers}, logger=silent_logger())

    def ends(self) -> Ends:
        """Ask where each partition of each topic begins and ends.

        Returns:
            What Kafka said.

        Raises:
            Unreachable: Kafka does not answer.
            Refused: Kafka has no such topic.
        """
        from confluent_kafka import KafkaException

        until = time.monotonic() + self._seconds
        while True:
            try:
                return self._ask()
            except KafkaException as error:
                # Partitions that were just added have no leader for a moment, and brokers learn of them one by one.
                if error.args[0].name() not in _PASSING or time.monotonic() > until:
                    raise kafka_unreachable(self._where, error.args[0].str()) from None
            time.sleep(PAUSE_SECONDS)

    def _ask(self) -> Ends:
        from confluent_kafka import TopicPartition
        from confluent_kafka.admin import OffsetSpec

        ids, there = self._described()
        partitions = [TopicPartition(name, number) for name, number in there]
        found = [
            self._admin.list_offsets(dict.fromkeys(partitions, spec), request_timeout=self._seconds)
            for spec in (OffsetSpec.earliest(), OffsetSpec.latest())
        ]
        return Ends(
            ids,
            {
                (ids[p.topic], p.partition): (found[0][p].result().offset, found[1][p].result().offset)
                for p in partitions
            },
        )

    def _described(self) -> tuple[dict[str, str], list[tuple[str, int]]]:
        from confluent_kafka import KafkaException, TopicCollection
        from quadrille.events.topics import TOPICS

        names = TopicCollection([topic.name for topic in TOPICS])
        ids, partitions = {}, []
        for name, future in self._admin.describe_topics(names, request_timeout=self._seconds).items():
            try:
                described = future.result()
            except KafkaException as error:
                if error.args[0].name() == "UNKNOWN_TOPIC_OR_PART":
                    raise Refused(f"Kafka has no topic {name}; run `quadrille apply`.") from None
                raise
            ids[name] = str(described.topic_id)
            partitions += [(name, partition.id) for partition in described.partitions]
        return ids, partitions
