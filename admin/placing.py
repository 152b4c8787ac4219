"""What an order's lines cost: the prices that were given, and inventory's list prices for the others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from admin.money import to_minor_units

if TYPE_CHECKING:
    from local.settings import Platform


class Line(NamedTuple):
    """One line as a person gives it. `price` is in the major unit; None asks for the list price."""

    sku: str
    quantity: int
    price: str | None


class UnitPrice(NamedTuple):
    """What one piece costs."""

    currency: str
    minor_units: int


def given_prices(lines: Sequence[Line], currency: str) -> list[UnitPrice | None]:
    """Read the prices that were given.

    Args:
        lines: The lines.
        currency: ISO 4217 code of their prices.

    Returns:
        The price of each line; None where none was given.

    Raises:
        ValueError: A price is no amount of this currency.
    """
    return [None if line.price is None else UnitPrice(currency, to_minor_units(line.price, currency)) for line in lines]


def with_list_prices(platform: Platform, lines: Sequence[Line], prices: Sequence[UnitPrice | None]) -> list[UnitPrice]:
    """Ask inventory for the prices that were not given. It is not asked if all were.

    Args:
        platform: Where inventory is.
        lines: The lines.
        prices: As `given_prices` gives them.

    Raises:
        Unreachable: Inventory does not answer.
        Refused: Inventory has no such item.
    """
    from quadrille.inventory.v1.inventory_service_pb2 import GetItemRequest

    from admin.clients import CALL_SECONDS, inventory_client

    known = [price for price in prices if price is not None]
    if len(known) == len(lines):
        return known
    found = []
    with inventory_client(platform) as client:
        for line, price in zip(lines, prices, strict=True):
            if price is None:
                listed = client.GetItem(GetItemRequest(sku=line.sku), timeout=CALL_SECONDS).list_price
                found.append(UnitPrice(listed.currency_code, listed.minor_units))
            else:
                found.append(price)
    return found
