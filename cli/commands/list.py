"""`quadrille list`: orders, newest first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from quadrille.order.v1.order_pb2 import Order
    from quadrille.order.v1.order_service_pb2_grpc import OrderServiceStub

LARGEST_PAGE = 500


@click.command()
@click.option("--customer", default="", metavar="ID", help="Only orders of this customer.")
@click.option(
    "--state",
    type=click.Choice(["pending", "cancelling", "completed", "cancelled"], case_sensitive=False),
    help="Only orders in this state.",
)
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="At most so many.")
@click.option("--all", "everything", is_flag=True, help="All of them, however many.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document for each order, one on a line.")
def command(*, customer: str, state: str | None, limit: int, everything: bool, as_json: bool) -> None:
    """List orders, newest first.

    \b
    Examples:
      quadrille list --state cancelled
      quadrille list --customer 'Customer#000000370' --all
      quadrille list --all --json | jq -r .cancel_reason | sort | uniq -c
    """  # noqa: D301 - click reads \b
    import json

    from cli import output
    from cli.clients import load_platform, order_client

    most = None if everything else limit
    with order_client(load_platform()) as client:
        if as_json:
            for order in orders(client, customer, state, most):
                click.echo(json.dumps(output.message_json(order), ensure_ascii=False))
            return
        shown = output.table("order", "placed (UTC)", "customer", "total", "state", "reason", right=("total",))
        count = 0
        for order in orders(client, customer, state, most):
            count += 1
            shown.add_row(
                order.order_id,
                output.moment(order.create_time),
                output.escaped(order.customer_id),
                output.amount(order.total),
                output.coloured(output.state_name(order)),
                output.reason_name(order),
            )
    if count:
        output.print_table(shown)
    else:
        click.echo("no such order")
    if count == most:
        click.echo(f"the newest {count}; more with --limit or --all")


def orders(client: OrderServiceStub, customer: str, state: str | None, most: int | None) -> Iterator[Order]:
    """Turn pages into one list.

    Args:
        client: The order service.
        customer: Only this customer's; all if empty.
        state: Only in this state; all if None.
        most: At most so many; None for all.

    Yields:
        Orders, newest first.
    """
    from quadrille.order.v1.order_pb2 import OrderState
    from quadrille.order.v1.order_service_pb2 import ListOrdersRequest

    from cli.clients import CALL_SECONDS

    wanted = OrderState.Value(f"ORDER_STATE_{state.upper()}") if state else OrderState.ORDER_STATE_UNSPECIFIED
    request = ListOrdersRequest(customer_id=customer, state=wanted)
    given = 0
    while most is None or given < most:
        request.page_size = LARGEST_PAGE if most is None else min(LARGEST_PAGE, most - given)
        page = client.ListOrders(request, timeout=CALL_SECONDS)
        yield from page.orders
        given += len(page.orders)
        request.page_token = page.next_page_token
        if not request.page_token:
            return
