"""Publishes outbox rows to Kafka, and marks those that the broker has acknowledged.

Invariants:

- Rows of a key are handed to the producer in their order; the producer is idempotent and never gives a message up by
  itself, so a later row cannot overtake an earlier one.
- A row is marked only after an acknowledgement that says where its record is. One without an offset, or a delivery
  error, means *unknown*: the row stays unpublished and the sweeper sends it again, with the same event id. librdkafka
  takes the acknowledgement of a later record for one of all before it, and is wrong where a topic was deleted and made
  again between them (decision 22).
- A topic that refuses a batch as too large is sent smaller ones. A record that is too large by itself keeps its key
  waiting, and no other: it is told with topic, limit and setting for as long as it waits.
- `publish` never waits for the broker. What it does not take (too much is in flight, or publishing failed) stays in
  the outbox for the sweeper.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter as Sums
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from confluent_kafka import KafkaError, KafkaException, Message, Producer
from confluent_kafka.admin import AdminClient, ConfigResource, ResourceType
from quadrille.avro_values import to_uuid_text

from services.chassis.errors import DATABASE_ERRORS, BrokerAway, DatabaseUnchecked, Retryable, SchemaUnknown
from services.chassis.kafka.topics import METADATA_EVERY_MS
from services.chassis.observe import metrics, tracing
from services.chassis.observe.failpoints import failpoint
from services.chassis.postgres.direct import Transactions
from services.chassis.tables import outbox
from services.chassis.wire.decoder import frame, headers
from services.chassis.wire.schemas import Schemas
from telemetry import spans

log = logging.getLogger(__name__)

#: Rows in flight beyond which `publish` leaves rows to the sweeper.
MAX_IN_FLIGHT_RECORDS = 50_000
#: To one broker at a time. What is published while a request is under way gathers, and goes with the next: a wait for
#: company that costs nothing when there is none. And no record's acknowledgement can be concluded from a later one's.
REQUESTS_IN_FLIGHT = 1
#: How long an acknowledgement waits for others, to be marked with them. Marking at once would take the processor from
#: the service that reads the record, and two rows of a saga that takes less than this would be marked one by one.
MARK_AFTER_SECONDS = 0.1
POLL_SECONDS = 0.2
#: The largest record that is offered to a topic: whether it is taken is the topic's word.
MAX_RECORD_BYTES = 16_000_000
#: librdkafka's own limit of a batch.
BATCH_BYTES = 1_000_000
#: Bytes of a batch that are not its records'.
BATCH_OVERHEAD_BYTES = 512
_TOO_LARGE = frozenset({KafkaError.MSG_SIZE_TOO_LARGE, KafkaError.RECORD_LIST_TOO_LARGE})
ANSWER_SECONDS = 5.0
SETTLE_SECONDS = 5.0
SETTLE_POLL_SECONDS = 0.01


class Publisher:
    """One producer and the thread that serves it."""

    def __init__(
        self,
        bootstrap_servers: str,
        service: str,
        transactions: Transactions,
        schemas: Schemas,
        on_state: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Make the producer; it connects by itself.

        Args:
            bootstrap_servers: Kafka's addresses.
            service: The service that publishes.
            transactions: The service's database.
            schemas: Knows the schemas' ids.
            on_state: Told what cannot be published, in a sentence; empty once all can.
        """
        self._config = {
            "bootstrap.servers": bootstrap_servers,
            "client.id": f"quadrille-{service}",
            "enable.idempotence": True,
            "acks": "all",
            # librdkafka's own default puts most keys on other partitions than Java's clients do.
            "partitioner": "murmur2_random",
            "message.timeout.ms": 0,
            "message.max.bytes": MAX_RECORD_BYTES,
            "linger.ms": 0,
            "max.in.flight.requests.per.connection": REQUESTS_IN_FLIGHT,
            "queue.buffering.max.messages": 2 * MAX_IN_FLIGHT_RECORDS,
            "allow.auto.create.topics": False,
            "topic.metadata.refresh.interval.ms": METADATA_EVERY_MS,
            "error_cb": self._on_error,
            "log_level": 4,
        }
        self._service = service
        self._transactions = transactions
        self._schemas = schemas
        self._lock = threading.Lock()
        self._in_flight: dict[int, outbox.Row] = {}
        self._acknowledged: list[outbox.Row] = []
        self._fatal: str | None = None
        self._on_state = on_state
        #: By topic, the size of the last record that it refused as too large, alone or in its batch.
        self._too_large: dict[str, int] = {}
        self._large: set[int] = set()
        self._batch_bytes = BATCH_BYTES
        self._refusing: dict[str, str] = {}
        #: Deliveries that failed, by topic and why, since the last one that did not.
        self._failed: Sums[tuple[str, str]] = Sums()
        self._stopping = threading.Event()
        self._producer: Any = Producer(self._config, logger=log)

    def publish(self, rows: Sequence[outbox.Row]) -> None:
        """Send rows, in order, without waiting. Rows that are on their way already are left out.

        Args:
            rows: Committed outbox rows.
        """
        with self._lock:
            if len(self._in_flight) > MAX_IN_FLIGHT_RECORDS:
                return
            failpoint("publish.taken")
            held: set[UUID] = set()
            for row in rows:
                if row.id in self._in_flight or row.key in held:
                    continue
                try:
                    value = frame(self._schemas.id_of(row.fingerprint, row.topic, row.type), row.body)
                    span = tracing.sending(row) if row.traceparent else None
                    self._producer.produce(
                        row.topic,
                        value=value,
                        key=to_uuid_text(row.key),
                        headers=headers(row, self._service, span.traceparent if span else None),
                        on_delivery=partial(self._on_delivery, row, self._producer, span),
                    )
                except SchemaUnknown as error:
                    # Only its key waits for the version that wrote it.
                    log.warning(
                        "not published yet",
                        extra={"error": str(error), "key": str(row.key), **spans.ids(row.traceparent)},
                    )
                    held.add(row.key)
                    continue
                except KafkaException as error:
                    if error.args[0].code() not in _TOO_LARGE:
                        log.warning("not published yet", extra={"error": str(error), "rows": len(rows)})
                        return
                    # No topic is asked; only its key waits.
                    held.add(row.key)
                    continue
                except (BufferError, Retryable) as error:
                    # Later rows of this batch may be of the same key: they wait for the sweeper too.
                    log.warning("not published yet", extra={"error": str(error), "rows": len(rows)})
                    return
                self._in_flight[row.id] = row
                failpoint("publish.produced")

    @property
    def back_pressure(self) -> bool:
        """True when so much is in flight that reading more would only move the queue here."""
        return len(self._in_flight) > MAX_IN_FLIGHT_RECORDS // 2

    def run(self) -> None:
        """Serve the producer until `stop`; then wait for what is in flight, and mark it."""
        due: float | None = None
        while not self._stopping.is_set():
            self._producer.poll(POLL_SECONDS if due is None else max(0.0, due - time.monotonic()))
            if self._fatal is not None:
                log.error("the producer failed for good, starting a new one", extra={"error": self._fatal})
                self._rebuild()
            if self._too_large:
                self._send_smaller_batches()
            if not self._acknowledged:
                due = None  # what was due was forgotten by `settle`
                continue
            if due is None:
                due = time.monotonic() + MARK_AFTER_SECONDS
            elif time.monotonic() >= due:
                due = None
                self._mark()
        self._producer.flush(5.0)
        self._mark()

    def settle(self) -> None:
        """Wait until the broker has answered for all that was sent, and forget what is not marked yet.

        For when the database's server has changed: what its outbox still has unmarked is sent again, and nothing is
        marked there that another server wrote.

        Raises:
            BrokerAway: It does not answer.
        """
        until = time.monotonic() + SETTLE_SECONDS
        while not self._stopping.wait(SETTLE_POLL_SECONDS):
            with self._lock:
                open_ = len(self._in_flight) - len(self._acknowledged)
                if open_ <= 0:
                    self._acknowledged = []
                    self._in_flight.clear()
                    return
            if time.monotonic() > until:
                raise BrokerAway(f"Kafka has not acknowledged {open_} records that were sent before")

    def stop(self) -> None:
        """Make `run` return."""
        self._stopping.set()

    def _on_delivery(
        self, row: outbox.Row, producer: Any, span: spans.Span | None, error: KafkaError | None, message: Message
    ) -> None:
        if error is not None:
            failed, why = error.name(), str(error)
        elif message.offset() is None:
            failed, why = "NO_OFFSET", "it was acknowledged without an offset"
        else:
            failed = why = ""
        if span is not None:
            span.end(failed=failed)
        if producer is not self._producer:
            return
        if not failed:
            failpoint("publish.acknowledged")
            self._acknowledged.append(row)
            if self._failed or self._large:
                self._recovered(row)
            return
        metrics.DELIVERY_FAILURES.inc()
        self._in_flight.pop(row.id, None)
        if error is not None and error.code() in _TOO_LARGE:
            made = headers(row, self._service)
            size_bytes = len(row.body) + sum(len(name) + len(value) for name, value in made) + len(str(row.key))
            self._too_large[row.topic] = size_bytes
            self._large.add(row.id)
        # A condition is told once; while it lasts, every record would tell it again each second.
        self._failed[row.topic, why] += 1
        if self._failed[row.topic, why] == 1:
            log.warning("delivery is unknown, will send again", extra={"error": why, "topic": row.topic})

    def _recovered(self, row: outbox.Row) -> None:
        for topic, why in [pair for pair in self._failed if pair[0] == row.topic]:
            times = self._failed.pop((topic, why))
            if times > 1:
                log.info("delivered again", extra={"topic": topic, "failed": times, "error": why})
        if row.id in self._large:
            self._large.discard(row.id)
            if not self._large:
                self._refusing.clear()
                self._on_state("")

    def _send_smaller_batches(self) -> None:
        refused, self._too_large = self._too_large, {}
        for topic, size_bytes in refused.items():
            # Once it is told there is nothing more to learn, and the record is tried again each second.
            limit_bytes = None if topic in self._refusing else self._limit_of(topic)
            if limit_bytes is None:
                continue
            batch_bytes = max(1, limit_bytes - BATCH_OVERHEAD_BYTES)
            if batch_bytes < self._batch_bytes:
                log.warning(
                    "the topic refuses batches as too large, sending smaller ones",
                    extra={"topic": topic, "max.message.bytes": limit_bytes, "batch_bytes": batch_bytes},
                )
                self._batch_bytes = self._config["batch.size"] = batch_bytes
                self._rebuild()
            else:
                self._refusing[topic] = (
                    f"{topic} refuses a record of some {size_bytes} bytes: its max.message.bytes is {limit_bytes}; "
                    "raise it on the topic (kafka-configs --alter), and the record is sent again by itself"
                )
                log.error("a record is larger than its topic takes", extra={"why": self._refusing[topic]})
                self._on_state("; ".join(self._refusing.values()))

    def _limit_of(self, topic: str) -> int | None:
        resource = ConfigResource(ResourceType.TOPIC, topic)
        try:
            admin = AdminClient({"bootstrap.servers": self._config["bootstrap.servers"], "log_level": 3}, logger=log)
            asked = admin.describe_configs([resource], request_timeout=ANSWER_SECONDS)
            return int(asked[resource].result(ANSWER_SECONDS)["max.message.bytes"].value)
        except (KafkaException, TimeoutError) as error:
            log.warning("the limit of a topic is not known", extra={"topic": topic, "error": str(error)})
            return None

    def _on_error(self, error: KafkaError) -> None:
        if error.fatal():
            self._fatal = str(error)
        else:
            log.info("broker", extra={"error": str(error)})

    def _rebuild(self) -> None:
        with self._lock:
            self._fatal = None
            # All that is in flight is unknown now. The sweeper sends it again, in order.
            self._producer.purge()
            self._in_flight.clear()
            self._producer = Producer(self._config, logger=log)

    def _mark(self) -> None:
        rows, self._acknowledged = self._acknowledged, []
        try:
            with self._transactions.begin() as connection:
                failpoint("mark.before")
                outbox.mark_published(connection, rows)
                failpoint("mark.written")
        except DatabaseUnchecked:
            # Rows of another server than the one that is there now; `settle` says what becomes of them.
            with self._lock:
                for row in rows:
                    self._in_flight.pop(row.id, None)
            return
        except DATABASE_ERRORS as error:
            log.warning("published, but not marked yet", extra={"error": str(error), "rows": len(rows)})
            self._acknowledged = rows + self._acknowledged
            time.sleep(MARK_AFTER_SECONDS)
            return
        failpoint("mark.committed")
        metrics.add(metrics.PUBLISHED, Sums((row.topic,) for row in rows))
        for row in rows:
            self._in_flight.pop(row.id, None)
