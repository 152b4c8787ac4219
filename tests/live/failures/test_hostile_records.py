"""Records with all that a producer can choose, in every topic: no process ends, and good orders go on."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from quadrille.events.topics import TOPICS
from quadrille.order.v1 import order_pb2

from admin.audit.report import run as audit
from local import status
from services.chassis.tables.outbox import Row
from services.chassis.wire.decoder import dataschema, headers
from tests.live.failures.raw_producer import produce_raw
from tests.live.failures.records import a_real_value, order_created
from tests.live.failures.test_poison import SECONDS, command_line, dlq_command, letters, wait_for_letters  # noqa: F401
from tests.support.readers import readers_of

pytestmark = pytest.mark.live

CLOUD_EVENT = headers(Row(uuid4(), "t", uuid4(), "T", "f", b"", "c", 1, datetime.now(UTC)), "s")
NAMES = [name.encode() for name, _ in CLOUD_EVENT]
GARBAGE = b"no event"


def hostile():
    """Records that every reader of a topic finds undecodable, each hostile in one more way."""
    key = str(uuid4()).encode
    many = [(b"h%d" % n, b"") for n in range(10_000)]
    made = [(key(), GARBAGE, [(name, None)]) for name in NAMES]
    made += [(key(), GARBAGE, [(name, b"")]) for name in NAMES]
    made += [(key(), GARBAGE, [(name, b"\xff\x00\xfe")]) for name in NAMES]
    made += [(key(), GARBAGE, [(name.upper(), None), (name, b"x"), (name, None)]) for name in NAMES]
    made += [(key(), GARBAGE, [(b"\xff\xfe", b"")]), (key(), GARBAGE, [(b"", b"")]), (key(), GARBAGE, many)]
    made += [(key(), GARBAGE, [(b"ce_dataschema", b"x" * 900_000)]), (None, GARBAGE, []), (b"", GARBAGE, [])]
    made += [(key(), None, []), (key(), b"", []), (b"k" * 5_000, GARBAGE, []), (b"\xff" * 36, GARBAGE, [])]
    made += [(key(), GARBAGE, [], -14_182_940_000), (key(), GARBAGE, [], 1)]
    return made


async def test_no_record_ends_a_process(platform, shop, command_line):  # noqa: F811
    await shop.open(stock=100, credit=1_000_000)
    before = {one.name: one.pid for one in status.collect(platform, servers=False).services}
    made = hostile()
    expected: dict[str, int] = {}
    for topic in TOPICS:
        await asyncio.to_thread(produce_raw, platform.kafka_bootstrap_servers, topic.name, made)
        for service in readers_of(topic.name):
            expected[service] = expected.get(service, 0) + len(made)
    # A good value whose headers nobody can read: no reader knows whether it is for another one.
    own = order_created()
    good, own_key = a_real_value(platform, own), str(own.order_id).encode()
    known = (b"ce_dataschema", dataschema(own.SCHEMA.fingerprint).encode())
    produce_raw(platform.kafka_bootstrap_servers, "order-events", [(own_key, good, [(b"\xff", b""), known])])
    for service in readers_of("order-events"):
        expected[service] += 1
    order = await shop.settled(await shop.place())
    assert order.state == order_pb2.ORDER_STATE_COMPLETED
    await asyncio.to_thread(wait_for_letters, platform, expected)
    after = status.collect(platform, servers=False)
    assert {one.name: one.pid for one in after.services} == before
    assert after.all_ready
    await asyncio.to_thread(dlq_command, "list", "--all")
    await asyncio.to_thread(dlq_command, "drop", "--all", "--reason", "a test poured it in")
    assert set(letters(platform).values()) == {0}


async def test_an_event_on_a_topic_that_is_not_its_own_becomes_a_dead_letter_that_says_so(platform, shop, command_line):  # noqa: F811
    await shop.open(stock=100, credit=1_000_000)
    own = order_created()
    value = a_real_value(platform, own)
    key = str(own.order_id).encode()
    forged = [(b"ce_source", b"/services/payment")]
    produce_raw(platform.kafka_bootstrap_servers, "order-events", [(key, value, forged)])
    await asyncio.to_thread(wait_for_letters, platform, {"inventory": 1})
    assert "only order may publish on order-events" in await asyncio.to_thread(dlq_command, "list", "--all", "--json")
    await asyncio.to_thread(dlq_command, "drop", "--all", "--reason", "forged")
    assert set(letters(platform).values()) == {0}
    facts, findings, _ = await asyncio.to_thread(audit, platform, wait=SECONDS)
    assert facts.quiet, facts.in_flight
    assert [finding for finding in findings if finding.violations] == []
