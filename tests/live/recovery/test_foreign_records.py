"""Somebody else's record on a service's own topic, in the service's name: it is told from a loss, and set aside."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID, uuid4

import psutil
import pytest
from quadrille.avro import encode
from quadrille.events.inventory import InventoryReserved
from quadrille.order.v1 import order_pb2

from local.catalogue import server_names, service_names
from local.platform import set_running
from services.chassis.tables.outbox import Row
from services.chassis.wire.decoder import frame, headers
from tests.live.failures.records import id_of, order_created, put
from tests.live.recovery.conftest import until_it_waits_for
from tests.support.processes import pid_of
from tests.support.quiet import all_ready, nothing_is_broken
from tests.support.waiting import until

pytestmark = pytest.mark.live


async def test_a_forged_record_is_named_and_set_aside_and_never_taken_for_a_fact(shop, quadrille, platform):
    await all_ready(platform)
    await shop.open(stock=100, credit=10_000)
    placed = await shop.settled(await shop.place())
    await nothing_is_broken(platform)
    # Of an order that is there: to all who read it, it is a repetition.
    made = order_created(UUID(placed.order_id))
    event = InventoryReserved(order_id=made.order_id, occurred_at=datetime.now(UTC), order=made.order)
    schema = event.SCHEMA
    now = datetime.now(UTC)
    row = Row(
        *(uuid4(), "inventory-events", made.order_id, schema.full_name, schema.fingerprint, encode(event), None, 1, now)
    )
    value = frame(id_of(platform, InventoryReserved, "inventory-events"), row.body)
    put(platform, "inventory-events", (str(made.order_id).encode(), value, headers(row, "inventory")))
    everything = [*server_names(platform), *service_names(platform)]
    before = pid_of(platform, "inventory-1")
    set_running(platform, [name for name in everything if name != "inventory-1"])
    await until(lambda: not psutil.pid_exists(before))
    set_running(platform, everything)
    waits = await until_it_waits_for(platform, "inventory", "--set-aside")
    assert "nothing that inventory has read leads to its id" in waits
    place = waits.partition("the record ")[2].partition(" ")[0]
    assert place.startswith("inventory-events/")
    # It would be taken for a fact: nothing is held for nobody.
    code, told = await quadrille("rebuild", "inventory")
    assert code == 1
    assert f"cannot have published InventoryReserved at {place}" in told
    code, told = await quadrille("rebuild", "inventory", "--set-aside", place)
    assert "needs a --reason" in told
    code, told = await quadrille("rebuild", "inventory", "--set-aside", f"order-events/{place}", "--reason", "no")
    assert code == 2, told
    code, told = await quadrille("rebuild", "inventory", "--set-aside", place, "--reason", "a test")
    assert code == 0, told
    await all_ready(platform)
    code, told = await quadrille("rebuild", "inventory")
    assert code == 0, told
    assert (await shop.settled(await shop.place())).state == order_pb2.ORDER_STATE_COMPLETED
    await nothing_is_broken(platform)
