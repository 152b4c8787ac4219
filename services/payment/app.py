"""The payment service's wiring."""

from __future__ import annotations

from functools import partial
from typing import Any

from quadrille.payment.v1 import payment_service_pb2_grpc

from services.chassis.calls.asking import RemoteProvider
from services.chassis.decide.handlers import Handlers
from services.chassis.postgres.engine import Revisions
from services.chassis.runtime import Runtime, Service
from services.payment.api import PaymentServicer
from services.payment.decisions import ANSWERS, ON
from services.payment.rebuild import REBUILD
from services.payment.settings import PaymentSettings, ProviderSettings
from services.payment.state import answer, load

NAME = "payment"


def handlers(provider: str | None = None) -> Handlers[Any]:
    """Give the service's handlers.

    Args:
        provider: Name of the provider outside; None for the accounts here.

    Returns:
        The handlers.
    """
    return Handlers(NAME, partial(load, provider=provider), ON, answers=ANSWERS, local=answer, rebuild=REBUILD)


def as_set() -> Handlers[Any]:
    """Give the handlers as the environment says, for commands that work on the service's database.

    Raises:
        pydantic.ValidationError: A variable is unusable.
    """
    settings = ProviderSettings()
    return handlers(settings.payment_provider_name if settings.payment_provider_url else None)


HANDLERS = handlers()


def build(runtime: Runtime) -> Handlers[Any]:
    """Register the API, and the provider if there is one outside.

    Args:
        runtime: What the service is built from.

    Returns:
        The service's handlers.
    """
    settings = runtime.settings
    if not isinstance(settings, PaymentSettings):
        raise TypeError(f"the payment service is built from PaymentSettings, not from {type(settings).__name__}")
    servicer = PaymentServicer(runtime.engine, runtime.clock)
    payment_service_pb2_grpc.add_PaymentServiceServicer_to_server(servicer, runtime.server)
    if not settings.payment_provider_url:
        return HANDLERS
    # Imported here: the client brings an HTTP stack that a service without a provider outside need not load.
    from services.chassis.calls.http import HttpClient
    from services.payment.remote import HttpPaymentProvider

    client = HttpClient(
        settings.payment_provider_url,
        timeout=settings.call_timeout,
        connections=settings.most_under_way,
        token=settings.payment_provider_token,
    )
    runtime.remote_provider = RemoteProvider(HttpPaymentProvider(settings.payment_provider_name, client), settings)
    return handlers(settings.payment_provider_name)


SERVICE = Service(NAME, ("quadrille.payment.v1.PaymentService",), Revisions("0005", "0005"), PaymentSettings, build)
