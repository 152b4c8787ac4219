import statistics
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from bench.turns import Pair, in_turns, middle


@dataclass(frozen=True)
class Turn:
    rate: float


rates = st.floats(min_value=1, max_value=1e6)


@given(st.lists(st.tuples(rates, rates), min_size=1))
def test_the_middle_pair_is_one_of_the_pairs_and_has_their_median_ratio(measured):
    pairs = [Pair(Turn(floor), Turn(ours)) for floor, ours in measured]
    found = middle(pairs)
    assert found in pairs
    assert found.ratio == statistics.median_low(pair.ratio for pair in pairs)


def test_floor_and_platform_take_turns_and_each_pair_is_told(capsys):
    order = []
    floors, ours = iter([100.0, 50.0, 100.0]), iter([90.0, 50.0, 20.0])

    def turn(name, speeds):
        order.append(name)
        return Turn(next(speeds))

    found = in_turns(3, lambda: turn("floor", floors), lambda: turn("ours", ours))
    assert order == ["floor", "ours"] * 3
    assert (found.floor.rate, found.ours.rate, found.ratio) == (100.0, 90.0, 0.9)
    assert capsys.readouterr().out.count("ours / floor: ") == 3
