"""Settings of the payment service."""

from __future__ import annotations

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.chassis.calls.settings import CallSettings, Url


class ProviderSettings(BaseSettings):
    """Which payment provider is used: what commands that make payment's rows need to know of it.

    Attributes:
        payment_provider_url: Base URL of the payment provider; empty for the accounts in payment's own database.
        payment_provider_name: How payments remember who charged. Give another one when the provider changes, not when
            its address does.
    """

    model_config = SettingsConfigDict(env_prefix="QUADRILLE_", frozen=True)

    payment_provider_url: Url = ""
    payment_provider_name: str = Field(default="remote", min_length=1, max_length=100)


class PaymentSettings(ProviderSettings, CallSettings):
    """What the payment service may be told beside what every service is.

    Attributes:
        payment_provider_token: Sent to the provider as a bearer token; empty for none.
    """

    payment_provider_token: str = Field(default="", repr=False)
