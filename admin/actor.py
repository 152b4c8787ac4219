"""Who acts: the name that is recorded with each change."""

from __future__ import annotations

import getpass
import os


def current_user() -> str:
    """Give the name of this machine's user; the number, where the user has no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"
