"""`quadrille republish`: rebuild the topics from the four databases, after Kafka has lost them."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from uuid import UUID

import click

from cli.command import Command
from cli.errors import ANSWER_IS_NO
from cli.numbers import Number
from cli.output import say
from services.catalogue import SERVICES

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
    from admin.republishing import republish, republish_order, wait_until_published
    from cli import output

    if order_id is not None and since is not None:
        raise click.UsageError("--order takes all events of an order; leave --since out.")
    platform = load_platform()
    chosen = services or SERVICES
    start = since.replace(tzinfo=UTC) if since else EVER
    began = time.monotonic()
    if order_id is None:
        counts = {service: republish(platform, service, start, reason, dry_run=dry_run) for service in chosen}
    else:
        counts = {service: republish_order(platform, service, order_id, reason, dry_run=dry_run) for service in chosen}
    report = (lambda _: None) if as_json else lambda left: say(f"  {left:,} events to publish", err=True)
    left = 0 if dry_run else wait_until_published(platform, chosen, wait, report)
    seconds = time.monotonic() - began
    if as_json:
        output.print_json({"dry_run": dry_run, "events": counts, "left": left, "seconds": round(seconds, 1)})
    else:
        for service, count in counts.items():
            say(f"{service:10} {count:>9,} events")
        verb = "would be published again" if dry_run else f"published again in {seconds:.1f} s"
        say(f"{sum(counts.values()) - left:,} events {verb}{f'; {left:,} are not yet' if left else ''}")
    return ANSWER_IS_NO if left else 0
