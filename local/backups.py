"""Backups of one service's database, with PostgreSQL's own `pg_dump` and `pg_restore`.

A restored database takes the old one's place by renaming, when it is complete; the old one is kept beside it. So a
restore that fails changes nothing, and one that was a mistake can be taken back.
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit

from local import platform as platform_
from local import provision, state
from local.errors import LocalError
from local.postgres import binaries

if TYPE_CHECKING:
    from local.settings import Platform

STOP_SECONDS = 60.0
POLL_SECONDS = 0.05


def dump(platform: Platform, service: str, file: Path) -> None:
    """Write a service's database to a file: one consistent moment of it, while the service works on.

    Args:
        platform: Where it is.
        service: Whose.
        file: Where to; in `pg_dump`'s custom format.

    Raises:
        LocalError: The file is there already, or `pg_dump` fails; the message says why.
    """
    if file.exists():
        raise LocalError(f"{file} is there already; name another file.")
    partial = file.with_name(file.name + ".partial")
    url = urlsplit(platform.database_url(service))
    try:
        _client("pg_dump", url, "--format=custom", f"--file={partial}")
        partial.rename(file)
    finally:
        partial.unlink(missing_ok=True)


def restore(platform: Platform, service: str, file: Path) -> str:
    """Put a backup in the place of a service's database. Nobody may be connected to it: see `stopped`.

    Args:
        platform: Where it is.
        service: Whose.
        file: The backup.

    Returns:
        The name under which the replaced database is kept.

    Raises:
        LocalError: The file is no backup, somebody is connected, or the server refuses; the database is as it was.
    """
    if not file.is_file():
        raise LocalError(f"there is no file {file}.")
    url = urlsplit(platform.database_url(service))
    name = unquote(url.path.lstrip("/"))
    fresh, kept = f"{name}_restoring", f"{name}_replaced_{datetime.now(UTC):%Y%m%d%H%M%S}"
    provision.drop_database(platform.postgres_admin_url, fresh)
    provision.own_database(platform.postgres_admin_url, urlunsplit(url._replace(path=f"/{fresh}")))
    try:
        _client("pg_restore", url._replace(path=f"/{fresh}"), "--exit-on-error", "--no-owner", "--no-acl", str(file))
        provision.replace_database(platform.postgres_admin_url, name, fresh, kept)
    except BaseException:
        provision.drop_database(platform.postgres_admin_url, fresh)
        raise
    provision.provision(platform)
    return kept


@contextmanager
def stopped(platform: Platform, service: str) -> Iterator[list[str]]:
    """Stop a service's processes of this platform for a while.

    Args:
        platform: Whose.
        service: Which.

    Yields:
        The names of what was stopped.

    Raises:
        LocalError: They do not stop.
    """
    current = state.read(platform.run)
    if current is None or not current.alive():
        yield []
        return
    # What is wanted, not what runs just now: another one may be starting again.
    names = state.wanted(platform.run)
    mine = [name for name in names if name.rpartition("-")[0] == service]
    if not mine:
        yield []
        return
    platform_.set_running(platform, [name for name in names if name not in mine])
    deadline = time.monotonic() + STOP_SECONDS
    while (latest := state.read(platform.run)) and any(
        process.alive() for name, process in latest.processes.items() if name in mine
    ):
        if time.monotonic() > deadline:
            raise LocalError(f"{', '.join(mine)} did not stop; see `quadrille status`.")
        time.sleep(POLL_SECONDS)
    try:
        yield mine
    finally:
        platform_.set_running(platform, names)


def _client(program: str, url: SplitResult, *options: str) -> None:
    place = [f"--host={url.hostname}", f"--port={url.port or 5432}", f"--username={unquote(url.username or '')}"]
    finished = subprocess.run(
        [str(binaries() / program), *place, "--no-password", f"--dbname={unquote(url.path.lstrip('/'))}", *options],
        env={**os.environ, "PGPASSWORD": unquote(url.password or "")},
        capture_output=True,
        text=True,
        check=False,
    )
    if finished.returncode:
        lines = finished.stderr.strip().splitlines() or ["it said nothing"]
        raise LocalError(f"{program} failed: {lines[0].removeprefix(f'{program}: ')}.")
