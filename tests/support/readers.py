"""Who reads a topic."""

from __future__ import annotations

from quadrille.events.topics import topics_read_by

from services.catalogue import SERVICES


def readers_of(topic: str) -> list[str]:
    """Name the services that read a topic."""
    return [service for service in SERVICES if topic in {one.name for one in topics_read_by(service)}]
