"""What PlaceOrder refuses, with every violation at once, and what it takes."""

from __future__ import annotations

from uuid import uuid4

import pytest
from google.rpc import error_details_pb2, status_pb2
from hypothesis import given
from hypothesis import strategies as st
from quadrille.order.v1 import order_service_pb2 as pb
from quadrille.type.v1.money_pb2 import Money

from services.chassis.rpc.errors import ApiError
from services.order.requests import MAX_LINES, read

MAX_INT64 = 2**63 - 1


def request(**changes) -> pb.PlaceOrderRequest:
    fields = {
        "request_id": str(uuid4()),
        "customer_id": "c1",
        "lines": [line()],
        "address_reference": "home",
        "country_code": "DE",
    }
    return pb.PlaceOrderRequest(**{**fields, **changes})


def line(sku="sku-1", quantity=1, price=100, currency="USD") -> dict:
    return {"sku": sku, "quantity": quantity, "unit_price": Money(currency_code=currency, minor_units=price)}


def violations(message: pb.PlaceOrderRequest) -> dict[str, str]:
    with pytest.raises(ApiError) as refused:
        read(message, None)
    assert refused.value.reason == "FIELD_INVALID"
    return dict(refused.value.violations)


def test_a_valid_request_is_read_with_its_total():
    command = read(request(lines=[line(quantity=2), line(sku="sku-2", price=50)]), "00-trace")
    assert command.order.total.minor_units == 250
    assert command.traceparent == "00-trace"


def test_an_empty_request_names_every_field_at_once():
    assert set(violations(pb.PlaceOrderRequest())) == {
        "request_id",
        "customer_id",
        "lines",
        "address_reference",
        "country_code",
    }


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"request_id": "42"}, "request_id"),
        ({"request_id": "g" * 36}, "request_id"),
        ({"customer_id": "a b"}, "customer_id"),
        ({"customer_id": "x" * 65}, "customer_id"),
        ({"customer_id": "é"}, "customer_id"),
        ({"country_code": "de"}, "country_code"),
        ({"country_code": "XX"}, "country_code"),
        ({"lines": [line(quantity=0)]}, "lines[0].quantity"),
        ({"lines": [line(quantity=-1)]}, "lines[0].quantity"),
        ({"lines": [line(price=-1)]}, "lines[0].unit_price.minor_units"),
        ({"lines": [line(currency="usd")]}, "lines[0].unit_price.currency_code"),
        ({"lines": [line(currency="")]}, "lines[0].unit_price.currency_code"),
        ({"lines": [line(), line(currency="EUR")]}, "lines[1].unit_price.currency_code"),
        ({"lines": [line(quantity=MAX_INT64, price=2)]}, "lines"),
        ({"lines": [line(quantity=MAX_INT64, price=0), line(quantity=1, price=0)]}, "lines"),
        ({"lines": [line() for _ in range(MAX_LINES + 1)]}, "lines"),
    ],
)
def test_a_field_that_breaks_its_rule_is_named(changes, field):
    assert list(violations(request(**changes))) == [field]


def test_the_error_carries_its_details_as_google_rpc_status():
    with pytest.raises(ApiError) as refused:
        read(pb.PlaceOrderRequest(), None)
    ((name, content),) = refused.value.trailing_metadata()
    assert name == "grpc-status-details-bin"
    status = status_pb2.Status.FromString(content)
    info, bad = error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest()
    assert status.details[0].Unpack(info)
    assert status.details[1].Unpack(bad)
    assert (info.reason, info.domain) == ("FIELD_INVALID", "quadrille")
    assert len(bad.field_violations) == 5


lines = st.builds(
    line,
    sku=st.text(max_size=70),
    quantity=st.integers(-(2**63), MAX_INT64),
    price=st.integers(-(2**63), MAX_INT64),
    currency=st.sampled_from(["USD", "EUR", "usd", "", "ZZZ"]),
)


@given(
    st.builds(
        request,
        request_id=st.one_of(st.uuids().map(str), st.text(max_size=40)),
        customer_id=st.text(max_size=70),
        country_code=st.text(max_size=3),
        lines=st.lists(lines, max_size=5),
    )
)
def test_whatever_is_sent_is_either_a_sound_command_or_a_typed_error(message):
    try:
        command = read(message, None)
    except ApiError as error:
        assert error.violations
        return
    order = command.order
    assert 0 <= order.total.minor_units <= MAX_INT64
    assert order.total.minor_units == sum(x.quantity * x.unit_price.minor_units for x in order.lines)
    assert {x.unit_price.currency_code for x in order.lines} == {order.total.currency_code}
