"""Settings of the shipping service."""

from __future__ import annotations

from services.chassis.settings import Settings


class ShippingSettings(Settings):
    """What the shipping service may be told beside what every service is.

    Attributes:
        unserved_countries: ISO 3166-1 alpha-2 codes that the house carrier does not serve, with commas between them.
    """

    unserved_countries: str = "AQ"
