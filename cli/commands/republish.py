"""`quadrille republish`: rebuild the topics from the four databases, after Kafka has lost them."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID

import click

from admin.choreography import SERVICES
from cli.command import Command
from cli.errors import ANSWER_IS_NO
from cli.numbers import Number
from cli.output import say

if TYPE_CHECKING:
    from local.settings import Platform

STEP_ROWS = 10_000
LOOK_SECONDS = 0.5
EVER = datetime(1970, 1, 1, tzinfo=UTC)


@click.command(
    cls=Command, epilog="Exit codes: 0 done, 1 something is not published yet, 3 a database is not reachable."
)
@click.option("--service", "services", multiple=True, type=click.Choice(SERVICES), help="Only this service's topics.")
@click.option("--order", "order_id", type=click.UUID, metavar="ID", help="Only the events of this order.")
@click.option("--since", type=click.DateTime(), metavar="TIME", help="Only events written after it (UTC).")
@click.option("--dry-run", is_flag=True, help="Only count.")
@click.option(
    "--wait",
    type=Number(0),
    default=600.0,
    show_default=True,
    metavar="SECONDS",
    help="Wait at most so long until all of it is published.",
)
@click.option("--reason", default="a topic was lost", show_default=True, help="Why; it is written down.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(
    *,
    services: tuple[str, ...],
    order_id: UUID | None,
    since: datetime | None,
    dry_run: bool,
    wait: float,
    reason: str,
    as_json: bool,
) -> int:
    """Publish again every event that the outboxes still keep: as long as the topics keep theirs.

    For when Kafka has lost topics. Make them anew with `quadrille apply` first; services that run begin to read a topic
    that was made anew from its start. Every event keeps its id and its order, and every reader knows what it has
    handled: events that are not lost do no harm. The services must run: they publish.

    \b
    Examples:
      quadrille republish --dry-run
      quadrille apply && quadrille republish && quadrille audit --wait 60
      quadrille republish --order 01a20da7-3819-7760-a2cd-ee6e25a43f36
      quadrille republish --service order --since 2026-11-24T10:00:00
    """  # noqa: D301 - click reads \b
    from admin.clients import load_platform
    from cli import output

    if order_id is not None and since is not None:
        raise click.UsageError("--order takes all events of an order; leave --since out.")
    platform = load_platform()
    chosen = services or SERVICES
    start = since.replace(tzinfo=UTC) if since else EVER
    began = time.monotonic()
    if order_id is None:
        counts = {service: _reopen(platform, service, start, reason, dry_run=dry_run) for service in chosen}
    else:
        counts = {service: _reopen_order(platform, service, order_id, reason, dry_run=dry_run) for service in chosen}
    left = 0 if dry_run else _published(platform, chosen, wait, quiet=as_json)
    seconds = time.monotonic() - began
    if as_json:
        output.print_json({"dry_run": dry_run, "events": counts, "left": left, "seconds": round(seconds, 1)})
    else:
        for service, count in counts.items():
            say(f"{service:10} {count:>9,} events")
        verb = "would be published again" if dry_run else f"published again in {seconds:.1f} s"
        say(f"{sum(counts.values()) - left:,} events {verb}{f'; {left:,} are not yet' if left else ''}")
    return ANSWER_IS_NO if left else 0


def _reopen(platform: Platform, service: str, since: datetime, reason: str, *, dry_run: bool) -> int:
    from admin.databases import owned, whoami
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
                    operations.note(connection, "republish", actor=whoami(), reason=reason, detail=detail)
            if newest is None:
                return total
            total, at = total + count, newest


def _reopen_order(platform: Platform, service: str, order_id: UUID, reason: str, *, dry_run: bool) -> int:
    from admin.databases import owned, whoami
    from services.chassis.tables import operations, outbox_maintenance

    with owned(platform, service) as engine, engine.connect() as connection, connection.begin() as transaction:
        count = outbox_maintenance.reopen_key(connection, order_id)
        if dry_run:
            transaction.rollback()
        elif count:
            detail = {"order": str(order_id), "events": count}
            operations.note(connection, "republish", actor=whoami(), reason=reason, detail=detail)
        return count


def _published(platform: Platform, services: tuple[str, ...], wait: float, *, quiet: bool) -> int:
    from sqlalchemy import create_engine

    from services.chassis.tables import outbox

    engines = [
        create_engine(platform.database_url(service).replace("postgresql://", "postgresql+psycopg://", 1))
        for service in services
    ]
    until = time.monotonic() + wait
    told = time.monotonic()
    try:
        while True:
            left = 0
            for engine in engines:
                with engine.connect() as connection:
                    left += outbox.backlog(connection)[0]
            if left == 0 or time.monotonic() > until:
                return left
            if not quiet and time.monotonic() - told > 5 * LOOK_SECONDS:
                told = time.monotonic()
                say(f"  {left:,} events to publish", err=True)
            time.sleep(LOOK_SECONDS)
    finally:
        for engine in engines:
            engine.dispose()
