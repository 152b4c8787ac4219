"""From JSON to messages: what the mapping reads is read, and everything that is wrong is named."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest
from google.protobuf import json_format
from google.rpc import error_details_pb2
from hypothesis import given
from hypothesis import strategies as st
from quadrille.order.v1 import order_service_pb2 as pb

from gateway import strict_json, transcoding
from gateway.app import SERVICES
from gateway.errors import HttpError
from gateway.routes import read

ROUTES = {route.descriptor.name: route for route in read(SERVICES)}
KEY = str(uuid4())
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
numbers = st.integers(-(2**63), 2**63 - 1)
lines = st.builds(
    lambda sku, quantity, code, units: {
        "sku": sku,
        "quantity": quantity,
        "unit_price": {"currency_code": code, "minor_units": units},
    },
    texts,
    numbers,
    texts,
    numbers,
)
requests = st.builds(
    lambda customer, lines, address: pb.PlaceOrderRequest(
        request_id=KEY, customer_id=customer, lines=lines, address_reference=address
    ),
    texts,
    st.lists(lines, max_size=3),
    texts,
)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["lines", "sku", "quantity", "unitPrice", "unit_price", "minorUnits", "requestId", "x"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)


def call(name: str, body: object = b"", query=(), headers=None, **variables: str):
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return transcoding.request(ROUTES[name], variables, query, headers or {}, data)


def refused(name: str, *arguments, **keywords) -> dict[str, str]:
    with pytest.raises(HttpError) as raised:
        call(name, *arguments, **keywords)
    bad = error_details_pb2.BadRequest()
    assert raised.value.http_code == 400
    for detail in raised.value.status.details:
        detail.Unpack(bad)
    return {one.field: one.description for one in bad.field_violations}


@given(requests, st.booleans())
def test_a_message_comes_back_from_its_json_by_either_names(message, proto_names) -> None:
    body = json_format.MessageToDict(message, preserving_proto_field_name=proto_names)
    assert call("PlaceOrder", body, headers={"idempotency-key": KEY}) == message


@given(anything)
def test_any_json_is_read_as_the_library_reads_it_or_refused(value) -> None:
    try:
        found = call("PlaceOrder", value, headers={"idempotency-key": KEY})
    except HttpError as error:
        assert error.http_code == 400
    else:
        assert found == json_format.ParseDict({**value, "requestId": KEY}, pb.PlaceOrderRequest())


@given(st.binary(max_size=30))
def test_bytes_are_a_json_object_or_refused(data) -> None:
    try:
        found = strict_json.read(data)
    except HttpError as error:
        assert error.http_code == 400
    else:
        assert isinstance(found, dict)


def test_everything_that_is_wrong_is_named_at_once_by_its_path() -> None:
    body = {
        "customerId": 5,
        "lines": [{"sku": "a", "quantity": "1_0"}, {"qty": 1, "unitPrice": {"minorUnits": True}}, None, 7],
        "country": "DE",
        "addressReference": ["home"],
    }
    assert set(refused("PlaceOrder", body)) == {
        "customerId",
        "lines[0].quantity",
        "lines[1].qty",
        "lines[1].unitPrice.minorUnits",
        "lines[2]",
        "lines[3]",
        "country",
        "addressReference",
    }


@pytest.mark.parametrize("body", [b"{", b"[]", b"1", b"\xff", b'{"lines":[],"lines":[]}', b"[" * 200_000])
def test_what_is_no_json_object_is_refused(body) -> None:
    assert refused("PlaceOrder", body) == {}


def test_a_field_by_both_of_its_names_is_refused() -> None:
    assert set(refused("PlaceOrder", {"customerId": "a", "customer_id": "a"})) == {"customer_id"}


def test_the_idempotency_key_is_the_request_id() -> None:
    assert call("PlaceOrder", {}, headers={"idempotency-key": KEY}).request_id == KEY
    assert call("PlaceOrder", {}, headers={"idempotency-key": f'"{KEY}"'}).request_id == KEY
    assert call("PlaceOrder", {"requestId": KEY}, headers={"idempotency-key": KEY}).request_id == KEY


def test_without_a_key_the_caller_is_told_to_send_one() -> None:
    for body in ({}, {"requestId": KEY}):
        assert "send a UUID" in refused("PlaceOrder", body)["Idempotency-Key"]


def test_a_key_that_contradicts_the_body_is_refused() -> None:
    found = refused("PlaceOrder", {"request_id": KEY}, headers={"idempotency-key": str(uuid4())})
    assert KEY in found["Idempotency-Key"]


def test_a_field_of_the_path_is_not_taken_from_elsewhere() -> None:
    assert set(refused("CancelOrder", {"orderId": "other"}, order_id="one")) == {"orderId"}
    assert set(refused("GetOrder", query=[("order_id", "other")], order_id="one")) == {"orderId"}


def test_the_query_is_read_by_either_names_and_typed() -> None:
    query = [("pageSize", "7"), ("state", "ORDER_STATE_CANCELLED"), ("unsettled", "true"), ("customer_id", "c")]
    expected = pb.ListOrdersRequest(page_size=7, state=4, unsettled=True, customer_id="c")
    assert call("ListOrders", query=query) == expected
    assert call("ListOrders", query=[("state", "4")]) == pb.ListOrdersRequest(state=4)


def test_a_wrong_query_is_named() -> None:
    query = [("pageSize", "x"), ("page_token", "a"), ("pageToken", "b"), ("unsettled", "yes"), ("what", "")]
    assert set(refused("ListOrders", query=query)) == {"pageSize", "pageToken", "unsettled", "what"}
    assert set(refused("PlaceOrder", {}, query=[("dry", "1")])) == {"dry"}


def test_what_an_event_source_has_seen_wins_over_its_address() -> None:
    found = call("WatchOrder", query=[("afterSequence", "1")], headers={"last-event-id": "3"}, order_id="x")
    assert found == pb.WatchOrderRequest(order_id="x", after_sequence=3)
    for unusable in ("x", "", "-1", "1.0"):
        assert set(refused("WatchOrder", headers={"last-event-id": unusable}, order_id="x")) == {"Last-Event-ID"}
