"""Measures what only the database knows: backlog, ages, open dead letters. Off the path of sagas, and within limits.

Every instance of a service measures the same database: in Prometheus take the greatest of them, not their sum.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence

from sqlalchemy import Connection, Engine, text

from services.chassis.errors import DATABASE_ERRORS
from services.chassis.observe import metrics
from services.chassis.observe.metrics import Measured
from services.chassis.tables import dead_letters
from services.chassis.tables import open_calls as calls

log = logging.getLogger(__name__)

MEASURE_EVERY_SECONDS = 5.0
#: Rows of the outbox that are counted, at most.
MOST_COUNTED = 10_000

# Days are looked into from the oldest on, and each has an index of its unpublished rows alone.
_OUTBOX = text(
    """
    SELECT count(*) AS rows, coalesce(extract(epoch FROM now() - min(created_at)), 0)::float AS oldest
    FROM (
        SELECT created_at FROM outbox WHERE published_at IS NULL AND created_at < now() + interval '1 day' LIMIT :most
    ) AS counted
    """
)

#: Measures with one connection, and gives each gauge its value.
Measure = Callable[[Connection], Sequence[tuple[Measured, float]]]


def outbox_and_letters(connection: Connection) -> list[tuple[Measured, float]]:
    """Measure the outbox, and count open dead letters.

    Args:
        connection: Any.

    Returns:
        Gauges and their values.
    """
    row = connection.execute(_OUTBOX, {"most": MOST_COUNTED}).one()
    dead, _ = dead_letters.count_open(connection)
    return [(metrics.OUTBOX_ROWS, row.rows), (metrics.OUTBOX_AGE, row.oldest), (metrics.DEAD_OPEN, dead)]


def open_calls(connection: Connection) -> list[tuple[Measured, float]]:
    """Measure the calls without an answer.

    Args:
        connection: Any, of a service that makes calls.

    Returns:
        Gauges and their values.
    """
    rows, oldest = calls.backlog(connection)
    return [(metrics.CALLS_OPEN, rows), (metrics.CALLS_AGE, oldest)]


class Measurer:
    """The thread that measures."""

    def __init__(self, engine: Engine, measures: Sequence[Measure], stopping: threading.Event) -> None:
        """Prepare.

        Args:
            engine: The service's database.
            measures: What is measured.
            stopping: Set when the service stops.
        """
        self._engine = engine
        self._measures = measures
        self._stopping = stopping
        self._known: set[Measured] = set()
        self._away = False

    def run(self) -> None:
        """Measure until the service stops."""
        while True:
            self.measure_once()
            if self._stopping.wait(MEASURE_EVERY_SECONDS):
                return

    def measure_once(self) -> None:
        """Measure once. What cannot be measured is forgotten."""
        try:
            with self._engine.connect() as connection:
                found = [pair for measure in self._measures for pair in measure(connection)]
        except DATABASE_ERRORS as error:
            if not self._away:
                log.warning("cannot measure the database", extra={"error": str(error).splitlines()[0]})
            self._away = True
            for gauge in self._known:
                gauge.keep({})
            return
        self._away = False
        for gauge, value in found:
            gauge.keep({(): value})
            self._known.add(gauge)
