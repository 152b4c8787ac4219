"""Strategies and builders that the unit tests share."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from quadrille.events.topics import topic_of
from quadrille.events.types import Money, OrderDetails, OrderLine

from local.settings import CHECKOUT
from pages.examples import example
from registry.catalogue import load
from services.chassis.decide.handlers import Received

CATALOGUE = load(CHECKOUT)
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

    def event(self, kind, *, order_id: UUID):
        """Make any event of an order, with the values that its page shows."""
        return replace(kind.from_avro(example(CATALOGUE.event(kind.SCHEMA.full_name), plain=True)), order_id=order_id)

    def received(self, event, event_id: UUID | None = None):
        topic = topic_of(type(event))
        return Received(event, event.order_id, event_id or uuid4(), topic, 0, 0, None)


@pytest.fixture
def make() -> Make:
    return Make()
