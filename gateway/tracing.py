"""Traces of requests, with OpenTelemetry's SDK. The rules are those of `services/chassis/tracing.py`.

- Off unless `OTEL_EXPORTER_OTLP_ENDPOINT` is set; then nothing of the SDK is even imported.
- Never in the way: spans are sent by a thread of their own, and dropped when they cannot be.
- A caller's `traceparent` is followed, and passed on. Without one, the first requests of a route in each second are
  sampled, unless `OTEL_TRACES_SAMPLER` gives another rule.

Names and attributes: OpenTelemetry's semantic conventions for HTTP servers and RPC clients.
"""

from __future__ import annotations

import logging
import os
import re
import threading
import time
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
SAMPLED_A_SECOND = 5
log = logging.getLogger(__name__)

STOP_SECONDS = 2.0
COMPLAIN_EVERY = 3600.0
_FORM = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})", re.ASCII)

#: The context of the request that this task answers.
_current: ContextVar[str | None] = ContextVar("traceparent", default=None)
_state: dict[str, Any] = {}
_taken: dict[tuple[str, int], int] = {}


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
    """A span that is not ended yet."""

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


def configure(instance: str, environment: Mapping[str, str] = os.environ) -> None:
    """Begin to trace, if an endpoint is set.

    Args:
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
    named = {"service.name": "gateway", "service.namespace": "quadrille", "service.instance.id": instance}
    provider = TracerProvider(resource=Resource.create(named), shutdown_on_exit=False)
    exporter = OTLPSpanExporter()
    provider.add_span_processor(BatchSpanProcessor(exporter))
    _state.update(
        provider=provider,
        exporter=exporter,
        tracer=provider.get_tracer("quadrille"),
        sampler=environment.get("OTEL_TRACES_SAMPLER"),
    )


def stop() -> None:
    """Send what is left, for a moment at most."""
    if _state:
        thread = threading.Thread(target=_state["provider"].shutdown, daemon=True)
        thread.start()
        thread.join(STOP_SECONDS)
        if thread.is_alive():
            # It would go on trying for half a minute to reach an endpoint that is away, then complain of its own end.
            sdk = logging.getLogger("opentelemetry")
            level = sdk.level
            sdk.setLevel(logging.CRITICAL)
            log.warning("the last spans are given up: nobody took them")
            _state["exporter"].shutdown()
            thread.join(STOP_SECONDS)
            sdk.setLevel(level)


def current() -> str | None:
    """Give the context of the request that is answered, if it has one."""
    return _current.get()


def ids() -> dict[str, str]:
    """Give the context as fields of a log line: `trace_id` and `span_id`; nothing if there is none."""
    found = _FORM.fullmatch(_current.get() or "")
    return {"trace_id": found[2], "span_id": found[3]} if found else {}


def receiving(method: str, path: str, traceparent: str) -> Span | None:
    """Begin the span of a request, and make its context `current` for this task.

    Args:
        method: The HTTP method.
        path: The path that was asked for.
        traceparent: The caller's context; anything else counts as none.

    Returns:
        The span; None if the request is not traced, or not sampled.
    """
    parent = traceparent if _FORM.fullmatch(traceparent) else None
    span = None
    if _state and _begins(path, parent):
        attributes = {"http.request.method": method, "url.path": path, "url.scheme": "http"}
        span = _start(method, "SERVER", parent, attributes)
    _current.set(span.traceparent if span is not None else parent)
    return span


def calling(method: str) -> Span | None:
    """Begin the span of a gRPC call for the request.

    Args:
        method: `/<full name of the service>/<method>`.

    Returns:
        The span; None if the request is not traced, or not sampled.
    """
    parent = _current.get()
    if not _state or not _sampled(parent):
        return None
    name = method.lstrip("/")
    return _start(name, "CLIENT", parent, {"rpc.system.name": "grpc", "rpc.method": name})


def _sampled(traceparent: str | None) -> bool:
    found = _FORM.fullmatch(traceparent or "")
    return found is not None and bool(int(found[4], 16) & 1)


def _begins(path: str, parent: str | None) -> bool:
    if _state["sampler"]:
        return True
    if parent is not None:
        return _sampled(parent)
    # Paths hold ids, so they are counted by their first part.
    key = path.partition("/")[2].partition("/")[0], int(time.monotonic())
    if key not in _taken:
        _taken.clear()
    _taken[key] = _taken.get(key, 0) + 1
    return _taken[key] <= SAMPLED_A_SECOND


def _start(name: str, kind: str, parent: str | None, attributes: Mapping[str, str]) -> Span | None:
    from opentelemetry.context import Context
    from opentelemetry.trace import NonRecordingSpan, SpanContext, SpanKind, TraceFlags, set_span_in_context

    context = Context()
    if parent is not None:
        _, trace, span, flags = parent.split("-")
        remote = SpanContext(int(trace, 16), int(span, 16), is_remote=True, trace_flags=TraceFlags(int(flags, 16)))
        context = set_span_in_context(NonRecordingSpan(remote), context)
    made = _state["tracer"].start_span(name, context, SpanKind[kind], attributes)
    return Span(made) if made.is_recording() else None
