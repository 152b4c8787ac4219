"""The simulation can fail: each bug that is planted is found, within so many runs."""

from __future__ import annotations

import pytest

from tests.simulation.aimed import AIMED
from tests.simulation.interleavings import Case, Explorer
from tests.simulation.plants import ARCHIVING, PLANTS, planted
from tests.simulation.plants_sought import SOUGHT
from tests.simulation.running import first_failure
from tests.simulation.scenario import aged, from_seed
from tests.simulation.test_simulation import FEW_AIMED

#: Seeds are tried from 0 on, so the number of runs that a bug survives is the same each time.
RUNS = 2000


def _maker(name):
    if name in ARCHIVING:
        return aged
    return AIMED[SOUGHT[name][0]] if name in SOUGHT else from_seed


#: The quick tests have not enough runs for these.
LATE = {
    "a schema that is not known holds nothing",
    "the ends of a mark are asked before its time",
    "what is on its way is not waited for",
}
QUICK = [name for name in SOUGHT if name not in LATE]


@pytest.mark.parametrize("name", QUICK)
def test_the_quick_tests_find_it(name):
    with planted(name):
        found, _ = first_failure(FEW_AIMED, _maker(name))
    assert found is not None


#: More than a hundred runs find these.
HARD = {
    "the reader goes on before the commit",
    "a call is closed before its answer takes effect",
    "the totals are added in a transaction of their own",
    "what is on its way is not waited for",
}


def _daily(name):
    if name in QUICK:
        return [pytest.mark.daily("the quick tests find it in fewer runs of the same scenarios")]
    return [pytest.mark.daily("more than a hundred runs are needed to find it")] if name in HARD else []


@pytest.mark.slow
@pytest.mark.parametrize("name", [pytest.param(name, marks=_daily(name)) for name in PLANTS])
def test_a_planted_bug_is_found(name, closing_lines):
    with planted(name):
        # Bugs of a mechanism are looked for where there is some of it.
        found, runs = first_failure(range(RUNS), _maker(name))
    assert found is not None, f"not found in {RUNS} runs"
    closing_lines(name, f"{name}: found in run {runs}: {found.wrong[0][:150]}")


#: Bugs of decisions; those of positions, transactions and outbox are not in what interleavings explore. Nor are
#: repeated replies that count again: a timeline that grows for ever has no end of states.
DECISIONS = (
    "inventory leaves no tombstone",
    "payment leaves no tombstone",
    "the refund is forgotten",
    "inventory ignores the rollback",
    "order does not ask for the rollback",
    "a repeated OrderCreated holds twice",
    "a repeated InventoryReserved charges twice",
    "a rollback of nothing is not answered",
    "a cancellation that comes too late wins",
    "a cancelling order does not wait for shipping",
)


@pytest.mark.parametrize("name", DECISIONS)
def test_a_planted_decision_is_found_among_all_interleavings(name):
    with planted(name):
        assert any(Explorer(Case(credit=credit), most=2_000).explore().wrong for credit in (10_000, 50))
