"""What a test does to a process of a platform."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

from local import state
from local.settings import Platform


def pid_of(platform: Platform, name: str) -> int | None:
    """Give the process id of `order-1` and its like as the supervisor knows it; None while it does not run."""
    # Asking the services themselves would wait for one that is halted already.
    current = state.read(platform.run)
    return current.processes[name].pid if current and name in current.processes else None


@contextmanager
def halted(platform: Platform, service: str) -> Iterator[None]:
    """Halt a service's first process for as long as the context lasts: it neither works nor ends."""
    pid = pid_of(platform, f"{service}-1")
    assert pid is not None, f"{service} does not run"
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)
