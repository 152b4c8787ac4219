"""Watching orders: every step so far, then each further one, whichever instance handles the order.

A watcher says which order it watches in a row of `watches`, and only then reads. Whoever commits steps looks, after the
commit, for watches of their orders and notifies through PostgreSQL. So no step is missed: either it was committed
before the watcher read, or its writer sees the watch. A notification that is lost with its process is made up for by
looking again every few seconds. Nothing is queued for a slow client: steps wait in the table.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Sequence
from uuid import UUID

import psycopg
from sqlalchemy import Connection, Engine, text

from services.chassis.errors import Retryable
from services.chassis.rpc.server import in_thread

log = logging.getLogger(__name__)

CHANNEL = "order_steps"
LOOK_AGAIN_SECONDS = 5.0

_NOTIFY = text(
    f"SELECT pg_notify('{CHANNEL}', order_id::text) FROM watches "  # noqa: S608
    "WHERE order_id = ANY(CAST(:ids AS uuid[])) GROUP BY order_id"
)
_WATCH = text("INSERT INTO watches (order_id, instance) VALUES (:order_id, :instance) ON CONFLICT DO NOTHING")
_UNWATCH = text("DELETE FROM watches WHERE order_id = :order_id AND instance = :instance")
_FORGET = text("DELETE FROM watches WHERE instance = :instance")


def announce(connection: Connection, keys: Sequence[UUID]) -> None:
    """Notify the watchers of orders whose steps were committed.

    Args:
        connection: Outside any transaction.
        keys: The orders.
    """
    connection.execute(_NOTIFY, {"ids": list(keys)})


class Watches:
    """The watchers of this instance."""

    def __init__(self, engine: Engine, database_url: str, instance: str) -> None:
        """Prepare.

        Args:
            engine: The service's database.
            database_url: Its URL, for the connection that listens.
            instance: Names this instance.
        """
        self._engine = engine
        self._url = database_url
        self._instance = instance
        self._watchers: dict[UUID, set[asyncio.Event]] = {}

    async def listen(self) -> None:
        """Wake watchers as notifications come, until cancelled."""
        forgotten = False
        while True:
            try:
                if not forgotten:
                    await in_thread(lambda: self._execute(_FORGET, None))
                    forgotten = True
                async with await psycopg.AsyncConnection.connect(self._url, autocommit=True) as connection:
                    await connection.execute(f"LISTEN {CHANNEL}".encode())
                    self._wake_all()
                    async for notification in connection.notifies():
                        for event in self._watchers.get(UUID(notification.payload), ()):
                            event.set()
            except (psycopg.Error, Retryable) as error:
                log.warning("cannot listen for steps", extra={"error": str(error)})
                await asyncio.sleep(1)

    @contextlib.asynccontextmanager
    async def watch(self, order_id: UUID) -> AsyncIterator[asyncio.Event]:
        """Watch an order for as long as the context lasts.

        Args:
            order_id: The order.

        Yields:
            An event that is set when there may be new steps. Read after entering, and again each time it is set.
        """
        woken = asyncio.Event()
        watchers = self._watchers.setdefault(order_id, set())
        watchers.add(woken)
        try:
            await in_thread(lambda: self._execute(_WATCH, order_id))
            yield woken
        finally:
            watchers.discard(woken)
            if not watchers and self._watchers.get(order_id) is watchers:
                del self._watchers[order_id]
                with contextlib.suppress(Exception):
                    await in_thread(lambda: self._execute(_UNWATCH, order_id))
                    newcomers = self._watchers.get(order_id)
                    if newcomers:
                        # They came before the row was deleted, and it was theirs too. What was missed is read again.
                        await in_thread(lambda: self._execute(_WATCH, order_id))
                        for event in newcomers:
                            event.set()

    def _execute(self, statement: object, order_id: UUID | None) -> None:
        with self._engine.begin() as connection:
            connection.execute(statement, {"order_id": order_id, "instance": self._instance})  # type: ignore[call-overload]

    def _wake_all(self) -> None:
        for watchers in self._watchers.values():
            for event in watchers:
                event.set()
