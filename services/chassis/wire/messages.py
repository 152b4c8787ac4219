"""Events as they go into the outbox."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from quadrille.avro import encode
from quadrille.events.topics import topic_of

from services.chassis.decide.ids import derived
from services.chassis.tables import outbox


def message(event: Any, service: str, *, cause: UUID, ordinal: int, traceparent: str | None) -> outbox.Message:
    """Make an event ready for the outbox.

    Args:
        event: The event.
        service: The service that decided it.
        cause: Id of the record or request that it answers.
        ordinal: Its place among the events of the decision.
        traceparent: Trace context of the cause.

    Returns:
        The message.
    """
    topic = topic_of(type(event))
    schema = event.SCHEMA
    return outbox.Message(
        event_id=derived(service, cause, ordinal),
        topic=topic.name,
        key=getattr(event, topic.key),
        type=schema.full_name,
        fingerprint=schema.fingerprint,
        body=encode(event),
        traceparent=traceparent,
    )
