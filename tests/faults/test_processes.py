"""Processes are killed and frozen under load, two instances of each service running. Nothing is lost, doubled or stuck.

Seeded: `QUADRILLE_FAULT_SEED` picks the instances, `QUADRILLE_FAULT_ROUNDS` repeats the list with other picks.
"""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import Awaitable, Callable, Iterator

import pytest

from cli.commands.audit import run as audit
from local.settings import SERVICES
from tests.conftest import FAULTS
from tests.faults.ground import ALL_SERVICES, INSTANCES, SESSION_SECONDS, TIMEOUTS, Ground, Row
from tests.load import Load, furnish
from tests.platforms import running

pytestmark = pytest.mark.live

SEED = int(os.environ.get("QUADRILLE_FAULT_SEED", "1"))
ROUNDS = int(os.environ.get("QUADRILLE_FAULT_ROUNDS", "1"))
#: Orders before the fault, and after the heal.
BEFORE, AFTER = 20, 20


def kills(service: str) -> Callable[[Ground, random.Random], Awaitable[None]]:
    async def fault(ground: Ground, dice: random.Random) -> None:
        await ground.kill(f"{service}-{dice.randint(1, INSTANCES)}")

    return fault


def kills_server(name: str) -> Callable[[Ground, random.Random], Awaitable[None]]:
    async def fault(ground: Ground, _dice: random.Random) -> None:
        await ground.kill(name)

    return fault


async def freezes_beyond_its_session(ground: Ground, dice: random.Random) -> None:
    # Its partitions go to the other instance meanwhile. When it goes on, it holds a batch that is no longer its own.
    await ground.freeze(
        dice.choice([name for name in ALL_SERVICES if not name.startswith("order")]), SESSION_SECONDS + 3
    )


async def freezes_the_database(ground: Ground, _dice: random.Random) -> None:
    await ground.freeze("postgres", 3)


async def kills_every_service(ground: Ground, _dice: random.Random) -> None:
    await asyncio.gather(*(ground.kill(name) for name in ALL_SERVICES))


INJECTED: dict[str, Callable[[Ground, random.Random], Awaitable[None]]] = {
    **{f"kill -9 of one {service}": kills(service) for service in SERVICES},
    "a service frozen for longer than its session": freezes_beyond_its_session,
    "kill -9 of every service at once": kills_every_service,
    "kill -9 of Kafka": kills_server("kafka"),
    "kill -9 of PostgreSQL": kills_server("postgres"),
    "PostgreSQL frozen for three seconds": freezes_the_database,
    "kill -9 of the registry": kills_server("registry"),
}


@pytest.fixture(scope="module")
def ground(request: pytest.FixtureRequest) -> Iterator[Ground]:
    with running("faults", TIMEOUTS, instances=INSTANCES) as platform:
        made = Ground(platform)
        asyncio.run(furnish(platform))
        try:
            yield made
        finally:
            request.config.stash[FAULTS] = [str(row) for row in made.rows]


@pytest.mark.parametrize("round_", range(ROUNDS))
@pytest.mark.parametrize("fault", INJECTED)
async def test_nothing_is_lost_doubled_or_stuck(ground: Ground, fault: str, round_: int) -> None:
    dice = random.Random(f"{SEED} {round_} {fault}")
    row = Row(fault)
    ground.rows.append(row)
    load = Load(ground.order_addresses)
    async with load.running():
        await load.more(BEFORE)
        found = await asyncio.gather(*(ground.find(order_id) for order_id in list(load.placed)))
        row.in_flight = sum(order is not None and not order.settled for order in found)
        await INJECTED[fault](ground, dice)
        row.recovered = await ground.recover(load)
        await load.more(AFTER)
    row.orders = len(load.placed)
    row.lost, row.stuck = await ground.settle(list(load.placed))
    facts, findings, _ = await asyncio.to_thread(audit, ground.platform, wait=60)
    row.offences = [f"{finding.name}: {one.subject}: {one.what}" for finding in findings for one in finding.offences]
    assert (row.lost, row.stuck, row.offences, list(facts.unrest)) == (0, 0, [], [])
