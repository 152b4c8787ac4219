"""Waiting for what nobody announces: it is asked for again and again, until it holds or the time is up."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Callable

#: More than anything here has ever taken, on a machine with other work.
SECONDS = 120.0
PAUSE_SECONDS = 0.02


def wait_until(condition: Callable[[], object], what: str = "it does not come about", seconds: float = SECONDS) -> None:
    """Wait in this thread until a condition holds.

    Args:
        condition: Asked again and again.
        what: Said if the time is up.
        seconds: How long to wait at most.
    """
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s: {what}"
        time.sleep(PAUSE_SECONDS)


async def until(
    condition: Callable[[], object],
    what: str = "it does not come about",
    seconds: float = SECONDS,
    pause_seconds: float = PAUSE_SECONDS,
) -> None:
    """Wait until a condition holds; meanwhile the event loop goes on.

    Args:
        condition: A function or a coroutine function, asked again and again.
        what: Said if the time is up.
        seconds: How long to wait at most.
        pause_seconds: Between two questions; longer where asking costs something.
    """
    deadline = time.monotonic() + seconds
    while True:
        holds = condition()
        if inspect.isawaitable(holds):
            holds = await holds
        if holds:
            return
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s: {what}"
        await asyncio.sleep(pause_seconds)
