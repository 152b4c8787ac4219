"""The environment of the processes that we start."""

from __future__ import annotations

import os
from collections.abc import Mapping


def child_environment(values: Mapping[str, str]) -> dict[str, str]:
    """Return this process's environment with some variables set.

    Args:
        values: What is set or replaced.
    """
    # Output goes to a file: without this Python would keep it back, and a killed service's last words would be lost.
    return {**os.environ, "PYTHONUNBUFFERED": "1", **values}
