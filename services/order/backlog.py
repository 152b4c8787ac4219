"""Back pressure: beyond so many orders under way, no more are taken.

A service that cannot keep up leaves its work in topics and tables, never in memory; what grows is the time that an
order takes. Whoever places orders is told to come back, rather than that every order takes minutes. Orders that are not
settled are counted, whichever service they wait for, so one limit stands for all four.
"""

from __future__ import annotations

import asyncio
import logging

from sqlalchemy import Engine, text

from services.chassis.errors import Retryable
from services.chassis.rpc.errors import too_many_calls
from services.chassis.rpc.server import in_thread
from services.order import metrics

log = logging.getLogger(__name__)

POLL_EVERY_SECONDS = 1.0
#: What a caller is told to wait, in seconds: until the next look.
RETRY_AFTER_SECONDS = 1.0

# Never more than the limit is counted: a backlog of millions costs a look no more than one of thousands.
_COUNT = text("SELECT count(*) FROM (SELECT 1 FROM orders WHERE NOT settled LIMIT :most) AS open")


class Backlog:
    """Knows whether too many orders are under way."""

    def __init__(self, engine: Engine, most: int) -> None:
        """Prepare.

        Args:
            engine: The service's database.
            most: How many orders may be under way.
        """
        self._engine = engine
        self._most = most
        self._full = False

    def admit(self) -> None:
        """Let an order in.

        Raises:
            ApiError: RESOURCE_EXHAUSTED with a RetryInfo: too many orders are under way.
        """
        if self._full:
            raise too_many_calls(f"{self._most} orders are under way already", retry_after=RETRY_AFTER_SECONDS)

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            try:
                await in_thread(self.poll_once)
            except Retryable as error:
                log.warning("cannot count the orders under way", extra={"error": str(error)})
            except Exception:
                # The next look may succeed, and a limit that nobody holds would be missed by nobody.
                log.exception("cannot count the orders under way")
            await asyncio.sleep(POLL_EVERY_SECONDS)

    def poll_once(self) -> None:
        """Count once."""
        with self._engine.connect() as connection:
            open_ = connection.execute(_COUNT, {"most": self._most + 1}).scalar_one()
        metrics.OPEN.keep({(): open_})
        full = open_ > self._most
        if full != self._full:
            log.warning(
                "too many orders are under way" if full else "orders are taken again", extra={"most": self._most}
            )
        self._full = full
