"""Checks of money and countries, as all services of the shop make them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from quadrille.type.v1.money_pb2 import Money

from services.shop.validation import Violations


def found_by(check: str, *values: object, **options: object) -> list[tuple[str, str]]:
    violations = Violations()
    getattr(violations, check)("field", *values, **options)
    return violations.found


@given(st.integers(-(2**63), 2**63 - 1), st.integers(0, 5), st.sampled_from(["USD", "usd", "XXY", ""]))
def test_both_parts_of_an_amount_are_judged(units, least, code):
    fields = [field for field, _ in found_by("money", Money(currency_code=code, minor_units=units), least=least)]
    expected = ["field.currency_code"] * (code != "USD") + ["field.minor_units"] * (units < least)
    assert fields == expected


@pytest.mark.parametrize(("code", "wrong"), [("DE", False), ("de", True), ("XX", True), ("", True), ("DEU", True)])
def test_a_country_is_a_code_of_iso_3166(code, wrong):
    assert bool(found_by("country", code)) == wrong
