"""The payment service's wiring."""

from __future__ import annotations

from typing import Any

from quadrille.payment.v1 import payment_service_pb2_grpc

from services.chassis.database import Revisions
from services.chassis.handlers import Handlers
from services.chassis.service import Runtime, Service
from services.chassis.settings import Settings
from services.payment.api import PaymentServicer
from services.payment.books import load
from services.payment.decisions import ON
from services.payment.recalling import RECALL

NAME = "payment"

HANDLERS: Handlers[Any] = Handlers(NAME, load, ON, recall=RECALL)


def build(runtime: Runtime) -> Handlers[Any]:
    """Register the API.

    Args:
        runtime: What the service is built from.

    Returns:
        The service's handlers.
    """
    servicer = PaymentServicer(runtime.engine, runtime.clock)
    payment_service_pb2_grpc.add_PaymentServiceServicer_to_server(servicer, runtime.edge)
    return HANDLERS


SERVICE = Service(NAME, ("quadrille.payment.v1.PaymentService",), Revisions("0001", "0002"), Settings, build)
