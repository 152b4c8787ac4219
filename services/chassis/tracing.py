"""Traces: one for each order, from the call that places it through outbox, topics and handlers. OpenTelemetry's SDK.

Invariants:

- Off unless `OTEL_EXPORTER_OTLP_ENDPOINT` is set; then nothing of the SDK is even imported.
- Never in the way: spans are sent by a thread of their own, and dropped when they cannot be.
- A span of what a transaction does is ended after its commit. What is rolled back, or tried again, leaves none.
- The context travels as W3C `traceparent`: in the call's metadata, in the outbox row, in the record's headers.
- A caller's decision to sample is followed. Without a caller, the first calls of a method in each second are sampled:
  on a quiet system every order, on a busy one a few. `OTEL_TRACES_SAMPLER` puts another rule in its place.

Names and attributes: OpenTelemetry's semantic conventions for RPC, messaging (Kafka), databases and HTTP.
"""

from __future__ import annotations

import logging
import os
import re
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

log = logging.getLogger(__name__)

ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
#: Calls of one method in a second that begin a trace, where no caller and no `OTEL_TRACES_SAMPLER` decides.
SAMPLED_A_SECOND = 5
#: How long a process that stops waits for its last spans to be sent.
STOP_SECONDS = 2.0
#: How often the SDK's own complaints are let through.
COMPLAIN_EVERY = 3600.0

_FORM = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})", re.ASCII)

#: The context of the call that this task or thread works on.
_current: ContextVar[str | None] = ContextVar("traceparent", default=None)


class _State:
    """What is set once, when the process starts."""

    tracer: Any = None
    provider: Any = None
    exporter: Any = None
    service = ""
    #: None if `OTEL_TRACES_SAMPLER` decides.
    budget: _Budget | None = None


class _Budget:
    """Lets the first few of each second through, by name."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._second = 0
        self._taken: dict[str, int] = {}

    def allows(self, name: str) -> bool:
        second = int(time.monotonic())
        if second != self._second:
            self._second, self._taken = second, {}
        taken = self._taken.get(name, 0)
        self._taken[name] = taken + 1
        return taken < self._most


_state = _State()


class _Quiet(logging.Filter):
    """Lets each complaint of the SDK through once an hour: an endpoint that is away fills no log."""

    def __init__(self) -> None:
        super().__init__()
        self._told: dict[tuple[str, str], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if not record.name.startswith("opentelemetry."):
            return True
        key, now = (record.name, str(record.msg)), time.monotonic()
        if now - self._told.get(key, -COMPLAIN_EVERY) < COMPLAIN_EVERY:
            return False
        self._told[key] = now
        return True


class Span:
    """A span that is not ended yet.

    Attributes:
        traceparent: Its context, for what follows from it.
    """

    __slots__ = ("_span", "traceparent")

    def __init__(self, span: Any) -> None:
        """Wrap the SDK's.

        Args:
            span: The SDK's span.
        """
        context = span.get_span_context()
        self._span = span
        self.traceparent = f"00-{context.trace_id:032x}-{context.span_id:016x}-{int(context.trace_flags):02x}"

    def end(self, *, failed: str = "", **attributes: str | int) -> None:
        """End it.

        Args:
            failed: Type of the error, if it failed.
            **attributes: Attributes that are known by now; `__` stands for a dot.
        """
        if failed:
            from opentelemetry.trace import StatusCode

            self._span.set_status(StatusCode.ERROR)
            self._span.set_attribute("error.type", failed)
        for name, value in attributes.items():
            self._span.set_attribute(name.replace("__", "."), value)
        self._span.end()


def configure(service: str, instance: str, environment: Mapping[str, str] = os.environ) -> None:
    """Begin to trace, if an endpoint is set.

    Args:
        service: Name of the service.
        instance: Name of this instance.
        environment: The environment's variables.
    """
    if not any(environment.get(name) for name in ENDPOINTS) or environment.get("OTEL_SDK_DISABLED") == "true":
        return
    from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    for handler in logging.getLogger().handlers:
        handler.addFilter(_Quiet())
    named = {"service.name": service, "service.namespace": "quadrille", "service.instance.id": instance}
    provider = TracerProvider(resource=Resource.create(named), shutdown_on_exit=False)
    exporter = OTLPSpanExporter()
    provider.add_span_processor(BatchSpanProcessor(exporter))
    _state.budget = None if environment.get("OTEL_TRACES_SAMPLER") else _Budget(SAMPLED_A_SECOND)
    _state.service = service
    _state.tracer = provider.get_tracer("quadrille")
    _state.provider, _state.exporter = provider, exporter


def stop() -> None:
    """Send what is left, for a moment at most."""
    if _state.tracer is None:
        return
    thread = threading.Thread(target=_state.provider.shutdown, daemon=True)
    thread.start()
    thread.join(STOP_SECONDS)
    if thread.is_alive():
        # It would go on trying to reach an endpoint that is away for half a minute, and then complain of its own end.
        sdk = logging.getLogger("opentelemetry")
        level = sdk.level
        sdk.setLevel(logging.CRITICAL)
        log.warning("the last spans are given up: nobody took them")
        _state.exporter.shutdown()
        thread.join(STOP_SECONDS)
        sdk.setLevel(level)


def on() -> bool:
    """Tell whether there are traces."""
    return _state.tracer is not None


def current() -> str | None:
    """Give the context of the call that is worked on, if it has one."""
    return _current.get()


def ids(traceparent: str | None) -> dict[str, str]:
    """Give a context as fields of a log line.

    Args:
        traceparent: The context, if there is one.

    Returns:
        `trace_id` and `span_id`; nothing if there is no context.
    """
    found = _FORM.fullmatch(traceparent) if traceparent else None
    return {"trace_id": found[1], "span_id": found[2]} if found else {}


@contextmanager
def working_on(traceparent: str | None) -> Iterator[None]:
    """Have a context be `current`.

    Args:
        traceparent: The context, if there is one.

    Yields:
        While it is.
    """
    token = _current.set(traceparent)
    try:
        yield
    finally:
        _current.reset(token)


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
        if name == "traceparent" and isinstance(value, str) and _FORM.fullmatch(value):
            parent = value
    span = None
    if _state.tracer is not None and _begins(method, parent):
        span = _start(method, "SERVER", parent, {"rpc.system.name": "grpc", "rpc.method": method})
    _current.set(span.traceparent if span is not None else parent)
    return span


def answered(span: Span | None, code: str) -> None:
    """End the span of a call.

    Args:
        span: The span, if there is one.
        code: Name of the gRPC code of the answer.
    """
    if span is not None:
        failed = code if code in _SERVER_ERRORS else ""
        span.end(failed=failed, rpc__response__status_code=code)


#: Codes that are the service's own failure, by the conventions for RPC servers.
_SERVER_ERRORS = frozenset({"UNKNOWN", "DEADLINE_EXCEEDED", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS"})


# Transactions.


def committed(traceparents: Sequence[str | None], began: int) -> None:
    """Note a transaction that calls have shared, in the trace of each.

    Args:
        traceparents: The calls' contexts.
        began: When it began, in nanoseconds of Unix time.
    """
    if _state.tracer is None:
        return
    with _never_in_the_way():
        for traceparent in traceparents:
            if _sampled(traceparent):
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
        "db.namespace": _state.service,
        "db.operation.name": "COMMIT",
    }
    if size > 1:
        attributes["db.operation.batch.size"] = size
    span = _start(f"COMMIT {_state.service}", "CLIENT", parent, attributes, began=began)
    if span is not None:
        span.end()


class Batch:
    """The spans of a batch of records: one for each that is sampled, and one for the batch, linked to them.

    While the batch is handled, each record's context is that of its span: what it leads to is that span's child.
    """

    def __init__(self, records: Sequence[Any]) -> None:
        """Begin them.

        Args:
            records: The decoded records.
        """
        self._began = time.time_ns()
        self._size = len(records)
        self._batch: Span | None = None
        self._spans: list[tuple[Any, str | None, Span]] = []
        sampled = [record for record in records if _sampled(record.traceparent)]
        if not sampled:
            return
        if len(records) > 1:
            contexts = [record.traceparent for record in sampled]
            attributes = {**_KAFKA, **_PROCESS, "messaging.batch.message_count": len(records)}
            self._batch = _start(
                f"process {_state.service} batch", "CONSUMER", None, attributes, links=contexts, began=self._began
            )
        for record in sampled:
            self._begin(record)

    def _begin(self, record: Any) -> None:
        attributes = {
            **_KAFKA,
            **_PROCESS,
            "messaging.destination.name": record.topic.name,
            "messaging.destination.partition.id": str(record.partition),
            "messaging.consumer.group.name": f"quadrille.{_state.service}",
            "messaging.kafka.offset": record.offset,
            "messaging.kafka.message.key": str(record.key),
            "messaging.message.id": str(record.event_id),
            f"quadrille.{record.topic.key}": str(record.key),
            "quadrille.event": type(record.event).__name__,
        }
        links = [self._batch.traceparent] if self._batch is not None else []
        span = _start(
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
def processing(records: Sequence[Any]) -> Iterator[dict[int, str]]:
    """Trace a batch of records, whose transaction is committed when the block ends without an error.

    Args:
        records: The decoded records.

    Yields:
        Takes the types of the errors of records that took no effect, by the record's `id()`.
    """
    dead: dict[int, str] = {}
    if _state.tracer is None:
        yield dead
        return
    batch = Batch(records)
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
    if _state.tracer is None or not _sampled(row.traceparent):
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
    return _start(f"send {row.topic}", "PRODUCER", row.traceparent, attributes)


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
    parent = _current.get()
    if _state.tracer is None or not _sampled(parent):
        return None
    attributes: dict[str, str | int] = {
        "http.request.method": method,
        "url.full": url,
        "server.address": host,
        "server.port": port,
    }
    return _start(method, "CLIENT", parent, attributes)


_KAFKA: dict[str, str | int] = {"messaging.system": "kafka"}
_PROCESS: dict[str, str | int] = {"messaging.operation.name": "process", "messaging.operation.type": "process"}


def _sampled(traceparent: str | None) -> bool:
    found = _FORM.fullmatch(traceparent) if traceparent else None
    return found is not None and bool(int(found[3], 16) & 1)


def _begins(name: str, parent: str | None) -> bool:
    if _state.budget is None:
        return True
    return _sampled(parent) if parent is not None else _state.budget.allows(name)


def _start(
    name: str,
    kind: str,
    parent: str | None,
    attributes: Mapping[str, str | int],
    *,
    links: Sequence[str] = (),
    began: int | None = None,
) -> Span | None:
    from opentelemetry.context import Context
    from opentelemetry.trace import Link, NonRecordingSpan, SpanKind, set_span_in_context

    context = Context() if parent is None else set_span_in_context(NonRecordingSpan(_context(parent)), Context())
    made = _state.tracer.start_span(
        name,
        context,
        SpanKind[kind],
        attributes,
        [Link(_context(link)) for link in links],
        start_time=began,
    )
    return Span(made) if made.is_recording() else None


def _context(traceparent: str) -> Any:
    from opentelemetry.trace import SpanContext, TraceFlags

    _, trace, span, flags = traceparent.split("-")
    return SpanContext(int(trace, 16), int(span, 16), is_remote=True, trace_flags=TraceFlags(int(flags, 16)))
