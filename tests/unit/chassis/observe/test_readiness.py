"""Readiness: what a service waits for is told in a sentence, and a change of the whole is told once."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.observe import readiness
from services.chassis.observe.readiness import TROUBLE, TROUBLE_SECONDS, Readiness

steps = st.lists(st.tuples(st.sampled_from(["database", "Kafka", "topics"]), st.sampled_from(["", "away", "a: b"])))


@given(steps)
def test_it_is_ready_exactly_while_no_condition_waits_and_each_change_is_told_once(taken):
    told: list[bool] = []
    one = Readiness(told.append)
    waiting: dict[str, str] = {}
    for condition, why in taken:
        before = not waiting
        one.set(condition, why)
        waiting = {
            **{name: said for name, said in waiting.items() if name != condition},
            **({condition: why} if why else {}),
        }
        assert one.ready == (not waiting)
        assert one.conditions == set(waiting)
        assert sorted(one.waiting_for.split("; ")) == sorted(waiting.values() or [""])
        assert (told[-1:] == [one.ready]) or not told
        assert before == one.ready or told[-1] == one.ready
    assert all(one != other for one, other in itertools.pairwise(told))


def test_a_trouble_of_the_database_fades_after_a_while_without_another(monkeypatch: pytest.MonkeyPatch):
    now = 1000.0
    monkeypatch.setattr(readiness.time, "monotonic", lambda: now)
    one = Readiness()
    one.fade()
    one.trouble("its disk is full")
    now += TROUBLE_SECONDS
    one.fade()
    assert one.conditions == {TROUBLE}
    one.trouble("its disk is full")
    now += TROUBLE_SECONDS / 2
    one.fade()
    assert not one.ready
    now += TROUBLE_SECONDS
    one.fade()
    assert one.ready
