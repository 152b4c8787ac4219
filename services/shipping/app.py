"""The shipping service's wiring."""

from __future__ import annotations

from functools import partial
from typing import Any

from quadrille.shipping.v1 import shipping_service_pb2_grpc

from services.chassis.database import Revisions
from services.chassis.handlers import Handlers
from services.chassis.service import Runtime, Service
from services.shipping.api import ShippingServicer
from services.shipping.books import load
from services.shipping.carrier import Carrier, HouseCarrier
from services.shipping.decisions import ON
from services.shipping.recalling import recall
from services.shipping.settings import ShippingSettings

NAME = "shipping"


def handlers(carrier: Carrier) -> Handlers[Any]:
    """Give the service's handlers.

    Args:
        carrier: Who takes parcels.

    Returns:
        The handlers.
    """
    return Handlers(NAME, partial(load, carrier=carrier), ON, recall=recall(carrier))


HANDLERS = handlers(HouseCarrier(()))


def build(runtime: Runtime) -> Handlers[Any]:
    """Register the API.

    Args:
        runtime: What the service is built from.

    Returns:
        The service's handlers.
    """
    settings = runtime.settings
    if not isinstance(settings, ShippingSettings):
        raise TypeError(f"the shipping service is built from ShippingSettings, not from {type(settings).__name__}")
    shipping_service_pb2_grpc.add_ShippingServiceServicer_to_server(ShippingServicer(runtime.engine), runtime.edge)
    unserved = [code.strip() for code in settings.unserved_countries.split(",") if code.strip()]
    return handlers(HouseCarrier(unserved))


SERVICE = Service(NAME, ("quadrille.shipping.v1.ShippingService",), Revisions("0001", "0002"), ShippingSettings, build)
