"""Poison in the real topics, among good orders: it becomes dead letters, and nothing else is disturbed."""

from __future__ import annotations

import asyncio
import json
import time
from uuid import uuid4

import pytest
from click.testing import CliRunner
from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, ResourceType
from quadrille.avro import encode
from quadrille.events.order import OrderCreated
from quadrille.events.topics import TOPICS
from quadrille.order.v1 import order_pb2, order_service_pb2

from admin.audit.report import run as audit
from cli.commands.dlq import command as dlq
from local import status
from local.catalogue import server_names, service_names
from local.platform import set_running
from services.catalogue import SERVICES
from services.chassis.wire.decoder import frame, unframe
from tests.live.failures.records import a_real_value, order_created, put, registered
from tests.support.readers import readers_of

pytestmark = pytest.mark.live

SECONDS = 30.0
ORDERS = 40


def letters(platform) -> dict[str, int]:
    # The gateway has no database, and so no letters.
    told = {one.service: one.dead_letters or 0 for one in status.collect(platform, servers=False).services}
    return {service: told[service] for service in SERVICES}


def wait_for_letters(platform, expected: dict[str, int]) -> None:
    deadline = time.monotonic() + SECONDS
    while (found := letters(platform)) != {**dict.fromkeys(SERVICES, 0), **expected}:
        assert time.monotonic() < deadline, f"{found}, and not {expected}"
        time.sleep(0.1)


async def timeline(shop, order_id: str) -> list[str]:
    order = await shop.orders.GetOrder(order_service_pb2.GetOrderRequest(order_id=order_id))
    return [step.event for step in order.timeline]


def dlq_command(*args: str, code: int = 0):
    """Run `quadrille dlq` and give what it prints."""
    done = CliRunner().invoke(dlq, args, standalone_mode=False)
    assert done.exception is None, done.output
    assert (done.return_value or 0) == code, done.output
    return done.output


def key() -> bytes:
    return str(uuid4()).encode()


@pytest.fixture
def command_line(platform, monkeypatch):
    monkeypatch.setattr("admin.clients.load_platform", lambda: platform)


def bombs(platform):
    """Writers' schemas that other readers hang or die on, under the name of an event that inventory reads."""
    name = OrderCreated.SCHEMA.full_name.rpartition(".")
    record = {"type": "record", "name": name[2], "namespace": name[0]}
    nothing = {"name": "order_id", "type": {"type": "array", "items": "null"}}
    itself = {"name": "order_id", "type": ["null", name[2]]}
    return [
        ({**record, "fields": [nothing]}, b"\xfe\xff\xff\xff\xff\x01"),
        ({**record, "fields": [itself]}, b"\x02" * 4800),
    ]


async def test_poison_becomes_dead_letters_and_all_good_orders_complete(platform, shop, command_line):
    await shop.open(stock=10 * ORDERS, credit=1_000_000)
    before = {one.name: one.pid for one in status.collect(platform, servers=False).services}
    placed = [await shop.place() for _ in range(ORDERS // 2)]

    real = a_real_value(platform)
    id_, body = unframe(real)
    unread = [b"", b"garbage", b"\x00\x00", b"\x01" + real[1:], frame(id_ + (1 << 30), body)]
    for topic in TOPICS:
        put(platform, topic.name, *((key(), value) for value in unread), (key(), None))
    own = order_created()
    own_key, own_body = str(own.order_id).encode(), encode(own)
    broken = [own_body[:n] for n in (0, 1, 20, len(own_body) - 1)]
    broken += [bytes([*own_body[:n], own_body[n] ^ bit, *own_body[n + 1 :]]) for n in (0, 1, 9, 36) for bit in (1, 64)]
    broken += [own_body + b"\x00"]
    put(platform, "order-events", *((own_key, frame(id_, value)) for value in broken))
    put(platform, "order-events", (b"not an id", real), (key(), real), (None, real))
    with registered(platform, bombs(platform)[0][0]) as first, registered(platform, bombs(platform)[1][0]) as second:
        for bomb, (_, value) in zip((first, second), bombs(platform), strict=True):
            put(platform, "order-events", (key(), frame(bomb, value)))
        expected = dict.fromkeys(SERVICES, 0)
        for topic in TOPICS:
            for service in readers_of(topic.name):
                expected[service] += len(unread) + 1
        expected["inventory"] += len(broken) + 3 + 2
        placed += [await shop.place() for _ in range(ORDERS // 2)]
        began = time.monotonic()
        await asyncio.to_thread(wait_for_letters, platform, expected)
        assert time.monotonic() - began < SECONDS / 2

    orders = [await shop.settled(order) for order in placed]
    assert {order.state for order in orders} == {order_pb2.ORDER_STATE_COMPLETED}
    after = status.collect(platform, servers=False)
    assert {one.name: one.pid for one in after.services} == before
    assert after.all_ready

    listed = [
        json.loads(line) for line in (await asyncio.to_thread(dlq_command, "list", "--all", "--json")).splitlines()
    ]
    assert len(listed) == sum(expected.values())
    assert {letter["error_type"] for letter in listed} == {"Undecodable"}
    shown = json.loads(await asyncio.to_thread(dlq_command, "show", listed[0]["name"], "--json"))
    assert (shown["event"], bool(shown["decode_error"])) == (None, True)
    await asyncio.to_thread(dlq_command, "replay", listed[0]["name"], "--reason", "to see", code=1)
    await asyncio.to_thread(dlq_command, "drop", "--all", "--reason", "a test poured it in", "--dry-run")
    assert letters(platform) == expected
    await asyncio.to_thread(dlq_command, "drop", "--all", "--reason", "a test poured it in")
    assert set(letters(platform).values()) == {0}
    shown = json.loads(await asyncio.to_thread(dlq_command, "show", listed[0]["name"], "--json"))
    assert [action["action"] for action in shown["history"]] == ["REPLAY_FAILED", "DROPPED"]
    facts, findings, _ = await asyncio.to_thread(audit, platform, wait=SECONDS)
    assert facts.quiet, facts.in_flight
    assert [finding for finding in findings if finding.violations] == []


async def test_a_record_of_five_megabytes_becomes_a_dead_letter_that_can_be_shown(platform, shop, command_line):
    admin = AdminClient({"bootstrap.servers": platform.kafka_bootstrap_servers})

    def limit(operation, value):
        entry = ConfigEntry("max.message.bytes", value, incremental_operation=operation)
        resource = ConfigResource(ResourceType.TOPIC, "payment-events", incremental_configs=[entry])
        for change in admin.incremental_alter_configs([resource]).values():
            change.result(SECONDS)

    await asyncio.to_thread(limit, AlterConfigOpType.SET, "6000000")
    try:
        value = b"\x01" + bytes(5_000_000)
        await asyncio.to_thread(put, platform, "payment-events", (key(), value), longest=6_000_000)
        await asyncio.to_thread(wait_for_letters, platform, {"order": 1, "shipping": 1})
    finally:
        await asyncio.to_thread(limit, AlterConfigOpType.DELETE, None)
    await shop.open(stock=5, credit=1000)
    order = await shop.settled(await shop.place())
    assert order.state == order_pb2.ORDER_STATE_COMPLETED
    (letter,) = [
        json.loads(line)
        for line in (await asyncio.to_thread(dlq_command, "list", "--service", "shipping", "--json")).splitlines()
    ]
    shown = json.loads(await asyncio.to_thread(dlq_command, "show", letter["name"], "--json"))
    assert bytes.fromhex(shown["value"]) == value
    await asyncio.to_thread(dlq_command, "drop", "--all", "--reason", "too long")
    assert set(letters(platform).values()) == {0}


async def test_an_order_with_poison_under_its_id_stops_alone_and_goes_on_when_the_poison_is_dropped(
    platform, shop, command_line
):
    await shop.open(stock=5, credit=1000)
    everything = [*server_names(platform), *service_names(platform)]
    set_running(platform, [name for name in everything if name != "shipping-1"])
    try:
        order_id = await shop.place()
        async with asyncio.timeout(SECONDS):
            while "PaymentCompleted" not in await timeline(shop, order_id):
                await asyncio.sleep(0.05)
        await asyncio.to_thread(put, platform, "order-events", (order_id.encode(), b"garbage"))
        await asyncio.to_thread(wait_for_letters, platform, {"inventory": 1, "payment": 1})
    finally:
        set_running(platform, everything)
    # Shipping reads the poison and the payment from two topics. Whichever comes first, somebody has to wait.
    async with asyncio.timeout(SECONDS):
        while sorted(letters(platform)[name] for name in ("shipping", "inventory")) != [1, 2]:
            await asyncio.sleep(0.1)
    other = await shop.settled(await shop.place())
    assert other.state == order_pb2.ORDER_STATE_COMPLETED

    await asyncio.to_thread(dlq_command, "replay", "--order", order_id, "--reason", "to see", code=1)
    dropped = json.loads(
        await asyncio.to_thread(dlq_command, "drop", "--order", order_id, "--reason", "garbage", "--json")
    )
    assert (dropped["dropped"], dropped["failed"], dropped["behind"]) == (3, 0, 0)
    assert dropped["replayed"] >= 1
    order = await shop.settled(order_id)
    assert order.state == order_pb2.ORDER_STATE_COMPLETED
    facts, findings, _ = await asyncio.to_thread(audit, platform, wait=SECONDS)
    assert facts.quiet, facts.in_flight
    assert [finding for finding in findings if finding.violations] == []
    assert (await shop.item()).shipped == 2
