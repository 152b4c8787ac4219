"""Two contenders in turns: the machine is another one a minute later, so only what ran side by side is compared."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar


class Rated(Protocol):
    """What a contender did."""

    @property
    def rate(self) -> float:
        """How much in a second."""


R = TypeVar("R", bound=Rated)


@dataclass(frozen=True, slots=True)
class Pair(Generic[R]):
    """Two turns, one right after the other.

    Attributes:
        floor: What the floor did.
        ours: What the platform did.
    """

    floor: R
    ours: R

    @property
    def ratio(self) -> float:
        """Ours over the floor."""
        return self.ours.rate / self.floor.rate

    def __str__(self) -> str:
        """Tell it in a few lines."""
        return f"{self.floor}\n{self.ours}\nours / floor: {self.ratio:.2f}"


def middle(pairs: Sequence[Pair[R]]) -> Pair[R]:
    """Choose the pair whose ratio is the median: a moment in which the disk stood still is in the others.

    Args:
        pairs: At least one; of an even number the lower of the two in the middle.

    Returns:
        The pair.
    """
    return sorted(pairs, key=lambda pair: pair.ratio)[(len(pairs) - 1) // 2]


def in_turns(rounds: int, floor: Callable[[], R], ours: Callable[[], R]) -> Pair[R]:
    """Let both work, one after the other, and print each pair.

    Args:
        rounds: How often.
        floor: Has the floor work.
        ours: Has the platform work.

    Returns:
        The middle pair.
    """
    pairs = []
    for _ in range(rounds):
        pairs.append(Pair(floor(), ours()))
        print(pairs[-1], flush=True)
    if rounds > 1:
        print(f"ours / floor, of {rounds} pairs the middle one: {middle(pairs).ratio:.2f}", flush=True)
    return middle(pairs)
