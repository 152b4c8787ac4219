"""Page tokens: ours are read back, all others are refused."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from services.chassis.rpc import paging
from services.chassis.rpc.validation import Violations


@given(st.text(min_size=1), st.lists(st.text(), max_size=3))
def test_a_token_gives_back_the_key_that_it_was_made_of(last, filters):
    violations = Violations()
    assert paging.after(violations, "page_token", paging.token(last, *filters), *filters) == last
    assert violations.found == []


@given(st.text(min_size=1), st.text(), st.text())
def test_a_token_fits_only_the_filters_that_it_was_made_for(last, one, other):
    violations = Violations()
    paging.after(violations, "page_token", paging.token(last, one), other)
    assert bool(violations.found) is (one != other)


@given(st.text(min_size=1))
def test_a_token_that_is_not_ours_is_a_violation(token):
    violations = Violations()
    assert paging.after(violations, "page_token", token) is None
    assert [field for field, _ in violations.found] == ["page_token"]


@given(st.integers(0, 10_000))
def test_a_page_has_the_default_size_unless_asked_and_never_more_than_the_most(asked):
    given_size = paging.size(asked, default=50, most=500)
    assert given_size == (50 if asked == 0 else min(asked, 500))
