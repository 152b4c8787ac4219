"""A topic takes less than a batch has, or less than one record: what fits is sent, and an operator is told the rest."""

from __future__ import annotations

import asyncio
import contextlib

import pytest
from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, ResourceType
from quadrille.order.v1 import order_pb2

from admin.audit.report import run as audit
from local import status

pytestmark = pytest.mark.live

SECONDS = 30.0
ORDERS = 150


@contextlib.contextmanager
def limited(platform, topic: str, limit_bytes: int):
    """Let a topic take no larger batches for a while."""
    admin = AdminClient({"bootstrap.servers": platform.kafka_bootstrap_servers})

    def change(operation, value):
        entry = ConfigEntry("max.message.bytes", value, incremental_operation=operation)
        resource = ConfigResource(ResourceType.TOPIC, topic, incremental_configs=[entry])
        for done in admin.incremental_alter_configs([resource]).values():
            done.result(SECONDS)

    change(AlterConfigOpType.SET, str(limit_bytes))
    try:
        yield
    finally:
        change(AlterConfigOpType.DELETE, None)


def lines(platform, service: str) -> int:
    return (platform.data / "logs" / f"{service}-1.log").read_text().count("\n")


def waits(platform, service: str) -> str:
    return next(one.waiting_for for one in status.collect(platform, servers=False).services if one.service == service)


async def test_batches_that_are_too_large_for_their_topic_are_sent_as_smaller_ones(platform, shop):
    await shop.open(stock=1000, credit=1_000_000)
    before = lines(platform, "order")
    with limited(platform, "order-events", 4_000):
        placed = await asyncio.gather(*(shop.place() for _ in range(ORDERS)))
        orders = [await shop.settled(order) for order in placed]
    assert {order.state for order in orders} == {order_pb2.ORDER_STATE_COMPLETED}
    assert lines(platform, "order") - before < 60
    facts, findings, _ = await asyncio.to_thread(audit, platform, wait=SECONDS)
    assert facts.quiet, facts.in_flight
    assert [finding for finding in findings if finding.violations] == []


async def test_a_record_that_is_too_large_by_itself_is_told_with_its_topic_limit_and_setting(platform, shop):
    await shop.open(stock=1000, credit=1_000_000)
    before = lines(platform, "order")
    with limited(platform, "order-events", 200):
        placed = await shop.place()
        async with asyncio.timeout(SECONDS):
            while "max.message.bytes is 200" not in (told := await asyncio.to_thread(waits, platform, "order")):
                await asyncio.sleep(0.1)
        assert told.startswith("order-events refuses a record of some")
        await asyncio.sleep(3.0)  # the sweeper tries again each second, and says nothing new
        assert lines(platform, "order") - before < 30
    assert (await shop.settled(placed)).state == order_pb2.ORDER_STATE_COMPLETED
    async with asyncio.timeout(SECONDS):
        while await asyncio.to_thread(waits, platform, "order"):
            await asyncio.sleep(0.1)
