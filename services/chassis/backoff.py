"""How long to wait before something that failed is tried again: twice as long each time, with jitter."""

from __future__ import annotations

import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Backoff:
    """Waits that double up to a limit. Half of each is left to chance, so that those who wait do not come together.

    Attributes:
        first_seconds: The longest wait after the first attempt.
        longest_seconds: The longest wait after any.
    """

    first_seconds: float
    longest_seconds: float

    def seconds(self, attempts: int) -> float:
        """Choose how long to wait.

        Args:
            attempts: How often it was tried, from 1.
        """
        full = min(self.longest_seconds, self.first_seconds * 2.0 ** min(attempts - 1, 30))
        return full * random.uniform(0.5, 1.0)  # noqa: S311 - jitter, not a secret
