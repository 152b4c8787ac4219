"""What the order service knows: one row for each order, and the steps of its timeline."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from quadrille.events.types import CancelReason, OrderDetails


class OrderState(enum.StrEnum):
    """Where an order stands. COMPLETED and CANCELLED are final."""

    PENDING = "PENDING"
    CANCELLING = "CANCELLING"
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True, slots=True)
class NewOrder:
    """What is decided on when an order begins.

    Attributes:
        key: The id that the order gets.
        request_id: The caller's idempotency key.
        order: What is ordered.
        deadline_at: When it should have ended.
    """

    key: UUID
    request_id: UUID
    order: OrderDetails
    deadline_at: datetime


# A tuple: one is made for each event, and a frozen dataclass takes four times as long to make.
class OrderRow(NamedTuple):
    """The part of an order's row that decisions see and change.

    Attributes:
        order_id: The order.
        customer_id: Whose order it is.
        currency_code: Currency of the total.
        total: What it costs, in minor units.
        state: Where it stands.
        cancel_reason: Why it is, or is to be, cancelled; None if it is not.
        awaits_release: True while inventory's answer to the undo is to come.
        awaits_refund: True while payment's answer to the undo is to come.
        settled: True when nothing more is to come.
        seen: Names of the events of its timeline, in order. Each comes once in an order's life.
        updated_at: When it last changed.
    """

    order_id: UUID
    customer_id: str
    currency_code: str
    total: int
    state: OrderState
    cancel_reason: CancelReason | None
    awaits_release: bool
    awaits_refund: bool
    settled: bool
    seen: tuple[str, ...]
    updated_at: datetime

    def with_steps(self, seen: tuple[str, ...], *, settled: bool, at: datetime) -> OrderRow:
        """Give the row as it is with other steps. `_replace` takes longer.

        Args:
            seen: All of its steps.
            settled: Whether nothing more is to come.
            at: When it changes.

        Returns:
            The new row.
        """
        return OrderRow(
            self.order_id,
            self.customer_id,
            self.currency_code,
            self.total,
            self.state,
            self.cancel_reason,
            self.awaits_release,
            self.awaits_refund,
            settled,
            seen,
            at,
        )
