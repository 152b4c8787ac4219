"""`quadrille get`: an order with its timeline, and what it waits for."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from quadrille.order.v1.order_pb2 import Order


@click.command()
@click.argument("order_id")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(*, order_id: str, as_json: bool) -> None:
    """Show an order with its timeline: every event that touched it, when, and whose it is.

    An order that is not settled also says which service has to act, since when, how it stands with its deadline, and
    which steps may remain. That follows from its timeline and from the handlers of the services.

    \b
    Examples:
      quadrille get 019b2c4e-8a7d-7c3e-9f10-2b6f1f0a9d11
      quadrille get 019b2c4e-8a7d-7c3e-9f10-2b6f1f0a9d11 --json | jq -r '.timeline[].event'
      quadrille get 019b2c4e-8a7d-7c3e-9f10-2b6f1f0a9d11 --json | jq '.awaits, .remaining, .overdue_seconds'
    """  # noqa: D301 - click reads \b
    from quadrille.order.v1.order_service_pb2 import GetOrderRequest

    from cli import output, waiting
    from cli.clients import CALL_SECONDS, load_platform, order_client

    with order_client(load_platform()) as client:
        order = client.GetOrder(GetOrderRequest(order_id=order_id), timeout=CALL_SECONDS)
    now = datetime.now(UTC)
    if as_json:
        output.print_json({**output.message_json(order), **waiting.to_json(order, now)})
        return
    output.print_order(order)
    if not order.settled:
        _print_waiting(order, now)


def _print_waiting(order: Order, now: datetime) -> None:
    from cli import output, waiting
    from cli.choreography import answers

    waits = waiting.awaited_by(order)
    for wait in waits:
        click.echo(f"waits for {waiting.told(wait, now)}")
    late = waiting.overdue_seconds(order, now)
    away = waiting.duration(abs(late))
    click.echo(f"deadline  {output.moment(order.deadline_time)} UTC ({f'{away} ago' if late > 0 else f'in {away}'})")
    steps = waiting.following(answers(), waits, [step.event for step in order.timeline])
    if steps:
        shown = output.table("then", "after", "may publish")
        for step in steps:
            shown.add_row(step.service, step.after, ", ".join(step.events) or "nothing: it ends there")
        output.print_table(shown)
