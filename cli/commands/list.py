"""`quadrille list`: orders, newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from admin.documents import message_json
from admin.money import format_money
from admin.order_states import reason_name, state_name
from admin.times import format_duration, format_time
from cli.command import Command
from cli.numbers import Number, Whole
from cli.output import print_json_line, say

if TYPE_CHECKING:
    from datetime import datetime

    from admin.orders import Stuck
    from local.settings import Platform

STUCK_SECONDS = 60.0


@click.command(cls=Command)
@click.option("--customer", default="", metavar="ID", help="Only orders of this customer.")
@click.option(
    "--state",
    type=click.Choice(["pending", "cancelling", "completed", "cancelled"], case_sensitive=False),
    help="Only orders in this state.",
)
@click.option("--stuck", is_flag=True, help="Only orders that wait too long, with what they wait for.")
@click.option(
    "--older-than",
    type=Number(0),
    metavar="SECONDS",
    help=f"With --stuck: how long is too long.  [default: {STUCK_SECONDS:.0f}]",
)
@click.option("--limit", type=Whole(1), default=50, show_default=True, help="At most so many.")
@click.option("--all", "everything", is_flag=True, help="All of them, however many.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document for each order, one on a line.")
def command(
    *,
    customer: str,
    state: str | None,
    stuck: bool,
    older_than: float | None,
    limit: int,
    everything: bool,
    as_json: bool,
) -> None:
    """List orders, newest first.

    With --stuck, those that are not settled and have waited for a service longer than --older-than.

    \b
    Examples:
      quadrille list --state cancelled
      quadrille list --customer 'Customer#000000370' --all
      quadrille list --all --json | jq -r .cancel_reason | sort | uniq -c
      quadrille list --stuck --older-than 30
      quadrille list --stuck --all --json | jq -r '.awaits[].service' | sort | uniq -c
    """  # noqa: D301 - click reads \b
    from admin.clients import load_platform, order_client
    from admin.orders import orders
    from cli import output

    most = None if everything else limit
    if older_than is not None and not stuck:
        raise click.UsageError("--older-than goes with --stuck.")
    if stuck:
        waiting_seconds = STUCK_SECONDS if older_than is None else older_than
        _list_stuck(customer, state, most, waiting_seconds, as_json=as_json)
        return
    with order_client(load_platform()) as client:
        if as_json:
            for order in orders(client, customer, state, most):
                print_json_line(message_json(order))
            return
        shown = output.table("order", "placed (UTC)", "customer", "total", "state", "reason", right=("total",))
        count = 0
        for order in orders(client, customer, state, most):
            count += 1
            shown.add_row(
                order.order_id,
                format_time(order.create_time),
                order.customer_id,
                format_money(order.total),
                output.coloured(state_name(order)),
                reason_name(order),
            )
    if count:
        output.print_table(shown)
    else:
        say("no such order")
    if count == most:
        say(f"the newest {count}; more with --limit or --all")


def _list_stuck(customer: str, state: str | None, most: int | None, waiting_seconds: float, *, as_json: bool) -> None:
    from datetime import UTC, datetime

    from admin.clients import load_platform
    from admin.orders import order_document, stuck_orders

    now, platform = datetime.now(UTC), load_platform()
    found = stuck_orders(platform, waiting_seconds=waiting_seconds, now=now, most=most, customer=customer, state=state)
    if as_json:
        for order, _ in found.orders:
            print_json_line(order_document(order, found.calls, now))
        return
    if found.orders:
        _print_stuck(platform, found, now)
    else:
        say(f"no order waits longer than {format_duration(waiting_seconds)}")
    if found.more:
        say(f"the newest {most}; more with --limit or --all")


def _print_stuck(platform: Platform, found: Stuck, now: datetime) -> None:
    from admin import pending_calls, pending_steps
    from admin.status import describe_unread
    from cli import output

    heads = ("order", "state", "waits for", "one of", "after", "waiting", "deadline")
    shown = output.table(*heads, right=("waiting",))
    for order, waits in found.orders:
        late = pending_steps.overdue_seconds(order, now)
        deadline = pending_steps.format_deadline(order, now)
        for wait in waits:
            shown.add_row(
                order.order_id,
                output.coloured(state_name(order)),
                wait.service,
                ", ".join(wait.events),
                wait.after,
                format_duration(wait.seconds(now)),
                output.styled("red", deadline) if late > 0 else deadline,
            )
    output.print_table(shown)
    for (service, order_id), open_ in found.calls.items():
        for call in open_:
            say(f"{order_id}: {pending_calls.format_call(service, call)}")
    for sentence in describe_unread(platform, {wait.service for _, waits in found.orders for wait in waits}):
        say(sentence)
