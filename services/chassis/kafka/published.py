"""A record that a service has published to its own topic, as it is read back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from confluent_kafka import Message
from quadrille.events.topics import Topic


@dataclass(frozen=True, slots=True)
class Published:
    """A record of the service's own.

    Attributes:
        event_id: Its `ce_id`.
        written_at: When its outbox row was written.
        type: The event's full name.
        fingerprint: Fingerprint of the schema that it was written with.
        topic: Where it is.
        message: The record.
    """

    event_id: UUID
    written_at: datetime
    type: str
    fingerprint: str
    topic: Topic
    message: Message
