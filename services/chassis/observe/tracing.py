"""Traces: one for each saga, from the call that begins it through outbox, topics and handlers. OpenTelemetry's SDK.

Invariants:

- A span of what a transaction does is ended after its commit. What is rolled back, or tried again, leaves none.
- The context travels in the call's metadata, in the outbox row, in the record's headers.
- When there are traces, and which calls are sampled: `telemetry/spans.py`.

Names and attributes: OpenTelemetry's semantic conventions for RPC, messaging (Kafka), databases and HTTP.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from telemetry import spans
from telemetry.spans import Span

log = logging.getLogger(__name__)


# Calls that come in.


def serving(method: str, metadata: Iterable[tuple[str, Any]] | None) -> Span | None:
    """Begin the span of a call, and make its context `current` for this task.

    Args:
        method: `<full name of the service>/<method>`.
        metadata: What the caller sent.

    Returns:
        The span; None if the call is not traced, or not sampled.
    """
    parent = None
    for name, value in metadata or ():
        if name == "traceparent" and isinstance(value, str) and spans.valid(value):
            parent = value
    return spans.received(method, parent, {"rpc.system.name": "grpc", "rpc.method": method}, counted_as=method)


def answered(span: Span | None, code: str) -> None:
    """End the span of a call.

    Args:
        span: The span, if there is one.
        code: Name of the gRPC code of the answer.
    """
    if span is not None:
        failed = code if code in _SERVER_ERRORS else ""
        span.end(failed=failed, attributes={"rpc.response.status_code": code})


#: Codes that are the service's own failure, by the conventions for RPC servers.
_SERVER_ERRORS = frozenset({"UNKNOWN", "DEADLINE_EXCEEDED", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS"})


# Transactions.


def committed(traceparents: Sequence[str | None], began: int) -> None:
    """Note a transaction that calls have shared, in the trace of each.

    Args:
        traceparents: The calls' contexts.
        began: When it began, in nanoseconds of Unix time.
    """
    if not spans.on():
        return
    with _never_in_the_way():
        for traceparent in traceparents:
            if spans.sampled(traceparent):
                _transaction(traceparent, began, len(traceparents))


@contextmanager
def _never_in_the_way() -> Iterator[None]:
    # What is committed must not look as if it had failed, whatever becomes of its spans.
    try:
        yield
    except Exception:
        log.exception("spans are lost")


def _transaction(parent: str | None, began: int, size: int) -> None:
    attributes: dict[str, str | int] = {
        "db.system.name": "postgresql",
        "db.namespace": spans.service(),
        "db.operation.name": "COMMIT",
    }
    if size > 1:
        attributes["db.operation.batch.size"] = size
    span = spans.start(f"COMMIT {spans.service()}", "CLIENT", parent, attributes, began=began)
    if span is not None:
        span.end()


class Batch:
    """The spans of a batch of records: one for each that is sampled, and one for the batch, linked to them.

    While the batch is handled, each record's context is that of its span: what it leads to is that span's child.
    """

    def __init__(self, records: Sequence[Any], asked_by: str | None = None) -> None:
        """Begin them.

        Args:
            records: The decoded records.
            asked_by: The context of the call that has them handled, if one does.
        """
        self._began = time.time_ns()
        self._size = len(records)
        self._batch: Span | None = None
        self._spans: list[tuple[Any, str | None, Span]] = []
        self._links = [asked_by] if asked_by is not None and spans.sampled(asked_by) else []
        sampled = [record for record in records if spans.sampled(record.traceparent)]
        if not sampled:
            return
        if len(records) > 1:
            contexts = [*self._links, *(record.traceparent for record in sampled)]
            attributes = {**_KAFKA, **_PROCESS, "messaging.batch.message_count": len(records)}
            self._batch = spans.start(
                f"process {spans.service()} batch", "CONSUMER", None, attributes, links=contexts, began=self._began
            )
        for record in sampled:
            self._begin(record)

    def _begin(self, record: Any) -> None:
        attributes = {
            **_KAFKA,
            **_PROCESS,
            "messaging.destination.name": record.topic.name,
            "messaging.destination.partition.id": str(record.partition),
            "messaging.consumer.group.name": f"quadrille.{spans.service()}",
            "messaging.kafka.offset": record.offset,
            "messaging.kafka.message.key": str(record.key),
            "messaging.message.id": str(record.event_id),
            f"quadrille.{record.topic.key}": str(record.key),
            "quadrille.event": type(record.event).__name__,
        }
        links = [self._batch.traceparent] if self._batch is not None else self._links
        span = spans.start(
            f"process {record.topic.name}", "CONSUMER", record.traceparent, attributes, links=links, began=self._began
        )
        if span is not None:
            self._spans.append((record, record.traceparent, span))
            record.traceparent = span.traceparent

    def end(self, dead: Mapping[int, str]) -> None:
        """End them: the batch is committed.

        Args:
            dead: Types of the errors of records that took no effect, by the record's `id()`.
        """
        for record, _, span in self._spans:
            _transaction(span.traceparent, self._began, self._size)
            span.end(failed=dead.get(id(record), ""))
        if self._batch is not None:
            self._batch.end()

    def forget(self) -> None:
        """Let them go: nothing was committed. The records have their own contexts again."""
        for record, before, _ in self._spans:
            record.traceparent = before


@contextmanager
def processing(records: Sequence[Any], asked_by: str | None = None) -> Iterator[dict[int, str]]:
    """Trace a batch of records, whose transaction is committed when the block ends without an error.

    Args:
        records: The decoded records.
        asked_by: The context of the call that has them handled, if one does: their spans are linked to it.

    Yields:
        Takes the types of the errors of records that took no effect, by the record's `id()`.
    """
    dead: dict[int, str] = {}
    if not spans.on():
        yield dead
        return
    batch = Batch(records, asked_by)
    try:
        yield dead
    except BaseException:
        batch.forget()
        raise
    with _never_in_the_way():
        batch.end(dead)


# Events that are published.


def sending(row: Any) -> Span | None:
    """Begin the span of an outbox row that is sent.

    Args:
        row: The row.

    Returns:
        The span; None if the row is not traced, or not sampled.
    """
    if not spans.on() or not spans.sampled(row.traceparent):
        return None
    attributes = {
        **_KAFKA,
        "messaging.operation.name": "send",
        "messaging.operation.type": "send",
        "messaging.destination.name": row.topic,
        "messaging.message.id": str(row.event_id),
        "messaging.kafka.message.key": str(row.key),
        "quadrille.event": row.type.rpartition(".")[2],
    }
    return spans.start(f"send {row.topic}", "PRODUCER", row.traceparent, attributes)


# Calls to the outside world.


def requesting(method: str, url: str, host: str, port: int) -> Span | None:
    """Begin the span of an HTTP request that is made for the `current` context.

    Args:
        method: The HTTP method.
        url: The whole URL.
        host: The server.
        port: Its port.

    Returns:
        The span; None if the context is not traced, or not sampled.
    """
    parent = spans.current()
    if not spans.on() or not spans.sampled(parent):
        return None
    attributes: dict[str, str | int] = {
        "http.request.method": method,
        "url.full": url,
        "server.address": host,
        "server.port": port,
    }
    return spans.start(method, "CLIENT", parent, attributes)


_KAFKA: dict[str, str | int] = {"messaging.system": "kafka"}
_PROCESS: dict[str, str | int] = {"messaging.operation.name": "process", "messaging.operation.type": "process"}
