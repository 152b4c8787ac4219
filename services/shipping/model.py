"""What shipping knows: one shipment for each order."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import NamedTuple
from uuid import UUID


class ShipmentState(enum.StrEnum):
    """How an order's shipment stands. All are final but BOOKING, which is stored only if the carrier is outside."""

    BOOKING = "BOOKING"
    SHIPPED = "SHIPPED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


# A tuple: one is made for each event, and a frozen dataclass takes four times as long to make.
class Shipment(NamedTuple):
    """The one row that shipping keeps for an order.

    Attributes:
        order_id: The order.
        state: How it stands.
        shipment_id: The shipment; None unless shipped.
        carrier: Who carries it; None unless shipped.
        tracking_id: The carrier's tracking id; None unless shipped.
        created_at: When it was decided; while it is being booked, when that began.
    """

    order_id: UUID
    state: ShipmentState
    shipment_id: UUID | None
    carrier: str | None
    tracking_id: str | None
    created_at: datetime
