"""Follows an order until it is settled, over restarts of the order service.

A watch that breaks goes on after the last step that was seen, with growing pauses. Where nobody has answered at all,
the error comes at once.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from admin.clients import CALL_SECONDS, explain, order_client, where

if TYPE_CHECKING:
    from quadrille.order.v1.order_pb2 import Order, Step
    from quadrille.order.v1.order_service_pb2_grpc import OrderServiceStub

    from local.settings import Platform

#: How long the service may be silent.
SILENCE_SECONDS = 30.0
FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 2.0


def follow(platform: Platform, order_id: str, *, after: int = 0) -> Iterator[Step]:
    """Give the steps of an order until it is settled.

    Args:
        platform: Where the order service is.
        order_id: The order.
        after: Only steps after this number.

    Yields:
        Each step once, as it happens.

    Raises:
        Unreachable: The order service does not answer.
        Refused: There is no such order.
    """
    import grpc
    from quadrille.order.v1.order_service_pb2 import WatchOrderRequest

    pause, silent_since = FIRST_PAUSE_SECONDS, time.monotonic()
    with order_client(platform) as client:
        while True:
            try:
                for update in client.WatchOrder(WatchOrderRequest(order_id=order_id, after_sequence=after)):
                    pause, silent_since = FIRST_PAUSE_SECONDS, time.monotonic()
                    if update.HasField("step"):
                        after = update.step.sequence
                        yield update.step
                    if update.settled:
                        return
            except grpc.RpcError as error:
                waited = time.monotonic() - silent_since
                # Nobody at all answers: that is for the caller to know at once, and not after a patient wait.
                never = after == 0 and pause == FIRST_PAUSE_SECONDS
                if error.code() is not grpc.StatusCode.UNAVAILABLE or never or waited > SILENCE_SECONDS:
                    raise explain(error, "order", where(platform, "order")) from None
            else:
                if after and _is_settled(client, order_id):
                    return
            time.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)


def until_settled(platform: Platform, order_id: str) -> Order:
    """Wait until an order is settled.

    Args:
        platform: Where the order service is.
        order_id: The order.

    Returns:
        The order with its timeline.

    Raises:
        Unreachable: The order service does not answer.
        Refused: There is no such order.
    """
    from quadrille.order.v1.order_service_pb2 import GetOrderRequest, WatchOrderRequest

    with order_client(platform) as client:
        for _ in client.WatchOrder(WatchOrderRequest(order_id=order_id)):
            pass
        order: Order = client.GetOrder(GetOrderRequest(order_id=order_id), timeout=CALL_SECONDS)
        return order


def _is_settled(client: OrderServiceStub, order_id: str) -> bool:
    from quadrille.order.v1.order_service_pb2 import GetOrderRequest

    return client.GetOrder(GetOrderRequest(order_id=order_id), timeout=CALL_SECONDS).settled
