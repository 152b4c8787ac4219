"""The OpenAPI document says what the gateway serves: both are read from the same options."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from typing import Any

import jsonschema
import pytest
from quadrille.order.v1 import order_pb2
from quadrille.order.v1 import order_service_pb2 as pb

from gateway.app import SERVICES
from gateway.routes import read
from gateway.transcoding import response

DOCUMENT: dict[str, Any] = json.loads((files("quadrille") / "openapi.json").read_text())


def schema(reference: str) -> dict[str, Any]:
    return {"$ref": reference, "components": DOCUMENT["components"]}


def test_it_describes_every_route_and_nothing_else() -> None:
    described = {
        (verb.upper(), path, operation["operationId"])
        for path, operations in DOCUMENT["paths"].items()
        for verb, operation in operations.items()
    }
    assert described == {(route.verb, route.path, route.descriptor.name) for route in read(SERVICES)}


def test_every_reference_leads_somewhere_and_nothing_is_left_over() -> None:
    named = set(re.findall(r'"#/components/(\w+/\w+)"', json.dumps(DOCUMENT)))
    there = {f"{kind}/{name}" for kind, found in DOCUMENT["components"].items() for name in found}
    assert named == there


@pytest.mark.parametrize("message", [order_pb2.Order(), pb.ListOrdersResponse(), pb.WatchOrderResponse()])
def test_an_answer_is_what_its_schema_says(message) -> None:
    message.ParseFromString(message.SerializeToString())
    name = message.DESCRIPTOR.name
    jsonschema.Draft202012Validator(schema(f"#/components/schemas/{name}")).validate(response(message))


def test_a_full_order_is_what_its_schema_says() -> None:
    order = order_pb2.Order(
        order_id="a",
        lines=[{"sku": "pen", "quantity": 2**62, "unit_price": {"currency_code": "USD", "minor_units": -1}}],
        state=order_pb2.ORDER_STATE_CANCELLED,
        timeline=[{"sequence": 1}],
    )
    order.create_time.GetCurrentTime()
    order_schema = schema("#/components/schemas/Order")
    jsonschema.Draft202012Validator(order_schema).validate(response(order))
    wrong = {**response(order), "settled": "no"}
    assert not jsonschema.Draft202012Validator(order_schema).is_valid(wrong)


def test_what_a_caller_sends_is_closed_against_unknown_fields() -> None:
    body = DOCUMENT["paths"]["/orders"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    validator = jsonschema.Draft202012Validator({**body, "components": DOCUMENT["components"]})
    line = {"sku": "pen", "quantity": 1, "unitPrice": {"currencyCode": "USD", "minorUnits": "120"}}
    assert validator.is_valid({"customerId": "a", "lines": [line]})
    assert not validator.is_valid({"customerId": "a", "lines": [{**line, "x": 1}]})
    assert not validator.is_valid({"order": {}})
