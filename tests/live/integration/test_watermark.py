"""How far a service has read, with a real Kafka and positions in a real database."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from confluent_kafka import KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic, OffsetSpec
from quadrille.events.topics import topics_read_by
from sqlalchemy import text

from services.chassis.consume.watermark import EndOffsets, Watermark
from services.chassis.errors import BrokerAway
from services.chassis.tables import migrations
from tests.live.integration.own_schema import own_schema

pytestmark = pytest.mark.live

START = datetime(2026, 1, 2, tzinfo=UTC)


class Reader:
    """A topic of two partitions, and positions that the test moves by hand."""

    def __init__(self, bootstrap: str, engine) -> None:
        self.engine = engine
        self.bootstrap = bootstrap
        self.topic = replace(topics_read_by("order")[0], name=f"test-{uuid4().hex[:12]}")
        self.admin = AdminClient({"bootstrap.servers": bootstrap})
        self.make_topic()
        self.ticks = 0
        self.watermark = Watermark(bootstrap, [self.topic], engine, self.clock)

    def make_topic(self) -> list[int]:
        new = NewTopic(self.topic.name, num_partitions=2, replication_factor=1)
        self.admin.create_topics([new])[self.topic.name].result(10)
        partitions = {TopicPartition(self.topic.name, n): OffsetSpec.latest() for n in range(2)}
        until = time.monotonic() + 10
        while True:
            # A topic is there before its partitions have a leader.
            try:
                return [found.result().offset for found in self.admin.list_offsets(partitions).values()]
            except KafkaException:
                if time.monotonic() > until:
                    raise
            time.sleep(0.05)

    def clock(self) -> datetime:
        self.ticks += 1
        return self.at(self.ticks)

    def at(self, tick: int) -> datetime:
        return START + timedelta(seconds=tick)

    def produce(self, partition: int, count: int = 1) -> None:
        producer = Producer({"bootstrap.servers": self.bootstrap})
        for _ in range(count):
            producer.produce(self.topic.name, b"x", partition=partition)
        assert producer.flush(10) == 0

    def read(self, partition: int, up_to: int) -> None:
        (place,) = {t for t, p in self.watermark._take().ends if p == partition}
        self.ticks -= 1
        with self.engine.begin() as connection:
            connection.execute(
                text(
                    "INSERT INTO positions (topic_id, partition, topic, next_offset) VALUES (:id, :p, 't', :at) "
                    "ON CONFLICT (topic_id, partition) DO UPDATE SET next_offset = :at"
                ),
                {"id": place, "p": partition, "at": up_to},
            )


@pytest.fixture
def reader(platform):
    with own_schema(platform, "order") as engine:
        with engine.begin() as connection:
            connection.execute(text(migrations.POSITIONS + migrations.EPOCHS))
        made = Reader(platform.kafka_bootstrap_servers, engine)
        yield made
        made.admin.delete_topics([made.topic.name])[made.topic.name].result(10)


def test_an_empty_topic_is_read_up_to_the_moment_of_asking(reader):
    assert reader.watermark.measure() == reader.at(1)


def test_a_partition_that_nobody_has_begun_to_read_says_that_nothing_is_known(reader):
    reader.produce(1)
    assert reader.watermark.measure() is None


def test_one_partition_behind_keeps_the_whole_service_behind(reader):
    reader.produce(0, 3)
    reader.produce(1, 2)
    reader.read(0, 3)
    reader.read(1, 1)
    assert reader.watermark.measure() is None
    reader.read(1, 2)
    assert reader.watermark.measure() == reader.at(2)


def test_a_load_that_never_lets_the_lag_be_zero_does_not_hide_what_was_read(reader):
    reader.produce(0, 5)
    reader.read(0, 2)
    assert reader.watermark.measure() is None  # at 1: 5 must be read
    reader.produce(0, 5)
    reader.read(0, 4)
    assert reader.watermark.measure() is None
    reader.produce(0, 5)
    reader.read(0, 7)
    assert reader.watermark.measure() == reader.at(1)
    reader.read(0, 15)
    assert reader.watermark.measure() == reader.at(4)


def test_a_topic_that_was_made_anew_is_waited_for_anew(reader):
    reader.produce(0, 5)
    reader.read(0, 1)
    assert reader.watermark.measure() is None
    reader.admin.delete_topics([reader.topic.name])[reader.topic.name].result(10)
    reader.make_topic()
    assert reader.watermark.measure() == reader.at(2)


def test_without_kafka_nothing_is_claimed(reader):
    away = Watermark("127.0.0.1:1", [reader.topic], reader.engine, reader.clock)
    with pytest.raises(BrokerAway):
        away.measure()


def test_a_mark_without_partitions_to_read_is_passed():
    assert EndOffsets(START, {("t", 0): 0}).passed({})
    assert not EndOffsets(START, {("t", 0): 1}).passed({})
