"""Kafka loses every topic under load: they are made anew, the databases rebuild them, and every order ends."""

from __future__ import annotations

import asyncio
import time

import grpc
import pytest
from click.testing import CliRunner
from confluent_kafka.admin import AdminClient
from quadrille.events.topics import TOPICS
from quadrille.order.v1 import order_pb2

from admin.audit.report import run as audit
from cli.commands.republish import command
from local import provision

pytestmark = pytest.mark.live

ENDED = {order_pb2.ORDER_STATE_COMPLETED, order_pb2.ORDER_STATE_CANCELLED}


def lose_all_topics(platform) -> None:
    admin = AdminClient({"bootstrap.servers": platform.kafka_bootstrap_servers})
    names = {topic.name for topic in TOPICS}
    for asked in admin.delete_topics(list(names), operation_timeout=20).values():
        asked.result()
    deadline = time.monotonic() + 30
    while names & set(admin.list_topics(timeout=10).topics):
        assert time.monotonic() < deadline, "Kafka keeps the topics"
        time.sleep(0.1)


async def settled_through_restarts(shop, order_id):
    async with asyncio.timeout(120):
        while True:
            try:
                return await shop.settled(order_id)
            except grpc.aio.AioRpcError as error:
                assert error.code() is grpc.StatusCode.UNAVAILABLE
                await asyncio.sleep(0.2)


async def test_topics_that_were_lost_are_rebuilt_and_every_order_ends(shop, platform, monkeypatch):
    monkeypatch.setattr("admin.clients.load_platform", lambda: platform)
    await shop.open(stock=30, credit=1_000_000)
    before = [await shop.place() for _ in range(10)]
    for order_id in before:
        await settled_through_restarts(shop, order_id)
    under_way = await asyncio.gather(*(shop.place() for _ in range(40)))
    lose_all_topics(platform)
    assert provision.apply(platform) == []
    counted = CliRunner().invoke(command, ["--dry-run"], standalone_mode=False)
    assert counted.return_value == 0, counted.output
    done = await asyncio.to_thread(CliRunner().invoke, command, ["--wait", "60"], standalone_mode=False)
    assert (done.return_value, done.exception) == (0, None), done.output
    ended = [await settled_through_restarts(shop, order_id) for order_id in [*before, *under_way]]
    assert {order.state for order in ended} <= ENDED
    assert sum(order.state == order_pb2.ORDER_STATE_COMPLETED for order in ended) == 30
    facts, findings, _ = await asyncio.to_thread(audit, platform, wait=60)
    assert facts.quiet, facts.in_flight
    assert [violation for finding in findings for violation in finding.violations] == []
