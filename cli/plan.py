"""What is to be loaded, and what has happened so far.

Everything may be run again: request ids are derived from the data, so the same folder gives the same items, receipts,
deposits and orders, once. A salt gives a new set: the same orders again, with the same delivery of stock and the same
money for each customer again.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple
from uuid import UUID, uuid5

NAMESPACE = UUID("6c1f0c3e-54f5-5e0f-8c0b-2f4f3a6d7e51")


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be loaded.

    Attributes:
        folder: The TPC-H folder.
        orders: Only the first so many; None for all.
        rate: At most so many orders a second; None for as many as go.
        concurrency: So many calls in flight.
        wait: Seconds without any news after which orders without an outcome are given up.
        again: The salt of a new set; empty for the first one.
    """

    folder: Path
    orders: int | None = None
    rate: float | None = None
    concurrency: int = 64
    wait: float = 60.0
    again: str = ""

    def request_id(self, *parts: object) -> str:
        """Derive the request id of a part of the data.

        Args:
            *parts: What names it.
        """
        return str(uuid5(NAMESPACE, "/".join(map(str, (self.again, *parts)))))


class Call(NamedTuple):
    """An order that was placed and has not ended yet."""

    began: float
    existed: bool


@dataclass(slots=True)
class Tally:
    """What has happened so far.

    Attributes:
        setup: Items and accounts that were added or changed.
        total: Orders that are to be placed.
        placed: Orders that the service has taken.
        existed: Those of them that had been placed before.
        retries: Calls that were repeated because the service was away.
        refused: Orders that the service did not take, by reason.
        outcomes: Orders that ended, by outcome.
        latencies: Seconds from the call to the terminal event, of each order that was new.
        waiting: Orders without an outcome.
        examples: One order of each outcome.
        began: When the first call was made.
        last_placed: When the last call was answered.
        last_ended: When the last outcome was seen.
    """

    total: int = 0
    setup: Counter[str] = field(default_factory=Counter)
    placed: int = 0
    existed: int = 0
    retries: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    latencies: list[float] = field(default_factory=list)
    waiting: dict[UUID, Call] = field(default_factory=dict)
    examples: dict[str, str] = field(default_factory=dict)
    began: float = 0.0
    last_placed: float = 0.0
    last_ended: float = 0.0

    @property
    def ended(self) -> int:
        """How many orders have ended."""
        return self.outcomes.total()

    def end(self, order_id: UUID, name: str, at: float) -> None:
        """Take an outcome in; the same order may be read twice.

        Args:
            order_id: The order.
            name: Its outcome.
            at: When it was seen.
        """
        call = self.waiting.pop(order_id, None)
        if call is None:
            return
        self.outcomes[name] += 1
        self.examples.setdefault(name, str(order_id))
        self.last_ended = max(self.last_ended, at)
        if not call.existed:
            self.latencies.append(at - call.began)
