"""`quadrille get`: an order with its timeline, and what it waits for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from admin.times import format_time
from cli.command import Command
from cli.output import say

if TYPE_CHECKING:
    from quadrille.ops.v1.call_service_pb2 import OpenCall
    from quadrille.order.v1.order_pb2 import Order


@click.command(cls=Command)
@click.argument("order_id")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(*, order_id: str, as_json: bool) -> None:
    """Show an order with its timeline: every event that touched it, when, and whose it is.

    An order that is not settled also says which service has to act, since when, how it stands with its deadline, and
    which steps may remain. That follows from its timeline and from the handlers of the services. If that service waits
    for a provider outside, it says how often it has asked, and what the last answer was.

    \b
    Examples:
      quadrille get 019b2c4e-8a7d-7c3e-9f10-2b6f1f0a9d11
      quadrille get 019b2c4e-8a7d-7c3e-9f10-2b6f1f0a9d11 --json | jq -r '.timeline[].event'
      quadrille get 019b2c4e-8a7d-7c3e-9f10-2b6f1f0a9d11 --json | jq '.awaits, .remaining, .overdue_seconds'
    """  # noqa: D301 - click reads \b
    from quadrille.order.v1.order_service_pb2 import GetOrderRequest

    from admin import pending_calls, pending_steps
    from admin.clients import CALL_SECONDS, load_platform, order_client
    from admin.orders import order_document
    from cli import output

    platform = load_platform()
    with order_client(platform) as client:
        order = client.GetOrder(GetOrderRequest(order_id=order_id), timeout=CALL_SECONDS)
    now = datetime.now(UTC)
    waits = pending_steps.awaited_by(order)
    calls = pending_calls.open_calls(platform, [(wait.service, order.order_id) for wait in waits])
    if as_json:
        output.print_json(order_document(order, calls, now))
        return
    output.print_order(order)
    if not order.settled:
        _print_waiting(order, calls, now)


def _print_waiting(order: Order, calls: Mapping[tuple[str, str], list[OpenCall]], now: datetime) -> None:
    from admin import pending_calls, pending_steps
    from admin.choreography import answers
    from cli import output

    waits = pending_steps.awaited_by(order)
    for wait in waits:
        say(f"waits for {pending_steps.format_awaited(wait, now)}")
        for call in calls.get((wait.service, order.order_id), ()):
            say(f"          {pending_calls.format_call(wait.service, call)}")
    say(f"deadline  {format_time(order.deadline_time)} UTC ({pending_steps.format_deadline(order, now)})")
    steps = pending_steps.following(answers(), waits, [step.event for step in order.timeline])
    if steps:
        shown = output.table("then", "after", "may publish")
        for step in steps:
            shown.add_row(step.service, step.after, ", ".join(step.events) or "nothing: it ends there")
        output.print_table(shown)
