"""Faults under load, two instances of each service running. Nothing is lost, doubled or stuck, and orders soon move.

`QUADRILLE_FAULT_SEED` decides what is picked; a number that is drawn, and printed, if it is not set.
`QUADRILLE_FAULT_ROUNDS`: not set, a seeded handful of faults, some of each family (`make test`: one of each); `3`, each
fault three times and three handfuls of failpoints; `all`, every fault, and every failpoint in every service that comes
by it.
"""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from tests.conftest import FAULT_SEED
from tests.live.faults import clocks, disks, network, points, processes, topics
from tests.live.faults.ground import Ground, prepared
from tests.live.faults.scene import Inject, Scene
from tests.live.faults.verdict import RECOVER_SECONDS, Row, judge, table
from tests.support.load import Load, furnish

pytestmark = pytest.mark.live

SEED = int(os.environ[FAULT_SEED])
ROUNDS = os.environ.get("QUADRILLE_FAULT_ROUNDS") or "short"
#: Orders before the fault, and after the heal.
BEFORE, AFTER = 12, 8
#: Of so many calls that end unknown, one is not repeated.
LEAVES = 4
#: What the short form takes of each family.
SHORT = ((processes, 2), (network, 2), (topics, 1), (disks, 1), (clocks, 1), (points, 1))
HANDFUL = 2
AGAIN = pytest.mark.daily("another fault of a family of which one is injected in each run")

AT_POINTS: dict[str, Inject] = {f"each dies at {point}": partial(points.reach, point=point) for point in points.ALL}
INJECTED: dict[str, Inject] = {
    **{name: inject for family, _ in SHORT for name, inject in family.FAULTS.items()},
    **AT_POINTS,
}


def chosen() -> list[Any]:
    """Give the faults of this run, each with the number of its round."""
    dice = random.Random(SEED)
    if ROUNDS == "all":
        return [(name, 0) for name in INJECTED]
    if ROUNDS == "short":
        families = [*((family.FAULTS, number) for family, number in SHORT), (AT_POINTS, HANDFUL)]
        picked = [dice.sample(list(faults), number) for faults, number in families]
        return [
            pytest.param(name, 0, marks=[AGAIN] if place else [])
            for names in picked
            for place, name in enumerate(names)
        ]
    rounds = int(ROUNDS)
    always = [(name, round_) for round_ in range(rounds) for name in INJECTED if name not in AT_POINTS]
    return [*always, *((name, 0) for name in dice.sample(list(AT_POINTS), min(rounds * HANDFUL, len(AT_POINTS))))]


@pytest.fixture(scope="module")
def ground() -> Iterator[Ground]:
    with prepared() as made:
        asyncio.run(furnish(made.platform))
        yield made


@pytest.mark.parametrize(("fault", "round_"), chosen())
async def test_nothing_is_lost_doubled_or_stuck(
    ground: Ground, fault: str, round_: int, closing_lines: Callable[..., None]
) -> None:
    if fault == disks.NO_ROOM_FOR_DATA and ground.disk.reason:
        pytest.skip(ground.disk.reason)
    row = Row(fault)
    ground.rows.append(row)
    try:
        load = Load(ground.order_addresses, leaves=LEAVES)
        async with load.running():
            await load.more(BEFORE)
            await INJECTED[fault](Scene(ground, load, random.Random(f"{SEED} {round_} {fault}"), row))
            row.recovered = await ground.recover(load)
            await load.more(AFTER)
        await judge(ground, load, row)
        assert (row.lost, row.doubled, row.stuck, row.breaches) == (0, 0, 0, [])
        assert row.times > 0
        assert row.recovered <= RECOVER_SECONDS
        row.failed = False
    finally:
        closing_lines("faults", f"faults: seed {SEED}, rounds {ROUNDS}", *table(ground.rows))
