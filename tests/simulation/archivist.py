"""An operator who archives, with the code of `quadrille archive`, and whose command dies between any two of its steps.

What the files would hold is kept here: a run is judged by it together with the rows that are left.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError

from admin import archiving
from services.chassis.tables import archive
from tests.simulation.scenario import SERVICES, Archiving
from tests.simulation.store import Connection, Engine, Transaction

if TYPE_CHECKING:
    from tests.simulation.world import World

#: What is half a day in reality: longer than any process here stands still, and than any clock is wrong.
YOUNG = timedelta(seconds=8)
#: Orders that share a transaction and a file.
AT_ONCE = 2
MAIN: Mapping[str, str] = {name: kept.table for name, kept in archiving.archives().items()}


class Interrupted(Exception):
    """The command was killed."""


class Archivist:
    """One operator; the commands of a scenario come one after the other."""

    def __init__(self, world: World) -> None:
        self.world = world
        #: Rows in files: by service and order, each by its table and its text.
        self.files: dict[tuple[str, UUID], dict[tuple[str, str], dict[str, Any]]] = {}
        #: Orders whose rows are gone, by service.
        self.gone: dict[str, set[UUID]] = {service: set() for service in SERVICES}
        #: Up to where the last command that was not interrupted has archived.
        self.before: UUID | None = None
        self._steps_left: int | None = None

    def run(self, command: Archiving) -> None:
        """Archive what is old enough, at its time. A task of the simulation."""
        scheduler = self.world.scheduler
        scheduler.wait(lambda: False, command.at - scheduler.now)
        dies = command.dies
        while True:
            self._steps_left = dies
            try:
                self._command()
            except Interrupted:
                scheduler.reached["archiving was interrupted"] += 1
                return
            except SQLAlchemyError:
                # The database refused a statement, or the connection was lost: the operator types it again.
                scheduler.wait(lambda: False, 0.5)
                continue
            return

    def _command(self) -> None:
        platform: Any = self
        now = self.world.databases["order"].now()
        plan = archiving.plan(platform, now - 2 * YOUNG)
        done = archiving.carry_out(platform, plan, Path("archive"), "a simulation")
        self.before = plan.before
        for count in done.values():
            self.world.scheduler.reached["an order was archived in a service"] += count

    @contextmanager
    def owned(self, _platform: Any, service: str) -> Iterator[Any]:
        """Stand for `admin.databases.owned`."""
        yield _Owned(self, self.world.databases[service])

    def write(self, _path: Path, service: str, copies: Sequence[archive.Copy]) -> None:
        """Stand for the writing of a file."""
        self.step()
        for copy in copies:
            row = json.loads(copy.row)
            self.files.setdefault((service, UUID(row["order_id"])), {})[copy.table, copy.row] = row
        self.world.scheduler.pause()

    def step(self) -> None:
        """Die, if it is time."""
        if self._steps_left is not None:
            self._steps_left -= 1
            if self._steps_left < 0:
                self.world.scheduler.say("the archiving command is killed")
                raise Interrupted

    def watch(self, transaction: Transaction) -> None:
        """Hold a commit against what is archived: an order that is gone from a service stays gone."""
        service = transaction.database.service
        table = MAIN[service]
        for (name, key), row in transaction.writes.items():
            if name != table:
                continue
            if row is None:
                self.gone[service].add(key[0])
            elif key[0] in self.gone[service]:
                self.world.violations.append(f"order {key[0]} is archived in {service}, and has a row again")

    def rows(self, service: str, table: str) -> list[dict[str, Any]]:
        """Give rows of a table: those that are left, and those that are gone, as their files have them."""
        there = self.world.databases[service].rows(table)
        gone = [
            {**row, "order_id": UUID(row["order_id"])}
            for (name, order_id), kept in self.files.items()
            if name == service and order_id in self.gone[service]
            for (copied, _), row in kept.items()
            if copied == table
        ]
        return [*there, *gone]


class _Owned(Engine):
    """The archivist's way to a database."""

    def __init__(self, archivist: Archivist, database: Any) -> None:
        super().__init__(database)
        self._archivist = archivist

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        with super().begin() as connection:
            yield _Counting(self._archivist, connection)  # type: ignore[misc]
            self._archivist.step()

    def connect(self) -> Connection:
        return _Counting(self._archivist, super().connect())  # type: ignore[return-value]


class _Counting:
    """A connection, each of whose statements is a step."""

    def __init__(self, archivist: Archivist, connection: Connection) -> None:
        self._archivist, self._connection = archivist, connection

    def execute(self, statement: Any, parameters: Mapping[str, Any] | None = None) -> Any:
        self._archivist.step()
        return self._connection.execute(statement, parameters)

    def __enter__(self) -> _Counting:
        return self

    def __exit__(self, *problem: object) -> None:
        self._connection.__exit__(*problem)
