"""The shipping service's wiring."""

from __future__ import annotations

from functools import partial
from typing import Any

from quadrille.shipping.v1 import shipping_service_pb2_grpc

from services.chassis.calls.asking import RemoteProvider
from services.chassis.decide.handlers import Handlers
from services.chassis.postgres.engine import Revisions
from services.chassis.runtime import Runtime, Service
from services.shipping.api import ShippingServicer
from services.shipping.carrier import LocalCarrier
from services.shipping.decisions import ANSWERS, ON
from services.shipping.rebuild import REBUILD
from services.shipping.settings import ShippingSettings
from services.shipping.state import answer, load

NAME = "shipping"


def handlers(carrier: LocalCarrier | None) -> Handlers[Any]:
    """Give the service's handlers.

    Args:
        carrier: Who takes parcels here; None if the carrier is outside.

    Returns:
        The handlers.
    """
    return Handlers(NAME, partial(load, carrier=carrier), ON, answers=ANSWERS, local=answer, rebuild=REBUILD)


HANDLERS = handlers(LocalCarrier(()))


def build(runtime: Runtime) -> Handlers[Any]:
    """Register the API, and the carrier if it is outside.

    Args:
        runtime: What the service is built from.

    Returns:
        The service's handlers.
    """
    settings = runtime.settings
    if not isinstance(settings, ShippingSettings):
        raise TypeError(f"the shipping service is built from ShippingSettings, not from {type(settings).__name__}")
    shipping_service_pb2_grpc.add_ShippingServiceServicer_to_server(ShippingServicer(runtime.engine), runtime.server)
    if settings.carrier_url:
        # Imported here: the client brings an HTTP stack that a service without a carrier outside need not load.
        from services.chassis.calls.http import HttpClient
        from services.shipping.remote import HttpCarrier

        client = HttpClient(
            settings.carrier_url,
            timeout=settings.call_timeout,
            connections=settings.most_under_way,
            token=settings.carrier_token,
        )
        runtime.remote_provider = RemoteProvider(HttpCarrier(client), settings)
        return handlers(None)
    unserved = [code.strip() for code in settings.unserved_countries.split(",") if code.strip()]
    return handlers(LocalCarrier(unserved))


SERVICE = Service(NAME, ("quadrille.shipping.v1.ShippingService",), Revisions("0005", "0005"), ShippingSettings, build)
