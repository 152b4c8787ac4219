"""The events of one order, decoded from the outbox rows of the services that published them.

Each is read with the schema that it was written with. Published rows are kept as long as the topics keep theirs.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, LiteralString
from uuid import UUID

from console import databases

if TYPE_CHECKING:
    from quadrille.order.v1 import order_pb2

    from local.settings import Platform

_AROUND = timedelta(seconds=5)
_EVENTS: LiteralString = """
    SELECT o.event_id, o.topic, o.type, o.fingerprint, o.body, o.traceparent, o.created_at, o.published_at
    FROM unnest(%s::timestamptz[], %s::timestamptz[]) AS w(since, until)
    CROSS JOIN LATERAL (
        SELECT * FROM outbox WHERE key = %s AND created_at BETWEEN w.since AND w.until
    ) AS o
    ORDER BY o.id
"""


def of_order(platform: Platform, order: order_pb2.Order) -> dict[str, Any]:
    """Read the events that an order's timeline names, each from the outbox of its service.

    Args:
        platform: Where the databases are.
        order: As GetOrder gives it.

    Returns:
        `events`, `trace_ids`, and `away`: the services whose database gave no answer, each with the reason.
    """
    import psycopg

    windows: dict[str, list[tuple[datetime, datetime]]] = {}
    for step in order.timeline:
        began, ended = step.occurred_at.ToDatetime(tzinfo=UTC), step.recorded_at.ToDatetime(tzinfo=UTC)
        windows.setdefault(step.service, []).append((began - _AROUND, max(began, ended) + _AROUND))
    events: dict[str, dict[str, Any]] = {}
    away: dict[str, str] = {}
    for service, found in windows.items():
        try:
            with databases.connect(platform, service, statement_seconds=3) as connection:
                since, until = [one[0] for one in found], [one[1] for one in found]
                for row in connection.execute(_EVENTS, (since, until, UUID(order.order_id))):
                    events[str(row[0])] = {"service": service, **_event_json(row)}
        except psycopg.Error as error:
            away[service] = (str(error).strip().splitlines() or ["no reason given"])[0]
    listed = sorted(events.values(), key=lambda event: event["written_at"])
    traces = [event["traceparent"].split("-")[1] for event in listed if event["traceparent"]]
    return {"events": listed, "trace_ids": list(dict.fromkeys(traces)), "away": away}


def _event_json(row: Any) -> dict[str, Any]:
    from quadrille.avro import DecodeError, decode
    from quadrille.events.history import RECORDED
    from quadrille.events.topics import TOPICS

    event_id, topic, full_name, fingerprint, body, traceparent, created_at, published_at = row
    known = {binding.event.SCHEMA.full_name: binding.event for one in TOPICS for binding in one.events}
    event, error = None, ""
    writer = RECORDED.get(fingerprint)
    if full_name not in known or writer is None:
        error = f"this version does not know {full_name} with the schema {fingerprint[:12]}"
    else:
        try:
            event = _plain(decode(known[full_name], bytes(body), writer).to_avro())
        except DecodeError as failed:
            error = str(failed)
    return {
        "event_id": str(event_id),
        "topic": topic,
        "name": full_name.rpartition(".")[2],
        "fingerprint": fingerprint,
        "bytes": len(body),
        "traceparent": traceparent or "",
        "written_at": created_at.isoformat(),
        "published_at": published_at.isoformat() if published_at else None,
        "event": event,
        "error": error,
    }


def _plain(value: Any) -> Any:
    """Give raw Avro values as JSON holds them. A tuple is a union's branch with its name, which is left out."""
    if isinstance(value, tuple):
        return _plain(value[1])
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value if isinstance(value, (str, int, float, bool, type(None))) else str(value)
