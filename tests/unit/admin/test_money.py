"""Amounts as people type them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin.money import format_amount, to_minor_units


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("12.340", "USD", 1234),
        (".5", "USD", 50),
        ("-1.5", "USD", -150),
        ("12.34", "USD", 1234),
        ("12", "USD", 1200),
        ("0.5", "EUR", 50),
        ("1200", "JPY", 1200),
        ("1.234", "KWD", 1234),
    ],
)
def test_an_amount_is_read_in_the_major_unit(text: str, currency: str, minor: int) -> None:
    assert to_minor_units(text, currency) == minor


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        *[("1.234", "USD"), ("1.5", "JPY"), ("pen", "USD"), ("NaN", "USD"), ("", "USD"), (".", "USD"), ("-", "USD")],
        *[("1_000", "USD"), ("1e2", "USD"), ("1e999990", "USD"), ("\u0663", "USD"), (" 1", "USD"), ("1\n", "USD")],
        # A decimal context rounds both to something whole.
        *[("0.01" + "0" * 28 + "1", "USD"), ("12345678901234567890123456789012", "USD")],
        *[("92233720368547758.08", "USD"), ("9" * 1_000_000, "USD")],
    ],
    ids=lambda value: value[:12],
)
def test_what_is_no_amount_is_refused(text: str, currency: str) -> None:
    with pytest.raises(ValueError, match=r"amount|decimal places"):
        to_minor_units(text, currency)


@given(st.integers(-(2**63) + 1, 2**63 - 1), st.sampled_from(["USD", "JPY", "KWD", "CLF"]))
def test_an_amount_comes_back_from_what_is_written(minor: int, currency: str) -> None:
    text = format_amount(minor, currency).removesuffix(f" {currency}").replace(",", "")
    assert to_minor_units(text, currency) == minor


def test_an_amount_is_written_with_the_digits_of_its_currency() -> None:
    assert format_amount(123456, "USD") == "1,234.56 USD"
    assert format_amount(1234, "JPY") == "1,234 JPY"
    assert format_amount(-5, "EUR") == "-0.05 EUR"
