"""Routes are what the protos' options say."""

from __future__ import annotations

import pytest
from google.protobuf import descriptor_pb2
from google.protobuf.descriptor_pool import DescriptorPool
from quadrille.order.v1 import order_service_pb2

from gateway.app import SERVICES
from gateway.routes import RouteError, read

ORDERS = order_service_pb2.DESCRIPTOR.services_by_name["OrderService"]


def test_every_method_of_the_order_service_has_a_route() -> None:
    routes = {f"{route.verb} {route.path}": route.descriptor.name for route in read(SERVICES)}
    assert routes == {
        "POST /orders": "PlaceOrder",
        "GET /orders": "ListOrders",
        "GET /orders/{order_id}": "GetOrder",
        "POST /orders/{order_id}:cancel": "CancelOrder",
        "GET /orders/{order_id}:watch": "WatchOrder",
    }
    assert set(routes.values()) == {method.name for method in ORDERS.methods}


def test_a_path_with_a_verb_is_tried_before_one_that_would_swallow_it() -> None:
    paths = [route.path for route in read(SERVICES)]
    assert max(i for i, path in enumerate(paths) if ":" in path) < paths.index("/orders/{order_id}")


def changed(method: str, **options: object):
    """The order service with another HTTP option on one method."""
    from google.api import annotations_pb2

    pool = DescriptorPool()
    files: dict[str, descriptor_pb2.FileDescriptorProto] = {}

    def add(file) -> None:
        if file.name in files:
            return
        for dependency in file.dependencies:
            add(dependency)
        files[file.name] = descriptor_pb2.FileDescriptorProto()
        file.CopyToProto(files[file.name])
        if file.name == order_service_pb2.DESCRIPTOR.name:
            for one in files[file.name].service[0].method:
                if one.name == method:
                    rule = one.options.Extensions[annotations_pb2.http]
                    rule.Clear()
                    for name, value in options.items():
                        setattr(rule, name, value)
        pool.Add(files[file.name])

    add(order_service_pb2.DESCRIPTOR)
    return pool.FindServiceByName(ORDERS.full_name)


@pytest.mark.parametrize(
    ("method", "options", "said"),
    [
        ("GetOrder", {"get": "/orders/{order_id=**}"}, "not of words"),
        ("GetOrder", {"get": "/orders/{name}"}, "no string field"),
        ("GetOrder", {"get": "/orders/{order_id}:watch"}, "are both GET"),
        ("PlaceOrder", {"post": "/orders", "body": "lines"}, "body"),
        ("GetOrder", {"get": "/orders/{order_id}", "response_body": "lines"}, "body"),
        ("WatchOrder", {"post": "/orders/{order_id}:watch", "body": "*"}, "streams"),
    ],
)
def test_an_option_that_is_not_served_stops_the_start_and_names_the_method(method, options, said) -> None:
    with pytest.raises(RouteError, match=said) as raised:
        read([changed(method, **options)])
    assert method in str(raised.value)
