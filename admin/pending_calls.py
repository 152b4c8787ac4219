"""What services have asked remote providers, and have no answer to yet."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from admin.errors import Refused, Unreachable

if TYPE_CHECKING:
    from quadrille.ops.v1.call_service_pb2 import OpenCall

    from local.settings import Platform

AT_ONCE = 500
ANSWER_SECONDS = 3.0


def open_calls(platform: Platform, wanted: Iterable[tuple[str, str]]) -> Mapping[tuple[str, str], list[OpenCall]]:
    """Ask services for their open calls.

    Args:
        platform: Where they are.
        wanted: Pairs of service and order. Services that never call a remote provider are not asked.

    Returns:
        The calls of each pair that has some. A service that does not answer is left out: who asks about an order that
        is stuck gets all else.
    """
    from quadrille.ops.v1.call_service_pb2 import ListCallsRequest

    from admin.choreography import callers
    from admin.clients import call_client

    found: dict[tuple[str, str], list[OpenCall]] = {}
    orders: dict[str, list[str]] = {service: [] for service in callers()}
    for service, order_id in wanted:
        if service in orders:
            orders[service].append(order_id)
    for service, ids in orders.items():
        for start in range(0, len(ids), AT_ONCE):
            with contextlib.suppress(Refused, Unreachable), call_client(platform, service) as client:
                request = ListCallsRequest(aggregate_ids=ids[start : start + AT_ONCE])
                for call in client.ListCalls(request, timeout=ANSWER_SECONDS).calls:
                    found.setdefault((service, call.aggregate_id), []).append(call)
    return found


def format_call(service: str, call: OpenCall) -> str:
    """Write how a call stands, in a line.

    Args:
        service: Who asks.
        call: The call.
    """
    since = f"{call.open_time.ToDatetime(tzinfo=UTC):%H:%M:%S}"
    said = f", last answer: {call.last_error}" if call.last_error else ""
    return f"{service} asks its provider ({call.operation}): attempt {call.attempts}, since {since}{said}"


def to_json(calls: Mapping[tuple[str, str], Sequence[OpenCall]], order_id: str, now: datetime) -> list[dict[str, Any]]:
    """Give an order's open calls as JSON.

    Args:
        calls: As `open_calls` gives them.
        order_id: The order.
        now: The time.
    """
    return [
        {
            "service": service,
            "operation": call.operation,
            "attempts": call.attempts,
            "since": call.open_time.ToDatetime(tzinfo=UTC).isoformat(),
            "seconds": round((now - call.open_time.ToDatetime(tzinfo=UTC)).total_seconds(), 3),
            "last_error": call.last_error,
        }
        for (service, order), found in calls.items()
        if order == order_id
        for call in found
    ]
