"""Stops what a killed supervisor left behind: only processes on its record, known by pid and time of birth."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Iterable
from pathlib import Path

from local import state
from local.state import Process

GRACE_SECONDS = 15.0


def stop_order(processes: Iterable[Process]) -> list[list[Process]]:
    """Return groups to stop one after the other: services, then their servers, PostgreSQL last.

    Args:
        processes: What is to be stopped.
    """
    groups: list[list[Process]] = [[], [], []]
    for process in processes:
        groups[0 if process.kind == "service" else 2 if process.name == "postgres" else 1].append(process)
    return groups


def clear(run: Path) -> list[str]:
    """Stop the orphans of the last supervisor.

    Args:
        run: The platform's run folder.

    Returns:
        The names of what was stopped.
    """
    last = state.read(run)
    if last is None:
        return []
    found = last.orphans()
    for group in stop_order(found):
        _stop(group)
    return [process.name for process in found]


def kill_session(pid: int) -> None:
    """Kill a process that we started, and its children.

    Args:
        pid: Its number, and its group's: each is started in a session of its own.
    """
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def _stop(group: list[Process]) -> None:
    import psutil

    for process in group:
        with contextlib.suppress(psutil.NoSuchProcess):
            psutil.Process(process.pid).send_signal(process.stop_signal)
    deadline = time.monotonic() + GRACE_SECONDS
    while any(process.alive() for process in group) and time.monotonic() < deadline:
        time.sleep(0.05)
    for process in group:
        if process.alive() and process.pid is not None:
            kill_session(process.pid)
    while any(process.alive() for process in group):
        time.sleep(0.05)
