"""Both versions of contracts and services side by side, under load: up and back again. No order is lost or stuck.

One test, because it is one story: each step begins where the one before it ended.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections import Counter
from collections.abc import Iterator

import grpc
import pytest
from quadrille.events.topics import topics_read_by
from quadrille.ops.v1.status_service_pb2 import GetStatusRequest, GetStatusResponse
from quadrille.ops.v1.status_service_pb2_grpc import StatusServiceStub

from admin.audit.report import run as audit
from local.platform import set_running
from local.settings import SERVERS, Platform
from tests.live.rolling.records import Kept, read_all
from tests.live.rolling.versions import CONTRACTS, INSTANCE, SERVICES_CODE, Copy, Instance
from tests.support.load import KINDS, Load, furnish
from tests.support.platforms import running
from tests.support.waiting import until

pytestmark = pytest.mark.live
log = logging.getLogger(__name__)

#: Consumers of what has changed first; the order service, which begins each saga, last.
ROLL = ("inventory", "payment", "shipping", "order")
#: An instance that is gone for good keeps its partitions for its session: the shortest that Kafka allows.
TIMEOUTS = {"QUADRILLE_SESSION_TIMEOUT": "6", "QUADRILLE_TRANSACTION_TIMEOUT": "5"}
STEP_SECONDS = 60.0
#: What each instance must do before the next step, and how many orders are placed while nothing is rolled.
SHARE, ORDERS = 10, 50


@pytest.fixture(scope="module")
def own() -> Iterator[Platform]:
    """A platform of this file's own: N+1's schemas and rows are nobody else's business."""
    with running("rolling", TIMEOUTS) as platform:
        yield platform


@pytest.fixture(scope="module")
def following(tmp_path_factory) -> Copy:
    """Version N+1: recorded, generated, and let through by the gate."""
    copy = Copy(tmp_path_factory.mktemp("next") / "quadrille")
    copy.lay_over(CONTRACTS)
    copy.lay_over(SERVICES_CODE)
    for done in (
        copy.quadrille("schemas", "check"),
        copy.quadrille("schemas", "record"),
        copy.python("-m", "codegen"),
        copy.quadrille("schemas", "check"),
    ):
        assert done.returncode == 0, done.stdout + done.stderr
    assert "Not released yet" not in done.stdout
    return copy


def test_a_wrong_overlay_does_not_pass_the_gate(following: Copy):
    path = following.root / "schemas/types/OrderDetails.avsc"
    right = path.read_text()
    wrong = json.loads(right)
    added = wrong["fields"][-1]
    assert added.pop("name") == "sales_channel"
    assert added.pop("default", "none") is None
    wrong["fields"][-1] = {"name": "sales_channel", **added}
    path.write_text(json.dumps(wrong))
    try:
        told = following.quadrille("schemas", "check")
        recorded = following.quadrille("schemas", "record")
    finally:
        path.write_text(right)
    assert told.returncode == recorded.returncode == 1
    assert "sales_channel" in told.stdout
    assert following.quadrille("schemas", "check").returncode == 0


async def test_both_versions_run_side_by_side_up_and_back_and_no_order_is_lost_or_stuck(own: Platform, following: Copy):
    assert [path.is_relative_to(following.root) for path in following.origin()] == [True, True]
    await furnish(own)
    load = Load([own.service_address("order"), own.service_address("order", INSTANCE)])
    beside: dict[str, Instance] = {}
    try:
        async with load.running():
            await load.more(ORDERS)
            applied = await asyncio.to_thread(following.quadrille, "apply", platform=own)
            assert applied.returncode == 0, applied.stdout + applied.stderr
            await roll_forward(own, following, load, beside)
            await at_work(own, load, [(service, INSTANCE) for service in ROLL])
            await roll_back(own, load, beside)
            await at_work(own, load, [(service, 1) for service in ROLL])
    finally:
        for instance in beside.values():
            instance.kill()
    await asyncio.to_thread(judge, own, load)


async def roll_forward(platform: Platform, following: Copy, load: Load, beside: dict[str, Instance]) -> None:
    """N+1 beside N, one service after the other; both at work; N stops, one service after the other."""
    for service in ROLL:
        beside[service] = following.start(platform, service)
        await until(lambda s=service: ready(platform, s, INSTANCE), f"{service} of N+1 is ready", STEP_SECONDS, 0.1)
        # The next service of N meets what this one writes, before it is joined by its own successor.
        await at_work(platform, load, [(service, INSTANCE)])
    await at_work(platform, load, places())
    for service in ROLL:
        keep(platform, ROLL[ROLL.index(service) + 1 :])
        await until(lambda s=service: gone(platform, s, 1), f"{service} of N is gone", STEP_SECONDS, 0.1)
    for service in ROLL:
        await until(
            lambda s=service: has_all(platform, s, INSTANCE), f"{service} of N+1 has every partition", STEP_SECONDS, 0.1
        )


async def roll_back(platform: Platform, load: Load, beside: dict[str, Instance]) -> None:
    """N beside N+1 again; both at work; N+1 is killed where its data begins, and stopped elsewhere."""
    for service in ROLL:
        keep(platform, ROLL[: ROLL.index(service) + 1])
        await until(lambda s=service: ready(platform, s, 1), f"{service} of N is ready", STEP_SECONDS, 0.1)
        await at_work(platform, load, [(service, 1)])
    await at_work(platform, load, places())
    # Producers first: the last to come is the first to go. A version that is rolled back is often one that crashes.
    for service in reversed(ROLL):
        instance = beside.pop(service)
        assert instance.running, instance.log.read_text()[-2000:]
        if service in ("order", "inventory"):
            instance.kill()
        else:
            assert await asyncio.to_thread(instance.stop) == 0
    for service in ROLL:
        await until(lambda s=service: has_all(platform, s, 1), f"{service} of N has every partition", STEP_SECONDS, 0.1)


async def at_work(platform: Platform, load: Load, instances: list[tuple[str, int]]) -> None:
    """Wait until each of these instances has done its share since now: records handled, and orders taken."""

    async def work() -> dict[str, int]:
        done = {}
        for service, number in instances:
            told = await status(platform, service, number)
            # Shipping is given all that order publishes and handles none of it yet, so an instance may only skip.
            skipped = told.records_skipped if service == "shipping" else 0
            done[f"records of {told.instance}"] = told.records_handled + skipped
            if service == "order":
                done[f"orders of {told.instance}"] = load.taken[platform.service_address(service, number)]
        return done

    before, moved = await work(), dict[str, int]()

    async def enough() -> bool:
        moved.update({name: number - before[name] for name, number in (await work()).items()})
        return min(moved.values()) >= SHARE

    await until(enough, f"every instance is at work: {moved}", STEP_SECONDS, 0.1)
    log.info("at work: %s", moved)


def judge(platform: Platform, load: Load) -> None:
    facts, findings, _ = audit(platform, wait=STEP_SECONDS)
    # Quiet means: no lag, no event left in an outbox, no open dead letter.
    assert facts.quiet, facts.in_flight
    assert {finding.name: finding.violations for finding in findings if finding.violations} == {}
    assert {str(order_id) for order_id, order in facts.orders.items() if order.settled} == set(load.placed)
    judge_ends(platform, load)
    # Only now: while anything moves, an answer could be read without what it answers.
    kept = read_all(platform)
    log.info("%d orders, taken by %s; %d calls were made again", len(load.placed), load.taken, load.retries)
    log.info("records: %s", Counter((record.event, "N+1" if record.later else "N") for record in kept))
    judge_records(kept)


def judge_ends(platform: Platform, load: Load) -> None:
    """Each order ended as its kind may, and each way to read the new symbol was met."""
    import psycopg

    with psycopg.connect(platform.audit_url("order")) as connection:
        rows = connection.execute("SELECT order_id::text, coalesce(cancel_reason, state) FROM orders").fetchall()
    assert len(rows) == len(load.placed)
    ends = Counter((load.placed[order_id], end) for order_id, end in rows)
    assert {(kind, end) for kind, end in ends if end not in KINDS[kind].ends} == set()
    assert {end for kind, end in ends if kind == "too large"} == KINDS["too large"].ends, ends


def judge_records(kept: list[Kept]) -> None:
    """Every pair of versions met: each wrote what the other read, and answered."""
    by_order = {(record.event, record.order_id): record for record in kept}
    for asked, answered in (("OrderCreated", "InventoryReserved"), ("InventoryReserved", "PaymentCompleted")):
        pairs = Counter(
            (by_order[asked, record.order_id].later, record.later) for record in kept if record.event == answered
        )
        assert set(pairs) == {(False, False), (False, True), (True, False), (True, True)}, (asked, answered, pairs)
    for record in kept:
        if record.event == "InventoryReserved" and record.later:
            # N+1 read the field that N+1 wrote, and its default where N had written.
            expected = "grpc" if by_order["OrderCreated", record.order_id].later else None
            assert record.datum["order"]["sales_channel"] == expected


def places() -> list[tuple[str, int]]:
    return [(service, instance) for service in ROLL for instance in (1, INSTANCE)]


def keep(platform: Platform, services: tuple[str, ...]) -> None:
    """Have the supervisor run these services of version N, beside the servers, and stop the others."""
    set_running(platform, [*SERVERS, *(f"{service}-1" for service in services)])


async def status(platform: Platform, service: str, instance: int) -> GetStatusResponse:
    async with grpc.aio.insecure_channel(platform.service_address(service, instance)) as channel:
        return await StatusServiceStub(channel).GetStatus(GetStatusRequest(), timeout=5)


async def ready(platform: Platform, service: str, instance: int) -> bool:
    try:
        return (await status(platform, service, instance)).ready
    except grpc.aio.AioRpcError:
        return False


async def gone(platform: Platform, service: str, instance: int) -> bool:
    try:
        await status(platform, service, instance)
    except grpc.aio.AioRpcError as error:
        return error.code() is grpc.StatusCode.UNAVAILABLE
    return False


async def has_all(platform: Platform, service: str, instance: int) -> bool:
    owned = (await status(platform, service, instance)).partitions
    return len(owned) == sum(topic.partitions for topic in topics_read_by(service))
