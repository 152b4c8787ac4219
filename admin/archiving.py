"""Archives orders in all four services: their rows go into files, and their events are refused from then on.

Invariants:

- Only what an audit found in order is archived: afterwards nobody can judge it any more.
- An order is archived in all services or in none, but for a run that was interrupted: the horizon, which all services
  have before the first row goes, says which orders, and the next run goes on.
- No order is past the horizon of which something may still come: unsettled, held, called for, to be published, or dead.
- A row is in a file, and the file on disk, before it leaves its table. A file that an interrupted run left is written
  again by the next run, under the same name or with rows that other files have too: rows may be there twice, never not.
"""

from __future__ import annotations

import gzip
import importlib
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from admin.actor import current_user
from admin.databases import all_owned
from admin.errors import Refused
from services.catalogue import SERVICES

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from local.settings import Platform
    from services.chassis.tables.archive import Archive, Copy, Holding

#: Orders that share a transaction and a file.
AT_ONCE = 5_000
MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Plan:
    """What can be archived.

    Attributes:
        before: The horizon: orders with lesser ids go.
        made_before: The time that it stands for.
        orders: How many, by service.
        held_back_by: The oldest that keep the horizon from where it was asked for, each with its service.
    """

    before: UUID
    made_before: datetime
    orders: dict[str, int]
    held_back_by: Sequence[tuple[str, Holding]]

    def to_json(self, archived: Mapping[str, int]) -> dict[str, Any]:
        """Give it as JSON.

        Args:
            archived: How many orders were archived, by service.
        """
        return {
            "placed_before": self.made_before.isoformat(),
            "archivable": self.orders,
            "archived": dict(archived),
            "held_back_by": [
                {"service": service, "order": str(one.key), "why": one.why} for service, one in self.held_back_by
            ],
        }


def archives() -> dict[str, Archive]:
    """Give what each service says of its rows, by service."""
    return {service: importlib.import_module(f"services.{service}.archiving").ARCHIVE for service in SERVICES}


def plan(platform: Platform, until: datetime) -> Plan:
    """Find out how far orders can be archived.

    Args:
        platform: Where everything is.
        until: Orders that were placed before it are asked for.

    Returns:
        The plan.

    Raises:
        Unreachable: A database does not answer.
        Refused: A database is not migrated.
    """
    from services.chassis.tables import archive

    before = archive.boundary(until)
    held: list[tuple[str, Holding]] = []
    with all_owned(platform, SERVICES) as engines:
        for service, engine in engines.items():
            with engine.connect() as connection:
                found = archive.holding(connection, archives()[service], before, MOST_NAMED)
            held += [(service, one) for one in found]
        held.sort(key=lambda one: one[1].key)
        if held:
            before = held[0][1].key
        orders = {}
        for service, engine in engines.items():
            with engine.connect() as connection:
                orders[service] = archive.count(connection, archives()[service], before)
    return Plan(before, archive.made_at(before) or until, orders, held[:MOST_NAMED])


def audited(platform: Platform) -> None:
    """Hold the databases against the invariants.

    Args:
        platform: Where everything is.

    Raises:
        Unreachable: A server does not answer.
        Refused: An invariant is broken.
    """
    from admin.audit.invariants import judge
    from admin.audit.reading import read

    broken = [finding for finding in judge(read(platform)) if finding.violations]
    if broken:
        names = ", ".join(f"{finding.name} ({len(finding.violations):,})" for finding in broken)
        raise Refused(
            f"nothing was archived: the audit finds something broken: {names}. What is archived cannot be judged any"
            " more; run `quadrille audit --mend` first."
        )


def carry_out(
    platform: Platform, chosen: Plan, folder: Path, reason: str, report: Callable[[str, int], None] = lambda _, __: None
) -> dict[str, int]:
    """Archive.

    Args:
        platform: Where everything is.
        chosen: What.
        folder: Where the files go; it is made.
        reason: Why; it is recorded.
        report: Called after each file with the service, and how many of its orders are archived by now.

    Returns:
        How many orders were archived, by service.

    Raises:
        Unreachable: A database does not answer; the same command goes on where it was.
        Refused: A file cannot be written.
    """
    from services.chassis.tables import archive, operations

    done = dict.fromkeys(SERVICES, 0)
    with all_owned(platform, SERVICES) as engines:
        for engine in engines.values():
            with engine.begin() as connection:
                archive.advance(connection, chosen.before)
                detail = {"before": str(chosen.before), "placed_before": chosen.made_before.isoformat()}
                operations.note(connection, "archive", actor=current_user(), reason=reason, detail=detail)
        for service, engine in engines.items():
            while moved := _move(service, engine, chosen.before, folder):
                done[service] += moved
                report(service, done[service])
    return done


def _move(service: str, engine: Engine, before: UUID, folder: Path) -> int:
    from services.chassis.tables import archive

    kept = archives()[service]
    with engine.begin() as connection:
        ids, copies = archive.oldest(connection, kept, before, AT_ONCE)
        if ids:
            _write(folder / service / f"{ids[0]}.jsonl.gz", service, copies)
            archive.remove(connection, kept, ids)
    return len(ids)


def _write(path: Path, service: str, copies: Sequence[Copy]) -> None:
    part = path.with_suffix(".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as raw:
            with gzip.open(raw, "wt", encoding="utf-8", compresslevel=6) as file:
                file.writelines(
                    f'{{"service": {json.dumps(service)}, "table": {json.dumps(copy.table)}, "row": {copy.row}}}\n'
                    for copy in copies
                )
            raw.flush()
            os.fsync(raw.fileno())
        part.replace(path)
        # The name is only safe once its folder is.
        opened = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
    except OSError as error:
        raise Refused(
            f"{path} cannot be written ({error.strerror}). The rows of it are still in the database."
        ) from None


def read_back(folder: Path, order_id: UUID) -> Iterator[dict[str, object]]:
    """Find an archived order.

    Args:
        folder: Where the files are.
        order_id: The order.

    Yields:
        Its rows, each with its service and table.

    Raises:
        Refused: A file cannot be read.
    """
    for service in SERVICES:
        # A file is named by its least id, so the order is in the last one that does not begin after it; in an earlier
        # one only if a database was restored, and archived again, since.
        names = sorted(path for path in (folder / service).glob("*.jsonl.gz") if path.name[:36] <= str(order_id))
        for path in reversed(names):
            found = _rows_of(path, str(order_id))
            yield from found
            if found:
                break


def _rows_of(path: Path, order_id: str) -> list[dict[str, object]]:
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            rows = [json.loads(line) for line in file if order_id in line]
    except (OSError, EOFError, ValueError, RecursionError) as error:
        raise Refused(f"{path} cannot be read ({error})") from None
    return [row for row in rows if row["row"]["order_id"] == order_id]
