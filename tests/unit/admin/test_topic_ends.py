"""What a service has still to read: whatever partitions there are, none is left out without being named."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from quadrille.events.topics import TOPICS, topics_read_by

from admin.topic_ends import Ends, format_partitions
from local.unread import told, unread
from services.catalogue import SERVICES

IDS = {topic.name: f"id-of-{topic.name}" for topic in TOPICS}
NAMES = {id_: name for name, id_ in IDS.items()}

offsets = st.integers(0, 5).flatmap(lambda first: st.tuples(st.just(first), st.integers(first, first + 5)))
#: Any number of partitions, whatever topics.yaml says.
ends = st.fixed_dictionaries({name: st.lists(offsets, min_size=1, max_size=9) for name in IDS}).map(
    lambda by_topic: Ends(IDS, {(IDS[n], p): pair for n, pairs in by_topic.items() for p, pair in enumerate(pairs)})
)


@given(ends, st.sampled_from(SERVICES), st.data())
def test_a_service_has_read_everything_only_if_every_partition_has_a_position_at_its_end(
    found: Ends, service: str, data: st.DataObject
) -> None:
    places = sorted(found.offsets)
    known = data.draw(st.sets(st.sampled_from(places)))
    positions = {place: data.draw(st.integers(*found.offsets[place])) for place in known}
    topics = {topic.name for topic in topics_read_by(service)}
    of_service = [place for place in places if NAMES[place[0]] in topics]
    done = all(positions.get(place) == found.offsets[place][1] for place in of_service)
    lag, not_begun = found.lag_by_topic(service, positions), found.not_begun(service, positions)
    assert (not any(lag.values()) and not not_begun) == done
    assert not_begun == sorted((NAMES[id_], p) for id_, p in of_service if (id_, p) not in positions)
    assert lag.keys() == topics


@given(st.fixed_dictionaries({name: st.integers(0, 9) for name in IDS}), st.sampled_from(SERVICES), st.data())
def test_every_partition_that_no_instance_reports_is_named(
    there: dict[str, int], service: str, data: st.DataObject
) -> None:
    pairs = [(topic.name, n) for topic in topics_read_by(service) for n in range(there[topic.name])]
    reported = data.draw(st.sets(st.sampled_from(pairs))) if pairs else set()
    missing = unread(there, {service: reported})
    assert {(one.topic, one.partition) for one in missing} == set(pairs) - reported
    sentences = told(missing)
    assert bool(sentences) == bool(missing)
    assert all(f"{one.topic}/{one.partition}" in sentences[0] for one in missing)


def test_partitions_are_named_for_people() -> None:
    assert format_partitions([("order-events", 6), ("order-events", 7)]) == "order-events/6, order-events/7"
