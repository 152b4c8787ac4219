"""A real OTLP receiver: the collector's own gRPC service, which keeps the spans it is sent."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

import grpc
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2 as pb
from opentelemetry.proto.collector.trace.v1.trace_service_pb2_grpc import (
    TraceServiceServicer,
    add_TraceServiceServicer_to_server,
)
from opentelemetry.proto.trace.v1.trace_pb2 import Span as OtlpSpan


@dataclass(frozen=True)
class Span:
    """A span as it was received."""

    service: str
    name: str
    kind: str
    trace: str
    id: str
    parent: str
    links: tuple[tuple[str, str], ...]
    attributes: Mapping[str, str | int]
    began: int
    ended: int
    failed: bool


class Receiver(TraceServiceServicer):
    """Keeps spans."""

    def __init__(self) -> None:
        self._spans: list[Span] = []
        self._lock = threading.Lock()
        self.port = 0

    def Export(self, request, _context):  # noqa: N802
        with self._lock:
            for resource in request.resource_spans:
                service = next(a.value.string_value for a in resource.resource.attributes if a.key == "service.name")
                for scope in resource.scope_spans:
                    self._spans += [read(service, span) for span in scope.spans]
        return pb.ExportTraceServiceResponse()

    def spans(self) -> list[Span]:
        with self._lock:
            return [*self._spans]

    def trace(self, trace_id: str, complete: Callable[[list[Span]], bool], seconds: float = 30.0) -> list[Span]:
        """Wait until a trace is complete, and give its spans in the order in which they began."""
        deadline = time.monotonic() + seconds
        while True:
            found = sorted((s for s in self.spans() if s.trace == trace_id), key=lambda span: span.began)
            if complete(found):
                return found
            assert time.monotonic() < deadline, [f"{s.service} {s.name}" for s in found]
            time.sleep(0.1)


def read(service: str, span: OtlpSpan) -> Span:
    attributes = {
        one.key: one.value.int_value if one.value.HasField("int_value") else one.value.string_value
        for one in span.attributes
    }
    return Span(
        service,
        span.name,
        OtlpSpan.SpanKind.Name(span.kind).removeprefix("SPAN_KIND_"),
        span.trace_id.hex(),
        span.span_id.hex(),
        span.parent_span_id.hex(),
        tuple((link.trace_id.hex(), link.span_id.hex()) for link in span.links),
        attributes,
        span.start_time_unix_nano,
        span.end_time_unix_nano,
        span.status.code == span.status.STATUS_CODE_ERROR,
    )


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver()
    server = grpc.server(ThreadPoolExecutor(4))
    add_TraceServiceServicer_to_server(receiver, server)
    receiver.port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield receiver
    finally:
        server.stop(1).wait()


def tree(spans: list[Span]) -> str:
    """Write a trace as text: each span below its parent, with when it began and how long it took."""
    began = min(span.began for span in spans)
    ids = {span.id for span in spans}
    lines: list[str] = []

    def write(span: Span, depth: int) -> None:
        at, took = (span.began - began) / 1e6, (span.ended - span.began) / 1e6
        name = f"{'  ' * depth}{span.name}"
        lines.append(f"{at:7.1f} ms  {took:6.1f} ms  {span.service:9}  {span.kind:8}  {name}")
        for child in spans:
            if child.parent == span.id:
                write(child, depth + 1)

    for span in spans:
        if span.parent not in ids:
            write(span, 0)
    return "\n".join(lines)
