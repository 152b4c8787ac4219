"""Stalled partitions: of what has been lost is found out, and told with the command that goes on."""

from __future__ import annotations

from confluent_kafka import KafkaException
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.consume.stalled import StalledPartitions
from services.chassis.kafka.epochs import LOST_BEFORE, LOST_END, OUT_OF_RANGE

TOPIC, ID = "topic", "id"
numbers = st.integers(0, 20)


class Ends:
    """Says where partitions begin and end; the real client's own word is tried in tests/live/recovery."""

    def __init__(self, lows: dict[int, int]) -> None:
        self.lows = lows
        self.away = False
        self.asked = 0

    def get_watermark_offsets(self, partition, **_):
        self.asked += 1
        if self.away:
            raise KafkaException("away")
        return self.lows[partition.partition], 100


def stalled(at: dict[int, int]) -> StalledPartitions:
    return StalledPartitions(lambda pair: (ID, pair[1]), {(ID, number): offset for number, offset in at.items()})


@given(st.dictionaries(st.integers(0, 3), st.tuples(numbers, numbers), min_size=1))
def test_a_position_before_the_beginning_has_missed_records_and_any_other_has_lost_the_end(places):
    one = stalled({number: at for number, (at, _) in places.items()})
    for number in places:
        one.add((TOPIC, number))
    assert one
    assert one.describe()[0].startswith(f"{OUT_OF_RANGE}: ")
    client = Ends({number: low for number, (_, low) in places.items()})
    assert one.ask_why(client)
    told = "\n".join(one.describe())
    for number, (at, low) in places.items():
        (line,) = [line for line in one.describe() if f"{TOPIC}/{number} at {at}" in line]
        assert line.startswith(f"{LOST_BEFORE if at < low else LOST_END}: ")
        assert line.endswith("Run: quadrille positions")
    assert OUT_OF_RANGE + ": " not in told
    asked = client.asked
    assert not one.ask_why(client)
    assert client.asked == asked


def test_a_broker_that_does_not_answer_is_asked_again():
    one, client = stalled({0: 5}), Ends({0: 9})
    one.add((TOPIC, 0))
    client.away = True
    assert not one.ask_why(client)
    client.away = False
    assert one.ask_why(client)
    one.drop((TOPIC, 0))
    one.drop((TOPIC, 1))
    assert not one
    assert one.describe() == []
