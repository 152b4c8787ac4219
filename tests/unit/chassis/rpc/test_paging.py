"""Page tokens: ours are read back, all others are refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.rpc import dead_letters, paging
from services.chassis.rpc.validation import IDENTIFIER, Violations

keys = st.from_regex(r"[A-Za-z0-9._:#-]{1,64}", fullmatch=True) | st.uuids().map(str) | st.integers(1, 2**63).map(str)


@given(keys, st.lists(st.text(), max_size=3))
def test_a_token_gives_back_the_key_that_it_was_made_of(last, filters):
    violations = Violations()
    assert paging.after(violations, "page_token", paging.token(last, *filters), *filters) == last
    assert violations.found == []


@given(keys, st.text(), st.text())
def test_a_token_fits_only_the_filters_that_it_was_made_for(last, one, other):
    violations = Violations()
    paging.after(violations, "page_token", paging.token(last, one), other)
    assert bool(violations.found) is (one != other)


@given(st.text(min_size=1))
def test_a_token_that_is_not_ours_is_a_violation(token):
    violations = Violations()
    assert paging.after(violations, "page_token", token) is None
    assert [field for field, _ in violations.found] == ["page_token"]


@given(st.text(min_size=1).filter(lambda text: not IDENTIFIER.fullmatch(text)) | st.sampled_from(["x" * 65, "1\0"]))
def test_a_token_that_somebody_made_of_what_is_no_key_is_a_violation(forged):
    violations = Violations()
    assert paging.after(violations, "page_token", paging.token(forged)) is None
    assert [field for field, _ in violations.found] == ["page_token"]


@pytest.mark.parametrize("last", ["9" * 64, "9" * 19, "1e3", "-1", "x"])
def test_letters_are_never_paged_by_what_is_no_number_of_theirs(last):
    violations = Violations()
    assert dead_letters._after(violations, paging.token(last)) == 0
    assert [field for field, _ in violations.found] == ["page_token"]


@given(st.integers(0, 10_000))
def test_a_page_has_the_default_size_unless_asked_and_never_more_than_the_most(asked):
    given_size = paging.size(asked, default=50, most=500)
    assert given_size == (50 if asked == 0 else min(asked, 500))
