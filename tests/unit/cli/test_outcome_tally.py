"""Counting outcomes: each order once, however often it is told."""

from __future__ import annotations

from uuid import UUID

import pytest

from cli.commands.load import percentiles
from cli.outcomes import failed_at
from cli.plan import Call, Tally


def test_an_outcome_that_is_told_twice_counts_once() -> None:
    tally = Tally()
    tally.waiting[UUID(int=1)] = Call(began=10.0, existed=False)
    tally.end(UUID(int=1), "COMPLETED", 10.5)
    tally.end(UUID(int=1), "COMPLETED", 11.0)
    assert tally.outcomes == {"COMPLETED": 1}
    assert tally.latencies == [0.5]
    assert not tally.waiting


def test_an_order_that_was_there_before_counts_but_has_no_latency() -> None:
    tally = Tally()
    tally.waiting[UUID(int=1)] = Call(began=10.0, existed=True)
    tally.end(UUID(int=1), "OUT_OF_STOCK", 10.5)
    assert tally.outcomes == {"OUT_OF_STOCK": 1}
    assert tally.latencies == []


def test_percentiles_are_given_in_milliseconds() -> None:
    assert percentiles([n / 1000 for n in range(1, 101)]) == pytest.approx(
        {"p50": 51, "p90": 90, "p99": 99, "max": 100}
    )
    assert percentiles([]) == {}


@pytest.mark.parametrize(
    ("name", "service"),
    [
        ("OUT_OF_STOCK", "inventory"),
        ("INSUFFICIENT_CREDIT", "payment"),
        ("CARRIER_REFUSED", "shipping"),
        ("COMPLETED", ""),
    ],
)
def test_each_reason_belongs_to_the_service_where_the_order_failed(name: str, service: str) -> None:
    assert failed_at(name) == service
