"""The stages of a transaction: at each a failpoint, and at some the end of a phase that is measured.

So that a transaction reads as a transaction: what crosses it stands here, one call for each stage.
"""

from __future__ import annotations

from services.chassis.observe import metrics
from services.chassis.observe.failpoints import failpoint


class Stages:
    """The stages of one transaction."""

    def __init__(self) -> None:
        """Start the stopwatch."""
        self._phases = metrics.Phases()

    def failpoint(self, point: str, *, ends: str = "") -> None:
        """Pass a failpoint.

        Args:
            point: Its name.
            ends: The phase that ends here; empty for none.
        """
        if ends:
            self._phases.done(ends)
        failpoint(point)

    def pause(self) -> None:
        """Stop the stopwatch: what follows is another batch's."""
        self._phases.pause()

    def go_on(self) -> None:
        """Start it again."""
        self._phases.go_on()

    def count(self) -> None:
        """Count what was measured."""
        self._phases.count()
