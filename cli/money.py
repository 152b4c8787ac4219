"""Amounts as people write them. The platform counts minor units; people write `12.34`."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

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
        ValueError: It is no number, or has more decimal places than the currency.
    """
    places = digits(currency)
    try:
        value = Decimal(amount).scaleb(places)
    except InvalidOperation:
        raise ValueError(f"{amount!r} is no amount such as 12.34") from None
    if not value.is_finite():
        raise ValueError(f"{amount!r} is no amount such as 12.34")
    if value != value.to_integral_value():
        raise ValueError(f"{amount!r} has more decimal places than {currency}, which has {places}")
    return int(value)


def written(minor_units: int, currency: str) -> str:
    """Write an amount.

    Args:
        minor_units: The amount.
        currency: The ISO 4217 code of its currency.

    Returns:
        `12.34 USD`.
    """
    return f"{Decimal(minor_units).scaleb(-digits(currency)):,.{digits(currency)}f} {currency}"
