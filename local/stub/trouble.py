"""How the stub misbehaves: kinds, each with a chance, drawn from a seed; or for some customers always."""

from __future__ import annotations

import random
import threading
from collections.abc import Mapping

#: Every kind, and what happens. The work is done once for each key, whatever is answered.
KINDS: Mapping[str, str] = {
    "late": "done, and answered after some time",
    "lost": "done, and the connection ends without an answer",
    "twice": "the request is handled twice, as a proxy does that tries again; the second answer is given",
    "refused": "not done: HTTP 500",
    "failed": "done, and answered with HTTP 500",
    "busy": "not done: HTTP 503",
    "slow-down": "not done: HTTP 429 with Retry-After: 1",
    "broken": "done, and half of the JSON is sent",
    "nonsense": "done, and answered with something else entirely",
    "other-key": "done, and the answer names another key",
    "never": "done, and never answered",
    "crash": "done, and the process ends before it answers",
}


class Trouble:
    """Draws what happens to each request."""

    def __init__(self, chances: Mapping[str, float], *, seed: int = 1, late: float = 1.0, silent: str = "") -> None:
        """Prepare.

        Args:
            chances: Of kinds, from 0 to 1, together at most 1.
            seed: Of the draws.
            late: Seconds that late answers take, at most.
            silent: Requests that speak of a customer, or an address, whose name begins so are never answered; empty for
                none.

        Raises:
            ValueError: A kind is unknown, or the chances are none.
        """
        self._lock = threading.Lock()
        self._dice = random.Random(seed)  # noqa: S311 - a draw, not a secret
        self._late = late
        self._silent = silent
        self.chances: dict[str, float] = {}
        self.change(chances)

    def change(self, chances: Mapping[str, float]) -> None:
        """Take other chances from now on.

        Args:
            chances: As for a new one.

        Raises:
            ValueError: As for a new one.
        """
        for kind, chance in chances.items():
            if kind not in KINDS:
                raise ValueError(f"{kind} is no trouble; there are {', '.join(KINDS)}")
            if not 0 <= chance <= 1:
                raise ValueError(f"the chance of {kind} is {chance}, and must be from 0 to 1")
        if sum(chances.values()) > 1 + 1e-9:
            raise ValueError("the chances are more than 1 together")
        with self._lock:
            self.chances = dict(chances)

    def draw(self) -> tuple[str, float]:
        """Draw what happens to a request.

        Returns:
            The kind, empty for none, and how late a late answer is.
        """
        with self._lock:
            drawn, late = self._dice.random(), self._dice.random() * self._late
            for kind, chance in self.chances.items():
                drawn -= chance
                if drawn < 0:
                    return kind, late
        return "", late

    def is_silent(self, name: str) -> bool:
        """Tell whether a request for somebody is never answered.

        Args:
            name: The customer, or the address.
        """
        return bool(self._silent) and name.startswith(self._silent)
