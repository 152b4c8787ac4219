"""The model of Kafka and the real one behave alike, wherever the simulation depends on it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from confluent_kafka import Consumer, Producer
from confluent_kafka.admin import AdminClient, NewTopic

from tests.simulation import bus as model
from tests.simulation.contract.harness import Model, Real

PARTITIONS = 2


class Reader:
    """A member of a group that keeps its positions itself, as the services do."""

    def __init__(self, broker: Any, member: str, positions: dict[tuple[str, int], int]) -> None:
        self.client = broker.consumer(member)
        self.owned: set[tuple[str, int]] = set()
        self.read: list[Any] = []
        self._positions = positions
        self.client.subscribe(
            [broker.topic], on_assign=self._on_assign, on_revoke=self._on_revoke, on_lost=self._on_revoke
        )

    def _on_assign(self, _client, assigned):
        for partition in assigned:
            self.owned.add((partition.topic, partition.partition))
            partition.offset = self._positions.get((partition.topic, partition.partition), 0)
        self.client.incremental_assign(assigned)

    def _on_revoke(self, _client, revoked):
        self.owned.difference_update((partition.topic, partition.partition) for partition in revoked)

    def poll(self) -> None:
        message = self.client.poll(0.1)
        if message is not None:
            assert message.error() is None, message.error()
            self.read.append(message)

    def values(self, key: bytes) -> list[bytes]:
        return [message.value() for message in self.read if message.key() == key]


class RealBroker(Real):
    """The suite's Kafka."""

    def __init__(self, servers: str) -> None:
        super().__init__()
        self._servers, self.topic, self._group = servers, f"test-{uuid4().hex[:12]}", f"group-{uuid4().hex[:12]}"
        admin = AdminClient({"bootstrap.servers": servers})
        admin.create_topics([NewTopic(self.topic, PARTITIONS, 1)])[self.topic].result(10)

    def producer(self) -> Any:
        return Producer({"bootstrap.servers": self._servers, "enable.idempotence": True, "acks": "all"})

    def consumer(self, member: str) -> Any:
        return Consumer(
            {
                "bootstrap.servers": self._servers,
                "group.id": self._group,
                "group.instance.id": member,
                "enable.auto.commit": False,
                "auto.offset.reset": "error",
                "partition.assignment.strategy": "cooperative-sticky",
                "session.timeout.ms": 6000,
                "heartbeat.interval.ms": 500,
            }
        )


class ModelBroker(Model):
    """The model of it."""

    def __init__(self) -> None:
        super().__init__()
        self.topic = "test"
        self._bus = model.Bus(self.scheduler, [self.topic], PARTITIONS)

    def producer(self) -> Any:
        made = model.Producer(self._bus)
        self.scheduler.start("network", "network", made.deliver)
        return made

    def consumer(self, member: str) -> Any:
        return model.Client(self._bus, "group", member)


@pytest.fixture(params=["model", pytest.param("real", marks=pytest.mark.live)])
def broker(request):
    if request.param == "model":
        return ModelBroker()
    return RealBroker(request.getfixturevalue("platform").kafka_bootstrap_servers)


KEYS = [str(number).encode() for number in range(8)]


def send(broker, values):
    """Send a value of each key, one key after the other, wait until the broker has them, and give their places."""
    answers: list[Any] = []

    def body():
        producer = broker.producer()
        for value in values:
            for key in KEYS:
                producer.produce(
                    broker.topic,
                    value=value,
                    key=key.decode(),
                    headers=[("h", b"1")],
                    on_delivery=lambda error, message: answers.append((error, message.partition(), message.offset())),
                )
        while len(answers) < len(values) * len(KEYS):
            producer.poll(0.1)

    assert broker.together(body) == [None]
    assert {error for error, _, _ in answers} == {None}
    return {(partition, offset) for _, partition, offset in answers}


def read(reader, count):
    def body():
        while len(reader.read) < count:
            reader.poll()

    return body


def test_records_of_a_key_are_in_one_partition_in_the_order_in_which_they_were_sent(broker):
    sent = [b"a", b"b", b"c", b"d"]
    places = send(broker, sent[:2]) | send(broker, sent[2:])
    reader = Reader(broker, "m1", {})
    assert broker.together(read(reader, len(sent) * len(KEYS))) == [None]
    reader.client.close()
    for key in KEYS:
        assert reader.values(key) == sent
        assert len({m.partition() for m in reader.read if m.key() == key}) == 1
    for partition in range(PARTITIONS):
        offsets = [m.offset() for m in reader.read if m.partition() == partition]
        assert offsets == list(range(len(offsets)))
    assert {(m.partition(), m.offset()) for m in reader.read} == places
    assert {tuple(m.headers()) for m in reader.read} == {(("h", b"1"),)}


def test_a_member_that_comes_back_reads_from_its_own_positions_whatever_it_committed_to_the_broker(broker):
    send(broker, [b"a", b"b", b"c"])
    first = Reader(broker, "m1", {})
    assert broker.together(read(first, 3 * len(KEYS))) == [None]
    ends = {(m.topic(), m.partition()): m.offset() + 1 for m in first.read}
    from confluent_kafka import TopicPartition

    first.client.commit(offsets=[TopicPartition(*place, end) for place, end in ends.items()], asynchronous=False)
    first.client.close()
    positions = {place: end - 1 for place, end in ends.items()}
    again = Reader(broker, "m1", positions)
    assert broker.together(read(again, len(positions))) == [None]
    again.client.close()
    assert {(m.topic(), m.partition()): m.offset() for m in again.read} == positions


def test_a_partition_has_one_owner_and_goes_to_a_member_that_comes(broker):
    every = {(broker.topic, number) for number in range(PARTITIONS)}
    one, both = [], []

    def first():
        reader = Reader(broker, "m1", {})
        one.append(reader)
        while not both or len(reader.owned) + len(both[0].owned) < PARTITIONS or not both[0].owned:
            reader.poll()
            if both:
                assert not reader.owned & both[0].owned
        return set(reader.owned)

    def second():
        broker.until(lambda: one and one[0].owned == every)
        reader = Reader(broker, "m2", {})
        both.append(reader)
        while not reader.owned:
            reader.poll()
        return set(reader.owned)

    mine, others = broker.together(first, second)
    for reader in (*one, *both):
        reader.client.close()
    assert mine | others == every
    assert mine
    assert others
    assert not mine & others
