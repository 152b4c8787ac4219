"""What a service waits for. One log line for each change, and one sentence for `quadrille status`."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

log = logging.getLogger(__name__)

#: The condition that the database does what it is asked.
TROUBLE = "database's answers"
#: So long a trouble of the database is told: nobody may ask it again meanwhile.
TROUBLE_SECONDS = 5.0


class Readiness:
    """Named conditions, each either met or waiting for something."""

    def __init__(self, on_change: Callable[[bool], None] = lambda _: None) -> None:
        """Begin with no condition: ready.

        Args:
            on_change: Told when readiness as a whole changes; called from any thread.
        """
        self._waiting: dict[str, str] = {}
        self._lock = threading.Lock()
        self._trouble_at = 0.0
        self.on_change = on_change

    def set(self, condition: str, waiting_for: str) -> None:
        """Say how a condition stands.

        Args:
            condition: Its name: `database`.
            waiting_for: What it waits for, in a sentence that names what to do; empty if it is met.
        """
        with self._lock:
            before = self._waiting.get(condition, "")
            was_ready = self.ready
            if waiting_for:
                self._waiting[condition] = waiting_for
            else:
                self._waiting.pop(condition, None)
            is_ready = self.ready
        if bool(before) != bool(waiting_for) or (waiting_for and before.split(":")[0] != waiting_for.split(":")[0]):
            log.info(f"waiting for {condition}" if waiting_for else f"{condition} is there", extra={"why": waiting_for})
        if was_ready != is_ready:
            log.info("ready" if is_ready else "not ready")
            self.on_change(is_ready)

    def trouble(self, why: str) -> None:
        """Note that the database has just not done what it was asked.

        Args:
            why: In a sentence.
        """
        self._trouble_at = time.monotonic()
        self.set(TROUBLE, why)

    def fade(self) -> None:
        """Forget the last trouble of the database, once a while has passed without any."""
        if TROUBLE in self._waiting and time.monotonic() - self._trouble_at > TROUBLE_SECONDS:
            self.set(TROUBLE, "")

    @property
    def ready(self) -> bool:
        """True if every condition is met."""
        return not self._waiting

    @property
    def conditions(self) -> frozenset[str]:
        """Names of the conditions that wait."""
        return frozenset(self._waiting)

    @property
    def waiting_for(self) -> str:
        """What is waited for, in a sentence; empty when ready."""
        return "; ".join(dict(self._waiting).values())
