"""Where a topic was cut: found by the epochs of its records, whatever lies behind the cut.

tests/live/recovery/test_truncation.py cuts the logs of a real broker, and holds the same functions to that.
"""

from __future__ import annotations

from typing import Any

import pytest
from confluent_kafka import KafkaError, KafkaException
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.errors import BrokerAway
from services.chassis.recover import truncation
from services.chassis.recover.truncation import cuts, refused
from services.chassis.tables.positions import Position

FIRST = 10


class Record:
    """A record, or an error of the client."""

    def __init__(self, pair: tuple[str, int], epoch: int | None = None, code: int | None = None) -> None:
        self._pair, self._epoch, self._code = pair, epoch, code

    def topic(self) -> str:
        return self._pair[0]

    def partition(self) -> int:
        return self._pair[1]

    def leader_epoch(self) -> int | None:
        return self._epoch

    def error(self) -> Any:
        return None if self._code is None else KafkaError(self._code)


class Client:
    """Reads logs, each the epochs of its records from offset `FIRST` on; one record of each partition in turn."""

    def __init__(self, logs: dict[tuple[str, int], list[int | None]]) -> None:
        self.logs = logs
        self.looks = 0
        self._at: dict[tuple[str, int], int] = {}

    def assign(self, places: Any) -> None:
        self.looks += 1
        self._at = {(one.topic, one.partition): one.offset for one in places}

    def unassign(self) -> None:
        self._at = {}

    def poll(self, _seconds: float) -> Record | None:
        for pair, offset in list(self._at.items()):
            log = self.logs[pair]
            if FIRST <= offset < FIRST + len(log):
                self._at[pair] = offset + 1
                # Others have their turn first.
                self._at[pair] = self._at.pop(pair)
                return Record(pair, log[offset - FIRST])
        return None


@st.composite
def cut_logs(draw):
    """Logs whose epochs never fall; a position of each, and the first record that was not there when it was read."""
    found = {}
    for number in range(draw(st.integers(1, 3))):
        epoch = draw(st.integers(0, 5))
        before = sorted(draw(st.lists(st.integers(0, epoch), max_size=20)))
        after = sorted(draw(st.lists(st.integers(epoch + 1, epoch + 9), max_size=20)))
        # What was read went further than what is left of it.
        read_to = FIRST + len(before) + draw(st.integers(0, 30))
        found["topic", number] = [*before, *after], Position(read_to, epoch), FIRST + len(before)
    return found


@given(cut_logs())
def test_the_cut_is_the_first_record_of_a_later_epoch_and_is_found_in_a_few_looks(found):
    client = Client({pair: log for pair, (log, _, _) in found.items()})
    at = {pair: position for pair, (_, position, _) in found.items()}
    bounds = {pair: (FIRST, FIRST + len(log)) for pair, (log, _, _) in found.items()}
    expected = {pair: min(cut, max(FIRST, at[pair].offset)) for pair, (_, _, cut) in found.items()}
    assert cuts(client, at, bounds) == expected
    # All partitions are looked into at once, and each look halves what is left.
    assert client.looks <= max(len(log) for log, _, _ in found.values()).bit_length() + 1


def test_without_an_epoch_nobody_can_tell():
    with pytest.raises(ValueError, match="without its epoch"):
        cuts(Client({}), {("topic", 0): Position(5, None)}, {("topic", 0): (0, 9)})


def test_a_record_of_before_there_were_epochs_is_older_than_any():
    client = Client({("topic", 0): [None, None, 3]})
    assert cuts(client, {("topic", 0): Position(FIRST + 3, 0)}, {("topic", 0): (FIRST, FIRST + 3)}) == {
        ("topic", 0): FIRST + 2
    }


class Answers:
    """Answers with what it is given."""

    def __init__(self, *answers: Record | None) -> None:
        self.answers = list(answers)

    def assign(self, _: object) -> None:
        pass

    unassign = seek = lambda *_: None

    def poll(self, _: float) -> Record | None:
        return self.answers.pop(0) if self.answers else None


GOOD, BAD = ("topic", 0), ("topic", 1)
AT = {GOOD: Position(5, 1), BAD: Position(7, 1)}


def test_those_that_kafka_refuses_are_told_from_those_that_it_reads_on():
    client = Answers(
        None, Record(BAD, code=KafkaError._AUTO_OFFSET_RESET), Record(GOOD, code=KafkaError._PARTITION_EOF)
    )
    assert refused(client, AT) == {BAD}
    assert refused(Answers(Record(GOOD, 1), Record(BAD, 1)), AT) == set()


def test_a_broker_that_says_nothing_or_something_else_is_not_taken_for_a_yes(monkeypatch):
    with pytest.raises(KafkaException):
        refused(Answers(Record(GOOD, code=KafkaError._ALL_BROKERS_DOWN)), AT)
    monkeypatch.setattr(truncation, "SILENCE_SECONDS", -1.0)
    with pytest.raises(BrokerAway):
        refused(Answers(), AT)
    with pytest.raises(BrokerAway):
        cuts(Client({GOOD: []}), {GOOD: Position(20, 1)}, {GOOD: (FIRST, 20)})
