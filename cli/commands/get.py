"""`quadrille get`: an order with its timeline."""

from __future__ import annotations

import click


@click.command()
@click.argument("order_id")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(*, order_id: str, as_json: bool) -> None:
    """Show an order with its timeline: every event that touched it, when, and whose it is.

    \b
    Examples:
      quadrille get 019b2c4e-8a7d-7c3e-9f10-2b6f1f0a9d11
      quadrille get 019b2c4e-8a7d-7c3e-9f10-2b6f1f0a9d11 --json | jq -r '.timeline[].event'
    """  # noqa: D301 - click reads \b
    from quadrille.order.v1.order_service_pb2 import GetOrderRequest

    from cli import output
    from cli.clients import CALL_SECONDS, load_platform, order_client

    with order_client(load_platform()) as client:
        order = client.GetOrder(GetOrderRequest(order_id=order_id), timeout=CALL_SECONDS)
    if as_json:
        output.print_json(output.message_json(order))
    else:
        output.print_order(order)
