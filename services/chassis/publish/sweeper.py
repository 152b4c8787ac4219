"""Finds outbox rows that nobody published, and keeps the outbox's partitions.

A process publishes what it wrote straight after the commit. What a crash, a broker's absence or back pressure left
behind is found here. One instance of a service sweeps at a time: it holds an advisory lock for as long as it lives.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import Connection, Engine, text

from services.chassis.errors import DATABASE_ERRORS, classify
from services.chassis.observe.failpoints import failpoint
from services.chassis.publish.publisher import Publisher
from services.chassis.tables import outbox, outbox_maintenance

log = logging.getLogger(__name__)

#: Seconds between two sweeps. This is not on the path of a saga: rows get here only after a failure.
SWEEP_EVERY_SECONDS = 1.0
#: Seconds until the next sweep when there was more than one batch: until the first rows are marked.
SWEEP_AGAIN_SECONDS = 0.1
#: Younger rows are their writer's business.
OLDER_THAN = timedelta(seconds=2)
MAINTAIN_EVERY_SECONDS = 3600.0
SWEEP_ROWS = 2000


class Sweeper:
    """The thread that sweeps the outbox of one service."""

    def __init__(
        self,
        engine: Engine,
        publisher: Publisher,
        retention: timedelta,
        on_state: Callable[[str], None] = lambda _: None,
        check_session: Callable[[Connection], None] = lambda _: None,
    ) -> None:
        """Prepare.

        Args:
            engine: The service's database.
            publisher: Takes the rows.
            retention: How long published rows are kept.
            on_state: Told that the database is away, in a sentence; empty when it is there. The sweeper is who asks it
                something every second, also when no record and no call arrives.
            check_session: Looks at the session each second: whether it is still of the same server, and takes writes.
        """
        self._engine = engine
        self._publisher = publisher
        self._retention = retention
        self._on_state = on_state
        self._check_session = check_session
        self._stopping = threading.Event()
        self._away = False

    def run(self) -> None:
        """Sweep until `stop`."""
        while not self._stopping.is_set():
            try:
                with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                    self._sweep_while_chosen(connection)
            except DATABASE_ERRORS as error:
                why = str(classify(error)).splitlines()[0]
                if not self._away:
                    log.warning("cannot sweep the outbox", extra={"error": why})
                self._away = True
                self._on_state(f"the database cannot be used: {why}")
                self._stopping.wait(SWEEP_EVERY_SECONDS)

    def stop(self) -> None:
        """Make `run` return."""
        self._stopping.set()

    def _sweep_while_chosen(self, connection: Connection) -> None:
        chosen = False
        maintained = -MAINTAIN_EVERY_SECONDS
        wait = SWEEP_EVERY_SECONDS
        while not self._stopping.wait(wait):
            self._check_session(connection)
            self._away = False
            if not chosen:
                lock = text("SELECT pg_try_advisory_lock(hashtext('outbox.sweep'))")
                chosen = connection.execute(lock).scalar_one()
                self._on_state("")
                if chosen:
                    failpoint("sweep.chosen")
            if time.monotonic() - maintained > MAINTAIN_EVERY_SECONDS:
                with self._engine.begin() as transaction:
                    outbox_maintenance.maintain(transaction, retention=self._retention)
                maintained = time.monotonic()
            if chosen:
                rows = outbox.unpublished(connection, older_than=OLDER_THAN, limit=SWEEP_ROWS)
                self._on_state("")
                if rows:
                    failpoint("sweep.found")
                    self._publisher.publish(rows)
                    failpoint("sweep.published")
                wait = SWEEP_EVERY_SECONDS if len(rows) < SWEEP_ROWS else SWEEP_AGAIN_SECONDS
