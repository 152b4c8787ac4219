"""The consumer: a client that only looks alive is replaced, and under back pressure nothing is read.

Zombies, and what becomes of a batch, are in tests/simulation; the real client is in tests/live/failures.
"""

from __future__ import annotations

import threading
import time
from typing import ClassVar
from unittest.mock import patch

from quadrille.events.topics import topics_read_by

from services.chassis.consume import consumer
from services.chassis.consume.consumer import Consumer
from services.chassis.tables.positions import Position
from tests.simulation.bus import Message
from tests.support.waiting import wait_until


class Client:
    """Loses its session as soon as it is polled, and never joins again; the second one does."""

    made: ClassVar[list[Client]] = []

    def __init__(self, *_: object, **__: object) -> None:
        self.made.append(self)
        self.lost = False

    def subscribe(self, _topics, **callbacks) -> None:
        self.on_lost = callbacks["on_lost"]

    def poll(self, _seconds):
        if len(self.made) == 1 and not self.lost:
            self.lost = True
            self.on_lost(self, [])
        if len(self.made) > 1:
            done.set()
        return

    def close(self) -> None:
        pass


done = threading.Event()


class Processor:
    committing = False

    def finish(self) -> None:
        pass

    def flush(self, _at) -> None:
        pass


def consumer_of_shipping(**changes) -> Consumer:
    topics = {topic.name: (topic, topic.name) for topic in topics_read_by("shipping")}
    arguments = {
        "bootstrap_servers": "",
        "service": "shipping",
        "instance": "shipping-1",
        "topics": topics,
        "fetch_topic_ids": lambda: topics,
        "engine": None,
        "processor": Processor(),
        "decoder": None,
        "latency_critical": (),
        "batch_max": 1,
        "session_timeout": 10,
        "back_pressure": lambda: False,
        "on_state": lambda _: None,
    }
    return Consumer(**{**arguments, **changes})


def test_a_client_that_lost_its_session_and_does_not_join_again_is_replaced():
    told: list[str] = []
    one = consumer_of_shipping(on_state=told.append)
    with (
        patch.object(consumer, "KafkaConsumer", Client),
        patch.object(consumer, "REJOIN_SECONDS", 0.01),
        patch.object(consumer, "COMMIT_EVERY_SECONDS", 0.0),
        patch.object(consumer, "NEW_CLIENT_SECONDS", 0.0),
    ):
        thread = threading.Thread(target=one.run)
        thread.start()
        assert done.wait(10)
        one.stop()
        thread.join(10)
    assert len(Client.made) == 2
    assert any("has not joined its group again" in why for why in told)


class Partition:
    """A client of one partition with many records, which gives them one after the other unless it is paused."""

    def __init__(self, consumer_: Consumer, topic: str, records: int) -> None:
        self._topic, self._records = topic, records
        self.given = 0
        self.paused = False
        pair = (topic, 0)
        consumer_._owned.add(pair)
        consumer_._progress.begin(consumer_._topic_id_partition(pair), pair, Position(0, None))

    def subscribe(self, *_: object, **__: object) -> None:
        pass

    def poll(self, seconds: float) -> Message | None:
        if self.paused or self.given == self._records:
            time.sleep(min(seconds, 0.01))
            return None
        time.sleep(0.0005)
        self.given += 1
        return Message(self._topic, 0, self.given - 1, None, None, [])

    def consume(self, most: int, _seconds: float) -> list[Message]:
        return [found for _ in range(most) if (found := self.poll(0)) is not None]

    def pause(self, _partitions: object) -> None:
        self.paused = True

    def resume(self, _partitions: object) -> None:
        self.paused = False

    def get_watermark_offsets(self, *_: object, **__: object) -> tuple[int, int]:
        return 0, self._records

    def commit(self, **_: object) -> None:
        pass

    def close(self) -> None:
        pass


class Taking(Processor):
    """Takes batches, and moves positions, as the real one does."""

    def __init__(self) -> None:
        self.offsets: list[int] = []

    def run(self, batch, progress, **_: object) -> None:
        for inbound in batch:
            self.offsets.append(inbound.offset)
            progress.reload({(inbound.topic_id, inbound.partition): inbound.offset + 1})


class Decoder:
    """Finds nothing for this service in any record."""

    def decode(self, *_: object) -> None:
        return None


def test_under_back_pressure_nothing_more_is_read_and_afterwards_nothing_is_missing():
    records = 500
    pressed, asked = threading.Event(), threading.Semaphore(0)
    pressed.set()

    def back_pressure() -> bool:
        asked.release()
        return pressed.is_set()

    processor = Taking()
    one = consumer_of_shipping(back_pressure=back_pressure, processor=processor, decoder=Decoder(), batch_max=10)
    (topic, _) = next(iter(one._topics.items()))
    client = Partition(one, topic, records)
    with (
        patch.object(consumer, "KafkaConsumer", lambda *_, **__: client),
        patch.object(consumer, "COMMIT_EVERY_SECONDS", 3600.0),
        patch.object(consumer, "POLL_SECONDS", 0.02),
    ):
        thread = threading.Thread(target=one.run)
        thread.start()
        for _ in range(10):
            assert asked.acquire(timeout=10)
        # What was on its way when it began may come; the rest stays with Kafka.
        under_pressure = client.given
        pressed.clear()
        wait_until(lambda: one._progress[one._topic_id_partition((topic, 0))].offset == records, seconds=10)
        one.stop()
        thread.join(10)
    assert processor.offsets == list(range(records))
    assert under_pressure <= 10
