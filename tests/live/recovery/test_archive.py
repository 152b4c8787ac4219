"""Old orders leave the databases, and nothing brings them back: not a topic that is read again, not a repeated event.

The services' clocks are two days ahead here, so that an order of this minute is an old one to them.
"""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import grpc
import psycopg
import pytest
from click.testing import CliRunner
from quadrille.order.v1 import order_service_pb2 as pb

from admin import archiving
from admin.errors import Refused
from cli.commands.archive import command
from local.backups import stopped
from services.catalogue import SERVICES
from tests.live.recovery.test_rebuild import place_some
from tests.support.platforms import running
from tests.support.quiet import all_ready, nothing_is_broken
from tests.support.shop import Shop

pytestmark = pytest.mark.live

TWO_DAYS = timedelta(days=2)
TABLES = {"order": "orders", "inventory": "reservations", "payment": "payments", "shipping": "shipments"}


@pytest.fixture(scope="module")
def later():
    with running("archive", {"QUADRILLE_CLOCK_OFFSET": str(TWO_DAYS.total_seconds())}) as own:
        yield own


@pytest.fixture
async def shop(later):
    async with Shop(later) as opened:
        yield opened


@pytest.fixture(autouse=True)
def few_at_once(monkeypatch):
    monkeypatch.setattr(archiving, "AT_ONCE", 7)


def rows(platform) -> dict[str, int]:
    found = {}
    for service, table in TABLES.items():
        with psycopg.connect(platform.database_url(service)) as connection:
            found[service] = connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608
    return found


async def archive(platform, folder, tell=lambda _, __: None) -> dict[str, int]:
    def run():
        chosen = archiving.plan(platform, datetime.now(UTC))
        archiving.audited(platform)
        return archiving.carry_out(platform, chosen, folder, "a test", tell)

    return await asyncio.to_thread(run)


async def test_an_archived_order_is_in_the_files_and_no_replay_brings_it_back(shop, later, tmp_path):
    await all_ready(later)
    await shop.open(stock=1000, credit=10_000)
    placed = await place_some(shop)
    ended = {order_id: await shop.settled(order_id) for order_id in placed}
    await nothing_is_broken(later)
    item, balance, there = await shop.item(), await shop.balance(), rows(later)

    assert await archive(later, tmp_path) == there
    assert rows(later) == dict.fromkeys(SERVICES, 0)
    await nothing_is_broken(later)
    with pytest.raises(grpc.aio.AioRpcError) as told:
        await shop.orders.GetOrder(pb.GetOrderRequest(order_id=placed[0]))
    assert told.value.code() is grpc.StatusCode.NOT_FOUND
    assert told.value.details() == f"order {placed[0]} is archived"
    for order_id, order in ended.items():
        kept = list(archiving.read_back(tmp_path, UUID(order_id)))
        assert [step["row"]["event"] for step in kept if step["table"] == "steps"] == [s.event for s in order.timeline]
        assert {row["service"] for row in kept} >= {"order", "inventory", "payment"}

    for service in SERVICES:
        with stopped(later, service), psycopg.connect(later.database_url(service)) as connection:
            connection.execute("UPDATE positions SET next_offset = 0")
    await all_ready(later)
    after = await shop.settled(await shop.place())
    await nothing_is_broken(later)
    assert rows(later) == dict.fromkeys(SERVICES, 1)
    assert (await shop.item(), await shop.balance()) == (
        type(item)(**{**fields(item), "on_hand": item.on_hand - 1, "shipped": item.shipped + 1}),
        balance - 100,
    )
    assert after.order_id not in ended


def fields(message) -> dict:
    return {field.name: value for field, value in message.ListFields()}


async def test_an_order_that_is_not_settled_holds_back_itself_and_all_that_came_after_it(shop, later, tmp_path):
    await all_ready(later)
    await shop.open(stock=100, credit=10_000)
    first = (await shop.settled(await shop.place())).order_id
    with stopped(later, "payment"):
        waiting = await shop.place()
        cancelled = await shop.place(quantity=10_000)
        chosen = await asyncio.to_thread(archiving.plan, later, datetime.now(UTC))
        assert ("order", UUID(waiting), "is not settled") in {(s, h.key, h.why) for s, h in chosen.held_back_by}
        assert chosen.before == UUID(waiting)
        await archive(later, tmp_path)
        assert list(archiving.read_back(tmp_path, UUID(first)))
        assert not list(archiving.read_back(tmp_path, UUID(waiting)))
    await all_ready(later)
    for order_id in (waiting, cancelled):
        await shop.settled(order_id)
    await nothing_is_broken(later)


async def test_a_run_that_is_interrupted_after_any_file_is_finished_by_the_next(shop, later, tmp_path):
    await all_ready(later)
    await shop.open(stock=1000, credit=100_000)
    placed = [await shop.place() for _ in range(20)]
    for order_id in placed:
        await shop.settled(order_id)
    await nothing_is_broken(later)
    there, runs = rows(later), 0

    def stop_here(*_: object) -> None:
        raise InterruptedError

    while True:
        runs += 1
        try:
            await archive(later, tmp_path, stop_here)
        except InterruptedError:
            # Some services have rows of what others have archived: nobody takes that for a breach.
            await nothing_is_broken(later)
        else:
            break
    assert runs == 1 + sum(-(-count // 7) for count in there.values())
    assert rows(later) == dict.fromkeys(SERVICES, 0)
    for order_id in placed:
        kept = list(archiving.read_back(tmp_path, UUID(order_id)))
        assert {row["service"] for row in kept} == set(SERVICES)


async def test_nothing_is_archived_that_the_audit_finds_broken(shop, later, tmp_path):
    await all_ready(later)
    await shop.open(stock=10, credit=1000)
    order_id = (await shop.settled(await shop.place())).order_id
    await nothing_is_broken(later)
    shipments = psycopg.connect(later.database_url("shipping"), autocommit=True)
    shipments.execute("UPDATE shipments SET state = 'FAILED' WHERE order_id = %s", [order_id])
    with pytest.raises(Refused, match=r"audit finds something broken: completed orders \(1\)"):
        await archive(later, tmp_path)
    assert not list(tmp_path.iterdir())
    shipments.execute("UPDATE shipments SET state = 'SHIPPED' WHERE order_id = %s", [order_id])
    shipments.close()
    await nothing_is_broken(later)


async def test_the_command_line_tells_what_it_would_do_and_does_it(shop, later, tmp_path, monkeypatch):
    await all_ready(later)
    await shop.open(stock=10, credit=1000)
    order_id = (await shop.settled(await shop.place())).order_id
    await nothing_is_broken(later)
    monkeypatch.setattr("admin.clients.load_platform", lambda: later)

    def typed(*words: str):
        return CliRunner().invoke(command, list(words))

    folder = ["--to", str(tmp_path / "archive")]
    assert "say why with --reason" in typed("run", "--older-than", "30", *folder).output
    assert typed("run", "--older-than", "0.5", *folder, "--dry-run").exit_code == 2
    dry = await asyncio.to_thread(typed, "run", "--older-than", "1", *folder, "--dry-run", "--json")
    # Its clock is right: this order is of this minute.
    assert json.loads(dry.output)["archivable"] == dict.fromkeys(SERVICES, 0)
    await archive(later, tmp_path / "archive")
    shown = typed("show", order_id, "--from", str(tmp_path / "archive"))
    assert {json.loads(line)["table"] for line in shown.output.splitlines()} == {*TABLES.values(), "steps"}
    missing = typed("show", str(uuid4()), "--from", str(tmp_path / "archive"))
    assert missing.exit_code == 1
    assert "has no order" in missing.output
