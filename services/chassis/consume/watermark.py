"""How far in time a service has read: the moment up to which every record of its topics has taken effect.

A timeout that fires while the answer waits unread is no timeout of whoever was asked, it is a backlog of one's own. So
whoever acts on a deadline asks first whether everything that had come by then was read.

Invariants:

- A mark is a time of this process's clock, and the end of every partition as Kafka gives it *after* that time. Once the
  positions have passed these ends, every record that was in Kafka at that time has taken effect.
- Positions are read from the database, where they move in the transaction of their records' effects. So the watermark
  speaks for all instances of the service, whoever owns which partition, and effects are visible to whoever sees it.
- No record's timestamp is looked at: producers' clocks differ, and a silent partition has none.
- Nothing is claimed without proof: a partition without a position, or Kafka away, means that nothing is known.

What was decided but is not in Kafka yet (an outbox that waits for a broker) is not covered; nobody here can see it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from confluent_kafka import KafkaException, TopicCollection, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec
from quadrille.events.topics import Topic
from sqlalchemy import Engine

from services.chassis.errors import BrokerAway, classified
from services.chassis.kafka.topics import TopicIdPartition
from services.chassis.tables import positions

log = logging.getLogger(__name__)

ANSWER_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class EndOffsets:
    """What had to be read at a time.

    Attributes:
        taken_at: The time.
        ends: Where each partition ended, then or a little later.
    """

    taken_at: datetime
    ends: Mapping[TopicIdPartition, int]

    def passed(self, at: Mapping[TopicIdPartition, int]) -> bool:
        """Tell whether positions have passed it.

        Args:
            at: Next offsets, by place.

        Returns:
            True if every record that it speaks of has taken effect.
        """
        return all(at.get(place, 0) >= end for place, end in self.ends.items())


class Watermark:
    """The watermark of a service. It asks Kafka only when it is asked itself."""

    def __init__(
        self, bootstrap_servers: str, topics: Sequence[Topic], engine: Engine, clock: Callable[[], datetime]
    ) -> None:
        """Prepare; nothing connects yet.

        Args:
            bootstrap_servers: Kafka's addresses.
            topics: What the service reads.
            engine: The service's database.
            clock: Gives the time.
        """
        self._bootstrap_servers = bootstrap_servers
        self._topics = [topic.name for topic in topics]
        self._engine = engine
        self._clock = clock
        self._admin: Any = None
        self._oldest: EndOffsets | None = None

    def measure(self) -> datetime | None:
        """Find out how far the service has read.

        A mark that is not passed is kept: under a load that never lets the lag be zero, the positions pass it all the
        same, a little later.

        Returns:
            A time up to which every record has taken effect; None if there is a backlog, until its present end is read.

        Raises:
            BrokerAway: Kafka does not answer, or lacks a topic.
            DatabaseAway: The database does not answer.
        """
        newest = self._take()
        oldest = self._oldest
        if oldest is None or {t for t, _ in oldest.ends} != {t for t, _ in newest.ends}:
            oldest = newest  # also when a topic was made anew: a mark in the one that is gone is never passed
        with classified(), self._engine.connect() as connection:
            at = positions.load(connection, list(newest.ends))
        for mark in (newest, oldest):
            if mark.passed(at):
                self._oldest = None if mark is newest else newest
                return mark.taken_at
        self._oldest = oldest
        return None

    def _take(self) -> EndOffsets:
        taken_at = self._clock()
        if self._admin is None:
            self._admin = AdminClient({"bootstrap.servers": self._bootstrap_servers, "log_level": 3}, logger=log)
        try:
            described = self._admin.describe_topics(TopicCollection(self._topics), request_timeout=ANSWER_SECONDS)
            places = {}
            for name in self._topics:
                topic = described[name].result()
                for partition in topic.partitions:
                    places[name, partition.id] = (str(topic.topic_id), partition.id)
            asked = self._admin.list_offsets(
                {TopicPartition(name, partition): OffsetSpec.latest() for name, partition in places},
                request_timeout=ANSWER_SECONDS,
            )
            ends = {places[p.topic, p.partition]: found.result().offset for p, found in asked.items()}
        except KafkaException as error:
            raise BrokerAway(f"Kafka does not say where topics end: {error.args[0].str()}") from error
        return EndOffsets(taken_at, ends)
