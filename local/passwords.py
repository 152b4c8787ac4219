"""Passwords of the local roles: made once, kept in the data folder, readable by their owner alone."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import secrets
import tempfile
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from local.errors import LocalError
from services.catalogue import SERVICES

AUDIT_ROLE = "quadrille_audit"
ROLES = ("postgres", "registry", *SERVICES, AUDIT_ROLE)


def password(data: Path, role: str) -> str:
    """Return the password of a role, making all of them on the first call.

    Args:
        data: The data folder.
        role: One of `ROLES`.
    """
    return _passwords(data / "secrets.json")[role]


@cache
def _passwords(file: Path) -> dict[str, str]:
    with contextlib.suppress(FileNotFoundError):
        known = _read(file)
        return known if known.keys() >= set(ROLES) else _completed(file)
    file.parent.mkdir(parents=True, exist_ok=True)
    temporary = _written(file, _fresh(ROLES))
    try:
        # A link fails if the file is there: of two processes that start at once, one makes the passwords of both.
        with contextlib.suppress(FileExistsError):
            os.link(temporary, file)
    finally:
        temporary.unlink()
    return _read(file)


def _completed(file: Path) -> dict[str, str]:
    """Add the passwords of services that are newer than the file. Of two processes that do it at once, one waits."""
    with file.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        known = _read(file)
        if missing := [role for role in ROLES if role not in known]:
            _written(file, known | _fresh(missing)).replace(file)
    return _read(file)


def _fresh(roles: Iterable[str]) -> dict[str, str]:
    return {role: secrets.token_urlsafe(18) for role in roles}


def _written(file: Path, passwords: Mapping[str, str]) -> Path:
    """Write passwords to a file of another name beside `file`, which only its owner may read."""
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=".secrets-")
    with os.fdopen(descriptor, "w") as out:
        json.dump(passwords, out, indent=2)
        out.flush()
        os.fsync(out.fileno())
    return Path(name)


def _read(file: Path) -> dict[str, str]:
    try:
        known: dict[str, str] = json.loads(file.read_text())
    except PermissionError:
        raise LocalError(
            f"{file} belongs to another user; run this as that user, or set QUADRILLE_DATA to a folder of yours."
        ) from None
    return known
