"""What a service published itself is told from what somebody else has put on its topic."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from services.chassis.decide.ids import derived
from services.chassis.kafka.provenance import MOST_CALLS, MOST_EVENTS, can_be_caused, strangers

NOW = datetime(2026, 1, 2, tzinfo=UTC)
ordinals = st.integers(0, MOST_EVENTS - 1)
numbers = st.integers(0, MOST_CALLS - 1)


def record(event_id: UUID, key: UUID | None):
    message = SimpleNamespace(key=lambda: None if key is None else str(key).encode())
    return SimpleNamespace(event_id=event_id, written_at=NOW, message=message)


@given(st.uuids(), ordinals, st.lists(st.uuids(), max_size=3))
def test_whatever_a_cause_leads_to_is_the_services_own(cause, ordinal, others):
    assert can_be_caused("payment", derived("payment", cause, ordinal), [*others, cause])


@given(st.uuids(), ordinals, st.lists(numbers, min_size=1, max_size=3))
def test_so_is_what_the_answers_of_calls_lead_to(cause, ordinal, calls):
    answered = cause
    for number in calls:
        answered = derived("payment.calls", answered, number)
    assert can_be_caused("payment", derived("payment", answered, ordinal), [cause])


@given(st.uuids(), st.uuids(), ordinals)
def test_what_no_cause_leads_to_is_not(cause, other, ordinal):
    assert not can_be_caused("payment", derived("shipping", cause, ordinal), [cause])
    if cause != other:
        assert not can_be_caused("payment", derived("payment", other, ordinal), [cause])


def test_other_topics_are_read_only_where_the_order_itself_explains_nothing():
    key = uuid4()
    asked = []

    def causes(keys, since):
        asked.append((keys, since))
        return {key: {read}}

    read = uuid4()
    own = record(derived("order", key, 0), key)
    assert strangers("order", [own], causes) == []
    assert asked == []
    answer = record(derived("order", read, 1), key)
    forged, keyless = record(uuid4(), key), record(uuid4(), None)
    assert strangers("order", [own, answer, forged, keyless], causes) == [forged, keyless]
    ((keys, since),) = asked
    assert keys == {key}
    assert since < NOW
