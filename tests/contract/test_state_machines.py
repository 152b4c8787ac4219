"""docs/state-machines.md is what the real decisions answer, and has a cell for everything that can happen."""

from __future__ import annotations

from pathlib import Path

import pytest
from quadrille.events.topics import events_read_by

from admin.transition_tables import (
    ABSENT,
    ANSWERS,
    ASKED,
    HANDLERS,
    ROWS,
    UNREACHABLE,
    WORLDS,
    answered,
    cell,
    cells,
    page,
    repeated,
)
from tests.support.one_order import explore

PAGE = Path(__file__).resolve().parents[2] / "docs" / "state-machines.md"


def test_the_page_is_what_quadrille_flow_prints():
    mend = "mend with: .venv/bin/quadrille flow --states > docs/state-machines.md"
    assert PAGE.read_text().strip() == page().strip(), mend


@pytest.mark.parametrize("service", HANDLERS)
def test_every_event_has_a_cell_for_every_state_and_none_is_empty(service):
    table = dict(cells(service))
    read = {event.__name__ for event in events_read_by(service).values()}
    assert set(table) - {ASKED} == read | set(ANSWERS.get(service, {}))
    assert {type(one.call) for one in ANSWERS.get(service, {}).values()} == set(HANDLERS[service].answers)
    assert all(len(row) == len(ROWS[service]) and all(row) for row in table.values())


@pytest.mark.parametrize("service", HANDLERS)
def test_nothing_happens_only_for_a_reason(service):
    told = [text for _, row in cells(service) for text in row]
    assert not [text for text in told if text.endswith("nothing: ")]


def test_the_order_service_takes_each_event_once():
    assert repeated() == "nothing: repeated"


@pytest.fixture(scope="module")
def met():
    """Every (service, state, event) that some order of delivery leads to, second deliveries included."""
    found = set()
    for world in WORLDS:
        for state in explore(world):
            for event in state.published:
                for service in HANDLERS:
                    # What the order service has on its timeline is not in its table: it takes each event once.
                    first = (service, type(event).__name__) not in state.delivered
                    if type(event) in HANDLERS[service].on and (first or service != "order"):
                        row = state.row(service)
                        found.add((service, row.state.value if row is not None else ABSENT, type(event)))
    return found


def test_exactly_what_can_be_reached_has_an_answer(met):
    told = {
        (service, state, event)
        for service, handlers in HANDLERS.items()
        for event in handlers.on
        for state, row in ROWS[service].items()
        if cell(service, event, row) != UNREACHABLE
    }
    assert told == met


def test_exactly_the_answers_that_can_come_are_answered():
    """An answer may come as long as its call is open; and once more, as it was, should it be recorded twice."""
    met = {
        (service, state.row(service).state.value, name)
        for world in WORLDS
        for state in explore(world)
        for service, name in {*state.answers(), *state.answered}
    }
    told = {
        (service, state, name)
        for service, answers in ANSWERS.items()
        for name, answer in answers.items()
        for state, row in ROWS[service].items()
        if answered(service, answer, row) != UNREACHABLE
    }
    assert met <= told
    # A decision need not know what was asked before: it takes any repeated answer for one.
    assert all(
        answered(service, ANSWERS[service][name], ROWS[service][state]).startswith("nothing")
        for service, state, name in told - met
    )
