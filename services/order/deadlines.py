"""The order's deadline: an order that has not ended by then is asked to be cancelled, as if its customer had asked.

Only orders are looked at whose replies this service has read up to their deadline: a backlog of its own must not cancel
orders that are only waiting to be read. Kafka is asked for that only while an order is due, so an idle system asks
nobody. The sweep is on no order's path: it looks once a second, and takes a limited number at a time.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime

from services.chassis.consume.watermark import Watermark
from services.chassis.errors import Retryable
from services.chassis.observe.failpoints import failpoint
from services.chassis.rpc.server import in_thread
from services.order.cancel_order import Cancelling

log = logging.getLogger(__name__)

POLL_EVERY_SECONDS = 1.0
#: So many orders at a time: a flood of cancellations must not keep orders waiting that go on.
MOST_AT_ONCE = 500


class Deadlines:
    """Sweeps orders that are due. Every instance does; rows that another has locked are left to it."""

    def __init__(self, cancelling: Cancelling, watermark: Watermark, clock: Callable[[], datetime]) -> None:
        """Prepare.

        Args:
            cancelling: Asks for cancellations.
            watermark: Knows how far replies were read.
            clock: Gives the time.
        """
        self._cancelling = cancelling
        self._watermark = watermark
        self._clock = clock
        self._behind = False

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            await asyncio.sleep(POLL_EVERY_SECONDS)
            try:
                await in_thread(self.poll_once)
            except Retryable as error:
                log.warning("cannot look for orders that are due", extra={"error": str(error)})
            except Exception:
                # The next look may succeed, and a sweep that has ended would be missed by nobody.
                log.exception("cannot look for orders that are due")

    def poll_once(self) -> int:
        """Look once.

        Returns:
            How many orders were asked to be cancelled.

        Raises:
            Retryable: Database or Kafka are away.
        """
        if not self._cancelling.any_due(self._clock()):
            return 0
        failpoint("deadline.due")
        until = self._watermark.measure()
        if until is None:
            if not self._behind:
                log.info("orders are due, and replies wait to be read")
            self._behind = True
            return 0
        self._behind = False
        failpoint("deadline.measured")
        asked = self._cancelling.cancel_due(until, MOST_AT_ONCE)
        if asked:
            log.info("deadline exceeded", extra={"orders": asked})
        return asked
