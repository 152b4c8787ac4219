"""What the supervisor says about itself, in `<data>/run/supervisor.json`, and what it is wanted to run.

Both files are replaced as a whole: a reader never sees half of one. A process is known by its pid *and* the time it was
created, so that a number that the system gave away again is never taken for ours.
"""

from __future__ import annotations

import json
import os
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from local.errors import LocalError

# Clocks are set and boot times rounded; two processes of one pid cannot be born this close together.
SAME_BIRTH_SECONDS = 2.0

Phase = Literal["starting", "running", "stopping", "failed", "stopped"]
Stage = Literal["waiting", "preparing", "starting", "running", "restarting", "stopping", "stopped", "failed"]


@dataclass(slots=True)
class Process:
    """One process, or what is left of it."""

    name: str
    kind: str
    stage: Stage = "waiting"
    pid: int | None = None
    created: float | None = None
    since: float = 0.0
    start_seconds: float | None = None
    restarts: int = 0
    last_exit: str = ""
    last_exit_at: float | None = None
    address: str = ""
    log: str = ""
    stop_signal: int = 15

    def alive(self) -> bool:
        """Tell whether this very process still runs."""
        return is_alive(self.pid, self.created)


@dataclass(slots=True)
class State:
    """The supervisor and all that it owns."""

    pid: int = 0
    created: float = 0.0
    phase: Phase = "starting"
    error: str = ""
    processes: dict[str, Process] = field(default_factory=dict)

    def alive(self) -> bool:
        """Tell whether the supervisor that wrote this still runs."""
        return is_alive(self.pid, self.created)

    def orphans(self) -> list[Process]:
        """Return the processes that outlived their supervisor."""
        return [] if self.alive() else [process for process in self.processes.values() if process.alive()]


def is_alive(pid: int | None, created: float | None) -> bool:
    """Tell whether the process with this pid is the one that was created then.

    Args:
        pid: Its number.
        created: When it was created, in seconds since 1970.
    """
    if not pid or created is None:
        return False
    import psutil

    try:
        process = psutil.Process(pid)
        # One that has ended and is not yet collected by its parent is gone for us.
        return process.status() != psutil.STATUS_ZOMBIE and abs(process.create_time() - created) < SAME_BIRTH_SECONDS
    except psutil.NoSuchProcess:
        return False


def birth(pid: int) -> float:
    """Return when a process was created.

    Args:
        pid: Its number.
    """
    import psutil

    try:
        return psutil.Process(pid).create_time()
    except psutil.NoSuchProcess:
        return time.time()


def read(run: Path) -> State | None:
    """Return what the last supervisor said, or None if there never was one.

    Args:
        run: The platform's run folder.
    """
    document = _load(run / "supervisor.json")
    if document is None:
        return None
    processes = {name: Process(**values) for name, values in document.pop("processes").items()}
    return State(**document, processes=processes)


def write(run: Path, state: State) -> None:
    """Replace what the supervisor says.

    Args:
        run: The platform's run folder.
        state: What it says now.
    """
    _store(run / "supervisor.json", asdict(state))


def wanted(run: Path) -> list[str]:
    """Return the names of the programs that should run.

    Args:
        run: The platform's run folder.
    """
    document = _load(run / "wanted.json") or {}
    names: list[str] = document.get("programs", [])
    return names


def want(run: Path, names: list[str]) -> None:
    """Say which programs should run. A running supervisor looks when it gets SIGHUP.

    Args:
        run: The platform's run folder.
        names: `postgres`, `kafka`, `registry`, `order-1`, …
    """
    _store(run / "wanted.json", {"programs": names})


def _load(file: Path) -> dict[str, Any] | None:
    try:
        document: dict[str, Any] = json.loads(file.read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    except PermissionError:
        raise LocalError(
            f"{file} may not be read by this user; run this as the user who started it,"
            " or set QUADRILLE_DATA to a folder of yours."
        ) from None
    return document


def _store(file: Path, document: dict[str, Any]) -> None:
    temporary = file.with_name(f"{file.name}.{os.getpid()}")
    temporary.write_text(json.dumps(document, indent=1))
    temporary.replace(file)
