"""Ids grow with time, and an event decided again has the same id."""

from __future__ import annotations

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.chassis.decide.ids import derived, uuid7

facts = st.tuples(st.sampled_from(["order", "inventory", "payment"]), st.uuids(), st.integers(0, 5))


def test_new_ids_grow_and_never_repeat():
    made = [uuid7() for _ in range(10_000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)
    assert {(i.version, i.variant) for i in made} == {(7, "specified in RFC 4122")}


@given(facts, facts)
def test_an_event_id_is_a_function_of_source_cause_and_ordinal(one, other):
    assert (derived(*one) == derived(*other)) is (one == other)
    assert derived(*one).version == 8
    assert derived(*one).variant == UUID(int=derived(*one).int).variant
