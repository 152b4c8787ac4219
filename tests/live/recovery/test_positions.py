"""Where a service reads: offsets in Kafka are reset, and a topic loses records before they are read."""

from __future__ import annotations

import asyncio

import pytest
from confluent_kafka import ConsumerGroupTopicPartitions, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient
from quadrille.events.topics import ORDER_EVENTS, topics_read_by

from local.backups import stopped
from services.catalogue import SERVICES
from tests.live.recovery.conftest import until_it_waits_for
from tests.support.quiet import all_ready, nothing_is_broken

pytestmark = pytest.mark.live


async def test_groups_that_were_reset_to_the_beginning_change_nothing(shop, platform):
    await all_ready(platform)
    await shop.open(stock=10, credit=10_000)
    before = [await shop.settled(await shop.place()) for _ in range(3)]
    admin = AdminClient({"bootstrap.servers": platform.kafka_bootstrap_servers})
    for service in SERVICES:
        with stopped(platform, service):
            group = ConsumerGroupTopicPartitions(
                f"quadrille.{service}",
                [TopicPartition(t.name, p, 0) for t in topics_read_by(service) for p in range(t.partitions)],
            )
            await until_done(admin, group)
    await all_ready(platform)
    assert [await shop.settled(order.order_id) for order in before] == before
    after = await shop.settled(await shop.place())
    assert after.state == before[0].state
    await nothing_is_broken(platform)
    assert (await shop.item()).shipped == 4


async def until_done(admin, group):
    # A member that ended is a member until its session has.
    for _ in range(300):
        try:
            for asked in (await asyncio.to_thread(admin.alter_consumer_group_offsets, [group])).values():
                await asyncio.to_thread(asked.result)
        except KafkaException:
            await asyncio.sleep(0.2)
        else:
            return
    raise AssertionError("the group has members for a minute")


async def test_records_that_were_deleted_before_they_were_read_stop_the_reader_and_are_brought_back(
    shop, platform, quadrille
):
    await all_ready(platform)
    await shop.open(stock=100, credit=100_000)
    await nothing_is_broken(platform)
    admin = AdminClient({"bootstrap.servers": platform.kafka_bootstrap_servers})
    with stopped(platform, "inventory"):
        placed = [await shop.place() for _ in range(20)]
        everything = [TopicPartition(ORDER_EVENTS.name, p, -1) for p in range(ORDER_EVENTS.partitions)]
        await until_published(platform)
        for asked in admin.delete_records(everything).values():
            asked.result()
    waits = await until_it_waits_for(platform, "inventory", "outside its topic")
    assert "quadrille positions" in waits
    code, told = await quadrille("positions")
    assert code == 1
    assert "outside" in told
    code, told = await quadrille("positions", "--to-start")
    assert code == 2
    code, told = await quadrille("positions", "--to-start", "--reason", "a test")
    assert code == 0, told
    code, told = await quadrille("republish", "--service", "order")
    assert code == 0, told
    await all_ready(platform)
    ended = [await shop.settled(order_id) for order_id in placed]
    assert {order.state for order in ended} == {3}
    await nothing_is_broken(platform)
    assert (await quadrille("positions"))[0] == 0
    assert (await shop.item()).shipped == 20


async def until_published(platform):
    from local.status import collect

    for _ in range(100):
        told = await asyncio.to_thread(collect, platform, servers=False)
        if next(one for one in told.services if one.service == "order").outbox_backlog == 0:
            return
        await asyncio.sleep(0.1)
    raise AssertionError("the order service does not publish")
