"""Settings of the order service."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field

from services.chassis.settings import Settings


class OrderSettings(Settings):
    """What the order service may be told beside what every service is.

    Attributes:
        order_deadline: How long an order may take, as ISO 8601 (`PT1H`) or in seconds.
        max_open_orders: Orders that may be under way in all services; one more is refused until some have ended.
    """

    order_deadline: timedelta = Field(default=timedelta(hours=1), gt=timedelta(0))
    max_open_orders: int = Field(default=20_000, ge=1)
