"""How long a batch of records waits for more.

Light load means small batches and no waiting: the first record is taken as it comes, and then whatever else has arrived
already. After a batch of several records, it lingers for more: a transaction costs as much as the handling of
dozens of records. Records that are only recorded, or not for this service, wait a moment too, at most until another one
comes: an aggregate's last event takes its earlier ones along, and they leave the processor to those that it waits for.
While a batch is being committed nothing is waited for: what is there already is taken, and read meanwhile.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from typing import Any

from confluent_kafka import Message

from services.chassis.wire.record import header, record_of

POLL_SECONDS = 0.2
#: A batch of so many records says that the service is busy.
BUSY_RECORDS = 4
#: How long a busy service waits for more records.
LINGER_SECONDS = 0.015
#: How long records that are only recorded wait for another: about as long as a saga takes when there are no others.
RECORD_ONLY_LINGER_SECONDS = 0.03


class BatchReader:
    """Takes batches from a Kafka client."""

    def __init__(self, batch_max: int, latency_critical: Collection[str]) -> None:
        """Prepare.

        Args:
            batch_max: Records in a batch, at most.
            latency_critical: Full names of the events that never wait for others: `Handlers.latency_critical`.
        """
        self._batch_max = batch_max
        self._latency_critical = frozenset(name.encode() for name in latency_critical)
        self._last_batch = 0

    def batch(self, client: Any, *, at_once: bool = False) -> list[Message]:
        """Take a batch.

        Args:
            client: The Kafka client.
            at_once: True to take what is there already.

        Returns:
            Records and errors as the client gave them; nothing if nothing came for a while.
        """
        first = client.poll(0 if at_once else POLL_SECONDS)
        if first is None:
            return []
        messages = [first]
        if self._batch_max > 1:
            busy = self._last_batch >= BUSY_RECORDS
            messages += client.consume(self._batch_max - 1, LINGER_SECONDS if busy and not at_once else 0)
            self._last_batch = len(messages)
            if not busy and not at_once:
                self._linger_for_a_latency_critical_one(client, messages)
        return messages

    def full(self, messages: Sequence[Message]) -> bool:
        """Tell whether a batch is as large as one may be, so that more is likely to wait already.

        Args:
            messages: As `batch` gave them.

        Returns:
            True if it is.
        """
        return len(messages) >= self._batch_max

    def _linger_for_a_latency_critical_one(self, client: Any, messages: list[Message]) -> None:
        until = time.monotonic() + RECORD_ONLY_LINGER_SECONDS
        latency_critical = any(map(self._is_latency_critical, messages))
        while not latency_critical and len(messages) < self._batch_max:
            message = client.poll(max(0.0, until - time.monotonic()))
            if message is None:
                return
            messages.append(message)
            latency_critical = self._is_latency_critical(message)

    def _is_latency_critical(self, message: Message) -> bool:
        type_ = message.error() or header(record_of(message).headers, "ce_type")
        return not isinstance(type_, bytes) or type_ in self._latency_critical
