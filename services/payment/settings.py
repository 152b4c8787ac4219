"""Settings of the payment service."""

from __future__ import annotations

from pydantic import Field

from services.chassis.calls.settings import CallSettings, Url


class PaymentSettings(CallSettings):
    """What the payment service may be told beside what every service is.

    Attributes:
        payment_provider_url: Base URL of the payment provider; empty for the accounts in payment's own database.
        payment_provider_name: How payments remember who charged. Give another one when the provider changes, not when
            its address does.
        payment_provider_token: Sent to the provider as a bearer token; empty for none.
    """

    payment_provider_url: Url = ""
    payment_provider_name: str = Field(default="remote", min_length=1, max_length=100)
    payment_provider_token: str = Field(default="", repr=False)
