"""Events as the contracts give them: what they say, who publishes and reads them, their versions; the choreography."""

from __future__ import annotations

from functools import cache
from typing import Any

from admin.choreography import answers, calls, timers
from gateway import errors
from local.settings import CHECKOUT
from services.catalogue import SERVICES


@cache
def choreography() -> dict[str, Any]:
    """Give who publishes and reads what, as the handlers declare it.

    Returns:
        Services, topics with their events and readers, and what begins a saga or hurries it.
    """
    from quadrille.events.topics import TOPICS
    from quadrille.order.v1 import order_pb2

    found = answers()
    return {
        "services": list(SERVICES),
        "entries": [
            {"service": call.service, "method": call.method, "kind": kind, "events": list(call.publishes)}
            for kind, listed in (("call", calls()), ("timer", timers()))
            for call in listed
        ],
        "topics": [
            {
                "name": topic.name,
                "owner": topic.owner,
                "partitions": topic.partitions,
                "events": [binding.event.__name__ for binding in topic.events],
                "readers": {
                    service: [one.event for one in found if one.service == service and one.topic == topic.name]
                    for service in SERVICES
                    if any(one.service == service and one.topic == topic.name for one in found)
                },
            }
            for topic in TOPICS
        ],
        "states": [name.removeprefix("ORDER_STATE_") for name in order_pb2.OrderState.keys()[1:]],
        "reasons": [name.removeprefix("CANCEL_REASON_") for name in order_pb2.CancelReason.keys()[1:]],
    }


@cache
def events() -> dict[str, dict[str, Any]]:
    """Read all events from schemas/ and the released history.

    Returns:
        Each event by its simple name.

    Raises:
        RegistryError: The contracts are not here, or damaged.
    """
    from admin.reference import events as gather
    from pages.events import EventView, TypeView, event_views
    from registry.catalogue import load

    def fields(view: TypeView) -> list[dict[str, Any]]:
        return [
            {
                "name": field.name,
                "type": "".join(piece.text for piece in field.type),
                "optional": field.optional,
                "default": field.default,
                "doc": field.doc,
                "fields": fields(field.nested) if field.nested else [],
                "symbols": [{"name": one.name, "doc": one.doc} for one in field.nested.symbols] if field.nested else [],
            }
            for field in view.fields
        ]

    def to_json(view: EventView) -> dict[str, Any]:
        return {
            "name": view.name,
            "full_name": view.type.full_name,
            "doc": view.type.doc,
            "topic": view.topic.name,
            "owner": view.topic.owner,
            "consumers": list(view.consumers),
            "subject": view.subject,
            "fingerprint": view.fingerprint,
            "path": view.path,
            "published_by": [{"service": one.service, "handler": one.name} for one in view.published_by]
            + [{"service": one.service, "handler": one.method} for one in view.begun_by],
            "read_by": [{"service": one.service, "handler": one.name} for one in view.read_by],
            "fields": fields(view.type),
            "schema": view.schema,
            "example": view.example,
            "versions": [
                {
                    "number": step.number,
                    "fingerprint": step.fingerprint,
                    "differences": [
                        {"kind": d.kind, "place": d.place, "what": d.what, "before": d.before, "after": d.after}
                        for d in step.differences
                    ],
                }
                for step in view.versions
            ],
        }

    return {view.name: to_json(view) for view in event_views(gather(CHECKOUT, load(CHECKOUT)))}


def event(name: str) -> dict[str, Any]:
    """Give one event.

    Args:
        name: Its simple name.

    Returns:
        What is known of it.

    Raises:
        HttpError: There is none.
    """
    found = events().get(name)
    if found is None:
        raise errors.no_route()
    return found
