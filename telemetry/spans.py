"""Spans, by OpenTelemetry's SDK: one tracer for a process, and the context of the call that is worked on.

Invariants:

- Off unless `OTEL_EXPORTER_OTLP_ENDPOINT` is set; then nothing of the SDK is even imported.
- Never in the way: spans are sent by a thread of their own, and dropped when they cannot be.
- The context travels as W3C `traceparent`.
- A caller's decision to sample is followed. Without a caller, the first calls of a name in each second are sampled: all
  of them on a quiet system, a few on a busy one. `OTEL_TRACES_SAMPLER` puts another rule in its place.
"""

from __future__ import annotations

import logging
import os
import re
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
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
COMPLAIN_EVERY_SECONDS = 3600.0

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
        if now - self._told.get(key, -COMPLAIN_EVERY_SECONDS) < COMPLAIN_EVERY_SECONDS:
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

    def end(self, *, name: str = "", failed: str = "", attributes: Mapping[str, str | int] | None = None) -> None:
        """End it.

        Args:
            name: Its name, if it was not known before.
            failed: Type of the error, if it failed.
            attributes: Attributes that are known by now.
        """
        if name:
            self._span.update_name(name)
        if failed:
            from opentelemetry.trace import StatusCode

            self._span.set_status(StatusCode.ERROR)
            self._span.set_attribute("error.type", failed)
        self._span.set_attributes(attributes or {})
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


def service() -> str:
    """Give the name of the service whose process this is; empty if there are no traces."""
    return _state.service


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


def valid(traceparent: str) -> bool:
    """Tell whether a text is a context (W3C Trace Context, section 3.2).

    Args:
        traceparent: Whatever a caller sent.
    """
    return _FORM.fullmatch(traceparent) is not None


def received(name: str, parent: str | None, attributes: Mapping[str, str | int], *, counted_as: str) -> Span | None:
    """Begin the span of a call that has come in, and make its context `current` for this task.

    Args:
        name: Its name.
        parent: The caller's context, if it sent one.
        attributes: Its attributes.
        counted_as: Which calls share the number that is sampled in a second.

    Returns:
        The span; None if the call is not traced, or not sampled.
    """
    span = None
    if _state.tracer is not None and _begins(counted_as, parent):
        span = start(name, "SERVER", parent, attributes)
    _current.set(span.traceparent if span is not None else parent)
    return span


def sampled(traceparent: str | None) -> bool:
    """Tell whether a context is to be traced.

    Args:
        traceparent: The context, if there is one.
    """
    found = _FORM.fullmatch(traceparent) if traceparent else None
    return found is not None and bool(int(found[3], 16) & 1)


def _begins(name: str, parent: str | None) -> bool:
    if _state.budget is None:
        return True
    return sampled(parent) if parent is not None else _state.budget.allows(name)


def start(
    name: str,
    kind: str,
    parent: str | None,
    attributes: Mapping[str, str | int],
    *,
    links: Sequence[str] = (),
    began: int | None = None,
) -> Span | None:
    """Begin a span. There must be traces.

    Args:
        name: Its name.
        kind: `SERVER`, `CLIENT`, `PRODUCER` or `CONSUMER`.
        parent: The context that it belongs to; None begins a trace.
        attributes: Its attributes.
        links: Contexts that it is linked to.
        began: When it began, in nanoseconds of Unix time; now if None.

    Returns:
        The span; None if it is not sampled.
    """
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
