"""A program in each language takes shipping's place: it reads a real order's events, and its own event completes it."""

from __future__ import annotations

import asyncio
import json
import os
from typing import Any
from uuid import UUID, uuid4

import grpc
import pytest
from confluent_kafka import Consumer, TopicPartition
from quadrille.avro import decode
from quadrille.events import EVENTS
from quadrille.events.topics import TOPICS
from quadrille.ops.v1.status_service_pb2 import GetStatusRequest
from quadrille.ops.v1.status_service_pb2_grpc import StatusServiceStub
from quadrille.order.v1 import order_pb2
from quadrille.order.v1 import order_service_pb2 as pb
from quadrille.shipping.v1 import shipping_service_pb2

from services.chassis.decide.ids import derived
from tests.interop.languages import Language
from tests.support.processes import halted

pytestmark = [pytest.mark.live, pytest.mark.interop]

EXPECTED = ["OrderCreated", "InventoryReserved", "PaymentCompleted", "OrderShipped", "OrderCompleted"]


async def played(language: Language, shop: Any, tracking: str) -> list[dict[str, Any]]:
    """Run the participant, and give what it told line by line."""
    request = {"request_id": str(uuid4()), "customer_id": shop.customer, "sku": shop.sku, "tracking": tracking}
    process = await asyncio.create_subprocess_exec(
        *language.participant(),
        env={
            **os.environ,
            "PARTICIPANT_KAFKA": shop.platform.kafka_bootstrap_servers,
            "PARTICIPANT_REGISTRY": shop.platform.registry_url,
            "PARTICIPANT_ORDERS": shop.platform.service_address("order"),
            "PARTICIPANT_REQUEST": json.dumps(request),
        },
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(90):
            told, complained = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode == 0, f"{language.name}: {told.decode()}\n{complained.decode()}"
    return [json.loads(line) for line in told.decode().splitlines() if line.startswith("{")]


async def test_an_order_is_shipped_by_a_program_in_another_language(language: Language, shop: Any) -> None:
    async with asyncio.timeout(30):
        await shop.open(stock=5, credit=1000)
    tracking = f"{language.name}-{uuid4().hex[:8]}"
    with halted(shop.platform, "shipping"):
        placed, *events, ended = await played(language, shop, tracking)
        order_id = placed["placed"]
        assert ended == {"state": "ORDER_STATE_COMPLETED"}
        order = await shop.settled(order_id)
        records = await asyncio.to_thread(read, shop.platform, order_id, len(EXPECTED))
    # What it read is what Python reads in the same records.
    names = [event["name"].rpartition(".")[2] for event in events]
    assert sorted(names) == sorted(EXPECTED)
    assert [found for found in records if found not in events] == []
    # Its own record lies where every client looks for the key, under an id that follows from its cause.
    assert len({event["partition"] for event in events}) == 1
    by_name = dict(zip(names, events, strict=True))
    cause = UUID(by_name["PaymentCompleted"]["ce_id"])
    assert by_name["OrderShipped"]["ce_id"] == str(derived("shipping", cause, 0))
    # Python took it: the order is completed by it.
    assert [step.event for step in order.timeline] == EXPECTED
    assert tracking in order.timeline[3].detail
    # Shipping wakes up and ships too. That is a repetition, and changes nothing.
    await until_shipped(shop, order_id)
    repeated = await asyncio.to_thread(read, shop.platform, order_id, len(EXPECTED) + 1)
    assert [found["name"] for found in repeated].count("quadrille.events.shipping.OrderShipped") == 2
    await until_read(shop, "order")
    after = await shop.orders.GetOrder(pb.GetOrderRequest(order_id=order_id), timeout=10)
    assert after.state == order_pb2.ORDER_STATE_COMPLETED
    assert list(after.timeline) == list(order.timeline)
    assert await shop.balance() == -200


def read(platform: Any, order_id: str, count: int) -> list[dict[str, Any]]:
    """Read the order's events with Python, until there are so many."""
    consumer = Consumer(
        {"bootstrap.servers": platform.kafka_bootstrap_servers, "group.id": "none", "enable.auto.commit": False}
    )
    try:
        consumer.assign([TopicPartition(t.name, p, 0) for t in TOPICS for p in range(t.partitions)])
        found: list[dict[str, Any]] = []
        for _ in range(300):
            messages = [message for message in consumer.consume(500, 0.1) if message.error() is None]
            found += [as_vector(message) for message in messages if message.key() == order_id.encode()]
            if len(found) >= count:
                return found
        raise AssertionError(f"only {[one['name'] for one in found]} were found")
    finally:
        consumer.close()


def as_vector(message: Any) -> dict[str, Any]:
    headers = dict(message.headers())
    name = headers["ce_type"].decode()
    event = decode(EVENTS[name], message.value()[5:])
    return {
        "topic": message.topic(),
        "partition": message.partition(),
        "ce_id": headers["ce_id"].decode(),
        "name": name,
        "json": json_form(event.to_avro()),
    }


def json_form(value: Any) -> Any:
    """Turn raw Avro values into the JSON form of the vectors."""
    if isinstance(value, dict):
        return {key: json_form(item) for key, item in value.items()}
    if isinstance(value, list):
        return [json_form(item) for item in value]
    if isinstance(value, tuple):
        return json_form(value[1])
    return str(value) if isinstance(value, int) else value


async def until_shipped(shop: Any, order_id: str) -> None:
    request = shipping_service_pb2.GetShipmentRequest(order_id=order_id)
    async with asyncio.timeout(60):
        while True:
            try:
                await shop.shipping.GetShipment(request, timeout=10)
            except grpc.aio.AioRpcError as error:
                assert error.code() in {
                    grpc.StatusCode.NOT_FOUND,
                    grpc.StatusCode.UNAVAILABLE,
                    grpc.StatusCode.DEADLINE_EXCEEDED,
                }
                await asyncio.sleep(0.2)
            else:
                return


async def until_read(shop: Any, service: str) -> None:
    """Wait until a service has nothing left to read."""
    stub = StatusServiceStub(shop.channel(service))
    async with asyncio.timeout(60):
        while any(one.lag for one in (await stub.GetStatus(GetStatusRequest(), timeout=5)).partitions):
            await asyncio.sleep(0.2)
