"""The bus as the services' `AdminClient` knows it: which partitions there are, and where they end."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from confluent_kafka import TopicPartition

from tests.simulation.bus import Bus

#: An answer of a busy broker takes as long.
LONGEST_SECONDS = 0.3


@dataclass(frozen=True, slots=True)
class Answered:
    """A future that is done."""

    _result: Any

    def result(self) -> Any:
        return self._result


class Admin:
    """What the watermark asks of Kafka. A question takes time, in which records come."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus

    def _take_time(self) -> None:
        scheduler = self._bus.scheduler
        scheduler.wait(lambda: False, LONGEST_SECONDS * scheduler.chance.random())

    def describe_topics(self, topics: Any, **_: Any) -> dict[str, Answered]:
        self._take_time()
        partitions = [SimpleNamespace(id=number) for number in range(self._bus.partitions)]
        return {name: Answered(SimpleNamespace(topic_id=name, partitions=partitions)) for name in topics.topic_names}

    def list_offsets(self, asked: dict[TopicPartition, Any], **_: Any) -> dict[TopicPartition, Answered]:
        self._take_time()
        ends = {p: Answered(SimpleNamespace(offset=len(self._bus.logs[p.topic, p.partition]))) for p in asked}
        # So does the way back.
        self._take_time()
        return ends
