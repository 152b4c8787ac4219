"""Runs scenarios, and tells of those that fail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.simulation.scenario import Scenario, from_seed, shrink
from tests.simulation.verdict import complaints
from tests.simulation.world import Died, World


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a run.

    Attributes:
        scenario: What was run.
        wrong: What is wrong, in words; empty if nothing is.
        steps: How many steps it took.
        trace: One line for each effect, if it was asked for.
    """

    scenario: Scenario
    wrong: tuple[str, ...]
    steps: int
    trace: tuple[str, ...]


def run(scenario: Scenario, *, tracing: bool = False) -> Outcome:
    """Run a scenario.

    Args:
        scenario: What is to happen.
        tracing: Keep a line for each effect; runs are then slower.

    Returns:
        The outcome, the same for the same scenario.
    """
    world = World(scenario, tracing=tracing)
    try:
        world.run()
        wrong = complaints(world)
    except Died as error:
        wrong = [str(error)]
    return Outcome(scenario, tuple(wrong), world.scheduler.steps, tuple(world.scheduler.trace))


def first_failure(seeds: range, make: Callable[[int], Scenario] = from_seed) -> tuple[Outcome | None, int]:
    """Run seeds until one fails.

    Args:
        seeds: The seeds.
        make: Makes a scenario of each.

    Returns:
        The first failure, if there is one, and how many runs it took.
    """
    for count, seed in enumerate(seeds, 1):
        outcome = run(make(seed))
        if outcome.wrong:
            return outcome, count
    return None, len(seeds)


def smallest(scenario: Scenario) -> Outcome:
    """Shrink a failing scenario.

    Args:
        scenario: One that fails.

    Returns:
        The outcome of the smallest that still fails, with its trace.
    """
    return run(shrink(scenario, lambda candidate: bool(run(candidate).wrong)), tracing=True)


def describe(outcome: Outcome) -> str:
    """Describe a run, for people."""
    again = f"make simulate SCENARIO='{outcome.scenario.text()}'"
    return "\n".join([*outcome.trace, "", *(f"WRONG: {text}" for text in outcome.wrong), "", f"run it again: {again}"])
