"""A broker loses the ends of its logs, and other records take the places of those that were read."""

from __future__ import annotations

import asyncio
import json
import time

import pytest
from confluent_kafka import Consumer, KafkaException, TopicPartition
from quadrille.events.topics import ORDER_EVENTS

from local import state
from local.settings import SERVERS
from tests.live.recovery.conftest import until_it_waits_for
from tests.live.recovery.power import cut, kafka_down, keep_running
from tests.support.quiet import all_ready, nothing_is_broken

pytestmark = pytest.mark.live

READERS = ("inventory", "payment", "shipping")
LOST = 3


def ends(platform) -> dict[tuple[str, int], int]:
    client = Consumer({"bootstrap.servers": platform.kafka_bootstrap_servers, "group.id": "test"})
    try:
        return {pair: end(client, *pair) for pair in ((ORDER_EVENTS.name, p) for p in range(ORDER_EVENTS.partitions))}
    finally:
        client.close()


def end(client, topic: str, partition: int) -> int:
    until = time.monotonic() + 30
    while True:
        # A broker that has just started answers before its partitions have leaders.
        try:
            return client.get_watermark_offsets(TopicPartition(topic, partition), timeout=10)[1]
        except KafkaException:
            if time.monotonic() > until:
                raise
        time.sleep(0.05)


@pytest.fixture
async def read(shop, platform):
    """Orders that ended, and where the topic that all of their services have read ended by then."""
    await all_ready(platform)
    await shop.open(stock=1000, credit=100_000)
    # The last batches are of these orders: a cut takes whole batches, and those of other tests may be large.
    before = found = ends(platform)
    while any(end - before[pair] <= LOST for pair, end in found.items()):
        for order_id in [await shop.place() for _ in range(12)]:
            await shop.settled(order_id)
        found = ends(platform)
    await nothing_is_broken(platform)
    wanted = state.wanted(platform.run)
    try:
        yield found
    finally:
        await keep_running(platform, *wanted)


async def until_all_readers_stand_still(platform, read) -> None:
    places = ", ".join(f"{topic}/{partition} at {at}" for (topic, partition), at in sorted(read.items()))
    for service in READERS:
        waits = await until_it_waits_for(platform, service, f"others may be in their places: {places}. Run: ")
        assert "a position is outside its topic, which has lost its end" in waits


async def test_a_topic_that_lost_its_end_and_grew_past_the_position_stops_its_readers(shop, platform, quadrille, read):
    shipped = (await shop.item()).shipped
    lost_from = {pair: end - LOST for pair, end in read.items()}
    wanted = state.wanted(platform.run)
    async with kafka_down(platform):
        cut(platform, lost_from)
    assert all(end <= lost_from[pair] for pair, end in ends(platform).items())
    real_cuts = ends(platform)
    # Only the one that publishes runs: nobody looks until the topic has grown past all positions again.
    await keep_running(platform, *SERVERS, "order-1")
    placed = []
    async with asyncio.timeout(60):
        while any(end <= read[pair] for pair, end in ends(platform).items()):
            try:
                placed.append(await shop.place())
            except Exception as error:  # noqa: BLE001 - it is starting
                assert "UNAVAILABLE" in str(error)
                await asyncio.sleep(0.2)
    await keep_running(platform, *wanted)
    await until_all_readers_stand_still(platform, read)
    code, told = await quadrille("positions", "--json")
    assert code == 1
    shown = json.loads(told)
    for one in shown:
        expected = real_cuts.get((one["topic"], one["partition"]))
        if one["service"] in READERS and expected is not None:
            assert (one["cut"], one["outside"]) == (expected, True)
        else:
            assert (one["cut"], one["outside"]) == (None, False)
    code, told = await quadrille("positions")
    assert code == 1
    assert "are in those places, and were not read" in told
    assert (await quadrille("positions", "--to-cut"))[0] == 2
    code, told = await quadrille("positions", "--to-cut", "--reason", "a test")
    assert code == 0, told
    code, told = await quadrille("republish")
    assert code == 0, told
    await all_ready(platform)
    assert {(await shop.settled(order_id)).state for order_id in placed} == {3}
    await nothing_is_broken(platform)
    assert (await quadrille("positions"))[0] == 0
    assert (await shop.item()).shipped == shipped + len(placed)


async def test_services_that_run_meanwhile_stop_there_too_and_read_again_from_the_start(
    shop, platform, quadrille, read
):
    shipped = (await shop.item()).shipped
    running = [name for name in state.wanted(platform.run) if name not in SERVERS]
    async with kafka_down(platform, *running):
        cut(platform, {pair: end - LOST for pair, end in read.items()})
    await until_all_readers_stand_still(platform, read)
    code, told = await quadrille("positions", "--to-start", "--reason", "a test")
    assert code == 0, told
    code, told = await quadrille("republish")
    assert code == 0, told
    await all_ready(platform)
    after = await shop.settled(await shop.place())
    assert after.state == 3
    await nothing_is_broken(platform)
    assert (await quadrille("positions"))[0] == 0
    assert (await shop.item()).shipped == shipped + 1


async def test_a_broker_that_restarts_and_has_lost_nothing_stops_nobody(shop, platform, quadrille, read):
    shipped = (await shop.item()).shipped
    running = [name for name in state.wanted(platform.run) if name not in SERVERS]
    for _ in range(2):
        async with kafka_down(platform, *running):
            pass
        await all_ready(platform)
        assert (await shop.settled(await shop.place())).state == 3
    await nothing_is_broken(platform)
    code, told = await quadrille("positions")
    assert code == 0, told
    assert (await shop.item()).shipped == shipped + 2
