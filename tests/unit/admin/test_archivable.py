"""An order may be archived when no event changes it any more but its timeline: refusing them then changes nothing."""

from __future__ import annotations

import pytest

from admin.archiving import archives
from admin.transition_tables import HANDLERS, WORLDS
from services.chassis.errors import UnreachableCell
from tests.support.one_order import State, decide, explore

SERVICES = [service for service in HANDLERS if service != "order"]


def may_be_archived(state: State) -> bool:
    """Hold a state against what the services say in SQL, and against what is looked at beside their rows."""
    if not state.order.settled or state.asked:
        return False
    rows = {service: state.row(service) for service in SERVICES}
    under_way = {service: archives()[service].under_way for service in SERVICES}
    return not any(row is not None and f"'{row.state.value}'" in under_way[service] for service, row in rows.items())


@pytest.mark.parametrize("world", WORLDS)
def test_no_event_changes_what_became_of_an_order_that_may_be_archived_whether_it_was_read_before_or_not(world):
    found = [state for state in explore(world) if may_be_archived(state)]
    ends = {state.order.state.value for state in found}
    assert ends == ({"COMPLETED", "CANCELLED"} if world.stock else {"CANCELLED"})
    for state in found:
        unread = [(service, type(event).__name__) for service, event in state.under_way()]
        for event in state.published:
            for service in HANDLERS:
                if type(event) not in HANDLERS[service].on:
                    continue
                try:
                    decision = decide(world, state, service, event)
                except UnreachableCell:
                    continue
                what = f"{service} on {type(event).__name__} (unread: {unread}) in {state.rows}"
                # A reply so late that the order had ended without it is noted on its timeline, and nothing else.
                row = decision.row and (decision.row._replace(seen=state.order.seen) if service == "order" else None)
                assert decision.row is None or row == state.row(service), what
                assert not decision.events, what
                assert not decision.calls, what


@pytest.mark.parametrize("world", WORLDS)
def test_every_order_may_be_archived_in_the_end(world):
    quiet = [state for state in explore(world) if not [*state.under_way(), *state.answers()]]
    assert all(may_be_archived(state) for state in quiet)
