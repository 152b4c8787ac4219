"""`python -m tests.simulation`: replay a seed or a scenario, or run seeds for as long as asked.

Exit codes: 0 nothing is wrong, 1 something is, 2 wrong usage.
"""

from __future__ import annotations

import json
import sys
import time

import click

from tests.simulation.running import describe, run, smallest
from tests.simulation.scenario import Scenario, from_seed


@click.command(help=__doc__)
@click.option("--seed", type=int, help="Run this seed, and print its trace.")
@click.option("--scenario", help="Run this scenario (JSON, as a failure prints it), and print its trace.")
@click.option("--shrink/--no-shrink", default=True, help="Make what fails smaller first.")
@click.option("--seconds", type=float, help="Run one seed after another for so long.")
@click.option("--first", type=int, default=None, help="The seed to begin with; the time of day if none is given.")
def main(seed: int | None, scenario: str | None, shrink: bool, seconds: float | None, first: int | None) -> None:
    """See the module's docstring."""
    if sum(option is not None for option in (seed, scenario, seconds)) != 1:
        raise click.UsageError("give one of --seed, --scenario and --seconds")
    if seconds is not None:
        soak(seconds, int(time.time()) * 1000 if first is None else first)
        return
    try:
        chosen = from_seed(seed) if seed is not None else Scenario.parse(scenario or "")
    except (json.JSONDecodeError, TypeError, ValueError) as error:
        raise click.UsageError(f"--scenario is not one: {error}") from None
    outcome = run(chosen, tracing=True)
    if outcome.wrong and shrink:
        outcome = smallest(chosen)
    click.echo(describe(outcome) if outcome.wrong else "\n".join([*outcome.trace, "", "nothing is wrong"]))
    sys.exit(1 if outcome.wrong else 0)


def soak(seconds: float, first: int) -> None:
    """Run seeds until the time is up or one fails."""
    began, runs, steps = time.monotonic(), 0, 0
    while time.monotonic() - began < seconds:
        outcome = run(from_seed(first + runs))
        runs, steps = runs + 1, steps + outcome.steps
        if outcome.wrong:
            click.echo(describe(smallest(outcome.scenario)))
            click.echo(f"seed {first + runs - 1} failed; without shrinking: make simulate SEED={first + runs - 1}")
            sys.exit(1)
    took = time.monotonic() - began
    click.echo(f"{runs} runs from seed {first}, {steps} steps, {took:.0f} s: nothing is wrong")


if __name__ == "__main__":
    main()
