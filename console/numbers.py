"""An hour of figures, scraped from the order service's Prometheus endpoints and kept in memory.

- A point is what was counted between two scrapes: differences of counters, added up over the instances. A counter that
  went down began anew with its process.
- An interval for which an instance gave no figures is a gap. Nothing is drawn through it.
- Percentiles come from a histogram: inside a bucket they are interpolated, as `histogram_quantile` of Prometheus does.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx2
from prometheus_client.parser import text_string_to_metric_families

EVERY = 5.0
KEPT = 720
PLACED = "quadrille_orders_placed_total"
ENDED = "quadrille_sagas_ended_total"
SECONDS = "quadrille_saga_duration_seconds_bucket"
QUANTILES = (0.5, 0.9, 0.99)


@dataclass(frozen=True, slots=True)
class Reading:
    """What one instance said.

    Attributes:
        placed: Orders that it has placed.
        ended: Orders that it has seen end, by outcome and reason.
        buckets: Of those, the ones that took at most so many seconds.
    """

    placed: float
    ended: Mapping[tuple[str, str], float]
    buckets: Mapping[float, float]


@dataclass(slots=True)
class Point:
    """What was counted in an interval; a gap if `seconds` is 0.

    Attributes:
        at: When it ended.
        seconds: How long it was.
        placed: Orders placed.
        ended: Orders ended, by outcome and reason.
        buckets: Of those, the ones that took at most so many seconds.
    """

    at: float
    seconds: float = 0.0
    placed: float = 0.0
    ended: Counter[tuple[str, str]] = field(default_factory=Counter)
    buckets: Counter[float] = field(default_factory=Counter)

    def to_json(self) -> dict[str, Any]:
        """Give it as JSON holds it; a gap has nothing but its time."""
        if not self.seconds:
            return {"at": self.at}
        outcomes: Counter[str] = Counter()
        for (outcome, _), count in self.ended.items():
            outcomes[outcome] += round(count)
        return {
            "at": self.at,
            "placed": round(self.placed / self.seconds, 2),
            "ended": {outcome: round(count / self.seconds, 2) for outcome, count in outcomes.items()},
            "quantiles": [quantile(self.buckets, q) for q in QUANTILES],
        }


def read(text: str) -> Reading:
    """Read what an endpoint answered.

    Args:
        text: In Prometheus' text format.

    Raises:
        ValueError: It is no such text, or says nothing of orders.
    """
    placed: float | None = None
    ended: Counter[tuple[str, str]] = Counter()
    buckets: Counter[float] = Counter()
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    for name, labels, value, *_ in samples:
        if name == PLACED:
            placed = (placed or 0.0) + value
        elif name == ENDED:
            ended[labels.get("outcome", ""), labels.get("reason", "")] += value  # type: ignore[assignment]
        elif name == SECONDS:
            buckets[float(labels["le"])] += value  # type: ignore[assignment]
    if placed is None:
        raise ValueError(f"it does not have {PLACED}")
    return Reading(placed, dict(ended), dict(buckets))


def difference(before: Reading, after: Reading) -> Reading:
    """Give what was counted between two answers of an instance.

    Args:
        before: The earlier one.
        after: The later one.

    Returns:
        The increase of each counter.
    """
    # One process counts all of them: it began anew if any went down.
    known = before if after.placed >= before.placed and _grew(before, after) else Reading(0.0, {}, {})
    return Reading(
        after.placed - known.placed,
        {key: value - known.ended.get(key, 0.0) for key, value in after.ended.items()},
        {le: value - known.buckets.get(le, 0.0) for le, value in after.buckets.items()},
    )


def _grew(before: Reading, after: Reading) -> bool:
    return all(after.ended.get(key, 0.0) >= value for key, value in before.ended.items())


def quantile(buckets: Mapping[float, float], q: float) -> float | None:
    """Estimate a percentile.

    Args:
        buckets: How many took at most so many seconds, by the bound; the largest is infinity.
        q: Between 0 and 1.

    Returns:
        Seconds, interpolated inside the bucket; the largest finite bound if it lies beyond that; None if nothing was
        counted.
    """
    bounds = sorted(buckets)
    total = buckets[bounds[-1]] if bounds else 0.0
    if total <= 0:
        return None
    rank, low, under = q * total, 0.0, 0.0
    for bound in bounds:
        if buckets[bound] >= rank:
            if math.isinf(bound):
                return low
            inside = buckets[bound] - under
            return round(low + (bound - low) * ((rank - under) / inside if inside else 1.0), 6)
        low, under = bound, buckets[bound]
    return low


class Numbers:
    """Scrapes for as long as the process lives."""

    def __init__(self, endpoints: Sequence[str]) -> None:
        """Prepare; nothing is asked yet.

        Args:
            endpoints: Host and port of each instance's metrics.
        """
        self._last: dict[str, tuple[float, Reading] | None] = dict.fromkeys(endpoints)
        self._errors: dict[str, str] = dict.fromkeys(endpoints, "not asked yet")
        self._points: deque[Point] = deque(maxlen=KEPT)

    async def run(self) -> None:
        """Scrape until it is cancelled."""
        async with httpx2.AsyncClient(trust_env=False, timeout=2.0) as client:
            while True:
                began = time.monotonic()
                await self._scrape(client)
                await asyncio.sleep(max(0.1, EVERY - (time.monotonic() - began)))

    async def _scrape(self, client: httpx2.AsyncClient) -> None:
        point, whole = Point(time.time()), True
        for endpoint, known in self._last.items():
            reading = await self._ask(client, endpoint)
            now = time.monotonic()
            if reading is None or known is None:
                whole = False
            else:
                counted = difference(known[1], reading)
                point.seconds = max(point.seconds, now - known[0])
                point.placed += counted.placed
                point.ended.update(counted.ended)
                point.buckets.update(counted.buckets)
            self._last[endpoint] = None if reading is None else (now, reading)
        self._points.append(point if whole else Point(point.at))

    async def _ask(self, client: httpx2.AsyncClient, endpoint: str) -> Reading | None:
        try:
            answer = await client.get(f"http://{endpoint}/metrics")
            answer.raise_for_status()
            reading = read(answer.text)
        except (httpx2.HTTPError, ValueError) as error:
            self._errors[endpoint] = str(error) or type(error).__name__
            return None
        self._errors[endpoint] = ""
        return reading

    async def to_json(self) -> dict[str, Any]:
        """Give what is known.

        Returns:
            The endpoints, each with why it gave nothing; the points of the last hour; what was counted in it.
        """
        ended: Counter[tuple[str, str]] = Counter()
        buckets: Counter[float] = Counter()
        for point in self._points:
            ended.update(point.ended)
            buckets.update(point.buckets)
        known = [point for point in self._points if point.seconds]
        return {
            "every": EVERY,
            "endpoints": [{"address": name, "error": error} for name, error in self._errors.items()],
            "since": datetime.fromtimestamp(known[0].at - known[0].seconds, UTC).isoformat() if known else None,
            "seconds": round(sum(point.seconds for point in known), 1),
            "points": [point.to_json() for point in self._points],
            "placed": round(sum(point.placed for point in known)),
            "outcomes": sorted(
                ({"outcome": o, "reason": r, "orders": round(n)} for (o, r), n in ended.items() if round(n)),
                key=lambda row: -int(row["orders"]),
            ),
            "quantiles": [quantile(buckets, q) for q in QUANTILES],
        }


async def scraping(numbers: Numbers) -> None:
    """Scrape, and end quietly when told to.

    Args:
        numbers: Which figures.
    """
    with suppress(asyncio.CancelledError):
        await numbers.run()
