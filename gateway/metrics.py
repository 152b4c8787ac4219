"""What the gateway counts: requests and streams. `docs/metrics.md` is made from it.

Labels name routes of the protos, never paths as they were asked for: their number is that of the routes.
"""

from __future__ import annotations

import prometheus_client

from telemetry.metrics import Declared, registry

REGISTRY = registry()

#: The route of requests that fit none.
NO_ROUTE = "none"


DECLARED = (
    Declared(
        "quadrille_http_requests_total",
        "counter",
        ("method", "route", "code"),
        "Requests that were answered, by method, route and HTTP status.",
        "5xx: the order service is away or has a defect; its log and quadrille_rpc_requests_total say more. "
        "4xx: a caller does not keep to openapi.json.",
    ),
    Declared(
        "quadrille_http_request_duration_seconds",
        "histogram",
        ("method", "route"),
        "Time from a request's arrival to the end of its answer; streams are left out.",
        "Slower than quadrille_rpc_duration_seconds of the order service: the gateway lacks CPU, add one.",
    ),
    Declared(
        "quadrille_http_streams_open",
        "gauge",
        (),
        "Streams of server-sent events that are open.",
        "Each holds a call of the order service. Thousands: add a gateway.",
    ),
)

REQUESTS = prometheus_client.Counter(DECLARED[0].name, DECLARED[0].tells, DECLARED[0].labels, registry=REGISTRY)
SECONDS = prometheus_client.Histogram(DECLARED[1].name, DECLARED[1].tells, DECLARED[1].labels, registry=REGISTRY)
STREAMS = prometheus_client.Gauge(DECLARED[2].name, DECLARED[2].tells, registry=REGISTRY)

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def answered(method: str, route: str, status: int, seconds: float, *, streamed: bool) -> None:
    """Count a request.

    Args:
        method: Its HTTP method.
        route: The route that it fits.
        status: The answer's status; 0 if there was none.
        seconds: How long it took.
        streamed: Whether the answer was a stream.
    """
    method = method if method in _METHODS else "other"
    REQUESTS.labels(method, route, str(status)).inc()
    if not streamed:
        SECONDS.labels(method, route).observe(seconds)


def refused(status: int) -> None:
    """Count a request that was refused before it could be read.

    Args:
        status: The answer's status.
    """
    REQUESTS.labels("other", NO_ROUTE, str(status)).inc()
