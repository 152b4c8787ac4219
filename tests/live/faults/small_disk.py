"""A small disk of its own for one service's database: a tmpfs with a tablespace on it, which a file fills up.

Only the data of that one database are on it; the write-ahead log stays where it is. Mounting needs the right to do so
(root with CAP_SYS_ADMIN). Without it there is none, and `reason` says why.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from local import postgres

MEGABYTES = 192


class SmallDisk:
    """The disk, mounted for as long as the context lasts."""

    def __init__(self) -> None:
        self.reason = ""
        self._place = Path(tempfile.mkdtemp(prefix="quadrille-disk-"))

    def __enter__(self) -> SmallDisk:
        self._place.chmod(0o755)
        options = f"size={MEGABYTES}m,mode=755"
        command = ["mount", "-t", "tmpfs", "-o", options, "quadrille-tests", str(self._place)]
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        except FileNotFoundError:
            self.reason = "there is no `mount` here"
        else:
            if done.returncode:
                self.reason = f"a small disk needs the right to mount one: {done.stderr.strip()}"
        return self

    def __exit__(self, *_: object) -> None:
        if not self.reason:
            subprocess.run(["umount", str(self._place)], check=True)
        shutil.rmtree(self._place)

    def apply_answer(self, database: str, admin_url: str, url: str) -> None:
        """Move an empty database onto the disk.

        Args:
            database: Its name; nobody is connected to it.
            admin_url: The server, as its administrator.
            url: The database, as its owner.
        """
        if self.reason:
            return
        assert urlsplit(url).path == f"/{database}"
        folder = self._place / "tablespace"
        folder.mkdir(mode=0o700)
        user = postgres.run_as(folder)
        if user is not None:
            os.chown(folder, *user)
        with psycopg.connect(admin_url, autocommit=True) as connection:
            name = sql.Identifier("small_disk")
            connection.execute(sql.SQL("CREATE TABLESPACE {} LOCATION {}").format(name, sql.Literal(str(folder))))
            connection.execute(sql.SQL("ALTER DATABASE {} SET TABLESPACE {}").format(sql.Identifier(database), name))

    def fill(self) -> None:
        """Leave no block free."""
        with (self._place / "ballast").open("ab", buffering=0) as ballast:
            for size in (1 << 20, 1 << 12):
                try:
                    while True:
                        ballast.write(bytes(size))
                except OSError:
                    continue

    def relieve(self) -> None:
        """Make room again."""
        (self._place / "ballast").unlink(missing_ok=True)
