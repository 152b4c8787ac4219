"""What became of orders, learned as any consumer downstream would: from `order-events`, with the schemas alone.

A thread reads every partition from where it ended when the reader was opened. It belongs to no group, so it neither
disturbs the services nor leaves anything behind.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from admin.errors import AdminError, Refused
from admin.kafka import ANSWER_SECONDS, kafka_unreachable, silent_logger

if TYPE_CHECKING:
    from local.settings import Platform

COMPLETED = "COMPLETED"
POLL_SECONDS = 0.1
BATCH = 1000

_AT = {
    "inventory": ("OUT_OF_STOCK", "UNKNOWN_SKU", "PRICE_CHANGED"),
    "payment": ("INSUFFICIENT_CREDIT", "UNKNOWN_ACCOUNT", "CURRENCY_MISMATCH", "PROVIDER_DECLINED"),
    "shipping": ("UNSERVED_COUNTRY", "CARRIER_REFUSED"),
}


class Outcome(NamedTuple):
    """How an order ended.

    Attributes:
        order_id: The order.
        name: `COMPLETED`, or the reason of its cancellation.
        at: When it was read, on the clock of `time.perf_counter`.
    """

    order_id: UUID
    name: str
    at: float


def failed_at(name: str) -> str:
    """Tell which service an order failed at.

    Args:
        name: The outcome's name.

    Returns:
        The service; empty for a completed order and for one that somebody cancelled.
    """
    return next((service for service, reasons in _AT.items() if name in reasons), "")


class OutcomeReader:
    """Reads outcomes until it is closed. `found` may be emptied from the other end at any time."""

    def __init__(self, platform: Platform) -> None:
        """Note where each partition ends, and begin to read there.

        Args:
            platform: Where Kafka and the registry are.

        Raises:
            Unreachable: Kafka does not answer.
            Refused: The topic does not exist.
        """
        from quadrille.events.order import OrderCancelled, OrderCompleted

        from services.chassis.wire.decoder import Decoder
        from services.chassis.wire.schemas import Schemas

        self.found: deque[Outcome] = deque()
        self.error: AdminError | None = None
        wanted = {event.SCHEMA.full_name: event for event in (OrderCompleted, OrderCancelled)}
        self._decoder = Decoder("", Schemas(platform.registry_url), wanted)
        self._consumer = _consumer_at_end(platform.kafka_bootstrap_servers)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="outcomes", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop reading."""
        self._stop.set()
        self._thread.join()
        self._consumer.close()

    def _run(self) -> None:
        try:
            while not self._stop.is_set():
                # consume(n) waits until it has n or its time is over; so the first record is waited for by itself.
                first = self._consumer.poll(POLL_SECONDS)
                if first is None:
                    continue
                now = time.perf_counter()
                for message in (first, *self._consumer.consume(BATCH, 0)):
                    outcome = self._read(message, now)
                    if outcome is not None:
                        self.found.append(outcome)
        except Exception as error:  # noqa: BLE001 - a thread has nobody to raise to; the owner looks at `error`
            self.error = Refused(f"order-events cannot be read: {error}")

    def _read(self, message: Any, now: float) -> Outcome | None:
        from quadrille.events.topics import ORDER_EVENTS

        from services.chassis.errors import Undecodable
        from services.chassis.wire.record import record_of

        if message.error() is not None:
            if message.error().retriable() or not message.error().fatal():
                return None
            raise RuntimeError(str(message.error()))
        try:
            received = self._decoder.decode(ORDER_EVENTS, message.partition(), message.offset(), record_of(message))
        except Undecodable:
            return None  # what somebody else has put there; the services keep it as a dead letter
        if received is None:
            return None
        event = received.event
        reason = getattr(event, "reason", None)
        return Outcome(event.order_id, reason.value if reason is not None else COMPLETED, now)


def _consumer_at_end(bootstrap_servers: str) -> Any:
    from confluent_kafka import Consumer, KafkaException, TopicPartition
    from quadrille.events.topics import ORDER_EVENTS

    consumer = Consumer(
        {
            "bootstrap.servers": bootstrap_servers,
            # The client insists on one; with `assign` and without commits, no group comes into being.
            "group.id": "quadrille-outcomes",
            "enable.auto.commit": False,
            "auto.offset.reset": "error",
            "fetch.wait.max.ms": 50,
        },
        logger=silent_logger(),
    )
    try:
        partitions = (
            consumer.list_topics(ORDER_EVENTS.name, timeout=ANSWER_SECONDS).topics[ORDER_EVENTS.name].partitions
        )
        if not partitions:
            raise Refused(f"Kafka has no topic {ORDER_EVENTS.name}; run `quadrille apply`.")
        ends = []
        for number in partitions:
            _, end = consumer.get_watermark_offsets(TopicPartition(ORDER_EVENTS.name, number), timeout=ANSWER_SECONDS)
            ends.append(TopicPartition(ORDER_EVENTS.name, number, end))
    except KafkaException as error:
        raise kafka_unreachable(bootstrap_servers, error.args[0].str()) from None
    consumer.assign(ends)
    return consumer
