"""Starts and stops a platform: what `quadrille up` and `down`, the tests and the demo call.

    platform = Platform.load()
    start(platform)                    # servers, tables, topics, schemas, services: everything ready
    start(platform, services=False)    # the three servers and empty databases only
    stop(platform)

`start` continues from whatever is there: nothing, servers without services, or what a killed supervisor left behind.
If it fails or is interrupted, it stops what it started.
"""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from local import artifacts, catalogue, orphans, ports, provision, state, status
from local.environment import child_environment
from local.errors import LocalError, ServerUnreachableError, StartError
from local.logs import last_lines
from local.probes import probe_server
from local.reporting import Quiet, Reporter
from local.settings import CHECKOUT, PREFIX, SERVERS
from local.state import State

if TYPE_CHECKING:
    from local.settings import Platform

POLL_SECONDS = 0.05
HELLO_SECONDS = 60.0
SERVICES_READY_SECONDS = 120.0
# A service that dies this often while it starts will not come up by being started once more.
DEATHS_TOLERATED = 3
STOP_SECONDS = 120.0
EXTERNAL_VARIABLE = {"postgres": "POSTGRES_URL", "kafka": "KAFKA_BOOTSTRAP_SERVERS", "registry": "REGISTRY_URL"}


def start(platform: Platform, *, services: bool = True, reporter: Reporter | None = None) -> bool:
    """Start what is not running yet, and return when all of it is ready.

    Args:
        platform: What to start.
        services: Whether to create tables, topics and schemas and start the services too.
        reporter: Who is told about the steps.

    Returns:
        False if everything was up already.

    Raises:
        LocalError: If something cannot be started; what was started here is stopped again.
    """
    teller = reporter or Quiet()
    _make_folders(platform)
    with _alone(platform):
        running = _wait_until_not_stopping(platform)
        names = catalogue.server_names(platform) + (catalogue.service_names(platform) if services else [])
        if running is not None and _is_up(running, names) and _all_serving(running):
            _check_external(platform, Quiet())
            return False
        ours = running is None
        try:
            _start(platform, teller, running, services=services)
        except BaseException:
            current = state.read(platform.run)
            if ours and current is not None and current.alive():
                with teller.step("stopping what was started"):
                    stop(platform)
            raise
    return True


def stop(platform: Platform, on_wait: Callable[[str], None] | None = None) -> list[str]:
    """Stop everything that was started from this data folder, and what a killed supervisor left behind.

    Args:
        platform: What to stop.
        on_wait: Told the name of what is being stopped.

    Returns:
        The names of what was stopped; empty if nothing ran.

    Raises:
        LocalError: If it does not stop.
    """
    current = state.read(platform.run)
    if current is None:
        return []
    if not current.alive():
        return orphans.clear(platform.run)
    names = [name for name, process in current.processes.items() if process.pid is not None]
    _signal(current.pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while current.alive():
        if time.monotonic() > deadline:
            raise LocalError(
                f"the supervisor (pid {current.pid}) does not stop; run `kill -9 {current.pid}` and this again."
            )
        latest = state.read(platform.run) or current
        if on_wait is not None:
            on_wait(", ".join(name for name, process in latest.processes.items() if process.stage == "stopping"))
        time.sleep(POLL_SECONDS)
    # Killed by somebody while it was stopping its children.
    orphans.clear(platform.run)
    return names


def set_running(platform: Platform, names: list[str]) -> None:
    """Change which programs a running supervisor keeps running; tests take parts of the platform away with it.

    Args:
        platform: Whose supervisor.
        names: `postgres`, `kafka`, `registry`, `order-1`, …; all others are stopped.

    Raises:
        LocalError: If nothing runs.
    """
    current = state.read(platform.run)
    if current is None or not current.alive():
        raise LocalError("nothing is running; run `quadrille up`.")
    state.want(platform.run, names)
    _signal(current.pid, signal.SIGHUP)


def _start(platform: Platform, teller: Reporter, running: State | None, *, services: bool) -> None:
    _check_external(platform, teller)
    artifacts.ensure(platform, teller)
    names = catalogue.server_names(platform)
    if running is None:
        left_over = orphans.clear(platform.run)
        if left_over:
            teller.note(f"stopped {', '.join(left_over)}, left behind by a supervisor that was killed")
        for name in names + (catalogue.service_names(platform) if services else []):
            ports.check_free(catalogue.program(platform, name))
        state.want(platform.run, names)
        _spawn(platform)
    elif missing := [name for name in names if name not in running.processes]:
        set_running(platform, [*running.processes, *missing])
    _wait_for_servers(platform, teller, names)
    with teller.step("roles and databases"):
        provision.provision(platform)
    if services:
        _prepare_contents(platform, teller)
        set_running(platform, names + catalogue.service_names(platform))
        _wait_for_services(platform, teller)


def _prepare_contents(platform: Platform, teller: Reporter) -> None:
    with teller.step("tables"):
        provision.migrate(platform)
    with teller.step("topics and schemas"):
        differing = provision.apply(platform)
    for line in differing:
        teller.note(line)


def _make_folders(platform: Platform) -> None:
    try:
        if not platform.data.exists():
            platform.data.mkdir(parents=True)
            if os.geteuid() == 0:
                # Just made, so nobody relies on it; PostgreSQL's user must be able to reach its own folder.
                platform.data.chmod(0o755)
        for folder in (platform.run, platform.logs):
            folder.mkdir(exist_ok=True)
    except OSError as error:
        raise LocalError(
            f"cannot make the data folder {platform.data} ({error.strerror}); set {PREFIX}DATA to a folder of yours."
        ) from None
    if not os.access(platform.run, os.W_OK):
        raise LocalError(
            f"the data folder {platform.data} belongs to another user; set {PREFIX}DATA to a folder of yours,"
            " or run `make clean-data` as that user."
        )


@contextmanager
def _alone(platform: Platform) -> Iterator[None]:
    with (platform.run / "up.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LocalError(
                f"another `quadrille up` is at work in {platform.data}; wait for it, or run `quadrille down`."
            ) from None
        yield


def _wait_until_not_stopping(platform: Platform) -> State | None:
    while True:
        current = state.read(platform.run)
        if current is None or not current.alive():
            return None
        if current.phase in ("starting", "running"):
            return current
        time.sleep(POLL_SECONDS)


def _is_up(current: State, names: list[str]) -> bool:
    return all(name in current.processes and current.processes[name].stage == "running" for name in names)


def _all_serving(current: State) -> bool:
    services = [process.address for process in current.processes.values() if process.kind == "service"]
    return all(status.is_serving(address) for address in services)


def _spawn(platform: Platform) -> None:
    log = platform.logs / "supervisor.log"
    size = log.stat().st_size if log.exists() else 0
    with log.open("ab") as output:
        # It goes to the background by itself, so this returns at once and leaves no child to wait for.
        subprocess.run(
            [sys.executable, "-m", "local.supervisor"],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=CHECKOUT,
            env=child_environment(platform.environment()),
            check=False,
        )
    deadline = time.monotonic() + HELLO_SECONDS
    while True:
        current = state.read(platform.run)
        if current is not None and current.alive():
            return
        if current is not None and current.phase == "failed" and log.stat().st_size > size:
            return
        if time.monotonic() > deadline:
            raise StartError(f"the supervisor did not start; its log {log} ends with:\n{last_lines(log)}")
        time.sleep(POLL_SECONDS)


def _check_external(platform: Platform, teller: Reporter) -> None:
    for name in SERVERS:
        if not platform.is_external(name):
            continue
        place = platform.server_address(name)
        try:
            with teller.step(f"{name} at {place}, not ours"):
                probe_server(platform, name)
        except ServerUnreachableError as error:
            raise ServerUnreachableError(
                f"{name} at {place} does not answer ({error}); start it or correct"
                f" {PREFIX}{EXTERNAL_VARIABLE[name]}, or unset that to have one started here."
            ) from None


def _wait_for_servers(platform: Platform, teller: Reporter, names: list[str]) -> None:
    waiting = list(names)
    with teller.steps(waiting) as done:
        while waiting:
            current = _alive_state(platform)
            for name in [name for name in waiting if _is_up(current, [name])]:
                waiting.remove(name)
                process = current.processes[name]
                done(name, f"{process.address}, after {process.start_seconds:.1f} s")
            time.sleep(POLL_SECONDS)


def _wait_for_services(platform: Platform, teller: Reporter) -> None:
    waiting = catalogue.service_names(platform)
    deadline = time.monotonic() + SERVICES_READY_SECONDS
    with teller.steps(list(waiting)) as done:
        while waiting:
            current = _alive_state(platform)
            for name in list(waiting):
                process = current.processes.get(name)
                if process is None or process.stage != "running":
                    continue
                if status.is_serving(process.address):
                    waiting.remove(name)
                    done(name, process.address)
            for name in waiting:
                process = current.processes.get(name)
                dead = process is not None and process.restarts >= DEATHS_TOLERATED
                if dead or time.monotonic() > deadline:
                    raise StartError(_why_not_ready(platform, name))
            time.sleep(POLL_SECONDS)


def _why_not_ready(platform: Platform, name: str) -> str:
    answer = next(one for one in status.collect(platform, servers=False).services if one.name == name)
    if answer.waiting_for:
        why = f"it waits: {answer.waiting_for}"
    elif answer.last_exit:
        why = f"it ended {answer.restarts} times, last with {answer.last_exit}"
    else:
        why = "it does not answer"
    return f"{name} did not become ready: {why}; its log {answer.log} ends with:\n{last_lines(Path(answer.log))}"


def _alive_state(platform: Platform) -> State:
    current = state.read(platform.run)
    if current is not None and current.error:
        raise StartError(current.error)
    if current is None or not current.alive():
        log = platform.logs / "supervisor.log"
        raise StartError(f"the supervisor was stopped by somebody; its log is {log}, `quadrille up` starts it again.")
    return current


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass
    except PermissionError:
        raise LocalError(
            f"the platform was started by another user (supervisor pid {pid}); run this as that user."
        ) from None
