"""Names of an order's states and of the reasons of its cancellation, without the prefix of their enums."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from quadrille.order.v1.order_pb2 import Order, Step


def state_name(order: Order | Step) -> str:
    """Give the state without the prefix of its enum.

    Args:
        order: An order, or a step of its timeline.
    """
    from quadrille.order.v1.order_pb2 import OrderState

    return OrderState.Name(order.state).removeprefix("ORDER_STATE_")


def reason_name(order: Order) -> str:
    """Give the reason of a cancellation without the prefix of its enum; empty if there is none.

    Args:
        order: The order.
    """
    from quadrille.order.v1.order_pb2 import CancelReason

    return CancelReason.Name(order.cancel_reason).removeprefix("CANCEL_REASON_") if order.cancel_reason else ""
