"""The spans of a request: its own, and that of the call that it becomes. `telemetry/spans.py` has the rules.

Names and attributes: OpenTelemetry's semantic conventions for HTTP servers and RPC clients.
"""

from __future__ import annotations

from telemetry import spans
from telemetry.spans import Span


def receiving(method: str, path: str, traceparent: str) -> Span | None:
    """Begin the span of a request, and make its context `current` for this task.

    Args:
        method: The HTTP method.
        path: The path that was asked for.
        traceparent: The caller's context; anything else counts as none.

    Returns:
        The span; None if the request is not traced, or not sampled.
    """
    parent = traceparent if spans.valid(traceparent) else None
    attributes = {"http.request.method": method, "url.path": path, "url.scheme": "http"}
    # Paths hold ids, so they are counted by their first part.
    return spans.received(method, parent, attributes, counted_as=path.partition("/")[2].partition("/")[0])


def calling(method: str) -> Span | None:
    """Begin the span of a gRPC call for the request.

    Args:
        method: `/<full name of the service>/<method>`.

    Returns:
        The span; None if the request is not traced, or not sampled.
    """
    parent = spans.current()
    if not spans.on() or not spans.sampled(parent):
        return None
    name = method.lstrip("/")
    return spans.start(name, "CLIENT", parent, {"rpc.system.name": "grpc", "rpc.method": name})


def called(span: Span | None, code: str, *, streams: bool = False) -> None:
    """End the span of a call.

    Args:
        span: The span, if there is one.
        code: Name of the gRPC code that the call ended with.
        streams: Whether its answer was a stream: that its reader goes away is then an ordinary end.
    """
    if span is not None:
        fine = code == "OK" or (streams and code == "CANCELLED")
        span.end(failed="" if fine else code, attributes={"rpc.response.status_code": code})
