"""Figures are differences of counters; what is not known is a gap; percentiles lie in the bucket that holds them."""

from __future__ import annotations

import math
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.numbers import Numbers, Point, Reading, difference, quantile, read

BOUNDS = (0.01, 0.05, 0.1, 0.5, 1.0, math.inf)
TEXT = """\
# HELP quadrille_orders_placed_total Orders placed.
# TYPE quadrille_orders_placed_total counter
quadrille_orders_placed_total 12.0
quadrille_sagas_ended_total{outcome="completed",reason=""} 7.0
quadrille_sagas_ended_total{outcome="cancelled",reason="OUT_OF_STOCK"} 3.0
quadrille_saga_duration_seconds_bucket{le="0.1",outcome="completed"} 6.0
quadrille_saga_duration_seconds_bucket{le="0.1",outcome="cancelled"} 3.0
quadrille_saga_duration_seconds_bucket{le="+Inf",outcome="completed"} 7.0
quadrille_saga_duration_seconds_bucket{le="+Inf",outcome="cancelled"} 3.0
quadrille_saga_duration_seconds_count{outcome="completed"} 7.0
"""


def test_an_answer_of_the_order_service_is_read() -> None:
    found = read(TEXT)
    assert found.placed == 12
    assert found.ended == {("completed", ""): 7, ("cancelled", "OUT_OF_STOCK"): 3}
    assert found.buckets == {0.1: 9, math.inf: 10}


@pytest.mark.parametrize("text", ["", "up 1", "<html>", "quadrille_orders_placed_total many"])
def test_what_tells_nothing_of_orders_is_no_answer(text) -> None:
    with pytest.raises(ValueError, match=r"."):
        read(text)


def buckets(times: list[float]) -> dict[float, float]:
    return {bound: float(sum(one <= bound for one in times)) for bound in BOUNDS}


@given(st.lists(st.floats(0.0, 2.0), min_size=1), st.floats(0.01, 1.0))
def test_a_percentile_lies_in_the_bucket_that_holds_it(times, q) -> None:
    found = quantile(buckets(times), q)
    real = sorted(times)[max(0, math.ceil(q * len(times)) - 1)]
    upper = next(bound for bound in BOUNDS if real <= bound)
    lower = max([0.0, *(bound for bound in BOUNDS if bound < upper)])
    assert found is not None
    assert lower - 1e-6 <= found <= (lower if math.isinf(upper) else upper) + 1e-6


def test_without_anything_counted_there_is_no_percentile() -> None:
    assert quantile({}, 0.5) is None
    assert quantile(dict.fromkeys(BOUNDS, 0.0), 0.5) is None


@given(st.lists(st.integers(0, 100), min_size=2, max_size=20), st.integers(0, 19))
def test_what_was_counted_is_never_below_zero_and_adds_up_over_a_restart(steps, restart) -> None:
    total, counted = 0, 0.0
    before = Reading(0.0, {}, {})
    for at, step in enumerate(steps):
        total = step if at == restart and step < total else total + step
        after = Reading(float(total), {("completed", ""): float(total)}, {math.inf: float(total)})
        increase = difference(before, after)
        assert increase.placed >= 0
        assert increase.ended["completed", ""] == increase.placed == increase.buckets[math.inf]
        counted += increase.placed
        before = after
    assert counted == sum(steps)


def test_a_gap_tells_nothing_but_its_time() -> None:
    assert Point(5.0).to_json() == {"at": 5.0}
    point = Point(5.0, 2.0, 10.0, Counter({("completed", ""): 4}), Counter(buckets([0.02] * 4)))
    assert point.to_json()["placed"] == 5
    assert point.to_json()["ended"] == {"completed": 2}


async def test_an_endpoint_that_is_away_is_named_and_gives_no_figure() -> None:
    import httpx2

    numbers = Numbers(["127.0.0.1:1"])
    async with httpx2.AsyncClient(trust_env=False) as client:
        await numbers._scrape(client)
    told = await numbers.to_json()
    assert told["endpoints"][0]["error"]
    assert (told["since"], told["placed"], told["outcomes"]) == (None, 0, [])
    assert [set(point) for point in told["points"]] == [{"at"}]


async def test_an_interval_counts_only_if_every_instance_was_read_at_both_ends() -> None:
    import httpx2

    answers = {"one": TEXT, "two": TEXT}

    def answer(request: httpx2.Request) -> httpx2.Response:
        text = answers[request.url.host]
        return httpx2.Response(200, text=text) if text else httpx2.Response(503)

    numbers = Numbers(["one:1", "two:1"])
    async with httpx2.AsyncClient(transport=httpx2.MockTransport(answer)) as client:
        await numbers._scrape(client)
        answers["one"] = TEXT.replace("total 12.0", "total 20.0")
        await numbers._scrape(client)
        answers["two"] = ""
        await numbers._scrape(client)
        answers["two"] = TEXT
        await numbers._scrape(client)
        await numbers._scrape(client)
    told = await numbers.to_json()
    assert ["placed" in point for point in told["points"]] == [False, True, False, False, True]
    assert told["placed"] == 8
