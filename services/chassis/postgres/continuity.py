"""Whether the database is still the one whose contents are known.

A server that fails over to an asynchronous standby loses its last moment; so does one whose disk lied, and one that was
restored under running services. What is decided or answered from such a database contradicts what was told before. So
each session says which server it is of, and a server that is not the one that was checked is checked first: by what the
service has published (`own_topic.check`), and by its positions.

Invariants:

- Nothing is decided in a session of a server that was not checked: `require` stands before each transaction that
  decides, after its session is there.
- A call that was served while the server changed is not answered, but told to try again.
- What this process has published, and not marked, is in Kafka before the check looks there.
- A server is known by when it was started, and by the identities of its database and of the outbox. Another server, a
  restart, a promotion and a table that was restored all change it. A pooler may change it under an open session, so it
  is asked again each second.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import psycopg
from sqlalchemy import Connection, Engine, event, text

from services.chassis.backoff import Backoff
from services.chassis.errors import DatabaseAway, DatabaseUnchecked, Retryable, classify
from services.chassis.sqlstates import READ_ONLY

log = logging.getLogger(__name__)

AGAIN = Backoff(first_seconds=0.1, longest_seconds=2.0)

Identity = tuple[str, ...]

_IDENTITY = """
    SELECT CAST(pg_postmaster_start_time() AS text), CAST(pg_is_in_recovery() AS text),
           (SELECT CAST(oid AS text) FROM pg_database WHERE datname = current_database()),
           CAST(coalesce(CAST(to_regclass('outbox') AS oid), 0) AS text)
"""
_READ_ONLY = text("SELECT current_setting('transaction_read_only') = 'on'")
CHANGED = "the database's server has changed, or was started again: what it still knows is being looked at"


class Gate(Protocol):
    """What stands before a transaction that decides."""

    @property
    def generation(self) -> int:
        """Counts the servers that were checked: sessions of an earlier one are of no more use."""

    def require(self) -> None:
        """Refuse to go on with a server that was not checked.

        Raises:
            DatabaseUnchecked: It was not.
        """


class Continuity:
    """Knows which server was checked, and has another one checked before anything is decided on it."""

    def __init__(self, check: Callable[[], None], let_go: Callable[[], None], on_state: Callable[[str], None]) -> None:
        """Prepare.

        Args:
            check: Holds the database against what was published; it raises `Retryable` if that cannot be done now, or
                if the database has lost something.
            let_go: Closes every session that nobody uses.
            on_state: Told what is waited for, in a sentence; empty once the database is known.
        """
        self._check = check
        self._let_go = let_go
        self._on_state = on_state
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._seen: Identity | None = None
        self._checked: Identity | None = None
        self._why = "the service is starting"
        #: Counts the servers that were seen: who has begun with one and ends with another knows nothing.
        self.changes = 0
        self._generation = 0

    @property
    def generation(self) -> int:
        """Counts the checks that a server has passed."""
        return self._generation

    @property
    def current(self) -> bool:
        """True if the server that was seen last was checked."""
        return self._checked is not None and self._checked == self._seen

    @property
    def unknown(self) -> bool:
        """True while nobody has found out what a server still knows that has come after one that was checked."""
        return self._generation > 0 and not self.current and not self._why

    def require(self) -> None:
        """Refuse to go on with a server that was not checked.

        Raises:
            DatabaseUnchecked: It was not.
        """
        if not self.current:
            raise DatabaseUnchecked(self._why or CHANGED)

    def watch(self, engine: Engine) -> None:
        """Look at each session that an engine opens.

        Args:
            engine: The engine.
        """
        event.listen(engine, "connect", lambda connection, _record: self._check_new_session(connection))

    def check_session(self, connection: Connection) -> None:
        """Look at an open session: a pooler may have given it another server, which may take no writes.

        Args:
            connection: The session.

        Raises:
            DatabaseAway: It takes no writes.
            SQLAlchemyError: It does not answer.
        """
        self._saw(tuple(connection.execute(text(_IDENTITY)).one()))
        if connection.execute(_READ_ONLY).scalar_one():
            raise DatabaseAway(READ_ONLY)

    def _check_new_session(self, connection: Any) -> None:
        try:
            found = connection.execute(_IDENTITY).fetchone()
            # SQLAlchemy hands the session out without a transaction.
            connection.rollback()
        except psycopg.Error as error:
            raise classify(error) from error
        self._saw(tuple(found))

    def _saw(self, identity: Identity) -> None:
        with self._lock:
            if identity == self._seen:
                return
            # One that comes back is checked again: what was decided meanwhile, the other one may know alone.
            self._seen, self._checked = identity, None
            self.changes += 1
            first = not self._generation
            self._why = self._why if first else ""
        if not first:
            log.warning("the database's server has changed", extra={"server": identity})
            self._on_state(CHANGED)
        self._wake.set()

    def first(self) -> None:
        """Have the first server checked.

        Raises:
            Retryable: It cannot be done now, or the database has lost something.
        """
        try:
            self._try()
        except Retryable as error:
            self._why = str(error)
            raise

    def _try(self) -> None:
        with self._lock:
            found = self._seen
        if self._generation:
            # The check is to be made in sessions of the server that has come.
            self._let_go()
        self._check()
        with self._lock:
            if found is None or found != self._seen:
                raise DatabaseUnchecked("the database's server has changed while it was looked at")
            self._checked = found
            self._generation += 1
            self._why = ""

    def run(self) -> None:
        """Check each further server, until `stop`."""
        attempts = 0
        while not self._stopping.is_set():
            self._wake.wait()
            self._wake.clear()
            while not self.current and not self._stopping.is_set():
                try:
                    self._try()
                except Retryable as error:
                    self._why = str(error)
                    self._on_state(self._why)
                    attempts += 1
                    self._stopping.wait(AGAIN.seconds(attempts))
                else:
                    log.info("the database knows all that was published last")
                    self._on_state("")
                    attempts = 0

    def stop(self) -> None:
        """Make `run` return."""
        self._stopping.set()
        self._wake.set()


class Deciding:
    """Transactions of an engine that decide: none begins on a server that was not checked."""

    def __init__(self, engine: Engine, gate: Gate) -> None:
        """Prepare.

        Args:
            engine: The service's database.
            gate: Stands before each transaction.
        """
        self._engine = engine
        self._gate = gate

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """Open a transaction that is committed at the end of the block.

        Yields:
            The connection.

        Raises:
            DatabaseUnchecked: The server was not checked.
        """
        with self.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """Open a connection.

        Yields:
            The connection.

        Raises:
            DatabaseUnchecked: The server was not checked.
        """
        with self._engine.connect() as connection:
            self._gate.require()
            yield connection
