"""What inventory knows: one reservation for each order, and items with their stock."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import NamedTuple
from uuid import UUID


class ReservationState(enum.StrEnum):
    """Where an order's reservation stands."""

    HELD = "HELD"
    FAILED = "FAILED"
    RELEASED = "RELEASED"
    SHIPPED = "SHIPPED"


# A tuple: one is made for each event, and a frozen dataclass takes four times as long to make.
class Reservation(NamedTuple):
    """The one row that inventory keeps for an order.

    Attributes:
        order_id: The order.
        state: Where it stands.
        lines: How many of each SKU are, or were, held; empty if nothing ever was.
        updated_at: When it last changed.
    """

    order_id: UUID
    state: ReservationState
    lines: tuple[tuple[str, int], ...]
    updated_at: datetime


class Item(NamedTuple):
    """One SKU. On hand, held and shipped add up to what was received, and none is below zero.

    Attributes:
        sku: Stock keeping unit.
        currency_code: Currency of the list price.
        list_price: The price that orders must quote, in minor units.
        on_hand: In the warehouse and free.
        held: In the warehouse and held for orders.
        shipped: Gone out with completed orders.
    """

    sku: str
    currency_code: str
    list_price: int
    on_hand: int
    held: int
    shipped: int
