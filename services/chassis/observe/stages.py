"""The stages of a transaction: at each a failpoint, and at some the end of a phase that is measured.

So that a transaction reads as a transaction: what crosses it stands here, one call for each stage.
"""

from __future__ import annotations

from services.chassis.observe.failpoints import failpoint
from services.chassis.observe.metrics import Phases


class Stages(Phases):
    """The stages of one transaction, and the stopwatch of its phases."""

    def failpoint(self, point: str, *, ends: str = "") -> None:
        """Pass a failpoint.

        Args:
            point: Its name.
            ends: The phase that ends here; empty for none.
        """
        if ends:
            self.done(ends)
        failpoint(point)
