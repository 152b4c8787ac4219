"""Bugs that the simulation found in the platform, each with the scenario that showed it."""

from __future__ import annotations

from tests.simulation.running import run
from tests.simulation.scenario import from_seed


def test_a_record_that_was_fetched_before_and_after_its_partition_went_away_takes_effect_once():
    # Payment is stopped for longer than its session. It wakes with a record in hand, loses its partition, gets it
    # back, and fetches the same record into the same batch.
    assert run(from_seed(241)).wrong == ()
