"""Amounts as people write them. The platform counts minor units; people write `12.34`."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from quadrille.type.v1.money_pb2 import Money

_AMOUNT = re.compile(r"(-?)(?=\.?[0-9])([0-9]*)(?:\.([0-9]*))?", re.ASCII)
_LONGEST = 40
# ISO 4217 currencies whose minor unit is not a hundredth.
_DIGITS = {
    **dict.fromkeys(
        [
            "BIF",
            "CLP",
            "DJF",
            "GNF",
            "ISK",
            "JPY",
            "KMF",
            "KRW",
            "PYG",
            "RWF",
            "UGX",
            "UYI",
            "VND",
            "VUV",
            "XAF",
            "XOF",
            "XPF",
        ],
        0,
    ),
    **dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3),
    **dict.fromkeys(["CLF", "UYW"], 4),
}


def digits(currency: str) -> int:
    """Tell how many decimal places a currency has.

    Args:
        currency: Its ISO 4217 code.

    Returns:
        The number; 2 for most.
    """
    return _DIGITS.get(currency, 2)


def to_minor_units(amount: str, currency: str) -> int:
    """Read an amount.

    Args:
        amount: In the major unit: `12.34`, or `12` for 12.00.
        currency: The ISO 4217 code of its currency.

    Returns:
        The amount in minor units.

    Raises:
        ValueError: It is no number, has more decimal places than the currency, or is more than 64 bits hold.
    """
    places = digits(currency)
    # Not by a decimal context, which rounds, nor by Decimal's own reading, which takes 1_0 and 1e999999.
    found = _AMOUNT.fullmatch(amount) if len(amount) <= _LONGEST else None
    if found is None:
        raise ValueError(f"{_quoted(amount)} is no amount such as 12.34")
    sign, whole, fraction = found[1], found[2] or "0", found[3] or ""
    if fraction[places:].strip("0"):
        raise ValueError(f"{_quoted(amount)} has more decimal places than {currency}, which has {places}")
    units = int(f"{sign}{whole}{fraction[:places].ljust(places, '0')}")
    if abs(units) >= 2**63:
        raise ValueError(f"{_quoted(amount)} is more than an amount can be")
    return units


def _quoted(amount: str) -> str:
    return repr(amount if len(amount) <= _LONGEST else f"{amount[:_LONGEST]}...")


def format_amount(minor_units: int, currency: str) -> str:
    """Write an amount.

    Args:
        minor_units: The amount.
        currency: The ISO 4217 code of its currency.

    Returns:
        `12.34 USD`.
    """
    return f"{Decimal(minor_units).scaleb(-digits(currency)):,.{digits(currency)}f} {currency}"


def format_money(money: Money) -> str:
    """Write an amount of money of the APIs.

    Args:
        money: The amount.

    Returns:
        `12.34 USD`.
    """
    return format_amount(money.minor_units, money.currency_code)
