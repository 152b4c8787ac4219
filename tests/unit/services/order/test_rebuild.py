"""Orders that are made again from `OrderCreated`, and the requests that placed them."""

from __future__ import annotations

import json
from dataclasses import replace
from types import SimpleNamespace
from uuid import uuid4

import pytest
from quadrille.events.order import OrderCreated

from services.chassis.decide.ids import derived
from services.chassis.rpc.errors import ApiError
from services.order.place_order import _answer
from services.order.rebuild import _new, recall_created
from services.order.requests import PlaceOrder


@pytest.fixture
def created(make):
    details = make.details(("pen", 2, 100), ("ink", 1, 30))
    return OrderCreated(order_id=uuid4(), occurred_at=make.now, order=details, deadline_at=make.now, request_id=uuid4())


def row(created):
    """What is read back of the row that is made again."""
    made = _new(created, recall_created(None, created, None, ()).row)
    return SimpleNamespace(
        **{name: getattr(made, name) for name in made.__dataclass_fields__ if name != "lines"},
        lines=json.loads(made.lines),
    )


def test_an_order_that_is_made_again_has_the_request_that_placed_it(created):
    assert row(created).request_id == created.request_id


def test_an_event_of_a_version_that_did_not_say_gives_a_request_that_no_caller_has(created):
    old = replace(created, request_id=None)
    assert row(old).request_id == derived("recalled", created.order_id, 0)


def test_a_request_that_says_the_same_is_given_the_order_in_whatever_bytes(created):
    again = PlaceOrder(created.request_id, b"a digest of its bytes", created.order, None)
    assert _answer(again, row(created)).order_id == str(created.order_id)


@pytest.mark.parametrize("field", ["country_code", "address_reference", "lines", "total"])
def test_a_request_that_says_something_else_is_refused(created, field):
    order = created.order
    others = {
        "country_code": "FR",
        "address_reference": "work",
        "lines": tuple(reversed(order.lines)),
        "total": replace(order.total, currency_code="EUR"),
    }
    other = PlaceOrder(created.request_id, b"a digest", replace(order, **{field: others[field]}), None)
    assert isinstance(_answer(other, row(created)), ApiError)
