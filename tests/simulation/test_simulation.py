"""Nothing is lost and nothing happens twice: the services' real code under every trouble that a seed can make."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.simulation.aimed import AIMED
from tests.simulation.plants import planted
from tests.simulation.running import describe, run, smallest
from tests.simulation.scenario import (
    CUSTOMERS,
    KINDS,
    OLD,
    SERVICES,
    SKUS,
    Again,
    Archiving,
    Fault,
    Order,
    Scenario,
    aged,
    from_seed,
)
from tests.simulation.verdict import complaints
from tests.simulation.world import World

CHECKOUT = Path(__file__).resolve().parents[2]

FEW = range(30)
#: Of the runs that seek out one mechanism.
FEW_AIMED = range(35)
#: More seeds prove the same once more: the first of them are tried with each change, all of them once a day.
MANY = [range(1000 + n, 1250 + n) for n in range(0, 1000, 250)]
MANY_AIMED = [range(1000, 1050), range(1050, 1200)]
MORE_SEEDS = pytest.mark.daily("more seeds of what each run tries with others")


def first_and_more(ranges: list[range]) -> list[Any]:
    """Give ranges of seeds as parameters, all but the first to be tried once a day."""
    return [
        pytest.param(seeds, id=f"{seeds.start}-{seeds.stop}", marks=[MORE_SEEDS] if place else [])
        for place, seeds in enumerate(ranges)
    ]


orders = st.builds(
    Order,
    at=st.sampled_from([0.0, 0.05, 0.3]),
    customer=st.integers(0, CUSTOMERS),
    lines=st.lists(st.tuples(st.integers(0, SKUS), st.integers(1, 2)), min_size=1, max_size=3).map(tuple),
    price=st.sampled_from([100, 101]),
    country=st.sampled_from(["DE", "AQ"]),
    cancel=st.none() | st.floats(0, 0.4),
    twice=st.booleans(),
)
faults = st.builds(
    Fault,
    step=st.integers(0, 500),
    kind=st.sampled_from(sorted(set(KINDS))),
    service=st.sampled_from(SERVICES),
    number=st.integers(0, 100),
    seconds=st.sampled_from([0.1, 1.0, 4.5, 9.0]),
)
scenarios = st.builds(
    Scenario,
    seed=st.integers(0, 2**32),
    orders=st.lists(orders, min_size=1, max_size=4).map(tuple),
    faults=st.lists(faults, max_size=6).map(lambda found: tuple(sorted(found, key=lambda fault: fault.step))),
    instances=st.tuples(*[st.integers(1, 3)] * 4),
    partitions=st.integers(1, 3),
    skew=st.sampled_from([0.0, -30.0, 30.0]),
    stock=st.tuples(*[st.sampled_from([0, 1, 3, 10])] * SKUS),
    credit=st.tuples(*[st.sampled_from([0, 300, 1000])] * CUSTOMERS),
    unsure=st.sampled_from([None, 0.0, 0.3, 0.7]),
)


def nothing_is_wrong(seeds: range, make: Callable[[int], Scenario] = from_seed) -> None:
    for seed in seeds:
        outcome = run(make(seed))
        if outcome.wrong:
            pytest.fail(f"seed {seed}\n{describe(smallest(outcome.scenario))}", pytrace=False)


def test_a_few_seeds_end_with_nothing_lost_and_nothing_twice():
    nothing_is_wrong(FEW)


@pytest.mark.parametrize("mechanism", AIMED)
def test_a_few_runs_that_seek_out_a_mechanism_do_too(mechanism):
    nothing_is_wrong(FEW_AIMED, AIMED[mechanism])


@pytest.mark.slow
@pytest.mark.parametrize("seeds", first_and_more(MANY_AIMED))
@pytest.mark.parametrize("mechanism", AIMED)
def test_and_so_do_many(mechanism, seeds):
    nothing_is_wrong(seeds, AIMED[mechanism])


@pytest.mark.slow
@pytest.mark.parametrize("seeds", first_and_more(MANY))
def test_many_seeds_end_with_nothing_lost_and_nothing_twice(seeds):
    nothing_is_wrong(seeds)


@pytest.mark.slow
def test_nothing_is_lost_and_nothing_happens_twice_when_orders_are_archived():
    for seed in range(50):
        outcome = run(aged(seed))
        if outcome.wrong:
            pytest.fail(f"seed {seed}\n{describe(smallest(outcome.scenario))}", pytrace=False)


@pytest.mark.slow
@settings(
    max_examples=200,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)
@given(scenarios)
def test_whatever_is_ordered_and_whatever_fails_nothing_is_lost_and_nothing_happens_twice(scenario):
    outcome = run(scenario)
    assert not outcome.wrong, describe(outcome)


#: A run's last steps, in which nothing happens but that positions of skipped records are moved.
QUIET_STEPS = 25
LIVES = {
    "shipped": Order(),
    "without credit": Order(lines=((0, 1), (1, 1), (2, 1)), customer=CUSTOMERS),
    "cancelled": Order(cancel=0.03),
}


def crash_after_any_effect(calm, service):
    """Run a scenario once in peace, and once more for each of its steps with a service that dies there."""
    world = World(calm)
    world.run()
    assert complaints(world) == []
    for step in range(world.scheduler.steps - QUIET_STEPS):
        outcome = run(replace(calm, faults=(Fault(step, "crash", service, seconds=0.5),)))
        if outcome.wrong:
            pytest.fail(describe(run(outcome.scenario, tracing=True)), pytrace=False)


@pytest.mark.slow
@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("life", LIVES)
def test_a_crash_after_any_effect_of_an_order_changes_nothing_of_its_end(service, life):
    crash_after_any_effect(Scenario(orders=(LIVES[life],)), service)


@pytest.mark.slow
@pytest.mark.parametrize("service", ["payment", "shipping"])
@pytest.mark.parametrize("life", LIVES)
def test_so_does_one_with_provider_and_carrier_outside(service, life):
    crash_after_any_effect(Scenario(orders=(LIVES[life],), unsure=0.0), service)


#: An order, archived by a command that may die; then everything is read again by everybody.
ARCHIVED = Scenario(
    orders=(LIVES["shipped"],),
    archiving=(Archiving(OLD), Archiving(OLD + 1.0)),
    again=tuple(Again(OLD + 1.5 + 0.3 * n, service) for n, service in enumerate(SERVICES)),
)


@pytest.mark.slow
def test_an_archiving_command_that_dies_after_any_step_is_finished_by_the_next_and_nothing_comes_back():
    dies = 0
    while True:
        world = World(replace(ARCHIVED, archiving=(Archiving(OLD, dies), *ARCHIVED.archiving[1:])))
        world.run()
        wrong = complaints(world)
        assert not wrong, f"after {dies} steps: {wrong}"
        assert {service: len(gone) for service, gone in world.archivist.gone.items()} == dict.fromkeys(SERVICES, 1)
        if not world.scheduler.reached["archiving was interrupted"]:
            break
        dies += 1
    assert dies > 50


@pytest.mark.slow
def test_the_runs_reach_the_hard_places():
    reached: Counter[str] = Counter()
    states: Counter[str] = Counter()
    for seed in range(400):
        world = World(from_seed(seed))
        world.run()
        reached.update(world.scheduler.reached)
        for service, table in (("order", "orders"), ("inventory", "reservations"), ("shipping", "shipments")):
            states.update(f"{table} {row['state']}" for row in world.databases[service].rows(table))
        states.update(
            f"payments {row['state']} {row['charged'] > 0}" for row in world.databases["payment"].rows("payments")
        )
        states.update(
            f"letters {row['error_type']}" for db in world.databases.values() for row in db.rows("dead_letters")
        )
    missing = HARD_PLACES - reached.keys() | ENDS - states.keys()
    assert not missing, f"never reached: {missing}; reached: {reached}, {states}"


@pytest.mark.slow
def test_the_runs_in_which_a_database_fails_over_reach_the_hard_places_too():
    reached: Counter[str] = Counter()
    for seed in range(60):
        world = World(AIMED["failed over"](seed))
        world.run()
        reached.update(world.scheduler.reached)
    expected = {
        "a standby was promoted",
        "a promoted server had lost what was published",
        "positions went back under a process",
        "the primary was put back",
    }
    assert expected <= reached.keys(), reached


HARD_PLACES = {
    "a batch was read while another was being committed",
    "a position was taken by another",
    "a session ended, and the partitions went to others",
    "a transaction timed out, and its locks went to another",
    "a commit's answer was lost",
    "a process died between commit and publishing",
    "a record was overtaken on its way to the broker",
    "a record was reported as delivered, and is nowhere",
    "a service read its topics again from the beginning",
    "the same request was placed twice",
    "two transactions inserted one of shipments",
    "waited for a lock on items",
    "waited for a lock on accounts",
    "waited for a lock on orders",
    "a process stood still inside a transaction",
    "deadlines had passed",
    "a provider was asked again for what it had done",
    "an instance swept the outbox",
    "an order was archived in a service",
    "archiving was interrupted",
    "payments CHARGING",
    "payments UNDOING",
    "payments REFUNDING",
    "shipments BOOKING",
    *(f"an answer was unknown: {fate}" for fate in range(5)),
}
ENDS = {
    "orders COMPLETED", "orders CANCELLED",
    "reservations SHIPPED", "reservations RELEASED",
    "payments CHARGED True", "payments REFUNDED True", "payments REFUNDED False",
    "shipments SHIPPED", "shipments FAILED", "shipments CANCELLED",
    "letters ValueError", "letters Undecodable", "letters Waiting",
}  # fmt: skip


@pytest.mark.slow
def test_a_seed_gives_the_same_run_in_every_process():
    script = "from tests.simulation.running import *; print(hash(run(from_seed(7), tracing=True).trace))"
    script = script.replace("hash(", "'\\n'.join(").replace(".trace))", ".trace))")
    runs = {
        subprocess.run(
            [sys.executable, "-c", script],
            cwd=CHECKOUT,
            env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(CHECKOUT)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for hash_seed in ("1", "2")
    }
    (trace,) = runs
    assert "commit: orders" in trace


def test_a_scenario_is_read_as_it_was_written():
    makers = (from_seed, aged, *AIMED.values())
    for scenario in (make(seed) for make in makers for seed in range(50)):
        assert Scenario.parse(scenario.text()) == scenario


def test_what_fails_shrinks_and_fails_again_from_what_is_printed():
    with planted("the refund is forgotten"):
        failing = next(s for s in map(from_seed, range(100)) if run(s).wrong)
        small = smallest(failing)
        assert len(small.scenario.orders) == 1
        # A refund needs an order that fails: one fault may be what makes it fail.
        assert len(small.scenario.faults) <= 1
        assert small.trace
        printed = describe(small).rpartition("SCENARIO='")[2].removesuffix("'")
        assert run(Scenario.parse(printed)).wrong == small.wrong
    assert run(small.scenario).wrong == ()
