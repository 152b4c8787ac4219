"""Servers that go away and come back, under the real services: they pause, say so, and go on in order."""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import grpc
import pytest
from confluent_kafka import Consumer
from quadrille.avro import encode
from quadrille.events.order import OrderCancelRequested
from quadrille.events.topics import topics_read_by
from quadrille.events.types import CancelReason
from quadrille.order.v1 import order_pb2
from quadrille.order.v1 import order_service_pb2 as pb

from local import status
from local.catalogue import server_names, service_names
from local.platform import set_running
from services.catalogue import SERVICES
from services.chassis.wire.decoder import dataschema, frame
from tests.live.failures.records import put, registered
from tests.support.quiet import all_ready, nothing_is_broken
from tests.support.waiting import until

pytestmark = pytest.mark.live

SECONDS = 60.0
AWAY_SECONDS = 6.0


async def services(platform):
    # The gateway reads nothing and keeps nothing: it is ready as long as order is.
    told = (await asyncio.to_thread(status.collect, platform, servers=False)).services
    return [one for one in told if one.service in SERVICES]


@asynccontextmanager
async def without(platform, server: str):
    """Stop a server, and start it again."""
    everything = [*server_names(platform), *service_names(platform)]

    async def reachable():
        found = await asyncio.to_thread(status.collect, platform)
        return next((one.reachable for one in found.servers if one.name == server), False)

    async def away():
        return not await reachable()

    set_running(platform, [name for name in everything if name != server])
    try:
        await until(away)
        yield
    finally:
        set_running(platform, everything)
        await until(reachable)


async def assert_clean(platform, before):
    """Nobody died, nothing became a dead letter, nothing is lost or double."""
    await all_ready(platform)
    after = await services(platform)
    assert {one.name: (one.pid, one.restarts) for one in after} == before
    assert {one.dead_letters for one in after} == {0}
    await nothing_is_broken(platform)


class Caller:
    """Places orders until it is told to stop; one that is refused is asked for again, with the same request id."""

    def __init__(self, shop):
        self._shop = shop
        self._stopping = asyncio.Event()
        self.placed: list[str] = []
        self.refused = 0

    async def run(self):
        client = self._shop.orders
        while not self._stopping.is_set():
            request = self._shop.request()
            while True:
                try:
                    answer = await client.PlaceOrder(request, timeout=20)
                except grpc.aio.AioRpcError as error:
                    assert error.code() is grpc.StatusCode.UNAVAILABLE
                    self.refused += 1
                    await asyncio.sleep(0.2)
                else:
                    self.placed.append(answer.order.order_id)
                    break
            await asyncio.sleep(0.01)

    def stop(self):
        self._stopping.set()


@pytest.mark.parametrize(("server", "why"), [("postgres", "database"), ("kafka", "Kafka")])
async def test_a_server_that_goes_away_under_load_stops_nothing_for_good(platform, shop, server, why):
    await shop.open(stock=100_000, credit=100_000_000)
    before = {one.name: (one.pid, one.restarts) for one in await services(platform)}
    load = Caller(shop)
    running = asyncio.create_task(load.run())
    await asyncio.sleep(1)
    async with without(platform, server):

        async def all_say_so():
            return all(not one.ready and why in one.waiting_for for one in await services(platform))

        await until(all_say_so)
        await asyncio.sleep(AWAY_SECONDS)
    await all_ready(platform)
    await asyncio.sleep(1)
    load.stop()
    await running
    assert len(load.placed) > 20
    assert bool(load.refused) == (server == "postgres")
    for order_id in load.placed:
        order = await shop.settled(order_id)
        assert order.state == order_pb2.ORDER_STATE_COMPLETED
    await assert_clean(platform, before)


async def test_a_consumer_that_is_fenced_is_replaced_and_reads_on(platform, shop):
    await shop.open(stock=10, credit=1000)
    before = {one.name: (one.pid, one.restarts) for one in await services(platform)}

    def fence():
        twin = Consumer(
            {
                "bootstrap.servers": platform.kafka_bootstrap_servers,
                "group.id": "quadrille.inventory",
                "group.instance.id": "inventory-1",
                "partition.assignment.strategy": "cooperative-sticky",
                "enable.auto.commit": False,
            }
        )
        twin.subscribe([topic.name for topic in topics_read_by("inventory")])
        deadline = time.monotonic() + SECONDS
        try:
            while not twin.assignment():
                assert time.monotonic() < deadline
                twin.poll(0.1)
        finally:
            twin.close()

    def replaced():
        log = next(one.log for one in status.collect(platform, servers=False).services if one.name == "inventory-1")
        return Path(log).read_text().count("the client failed for good")

    already = await asyncio.to_thread(replaced)
    await asyncio.to_thread(fence)

    async def noticed():
        return await asyncio.to_thread(replaced) > already

    await until(noticed)
    await a_completed_order(shop)
    await assert_clean(platform, before)


def late_request(order_id: str) -> OrderCancelRequested:
    """An event that changes nothing any more: shipping has shipped the order."""
    return OrderCancelRequested(
        order_id=UUID(order_id), occurred_at=datetime.now(UTC), customer_id="c", reason=CancelReason.DEADLINE_EXCEEDED
    )


async def a_completed_order(shop):
    order = await shop.settled(await shop.place())
    assert order.state == order_pb2.ORDER_STATE_COMPLETED
    return order.order_id


async def test_without_the_registry_known_ids_and_known_fingerprints_are_read(platform, shop):
    await shop.open(stock=10, credit=1000)
    before = {one.name: (one.pid, one.restarts) for one in await services(platform)}
    order_id = await a_completed_order(shop)
    event = late_request(order_id)
    headers = [("ce_dataschema", dataschema(event.SCHEMA.fingerprint).encode())]
    async with without(platform, "registry"):
        await a_completed_order(shop)
        value = frame(1 << 29, encode(event))
        await asyncio.to_thread(put, platform, "order-events", (order_id.encode(), value, headers))
        # It is read past, so nothing waits for the registry.
        await a_completed_order(shop)
        assert all(one.ready for one in await services(platform))
    await assert_clean(platform, before)


async def test_an_id_that_nobody_has_seen_waits_for_the_registry_and_is_no_poison(platform, shop):
    await shop.open(stock=10, credit=1000)
    before = {one.name: (one.pid, one.restarts) for one in await services(platform)}
    order_id = await a_completed_order(shop)
    schema = json.loads(OrderCancelRequested.SCHEMA.text)
    schema["fields"].append({"name": "note", "type": "string", "default": "", "doc": "A field of a later version."})
    with registered(platform, schema) as id_:
        async with without(platform, "registry"):
            value = frame(id_, encode(late_request(order_id)) + b"\x08note")
            await asyncio.to_thread(put, platform, "order-events", (order_id.encode(), value))

            async def shipping_waits():
                found = {one.service: one for one in await services(platform)}
                return not found["shipping"].ready and "registry" in found["shipping"].waiting_for

            await until(shipping_waits)
            waiting = await shop.place()
            await asyncio.sleep(AWAY_SECONDS)
            order = await shop.orders.GetOrder(pb.GetOrderRequest(order_id=waiting))
            assert order.state == order_pb2.ORDER_STATE_PENDING
            assert {one.dead_letters for one in await services(platform)} == {0}
        order = await shop.settled(waiting)
        assert order.state == order_pb2.ORDER_STATE_COMPLETED
        await assert_clean(platform, before)
