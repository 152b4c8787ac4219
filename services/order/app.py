"""The order service's wiring."""

from __future__ import annotations

from typing import Any

from quadrille.order.v1 import order_service_pb2_grpc

from services.chassis.database import Revisions
from services.chassis.handlers import Handlers
from services.chassis.service import Runtime, Service
from services.order.api import OrderServicer
from services.order.books import load
from services.order.decisions import ON
from services.order.placing import Placing
from services.order.settings import OrderSettings
from services.order.watching import Watches, announce

NAME = "order"

HANDLERS: Handlers[Any] = Handlers(NAME, load, ON, announce, calls={"PlaceOrder": Placing.commit})


def build(runtime: Runtime) -> Handlers[Any]:
    """Register the API.

    Args:
        runtime: What the service is built from.

    Returns:
        The service's handlers.
    """
    settings = runtime.settings
    if not isinstance(settings, OrderSettings):
        raise TypeError(f"the order service is built from OrderSettings, not from {type(settings).__name__}")
    placing = Placing(NAME, runtime.engine, runtime.publisher.publish, runtime.clock, settings.order_deadline)
    watches = Watches(runtime.engine, settings.database_url, settings.instance)
    runtime.background(watches.listen)
    servicer = OrderServicer(runtime.engine, runtime.group_commit(placing.commit), watches)
    order_service_pb2_grpc.add_OrderServiceServicer_to_server(servicer, runtime.edge)
    return HANDLERS


SERVICE = Service(NAME, ("quadrille.order.v1.OrderService",), Revisions("0001", "0001"), OrderSettings, build)
