"""Leader epochs go to the client with the position, for all that have one, and for none that has none."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from services.chassis.kafka.epochs import at_position, hold_to_epochs
from services.chassis.tables.positions import Position

positions = st.builds(Position, st.integers(0, 2**40), st.none() | st.integers(0, 2**31 - 1))
starts = st.dictionaries(st.tuples(st.sampled_from(["a", "b"]), st.integers(0, 9)), positions)
#: What librdkafka says of an epoch that nobody gave.
UNKNOWN = -1


@given(starts)
def test_a_client_is_held_to_every_epoch_that_is_known(given_):
    sought = []

    class Client:
        def seek(self, partition):
            sought.append(partition)

    hold_to_epochs(Client(), given_)
    assert {(one.topic, one.partition): (one.offset, one.leader_epoch) for one in sought} == {
        pair: (position.offset, position.epoch) for pair, position in given_.items() if position.epoch is not None
    }


@given(positions)
def test_where_it_reads_on_is_the_position_with_its_epoch(position):
    place = at_position(("topic", 3), position)
    assert (place.topic, place.partition, place.offset) == ("topic", 3, position.offset)
    assert (place.leader_epoch or UNKNOWN) == (position.epoch or place.leader_epoch or UNKNOWN)
    assert (position.epoch is None) == (place.leader_epoch in (None, UNKNOWN))
