"""What is asked of the system for the state that every page shows, as a role that can only read.

- Rates are differences of the topics' end offsets over the time between two polls; before the second there is none.
- Lag is a service's positions in its database against those ends, so it is known of a service that is down too.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Mapping
from dataclasses import asdict
from itertools import pairwise
from typing import TYPE_CHECKING, Any, LiteralString

from admin.topic_ends import Ends, TopicIdPartition, Topics
from console import databases
from local.database_errors import tell
from services.catalogue import SERVICES

if TYPE_CHECKING:
    import psycopg

    from local.settings import Platform

#: Kafka must answer sooner than a person gives up.
KAFKA_SECONDS = 2.0
#: Rates are means over the polls of about the last five seconds.
RATE_SECONDS = 5.5
HISTORY = 90

_POSITIONS: LiteralString = "SELECT topic_id, partition, next_offset FROM positions"
_BACKLOG: LiteralString = """
    SELECT (SELECT count(*) FROM outbox WHERE published_at IS NULL),
           (SELECT coalesce(extract(epoch FROM now() - min(created_at)), 0)::float8
            FROM outbox WHERE published_at IS NULL),
           (SELECT count(*) FROM dead_letters WHERE state = 'OPEN')
"""


class TopicRates:
    """Asks Kafka where the topics end, and makes rates of it."""

    def __init__(self, platform: Platform) -> None:
        """Prepare; nothing connects yet.

        Args:
            platform: Where Kafka is.
        """
        self._platform = platform
        self._topics: Topics | None = None
        self._seen: deque[tuple[float, dict[str, int]]] = deque(maxlen=HISTORY + 1)
        self.ends: Ends | None = None

    def _asking(self) -> Topics:
        if self._topics is None:
            self._topics = Topics(self._platform.kafka_bootstrap_servers, seconds=KAFKA_SECONDS)
        return self._topics

    def poll_once(self) -> dict[str, Any]:
        """Ask once.

        Returns:
            For each topic the records that were ever published, its rate, and the rates before it, oldest first.

        Raises:
            Unreachable: Kafka does not answer.
            Refused: Kafka lacks a topic.
        """
        before, self.ends = self.ends, None
        try:
            self.ends = self._asking().ends()
        finally:
            # Over the time until Kafka is back, and over a topic that was made anew, a rate would be none.
            if before is None or self.ends is None or before.ids != self.ends.ids:
                self._seen.clear()
        published = self.ends.published()
        self._seen.append((time.monotonic(), published))
        return {
            name: {"published": count, "rate": self._rate(name), "rates": self._rates(name)}
            for name, count in published.items()
        }

    def _rate(self, name: str) -> float | None:
        now, latest = self._seen[-1]
        before = next((seen for seen in self._seen if now - seen[0] <= RATE_SECONDS), self._seen[-1])
        seconds = now - before[0]
        return round((latest[name] - before[1][name]) / seconds, 1) if seconds > 0 else None

    def _rates(self, name: str) -> list[float]:
        seen = list(self._seen)
        return [
            round((after[1][name] - before[1][name]) / (after[0] - before[0]), 1) for before, after in pairwise(seen)
        ]


class Databases:
    """Asks the services' databases how far they have read, and what they still have to publish."""

    def __init__(self, platform: Platform, rates: TopicRates) -> None:
        """Prepare; nothing connects yet.

        Args:
            platform: Where they are.
            rates: Knows where the topics end.
        """
        self._platform = platform
        self._topics = rates
        self._connections: dict[str, psycopg.Connection[Any]] = {}

    def poll_once(self) -> dict[str, Any]:
        """Ask each of them once.

        Returns:
            For each service its outbox, its open dead letters and its lag by topic, which is None where the service has
            not begun to read one of its partitions; or why its database gave none.
        """
        return {service: self._ask(service) for service in SERVICES}

    def _ask(self, service: str) -> dict[str, Any]:
        import psycopg

        try:
            connection = self._connection(service)
            # Ends first: what is published meanwhile must not look like a lag below zero, nor like one that is none.
            ends = self._topics.ends
            positions = {(row[0], row[1]): row[2] for row in connection.execute(_POSITIONS)}
            outbox, oldest, letters = connection.execute(_BACKLOG).fetchone() or (0, 0.0, 0)
        except psycopg.Error as error:
            if (connection_ := self._connections.pop(service, None)) is not None:
                connection_.close()
            return {"error": str(tell(f"the {service} database", self._platform.audit_url(service), error))}
        lag = _lag(ends, service, positions) if ends is not None else None
        return {"error": "", "outbox": outbox, "oldest": round(oldest, 1), "letters": letters, "lag": lag}

    def _connection(self, service: str) -> psycopg.Connection[Any]:
        connection = self._connections.get(service)
        if connection is None or connection.closed:
            connection = databases.connect(self._platform, service, autocommit=True)
            self._connections[service] = connection
        return connection


def _lag(ends: Ends, service: str, positions: Mapping[TopicIdPartition, int]) -> dict[str, int | None]:
    not_begun = {topic for topic, _ in ends.not_begun(service, positions)}
    return {name: None if name in not_begun else lag for name, lag in ends.lag_by_topic(service, positions).items()}


def fetch_platform(platform: Platform) -> dict[str, Any]:
    """Ask every server and every instance of a service how it is.

    Args:
        platform: Where they are.

    Returns:
        As `quadrille status --json` tells it, without paths of this machine.
    """
    from local.status import collect

    found = collect(platform)
    # Figures are read from the databases, and a log's path is nobody's business in a browser.
    kept = ("name", "service", "address", "external", "reachable", "ready", "waiting_for", "restarts", "last_exit")
    return {
        kind: [{key: value for key, value in asdict(one).items() if key in (*kept, "open_calls")} for one in listed]
        for kind, listed in (("servers", found.servers), ("services", found.services))
    }
