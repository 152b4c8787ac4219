"""`quadrille cancel`: ask for an order to be cancelled."""

from __future__ import annotations

import click

from admin.documents import message_json
from admin.errors import Refused
from admin.order_states import state_name
from cli.command import Command


@click.command(
    cls=Command,
    epilog="Exit codes: 0 asked, or cancelled; 1 it is too late, or there is no such order; 3 not reachable.",
)
@click.argument("order_id")
@click.option("--wait", is_flag=True, help="Wait until the order is settled, and exit 1 if it was completed.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(*, order_id: str, wait: bool, as_json: bool) -> None:
    """Ask for an order to be cancelled. Shipping decides: an order that has left is completed, and not called back.

    Asking again is safe. Without --wait the order may still end COMPLETED; `quadrille watch` shows how it ends.

    \b
    Examples:
      quadrille cancel 019b2c4e-8a7d-7c3e-9f10-2b6f1f0a9d11
      quadrille cancel 019b2c4e-8a7d-7c3e-9f10-2b6f1f0a9d11 --wait --json | jq -r .state
    """  # noqa: D301 - click reads \b
    from quadrille.order.v1.order_service_pb2 import CancelOrderRequest

    from admin.clients import CALL_SECONDS, load_platform, order_client
    from admin.watching import until_settled
    from cli import output

    platform = load_platform()
    with order_client(platform) as client:
        order = client.CancelOrder(CancelOrderRequest(order_id=order_id), timeout=CALL_SECONDS).order
    if wait:
        order = until_settled(platform, order_id)
    if as_json:
        output.print_json(message_json(order))
    else:
        output.print_order(order)
    if wait and state_name(order) == "COMPLETED":
        raise Refused(f"order {order_id} was completed: the cancellation came too late")
