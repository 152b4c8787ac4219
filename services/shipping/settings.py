"""Settings of the shipping service."""

from __future__ import annotations

from pydantic import Field

from services.chassis.calls.settings import CallSettings, Url


class ShippingSettings(CallSettings):
    """What the shipping service may be told beside what every service is.

    Attributes:
        unserved_countries: ISO 3166-1 alpha-2 codes that the local carrier does not serve, with commas between them.
        carrier_url: Base URL of the carrier; empty for the local carrier, in this process.
        carrier_token: Sent to the carrier as a bearer token; empty for none.
    """

    unserved_countries: str = "AQ"
    carrier_url: Url = ""
    carrier_token: str = Field(default="", repr=False)
