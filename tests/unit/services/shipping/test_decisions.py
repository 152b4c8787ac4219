"""Shipping decides every race: its one row says which came first."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from quadrille.avro import decode
from quadrille.events.order import OrderCancelRequested
from quadrille.events.payment import PaymentCompleted
from quadrille.events.shipping import OrderShipped, ShipmentCancelled, ShippingFailed, ShippingFailureReason
from quadrille.events.types import CancelReason

from services.shipping.app import HANDLERS
from services.shipping.carrier import LocalCarrier
from services.shipping.state import ShippingBatch
from tests.support.deciding import decide as decide_on
from tests.unit.conftest import Make

NOW = datetime(2026, 1, 2, tzinfo=UTC)
MAKE = Make()


def dock() -> ShippingBatch:
    return ShippingBatch(NOW, LocalCarrier(["AQ"]), [])


def paid(order_id, country="DE"):
    details = MAKE.details(country=country)
    return PaymentCompleted(order_id=order_id, occurred_at=NOW, order=details, charge_id=order_id, amount=details.total)


def cancel(order_id):
    return OrderCancelRequested(
        order_id=order_id, occurred_at=NOW, customer_id="c1", reason=CancelReason.CUSTOMER_REQUEST
    )


def decide(books, event):
    """Decide as the chassis does: the local carrier answers at once. Give the events as they go into the outbox."""
    messages = decide_on(HANDLERS, books, [MAKE.received(event)])
    events = {event.SCHEMA.full_name: event for event in (OrderShipped, ShippingFailed, ShipmentCancelled)}
    return tuple(decode(events[one.type], one.body, events[one.type].SCHEMA) for one in messages)


def test_a_paid_order_is_shipped_with_a_tracking_id_that_follows_from_it():
    order = uuid4()
    (first,) = decide(dock(), paid(order))
    (again,) = decide(dock(), paid(order))
    assert isinstance(first, OrderShipped)
    assert first == again


def test_a_country_that_is_not_served_is_refused():
    (event,) = decide(dock(), paid(uuid4(), country="AQ"))
    assert isinstance(event, ShippingFailed)
    assert event.reason is ShippingFailureReason.UNSERVED_COUNTRY


@pytest.mark.parametrize(
    ("first", "second", "answer"),
    [
        (paid, cancel, OrderShipped),
        (cancel, paid, ShipmentCancelled),
    ],
)
def test_whichever_comes_first_decides_and_the_other_changes_nothing(first, second, answer):
    books, order = dock(), uuid4()
    (event,) = decide(books, first(order))
    assert isinstance(event, answer)
    row = books.row(order)
    assert decide(books, second(order)) == ()
    assert decide(books, first(order)) == ()
    assert books.row(order) == row
