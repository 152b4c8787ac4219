"""The consumer's client is replaced where it only looks alive."""

from __future__ import annotations

import threading
from typing import ClassVar
from unittest.mock import patch

from quadrille.events.topics import topics_read_by

from services.chassis.consume import consumer
from services.chassis.consume.consumer import Consumer


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


def test_a_client_that_lost_its_session_and_does_not_join_again_is_replaced():
    told: list[str] = []
    topics = {topic.name: (topic, topic.name) for topic in topics_read_by("shipping")}
    one = Consumer(
        bootstrap_servers="",
        service="shipping",
        instance="shipping-1",
        topics=topics,
        fetch_topic_ids=lambda: topics,
        engine=None,
        processor=Processor(),
        decoder=None,
        latency_critical=(),
        batch_max=1,
        session_timeout=10,
        back_pressure=lambda: False,
        on_state=told.append,
    )
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
