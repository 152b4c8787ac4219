"""Bugs that the simulation found in the platform, each with the scenario that showed it."""

from __future__ import annotations

from tests.simulation.running import run
from tests.simulation.scenario import Scenario


def test_a_record_that_was_fetched_before_and_after_its_partition_went_away_takes_effect_once():
    # Payment is stopped for longer than its session. It wakes with a record in hand, loses its partition, gets it
    # back, and fetches the same record into the same batch.
    scenario = """
    {"seed":241,"orders":[{"at":0.05,"customer":1,"lines":[[3,1]],"country":"AQ"},{"lines":[[2,1]]},
     {"customer":1,"lines":[[2,1]],"price":101},{"at":0.05,"lines":[[0,2]]},{"lines":[[0,2]],"twice":true},
     {"at":0.05,"customer":2,"lines":[[0,2]]}],
     "faults":[{"step":4,"kind":"stop","service":"order","number":313,"seconds":9.0},
     {"step":123,"kind":"slow","service":"inventory","number":297,"seconds":4.5},
     {"step":173,"kind":"crash","service":"shipping","number":229,"seconds":0.1},
     {"step":508,"kind":"crash","service":"shipping","number":843,"seconds":4.5},
     {"step":697,"kind":"crash","service":"inventory","number":74,"seconds":4.5},
     {"step":705,"kind":"stop","service":"payment","number":658,"seconds":9.0}],
     "instances":[2,1,1,1],"partitions":3,"stock":[10,0,0],"credit":[1000,300]}
    """
    assert run(Scenario.parse(scenario)).wrong == ()
