"""Orders in pages, those that wait too long, and an order as a document: what `quadrille list` and the console show."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from admin import pending_calls, pending_steps
from admin.clients import CALL_SECONDS, order_client
from admin.documents import message_json
from admin.paging import paginate

if TYPE_CHECKING:
    from datetime import datetime

    from quadrille.ops.v1.call_service_pb2 import OpenCall
    from quadrille.order.v1.order_pb2 import Order
    from quadrille.order.v1.order_service_pb2_grpc import OrderServiceStub

    from admin.pending_steps import Awaited
    from local.settings import Platform


@dataclass(frozen=True, slots=True)
class Stuck:
    """Orders that wait too long.

    Attributes:
        orders: The newest of them, with their timelines and what each waits for.
        calls: Their open calls to remote providers, by service and order.
        more: Whether there may be more: the limit was reached, or the time for the search was over.
    """

    orders: Sequence[tuple[Order, list[Awaited]]]
    calls: Mapping[tuple[str, str], list[OpenCall]]
    more: bool


def stuck_orders(
    platform: Platform,
    *,
    waiting_seconds: float,
    now: datetime,
    most: int | None,
    customer: str = "",
    state: str | None = None,
    search_seconds: float | None = None,
) -> Stuck:
    """Find orders that wait too long, and their open calls.

    Args:
        platform: Where the services are.
        waiting_seconds: How long is too long.
        now: The time.
        most: At most so many, at least one; None for all.
        customer: Only this customer's; all if empty.
        state: Only in this state; all if None.
        search_seconds: After which the search ends; None for no limit.

    Raises:
        Unreachable: The order service does not answer.
        Refused: The order service refuses the request.
    """
    began = time.monotonic()
    found: list[tuple[Order, list[Awaited]]] = []
    more = False
    with order_client(platform) as client:
        for order, waits in find_stuck(client, customer, state, waiting_seconds, now):
            if search_seconds is not None and time.monotonic() - began > search_seconds:
                more = True
                break
            found.append((order, waits))
            # The next one may be far away: it is not searched for.
            if len(found) == most:
                more = True
                break
    pairs = [(wait.service, order.order_id) for order, waits in found for wait in waits]
    return Stuck(found, pending_calls.open_calls(platform, pairs), more)


def order_document(order: Order, calls: Mapping[tuple[str, str], Sequence[OpenCall]], now: datetime) -> dict[str, Any]:
    """Give an order as JSON, with what it waits for.

    Args:
        order: As GetOrder gives it.
        calls: Its open calls, as `pending_calls.open_calls` gives them.
        now: The time.
    """
    asked = pending_calls.to_json(calls, order.order_id, now)
    return {**message_json(order), **pending_steps.to_json(order, now), "calls": asked}


def find_stuck(
    client: OrderServiceStub, customer: str, state: str | None, waiting_seconds: float, now: datetime
) -> Iterator[tuple[Order, list[Awaited]]]:
    """Find orders that wait too long.

    Args:
        client: The order service.
        customer: Only this customer's; all if empty.
        state: Only in this state; all if None.
        waiting_seconds: How long is too long.
        now: The time.

    Yields:
        Orders with their timelines and what they wait for, newest first.
    """
    from quadrille.order.v1.order_service_pb2 import GetOrderRequest

    for listed in orders(client, customer, state, None, unsettled=True):
        if now.timestamp() - listed.create_time.ToMilliseconds() / 1000 < waiting_seconds:
            continue  # whatever it waits for, it does not yet for so long
        order = client.GetOrder(GetOrderRequest(order_id=listed.order_id), timeout=CALL_SECONDS)
        waits = [wait for wait in pending_steps.awaited_by(order) if wait.seconds(now) >= waiting_seconds]
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
    yield from paginate(client.ListOrders, request, "orders", most)
