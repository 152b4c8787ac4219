"""Topics that say things twice, begin again, or hold garbage."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import uuid4

from confluent_kafka import Consumer, Message, Producer, TopicPartition
from quadrille.events.topics import TOPICS
from sqlalchemy import create_engine

from services.catalogue import SERVICES
from services.chassis.tables import outbox_maintenance
from tests.live.failures.records import put
from tests.live.faults.scene import Inject, Scene
from tests.support.readers import readers_of
from tests.support.waiting import until

READ_SECONDS = 20.0
#: So many records at the end of each partition: what is under way, and what ended long ago.
LATEST = 300
POISON = 20
EVER = datetime(1970, 1, 1, tzinfo=UTC)


def _latest(bootstrap_servers: str) -> Iterator[Message]:
    consumer = Consumer({"bootstrap.servers": bootstrap_servers, "group.id": "faults", "enable.auto.commit": False})
    try:
        ends = {}
        for topic in TOPICS:
            for partition in range(topic.partitions):
                low, high = consumer.get_watermark_offsets(TopicPartition(topic.name, partition), timeout=READ_SECONDS)
                if high > low:
                    ends[topic.name, partition] = max(low, high - LATEST), high
        consumer.assign([TopicPartition(topic, partition, low) for (topic, partition), (low, _) in ends.items()])
        while ends:
            message = consumer.poll(READ_SECONDS)
            assert message is not None, f"nothing came for {READ_SECONDS} s, and {sorted(ends)} are not read"
            assert message.error() is None, message.error()
            place = message.topic(), message.partition()
            if place in ends and message.offset() < ends[place][1]:
                yield message
            if place in ends and message.offset() + 1 >= ends[place][1]:
                del ends[place]
    finally:
        consumer.close()


def _say_again(bootstrap_servers: str) -> int:
    """Put copies of the latest records behind them, into the same partitions: the same bytes, headers and ids."""
    copies = [
        (message.topic(), message.partition(), message.key(), message.value(), message.headers())
        for message in _latest(bootstrap_servers)
    ]
    refused = []
    producer = Producer({"bootstrap.servers": bootstrap_servers})
    for topic, partition, key, value, headers in copies:
        producer.produce(
            topic,
            partition=partition,
            key=key,
            value=value,
            headers=headers,
            on_delivery=lambda error, _: error and refused.append(error),
        )
    assert producer.flush(READ_SECONDS) == 0
    assert refused == []
    return len(copies)


async def _every_record_again(scene: Scene) -> None:
    scene.struck(0)
    scene.row.times += await asyncio.to_thread(_say_again, scene.ground.servers.kafka_bootstrap_servers)


async def _positions_back_to_the_beginning(scene: Scene) -> None:
    service = scene.dice.choice(SERVICES)
    scene.struck()
    restarts = scene.ground.deaths(service)
    before = _read_so_far(scene, service)
    with scene.ground.database(service) as connection:
        connection.execute("UPDATE positions SET next_offset = 0")
    # Whoever owned the partitions sees that its positions went back, and starts afresh.
    await until(lambda: scene.ground.deaths(service) > restarts, "the service starts afresh")
    # To read everything again is work, and no outage: the fault is over when that is done.
    await until(lambda: _read_so_far(scene, service) >= before, "everything is read again")
    await scene.ground.all_run()
    # Poison that is read again is a letter again.
    scene.ground.poured[service] *= 2
    await scene.drop_all_letters()


def _read_so_far(scene: Scene, service: str) -> int:
    with scene.ground.database(service) as connection:
        found = connection.execute("SELECT sum(next_offset)::bigint FROM positions").fetchone()
    assert found is not None
    return int(found[0])


async def _every_event_published_again(scene: Scene) -> None:
    scene.struck(0)
    for service in SERVICES:
        scene.row.times += reopen(scene, service, 100_000)


def reopen(scene: Scene, service: str, limit: int) -> int:
    """Make published rows of an outbox unpublished again, the oldest first."""
    url = scene.ground.direct_url(scene.ground.platform.database_url(service))
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))
    try:
        with engine.begin() as connection:
            return outbox_maintenance.reopen(connection, EVER, limit)[0]
    finally:
        engine.dispose()


def pour_poison(scene: Scene, topic: str) -> None:
    """Put a record that nobody can read, under a key of its own."""
    put(scene.ground.servers, topic, (str(uuid4()).encode(), b"garbage"))
    scene.ground.poured.update(readers_of(topic))


async def _poison_among_good_records(scene: Scene) -> None:
    scene.struck(0)
    for topic in TOPICS:
        for _ in range(POISON):
            await asyncio.to_thread(pour_poison, scene, topic.name)
        scene.row.times += POISON
    await scene.drop_all_letters()


FAULTS: dict[str, Inject] = {
    "the latest records of every topic again": _every_record_again,
    "a service's positions back to the beginning": _positions_back_to_the_beginning,
    "every event published again": _every_event_published_again,
    "poison among good records": _poison_among_good_records,
}
