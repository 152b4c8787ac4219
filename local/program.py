"""A process that the supervisor owns, as plain data: servers and services alike."""

from __future__ import annotations

import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path


def nothing() -> None:
    """Do nothing: most programs need no preparation."""


@dataclass(frozen=True, slots=True)
class Program:
    """What is started, and how to tell that it runs.

    Attributes:
        name: `kafka`, `order-1`: the name of its log file and its line in `quadrille status`.
        kind: Servers start first and stop last.
        argv: The command, made when it starts: preparation may decide about it.
        environment: Variables beside those of the supervisor.
        ports: Where it will listen, by the variable that moves the port.
        prepare: Called before each start, in a thread; idempotent.
        probe: Called until it no longer raises, in a thread; None means ready when started.
        finish: Called after an orderly stop, in a thread.
        after: Programs that must be ready first.
        user: The uid and gid to run under, if not the supervisor's.
        stop_signal: What asks it to end.
        stop_grace: Seconds until it is killed.
        ready_timeout: Seconds until its first start counts as failed.
        address: Where people find it.
    """

    name: str
    kind: str
    argv: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    ports: Mapping[str, int] = field(default_factory=dict)
    prepare: Callable[[], None] = nothing
    probe: Callable[[], None] | None = None
    finish: Callable[[], None] = nothing
    after: tuple[str, ...] = ()
    folder: Path | None = None
    user: tuple[int, int] | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    stop_grace: float = 15.0
    ready_timeout: float = 120.0
    address: str = ""
