"""Orders in pages, and those that wait too long: what `quadrille list` and the console show."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from admin.paging import turned

if TYPE_CHECKING:
    from datetime import datetime

    from quadrille.order.v1.order_pb2 import Order
    from quadrille.order.v1.order_service_pb2_grpc import OrderServiceStub

    from admin.pending_steps import Awaited


def find_stuck(
    client: OrderServiceStub, customer: str, state: str | None, patience: float, now: datetime
) -> Iterator[tuple[Order, list[Awaited]]]:
    """Find orders that wait too long.

    Args:
        client: The order service.
        customer: Only this customer's; all if empty.
        state: Only in this state; all if None.
        patience: How many seconds are too long.
        now: The time.

    Yields:
        Orders with their timelines and what they wait for, newest first.
    """
    from quadrille.order.v1.order_service_pb2 import GetOrderRequest

    from admin import pending_steps
    from admin.clients import CALL_SECONDS

    for listed in orders(client, customer, state, None, unsettled=True):
        if now.timestamp() - listed.create_time.ToMilliseconds() / 1000 < patience:
            continue  # whatever it waits for, it does not yet for so long
        order = client.GetOrder(GetOrderRequest(order_id=listed.order_id), timeout=CALL_SECONDS)
        waits = [wait for wait in pending_steps.awaited_by(order) if wait.seconds(now) >= patience]
        if waits:
            yield order, waits


def orders(
    client: OrderServiceStub, customer: str, state: str | None, most: int | None, *, unsettled: bool = False
) -> Iterator[Order]:
    """Turn pages into one list.

    Args:
        client: The order service.
        customer: Only this customer's; all if empty.
        state: Only in this state; all if None.
        most: At most so many; None for all.
        unsettled: Only those that are not settled.

    Yields:
        Orders, newest first.
    """
    from quadrille.order.v1.order_pb2 import OrderState
    from quadrille.order.v1.order_service_pb2 import ListOrdersRequest

    wanted = OrderState.Value(f"ORDER_STATE_{state.upper()}") if state else OrderState.ORDER_STATE_UNSPECIFIED
    request = ListOrdersRequest(customer_id=customer, state=wanted, unsettled=unsettled)
    yield from turned(client.ListOrders, request, "orders", most)
