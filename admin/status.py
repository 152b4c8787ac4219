"""What keeps the platform from being well, in sentences: who waits, was restarted, does not answer or publish."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from local.settings import Platform
    from local.status import PlatformStatus, ServerStatus, ServiceStatus

#: Seconds after which an event that waits to be published is worth a sentence.
OLD_SECONDS = 5.0


def remarks(found: PlatformStatus) -> list[str]:
    """Say what keeps servers and services from being well, a sentence for each.

    Args:
        found: What each of them said.
    """
    from local.unread import told

    # PostgreSQL's own words may be of several lines.
    sentences = [
        f"{service.name} waits: {' '.join(service.waiting_for.split())}"
        for service in found.services
        if service.waiting_for
    ]
    if not found.nothing_runs:
        sentences += told(found.unread or ())
    sentences += [
        f"{one.name} runs and does not answer: it is starting, overloaded or frozen; log {one.log}"
        for one in found.services
        if one.pid is not None and not one.reachable
    ]
    sentences += [
        f"{one.name} has had events to publish for {one.outbox_oldest_seconds:.0f} s: "
        "Kafka or its database does not take them"
        for one in found.services
        if (one.outbox_oldest_seconds or 0) >= OLD_SECONDS
    ]
    everything: list[ServerStatus | ServiceStatus] = [*found.servers, *found.services]
    sentences += [
        f"{one.name} was restarted {_when(one)}, because: {one.last_exit}; log {one.log}"
        for one in everything
        if one.last_exit
    ]
    return sentences


def _when(one: ServerStatus | ServiceStatus) -> str:
    if one.last_exit_at is None:
        return "before"
    return f"at {datetime.fromtimestamp(one.last_exit_at, UTC):%Y-%m-%d %H:%M:%S} UTC"


def describe_unread(platform: Platform, services: Iterable[str]) -> list[str]:
    """Say which partitions no instance reads. Orders that wait for such a service wait as long as that lasts.

    Args:
        platform: Where everything is.
        services: Only of these services.
    """
    from local.status import collect
    from local.unread import told

    wanted = {*services}
    return told(one for one in collect(platform).unread or () if one.service in wanted)
