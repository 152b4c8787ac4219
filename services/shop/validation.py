"""Checks of what callers of the shop send: money and countries."""

from __future__ import annotations

from functools import cache

from quadrille.type.v1.money_pb2 import Money

from services.chassis.rpc import validation


class Violations(validation.Violations):
    """What is wrong with a request to a service of the shop."""

    def money(self, field: str, value: Money, *, least: int = 0) -> None:
        """Check an amount of money.

        Args:
            field: Path of the field.
            value: Its value.
            least: Fewest minor units.
        """
        code, units = value.currency_code, value.minor_units
        if code not in currencies():
            problem = (
                "must be an ISO 4217 code: three capital letters, such as USD" if code else "required: an ISO 4217 code"
            )
            self.add(f"{field}.currency_code", problem)
        if units < least:
            self.add(f"{field}.minor_units", f"must be at least {least}, and is {units}")

    def country(self, field: str, value: str) -> None:
        """Check a country.

        Args:
            field: Path of the field.
            value: Its value.
        """
        if value not in countries():
            kind = "ISO 3166-1 alpha-2 code: two capital letters, such as DE"
            self.add(field, f"required: an {kind}" if not value else f"must be an {kind}")


@cache
def currencies() -> frozenset[str]:
    """Give the codes of the currencies of ISO 4217."""
    import pycountry

    return frozenset(currency.alpha_3 for currency in pycountry.currencies)


@cache
def countries() -> frozenset[str]:
    """Give the alpha-2 codes of the countries of ISO 3166-1."""
    import pycountry

    return frozenset(country.alpha_2 for country in pycountry.countries)
