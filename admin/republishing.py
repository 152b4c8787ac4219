"""Publishes again what outboxes still keep, for topics that Kafka has lost.

Every event keeps its id and its order, and every consumer is idempotent: an event that was not lost does no harm. The
services publish; here their outbox rows become unpublished again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from local.settings import Platform

STEP_ROWS = 10_000
POLL_SECONDS = 0.5
REPORT_SECONDS = 2.5


def republish(platform: Platform, service: str, since: datetime, reason: str, *, dry_run: bool) -> int:
    """Mark a service's published events as unpublished.

    Args:
        platform: Where its database is.
        service: Whose events.
        since: Only events that were written after it.
        reason: Why; it is recorded.
        dry_run: Only count.

    Returns:
        How many events.

    Raises:
        Unreachable: The database does not answer.
        Refused: The database refuses it.
    """
    from admin.actor import current_user
    from admin.databases import owned
    from services.chassis.tables import operations, outbox_maintenance

    with owned(platform, service) as engine:
        if dry_run:
            with engine.connect() as connection:
                return outbox_maintenance.count_published(connection, since)
        with engine.begin() as connection:
            outbox_maintenance.renew(connection)
        total, at = 0, since
        while True:
            with engine.begin() as connection:
                count, newest = outbox_maintenance.reopen(connection, at, STEP_ROWS)
                if newest is not None:
                    detail = {"after": at.isoformat(), "until": newest.isoformat(), "events": count}
                    operations.note(connection, "republish", actor=current_user(), reason=reason, detail=detail)
            if newest is None:
                return total
            total, at = total + count, newest


def republish_order(platform: Platform, service: str, order_id: UUID, reason: str, *, dry_run: bool) -> int:
    """Mark the published events of one order as unpublished.

    Args:
        platform: Where the service's database is.
        service: Whose events.
        order_id: The order.
        reason: Why; it is recorded.
        dry_run: Only count.

    Returns:
        How many events.

    Raises:
        Unreachable: The database does not answer.
        Refused: The database refuses it.
    """
    from admin.actor import current_user
    from admin.databases import owned
    from services.chassis.tables import operations, outbox_maintenance

    with owned(platform, service) as engine, engine.connect() as connection, connection.begin() as transaction:
        count = outbox_maintenance.reopen_key(connection, order_id)
        if dry_run:
            transaction.rollback()
        elif count:
            detail = {"order": str(order_id), "events": count}
            operations.note(connection, "republish", actor=current_user(), reason=reason, detail=detail)
        return count


def wait_until_published(
    platform: Platform, services: Sequence[str], timeout_seconds: float, report: Callable[[int], None]
) -> int:
    """Wait until the outboxes hold nothing unpublished.

    Args:
        platform: Where the databases are.
        services: Whose outboxes.
        timeout_seconds: How long at most.
        report: Called now and then with the number of events that are left.

    Returns:
        How many events are left; 0 if all were published.

    Raises:
        Unreachable: A database does not answer.
    """
    from admin.databases import all_owned
    from services.chassis.tables import outbox

    until = time.monotonic() + timeout_seconds
    reported = time.monotonic()
    with all_owned(platform, services) as engines:
        while True:
            left = 0
            for engine in engines.values():
                with engine.connect() as connection:
                    left += outbox.backlog(connection)[0]
            if left == 0 or time.monotonic() > until:
                return left
            if time.monotonic() - reported > REPORT_SECONDS:
                reported = time.monotonic()
                report(left)
            time.sleep(POLL_SECONDS)
