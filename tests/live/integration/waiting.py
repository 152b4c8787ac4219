"""Waiting for what comes about in another thread."""

from __future__ import annotations

import time
from collections.abc import Callable

SECONDS = 20


def until(condition: Callable[[], object]) -> None:
    """Wait until a condition holds.

    Args:
        condition: Asked again and again.
    """
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it does not come about"
        time.sleep(0.01)
