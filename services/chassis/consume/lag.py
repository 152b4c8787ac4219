"""What Kafka is told, and asked, for monitoring: committed offsets, and where partitions end. Nothing depends on it."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from typing import Any

from confluent_kafka import KafkaException, TopicPartition

from services.chassis.kafka.topics import Partition
from services.chassis.observe.failpoints import failpoint

log = logging.getLogger(__name__)


class Offsets:
    """Of the partitions of one member: what was committed last, and the ends that were measured last."""

    def __init__(self) -> None:
        """Begin with nothing known."""
        self._committed: dict[Partition, int] = {}
        #: Where partitions end. Replaced, never changed: other threads read it.
        self.ends: Mapping[Partition, int] = {}

    def begin(self, starts: Mapping[Partition, int]) -> None:
        """Take partitions over, which have not been measured.

        Args:
            starts: Where each is read on.
        """
        self.ends = {**self.ends, **starts}

    def keep(self, owned: Collection[Partition]) -> None:
        """Forget the ends of all other partitions.

        Args:
            owned: The partitions of this member.
        """
        self.ends = {pair: end for pair, end in self.ends.items() if pair in owned}

    def clear(self) -> None:
        """Forget everything."""
        self._committed.clear()
        self.ends = {}

    def measure(self, client: Any, owned: Collection[Partition]) -> None:
        """Measure where partitions end.

        Args:
            client: The Kafka client.
            owned: The partitions of this member.
        """
        ends = dict(self.ends)
        for pair in owned:
            try:
                # From the last fetch: asking the broker would wait behind the fetch that is under way.
                _, ends[pair] = client.get_watermark_offsets(TopicPartition(*pair), cached=True)
            except KafkaException:
                continue
        self.ends = ends

    def commit(self, client: Any, now: Mapping[Partition, int], *, last: bool) -> None:
        """Commit what has moved.

        Args:
            client: The Kafka client.
            now: Positions of this member's partitions.
            last: True to wait for it.
        """
        moved = {pair: at for pair, at in now.items() if self._committed.get(pair) != at}
        if moved:
            failpoint("offsets.before-commit")
            try:
                client.commit(offsets=[TopicPartition(*pair, at) for pair, at in moved.items()], asynchronous=not last)
                self._committed.update(moved)
                failpoint("offsets.committed")
            except KafkaException as error:
                log.info("offsets not committed", extra={"error": str(error)})
