"""Checks of what callers send: every violation is found, with its field, before the request is refused."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.rpc.errors import ApiError
from services.chassis.rpc.validation import IDENTIFIER, Violations


def found_by(check: str, *values: object, **options: object) -> list[tuple[str, str]]:
    violations = Violations()
    getattr(violations, check)("field", *values, **options)
    return violations.found


@given(st.uuids())
def test_a_uuid_is_read_in_the_form_of_the_standard_in_either_case(value):
    violations = Violations()
    assert violations.uuid("id", str(value)) == violations.uuid("id", str(value).upper()) == value
    violations.refuse_if_any()


@given(st.text(max_size=40) | st.uuids().map(lambda value: value.hex) | st.uuids().map(lambda value: f"{{{value}}}"))
def test_what_is_no_uuid_is_a_violation_and_no_exception(text):
    violations = Violations()
    found = violations.uuid("id", text)
    assert (found is None) == bool(violations.found)
    assert found is None or str(found) == text.lower() == str(UUID(text))


@given(st.text(max_size=80))
def test_an_identifier_is_at_most_64_plain_characters(text):
    assert bool(found_by("identifier", text)) == (IDENTIFIER.fullmatch(text) is None)


@given(st.integers(0, 1000), st.integers(1, 1000))
def test_a_list_has_one_item_at_least_and_no_more_than_it_may(number, most):
    assert bool(found_by("count", number, most=most)) == (not 1 <= number <= most)


def test_a_request_is_refused_with_all_that_is_wrong_with_it_at_once():
    violations = Violations()
    violations.refuse_if_any()
    violations.positive("quantity", 0)
    violations.page_size("page_size", -1)
    violations.identifier("sku", "")
    with pytest.raises(ApiError) as refused:
        violations.refuse_if_any()
    said = dict(refused.value.trailing_metadata())["grpc-status-details-bin"]
    assert all(field.encode() in said for field in ("quantity", "page_size", "sku"))
