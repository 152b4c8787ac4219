"""Strategies and builders that the unit tests share."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from quadrille.events.topics import topic_of
from quadrille.events.types import Money, OrderDetails, OrderLine

from services.chassis.decide.handlers import Received

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


class Make:
    """Builds what decisions work on."""

    now = NOW

    def details(self, *lines: tuple[str, int, int], customer: str = "c1", currency: str = "USD", country: str = "DE"):
        wanted = lines or (("sku-1", 2, 100),)
        return OrderDetails(
            customer_id=customer,
            lines=tuple(
                OrderLine(sku=s, quantity=q, unit_price=Money(currency_code=currency, minor_units=p))
                for s, q, p in wanted
            ),
            total=Money(currency_code=currency, minor_units=sum(q * p for _, q, p in wanted)),
            address_reference="home",
            country_code=country,
        )

    def received(self, event, event_id: UUID | None = None):
        topic = topic_of(type(event))
        return Received(event, event.order_id, event_id or uuid4(), topic, 0, 0, None)


@pytest.fixture
def make() -> Make:
    return Make()
