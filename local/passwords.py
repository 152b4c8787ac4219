"""Passwords of the local roles: made once, kept in the data folder, readable by their owner alone."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import tempfile
from functools import cache
from pathlib import Path

from local.errors import LocalError

ROLES = ("postgres", "registry", "order", "inventory", "payment", "shipping", "quadrille_audit")


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
        return _read(file)
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=".secrets-")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "w") as out:
            json.dump({role: secrets.token_urlsafe(18) for role in ROLES}, out, indent=2)
            out.flush()
            os.fsync(out.fileno())
        # A link fails if the file is there: of two processes that start at once, one makes the passwords of both.
        with contextlib.suppress(FileExistsError):
            os.link(temporary, file)
    finally:
        temporary.unlink()
    return _read(file)


def _read(file: Path) -> dict[str, str]:
    try:
        known: dict[str, str] = json.loads(file.read_text())
    except PermissionError:
        raise LocalError(
            f"{file} belongs to another user; run this as that user, or set QUADRILLE_DATA to a folder of yours."
        ) from None
    return known
