"""A model of PostgreSQL as the services use it: tables, row locks, READ COMMITTED, unique keys, transaction timeout.

Invariants:

- What a transaction wrote is seen by others after its commit, or never.
- A row that one transaction wrote or locked keeps others waiting until it ends; then they see what it left.
- Two inserts of one unique key: the second waits for the first, and fails if that one committed.
- Transactions that wait for each other in a circle: the one that closes the circle fails.

`statements.py` says what each SQL statement does to it. `contract/` holds both against the real server.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg.errors
from sqlalchemy.exc import IntegrityError, OperationalError

from services.chassis.postgres.continuity import Continuity
from tests.simulation.scheduler import Scheduler

EPOCH = datetime(2026, 1, 2, tzinfo=UTC)
TRANSACTION_TIMEOUT = 4.0

Row = dict[str, Any]
Key = tuple[str, tuple[str, ...], tuple[Any, ...]]

#: The unique keys of each table; the first is the primary key.
KEYS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "positions": (("topic_id", "partition"),),
    "outbox": (("id",),),
    "dead_letters": (("id",),),
    "orders": (("order_id",), ("customer_id", "request_id")),
    "steps": (("order_id", "sequence"),),
    "reservations": (("order_id",),),
    "items": (("sku",),),
    "payments": (("order_id",),),
    "accounts": (("customer_id",),),
    "shipments": (("order_id",),),
    "effects": (("key",),),
    "calls": (("id",),),
    "archive_horizon": (("only_row",),),
    "archived_stock": (("sku",),),
    "archived_charges": (("customer_id", "currency_code"),),
}


def away(why: str) -> OperationalError:
    """The error of a server that does not answer."""
    return OperationalError(why, {}, Exception(why))


class Database:
    """One service's database: what is committed, who holds which lock."""

    def __init__(self, service: str, scheduler: Scheduler) -> None:
        self.service = service
        self.scheduler = scheduler
        self.tables: dict[str, dict[tuple[Any, ...], Row]] = {name: {} for name in KEYS}
        self.unique: dict[Key, tuple[Any, ...]] = {}
        self.sequences: Counter[str] = Counter()
        self.locks: dict[Key, Transaction] = {}
        self.sweeper: object | None = None
        self.effects: Counter[tuple[str, int, int]] = Counter()
        self.on_commit: Callable[[Transaction], None] = lambda _: None
        #: Faults: how many of the coming statements fail, and what the next commit does.
        self.refuse = 0
        self.tear = ""
        self.die: float | None = None
        self.halt: float | None = None
        #: Which server this is: sessions of another one are gone.
        self.server = 0
        self._standby: _Contents | None = None
        self._primary: _Contents | None = None

    # Servers.

    def copy(self) -> None:
        """Have a standby that gets nothing more from now on."""
        self._standby = _Contents.of(self)

    def promote(self) -> None:
        """Put the standby in the server's place: what was committed since it was copied is lost."""
        if self._standby is not None:
            self._primary = _Contents.of(self)
            self._replace(self._standby)

    def switch_back(self) -> None:
        """Put the server back in its place that was there before: what was committed on the standby is lost."""
        if self._primary is not None:
            self._replace(self._primary)

    def _replace(self, contents: _Contents) -> None:
        for transaction in set(self.locks.values()):
            transaction.rollback()
        self.server += 1
        self.sweeper = None
        contents.put_into(self)

    def now(self) -> datetime:
        """Give the server's time."""
        return EPOCH + timedelta(seconds=self.scheduler.now)

    def rows(self, table: str) -> list[Row]:
        """Give the committed rows of a table, in the order of their keys."""
        return [row for _, row in sorted(self.tables[table].items(), key=lambda item: item[0])]


@dataclass(frozen=True, slots=True)
class _Contents:
    """What a server holds."""

    tables: dict[str, dict[tuple[Any, ...], Row]]
    unique: dict[Key, tuple[Any, ...]]
    sequences: Counter[str]
    effects: Counter[tuple[str, int, int]]

    @classmethod
    def of(cls, database: Database) -> _Contents:
        # Rows are replaced, and never changed.
        tables = {name: dict(rows) for name, rows in database.tables.items()}
        return cls(tables, dict(database.unique), Counter(database.sequences), Counter(database.effects))

    def put_into(self, database: Database) -> None:
        database.tables = {name: dict(rows) for name, rows in self.tables.items()}
        database.unique, database.sequences = dict(self.unique), Counter(self.sequences)
        database.effects = Counter(self.effects)


class Transaction:
    """One transaction."""

    def __init__(self, database: Database, who: str = "") -> None:
        self.database = database
        self.server = database.server
        self.who = who
        self.now = database.now()
        self.began = database.scheduler.steps
        self.expires = database.scheduler.now + TRANSACTION_TIMEOUT
        #: None for a row that was deleted.
        self.writes: dict[tuple[str, tuple[Any, ...]], Row | None] = {}
        #: What took effect: the record's place, and its key.
        self.handled: list[tuple[tuple[str, int, int], UUID]] = []
        self.ended = False
        self._locks: list[Key] = []
        self._waits_for: Transaction | None = None

    # Reading.

    def get(self, table: str, key: tuple[Any, ...]) -> Row | None:
        """Read a row: this transaction's own, or as it is committed now."""
        if (table, key) in self.writes:
            return self.writes[table, key]
        return self.database.tables[table].get(key)

    def scan(self, table: str) -> list[Row]:
        """Read all rows of a table, in the order of their keys."""
        found: dict[tuple[Any, ...], Row | None] = dict(self.database.tables[table])
        found.update({key: row for (name, key), row in self.writes.items() if name == table})
        return [row for _, row in sorted(found.items(), key=lambda item: item[0]) if row is not None]

    # Writing.

    def lock(self, table: str, key: tuple[Any, ...], columns: tuple[str, ...] | None = None) -> None:
        """Take a row's lock, after whoever holds it."""
        name = (table, columns or KEYS[table][0], key)
        locks = self.database.locks
        while (holder := locks.get(name)) is not None and holder is not self:
            if self.database.scheduler.now >= holder.expires:
                self.database.scheduler.reached["a transaction timed out, and its locks went to another"] += 1
                holder.rollback()
                continue
            self._check_circle(holder)
            self._waits_for = holder
            self.database.scheduler.reached[f"waited for a lock on {table}"] += 1
            self.database.scheduler.say(f"waits for a lock on {table} {_brief(key)}")
            self.database.scheduler.wait(lambda: locks.get(name) is not holder, holder.expires - holder.now_seconds())
            self._waits_for = None
            self.check()
        if holder is None:
            locks[name] = self
            self._locks.append(name)

    def now_seconds(self) -> float:
        """Give the simulated time."""
        return self.database.scheduler.now

    def insert(self, table: str, row: Row, *, unless: tuple[str, ...] | None = None) -> bool:
        """Insert a row.

        Args:
            table: The table.
            row: The row.
            unless: Columns of the unique key whose conflict is no error.

        Returns:
            False if it was not inserted.

        Raises:
            IntegrityError: A unique key is taken.
        """
        for columns in KEYS[table]:
            key = tuple(row[column] for column in columns)
            self.lock(table, key, columns)
            taken = self.database.unique.get((table, columns, key))
            own = any(
                name == table and w is not None and tuple(w[c] for c in columns) == key
                for (name, _), w in self.writes.items()
            )
            if taken is not None or own:
                if columns == unless:
                    self.database.scheduler.reached["the same request was placed twice"] += 1
                    return False
                self.database.scheduler.reached[f"two transactions inserted one of {table}"] += 1
                raise IntegrityError(f"{table} {columns}", {}, psycopg.errors.UniqueViolation(f"{table} {columns}"))
        self.writes[table, tuple(row[column] for column in KEYS[table][0])] = row
        return True

    def update(
        self, table: str, key: tuple[Any, ...], changes: Row, *, when: Callable[[Row], bool] | None = None
    ) -> bool:
        """Change a row, if there is one, and, once it is locked, it is as expected."""
        found = self.get(table, key)
        if found is None or (when is not None and not when(found)):
            return False
        self.lock(table, key)
        found = self.get(table, key)
        if found is None or (when is not None and not when(found)):
            return False
        self.writes[table, key] = {**found, **changes}
        return True

    def delete(self, table: str, key: tuple[Any, ...]) -> bool:
        """Delete a row, if there is one once it is locked."""
        if self.get(table, key) is None:
            return False
        self.lock(table, key)
        if self.get(table, key) is None:
            return False
        self.writes[table, key] = None
        return True

    def check(self) -> None:
        """Fail if the server has ended this transaction, or is gone."""
        if self.server != self.database.server:
            self.rollback()
            raise away("the server closed the connection unexpectedly")
        if self.ended or self.database.scheduler.now >= self.expires:
            self.rollback()
            raise away("terminating connection due to transaction timeout")

    def commit(self) -> None:
        """Make everything visible."""
        self.check()
        database = self.database
        database.on_commit(self)
        for (table, key), row in self.writes.items():
            if row is None:
                gone = database.tables[table].pop(key)
                for columns in KEYS[table]:
                    del database.unique[table, columns, tuple(gone[column] for column in columns)]
                continue
            if table == "dead_letters":
                row.setdefault("written", database.scheduler.steps)
            database.tables[table][key] = row
            for columns in KEYS[table]:
                database.unique[table, columns, tuple(row[column] for column in columns)] = key
        database.effects.update(place for place, _ in self.handled)
        self._end()

    def rollback(self) -> None:
        """Forget everything."""
        if not self.ended:
            self._end()

    def _end(self) -> None:
        self.ended = True
        for name in self._locks:
            if self.database.locks.get(name) is self:
                del self.database.locks[name]

    def _check_circle(self, holder: Transaction) -> None:
        other: Transaction | None = holder
        while other is not None:
            if other is self:
                raise OperationalError("deadlock", {}, psycopg.errors.DeadlockDetected("deadlock detected"))
            other = other._waits_for


class Connection:
    """What the services know as SQLAlchemy's `Connection`."""

    def __init__(self, engine: Engine, transaction: Transaction | None) -> None:
        self._engine = engine
        self._server = engine.database.server
        self.transaction = transaction

    def execution_options(self, **options: Any) -> Connection:
        """Accept AUTOCOMMIT, the only one that the services ask for."""
        assert options == {"isolation_level": "AUTOCOMMIT"}, options
        return self

    def execute(self, statement: Any, parameters: Mapping[str, Any] | None = None) -> Any:
        """Run one statement; without a transaction, in one of its own."""
        from tests.simulation.statements import run

        database = self._engine.database
        database.scheduler.pause()
        if self._engine.dead:
            raise away("the process is gone")
        if self._server != database.server:
            raise away("the server closed the connection unexpectedly")
        if database.refuse > 0:
            database.refuse -= 1
            database.scheduler.say("the database does not answer")
            raise away("the database does not answer")
        if self.transaction is not None:
            if database.halt is not None and self.transaction._locks:
                seconds, database.halt = database.halt, None
                database.scheduler.reached["a process stood still inside a transaction"] += 1
                database.scheduler.later(0.0, lambda: self._engine.stop(seconds))
                database.scheduler.pause()
            self.transaction.check()
            return run(self.transaction, statement.text, parameters or {}, self)
        transaction = Transaction(database)
        try:
            result = run(transaction, statement.text, parameters or {}, self)
            transaction.commit()
        finally:
            transaction.rollback()
        return result

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *_: object) -> None:
        if self.transaction is not None:
            self.transaction.rollback()
        if self._engine.database.sweeper is self:
            self._engine.database.sweeper = None


class Engine:
    """What the services know as SQLAlchemy's `Engine`: one process's way to its database."""

    def __init__(self, database: Database, continuity: Continuity | None = None) -> None:
        self.database = database
        self.continuity = continuity
        self.dead = False
        self.crash: Callable[[float], None] = lambda _: None
        self.stop: Callable[[float], None] = lambda _: None

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """Open a transaction; commit it if all went well, else roll it back."""
        database, scheduler = self.database, self.database.scheduler
        self._look()
        if self.continuity is not None:
            self.continuity.require()
        transaction = Transaction(database)
        try:
            yield Connection(self, transaction)
            scheduler.pause()
            tear, database.tear = database.tear, ""
            if tear == "before":
                raise away("the connection was lost before the commit")  # noqa: TRY301
            transaction.commit()
            if transaction.writes:
                scheduler.say(f"commit: {_written(transaction)}")
            if database.die is not None and any(table == "outbox" for table, _ in transaction.writes):
                # Before anything else happens: the events are committed, and nobody has sent them.
                scheduler.reached["a process died between commit and publishing"] += 1
                seconds, database.die = database.die, None
                scheduler.later(0.0, lambda: self.crash(seconds))
            if tear == "after":
                scheduler.reached["a commit's answer was lost"] += 1
                scheduler.say("the commit's answer is lost")
                raise away("the connection was lost after the commit")  # noqa: TRY301
        except BaseException:
            if not transaction.ended:
                scheduler.say("rollback")
            transaction.rollback()
            raise
        scheduler.pause()

    def connect(self) -> Connection:
        """Connect without a transaction: the services only read so, or with AUTOCOMMIT."""
        self._look()
        return Connection(self, None)

    def _look(self) -> None:
        # Each session is a new one here.
        if self.continuity is not None:
            self.continuity._saw((str(self.database.server),))


def _written(transaction: Transaction) -> str:
    told = []
    for (table, key), row in transaction.writes.items():
        if row is None:
            told.append(f"{table} {_brief(key)} closed")
            continue
        match table:
            case "positions":
                told.append(f"{row['topic']}/{row['partition']}→{row['next_offset']}")
            case "outbox" if row["published_at"] is None:
                told.append(f"outbox#{row['id']} {row['type'].rpartition('.')[2]} {_brief((row['key'],))}")
            case "outbox":
                told.append(f"published#{row['id']}")
            case "steps":
                continue
            case "dead_letters":
                told.append(f"dead letter {row['topic']}/{row['partition']}@{row['offset']} {row['error_type']}")
            case "items":
                told.append(f"{row['sku']} {row['on_hand']}/{row['held']}/{row['shipped']}")
            case "accounts":
                told.append(f"{row['customer_id']} {row['balance']}")
            case _:
                told.append(f"{table} {_brief(key)} {row.get('state', '')}")
    return ", ".join(told)


def _brief(key: tuple[Any, ...]) -> str:
    return " ".join(str(part)[-4:] if len(str(part)) > 12 else str(part) for part in key)
