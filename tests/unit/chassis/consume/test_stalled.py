"""Stalled partitions: what has been lost is found out, and described with the command that goes on."""

from __future__ import annotations

from confluent_kafka import KafkaException
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.consume.stalled import describe, find_reasons, stalled
from services.chassis.kafka.epochs import LOST_BEFORE, LOST_END, OUT_OF_RANGE
from services.chassis.process.progress import Progress
from services.chassis.tables.positions import Position

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


def progress_of(at: dict[int, int], *, reason: str | None = OUT_OF_RANGE) -> Progress:
    progress = Progress()
    for number, offset in at.items():
        progress.begin((ID, number), (TOPIC, number), Position(offset, None))
        progress[ID, number].stalled = reason
    return progress


@given(st.dictionaries(st.integers(0, 3), st.tuples(numbers, numbers), min_size=1))
def test_a_position_before_the_beginning_has_missed_records_and_any_other_has_lost_the_end(places):
    progress = progress_of({number: at for number, (at, _) in places.items()})
    assert [one.pair for one in stalled(progress)] == [(TOPIC, number) for number in sorted(places)]
    assert describe(progress)[0].startswith(f"{OUT_OF_RANGE}: ")
    client = Ends({number: low for number, (_, low) in places.items()})
    assert find_reasons(client, progress)
    for number, (at, low) in places.items():
        (line,) = [line for line in describe(progress) if f"{TOPIC}/{number} at {at}" in line]
        assert line.startswith(f"{LOST_BEFORE if at < low else LOST_END}: ")
        assert line.endswith("Run: quadrille positions")
    asked = client.asked
    assert not find_reasons(client, progress)
    assert client.asked == asked


def test_a_broker_that_does_not_answer_is_asked_again():
    progress, client = progress_of({0: 5}), Ends({0: 9})
    client.away = True
    assert not find_reasons(client, progress)
    client.away = False
    assert find_reasons(client, progress)


def test_partitions_that_are_read_are_not_spoken_of():
    progress = progress_of({0: 5}, reason=None)
    assert stalled(progress) == []
    assert describe(progress) == []
    assert not find_reasons(Ends({}), progress)
