"""All interleavings of one order, and of two that want the same: what is quiet is consistent, no end is undone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.simulation.interleavings import Case, Explorer

OUTCOMES = {
    "shipped": Case(),
    "out of stock": Case(stock=0),
    "without credit": Case(credit=50),
    "to nowhere": Case(country="AQ"),
}
#: How many states each has. A decision that changes changes them: look at why, then write the new number here.
STATES = {"shipped": 186, "out of stock": 47, "without credit": 136, "to nowhere": 298}
#: The same with provider and carrier outside.
OUTSIDE = {"shipped": 258, "out of stock": 47, "without credit": 166, "to nowhere": 418}


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_with_a_provider_outside_that_answers_at_any_moment_every_quiet_state_is_consistent_too(outcome):
    found = Explorer(replace(OUTCOMES[outcome], outside=True)).explore()
    assert found.wrong == ()
    assert found.states == OUTSIDE[outcome]
    here = Explorer(OUTCOMES[outcome]).explore()

    def ends(found):
        """What is left of an order: who was charged where differs, and so does nothing else."""
        return {
            (
                s[0][0][0].state,
                s[1][0][0].state,
                s[2][0][0] and (s[2][0][0].state, s[2][0][0].charged),
                s[3][0][0] and s[3][0][0].state,
            )
            for s in found.quiet
        }

    # A cancellation can find a charge that is not known yet; it leaves no more than one that is.
    assert ends(found) == ends(here)


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_with_a_cancel_at_any_moment_every_quiet_state_is_consistent_and_no_end_is_undone(outcome):
    found = Explorer(OUTCOMES[outcome]).explore()
    assert found.wrong == ()
    assert found.states == STATES[outcome]
    assert {state[0][0][0].state.value for state in found.quiet} <= {"COMPLETED", "CANCELLED"}
    assert all(state[0][0][0].settled for state in found.quiet)


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_where_nothing_races_everything_ends_in_one_state_with_the_same_books(outcome):
    case = OUTCOMES[outcome]
    found = Explorer(Case(stock=case.stock, credit=case.credit, country=case.country, cancels=())).explore()
    assert found.wrong == ()
    assert len(found.quiet) == 1


def test_the_order_in_which_replies_come_leads_to_no_other_end():
    exact, merged = Explorer(Case(exact=True)).explore(), Explorer(Case()).explore()
    assert exact.wrong == ()
    assert exact.states > merged.states

    def ends(found):
        return {(s[0][0][0].state, s[1], s[2], s[3]) for s in found.quiet}

    assert ends(exact) == ends(merged)


@pytest.mark.slow
@pytest.mark.parametrize(
    "case",
    [
        Case((1, 1), stock=1, cancels=()),
        Case((1, 1), stock=1, cancels=(0,)),
        Case((1, 1), credit=100, cancels=()),
        Case((2, 1), stock=2, cancels=(1,)),
    ],
    ids=["the last piece", "the last piece, and one is cancelled", "the last money", "all or one"],
)
def test_two_orders_that_want_the_same_never_both_get_it(case):
    found = Explorer(case).explore()
    assert found.wrong == ()
    completed = {sum(row.state.value == "COMPLETED" for row in state[0][0]) for state in found.quiet}
    assert max(completed) == 1
    if not case.cancels:
        assert completed == {1}
