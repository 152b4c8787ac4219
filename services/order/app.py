"""The order service's wiring."""

from __future__ import annotations

from functools import partial
from typing import Any

from quadrille.events.inventory import InventoryReserved
from quadrille.events.payment import PaymentCompleted
from quadrille.events.topics import topics_read_by
from quadrille.order.v1 import order_service_pb2_grpc

from services.chassis.consume.watermark import Watermark
from services.chassis.decide.handlers import Handlers
from services.chassis.postgres.engine import Revisions
from services.chassis.process.transaction import announce as announce_to_watchers
from services.chassis.runtime import Runtime, Service
from services.order import metrics
from services.order.api import OrderServicer
from services.order.backlog import Backlog
from services.order.cancel_order import Cancelling
from services.order.deadlines import Deadlines
from services.order.decisions import ON, create_order, request_cancel
from services.order.failpoints import POINTS
from services.order.place_order import Placing
from services.order.rebuild import REBUILD
from services.order.settings import OrderSettings
from services.order.state import load
from services.order.watching import Watches, announce

NAME = "order"

HANDLERS: Handlers[Any] = Handlers(
    NAME,
    load,
    ON,
    announce,
    methods={"PlaceOrder": create_order, "CancelOrder": request_cancel},
    timers={"deadline": request_cancel},
    rebuild=REBUILD,
    committed=metrics.count_ended,
    record_only=frozenset({InventoryReserved, PaymentCompleted}),
)


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
    placing = Placing(HANDLERS, runtime.transactions, runtime.publisher.publish, runtime.clock, settings.order_deadline)
    watches = Watches(runtime.engine, settings.database_url, settings.instance)
    runtime.background(watches.listen)
    announce_batch = partial(announce_to_watchers, runtime.engine, HANDLERS)
    cancelling = Cancelling(HANDLERS, runtime.deciding, runtime.publisher.publish, runtime.clock, announce_batch)
    watermark = Watermark(settings.kafka_bootstrap_servers, topics_read_by(NAME), runtime.engine, runtime.clock)
    runtime.background(Deadlines(cancelling, watermark, runtime.clock).run)
    runtime.measures.append(metrics.measure)
    backlog = Backlog(runtime.engine, settings.max_open_orders)
    runtime.background(backlog.run)
    servicer = OrderServicer(
        runtime.engine, runtime.group_commit(placing.commit), runtime.group_commit(cancelling.commit), watches, backlog
    )
    order_service_pb2_grpc.add_OrderServiceServicer_to_server(servicer, runtime.server)
    return HANDLERS


SERVICE = Service(NAME, ("quadrille.order.v1.OrderService",), Revisions("0006", "0006"), OrderSettings, build, POINTS)
