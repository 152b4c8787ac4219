"""What Kafka is told and asked for monitoring, on the model of Kafka that the contract suite holds to the real one."""

from __future__ import annotations

from confluent_kafka import KafkaException
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.consume.lag import Offsets
from tests.simulation.bus import Bus, Client
from tests.simulation.scheduler import Scheduler

TOPIC, PARTITIONS = "topic", 3
pairs = st.sampled_from([(TOPIC, number) for number in range(PARTITIONS)])
positions = st.dictionaries(pairs, st.integers(0, 100))


class Counted(Client):
    """Counts what is committed."""

    def __init__(self) -> None:
        self.bus = Bus(Scheduler(0), [TOPIC], PARTITIONS)
        super().__init__(self.bus, "group", "member")
        self.commits: list[dict] = []

    def commit(self, *, offsets, asynchronous) -> None:
        self.commits.append({(one.topic, one.partition): one.offset for one in offsets})
        super().commit(offsets=offsets, asynchronous=asynchronous)


@given(st.lists(positions))
def test_what_kafka_was_told_is_where_the_member_is_and_only_what_has_moved_is_told_again(steps):
    client, offsets = Counted(), Offsets()
    expected: dict = {}
    for now in steps:
        moved = {pair: at for pair, at in now.items() if expected.get(pair) != at}
        before = len(client.commits)
        offsets.commit(client, now, last=False)
        expected.update(moved)
        assert client.committed == expected
        assert client.commits[before:] == ([moved] if moved else [])


def test_an_end_that_is_not_measured_keeps_what_was_known_and_others_are_forgotten():
    client, offsets = Counted(), Offsets()
    offsets.begin({(TOPIC, 0): 7, (TOPIC, 1): 8})
    for _ in range(2):
        client.bus.append(TOPIC, None, b"value", [])
    (written,) = [pair for pair, log in client.bus.logs.items() if log]
    offsets.measure(client, [written])
    assert offsets.ends == {(TOPIC, 0): 7, (TOPIC, 1): 8, written: 2}
    offsets.keep([written])
    assert offsets.ends == {written: 2}

    def away(*_: object, **__: object) -> None:
        raise KafkaException("away")

    client.get_watermark_offsets = away
    offsets.measure(client, [written])
    assert offsets.ends == {written: 2}
    offsets.clear()
    assert offsets.ends == {}


def test_a_commit_that_failed_is_made_again():
    client, offsets = Counted(), Offsets()

    def away(**_: object) -> None:
        raise KafkaException("away")

    client.commit, commit = away, client.commit
    offsets.commit(client, {(TOPIC, 0): 5}, last=True)
    client.commit = commit
    offsets.commit(client, {(TOPIC, 0): 5}, last=True)
    assert client.committed == {(TOPIC, 0): 5}
