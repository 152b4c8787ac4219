"""Owns the processes of one platform: starts them, restarts what dies, stops them in order.

- One supervisor for each data folder: it holds a lock on `<data>/run/supervisor.lock` as long as it lives.
- Every process that it starts is on record, with pid and time of birth, before anything else happens; what a killed
  supervisor left behind is therefore found and stopped by the next one.
- A server that never came up ends everything; whatever has run once is restarted, later and later while it keeps dying.
- Services stop before the servers that they talk to, and PostgreSQL last.

`python -m local.supervisor` goes to the background at once. SIGTERM stops it, SIGHUP makes it look at what is wanted.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable

from local import catalogue, orphans, ports, state
from local.environment import child_environment
from local.errors import EndedEarlyError, LocalError, StartError
from local.logs import LogFile
from local.program import Program
from local.settings import CHECKOUT, Platform
from local.state import Process, Stage, State
from telemetry.escaping import guard_streams

FIRST_BACKOFF_SECONDS = 0.5
# One that ran this long has not died of what killed it before.
STEADY_SECONDS = 30.0
# PostgreSQL refuses to start while backends of a killed predecessor are still leaving.
SERVER_TRIES = 3
PROBE_PAUSE_SECONDS = 0.05
HASTY_SECONDS = 5.0


class Child:
    """A program, its process, and the task that keeps it running."""

    def __init__(self, program: Program, record: Process, log: LogFile) -> None:
        self.program = program
        self.record = record
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None
        self.exited = asyncio.Event()
        self.running = asyncio.Event()
        self.task: asyncio.Task[None] | None = None


class Supervisor:
    """Keeps what is wanted running until it is told to stop."""

    def __init__(self, platform: Platform, make: Callable[[Platform, str], Program] = catalogue.program) -> None:
        self._platform = platform
        self._make = make
        self._children: dict[str, Child] = {}
        self._state = State(pid=os.getpid(), created=state.birth(os.getpid()))
        self._wake = asyncio.Event()
        self._told_to_stop = False
        self._was_complete = False

    async def run(self) -> int:
        """Run until told to stop, or until a server fails to come up.

        Returns:
            The exit code.
        """
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop)
        loop.add_signal_handler(signal.SIGHUP, self._wake.set)
        loop.add_signal_handler(signal.SIGCHLD, self._collect)
        left_over = await asyncio.to_thread(orphans.clear, self._platform.run)
        for name in left_over:
            _say(f"stopped {name}, left behind by a supervisor that was killed")
        self._save()
        while not self._told_to_stop:
            await self._reconcile(state.wanted(self._platform.run))
            await self._wake.wait()
            self._wake.clear()
        await self._stop_all()
        return 1 if self._state.error else 0

    def _stop(self) -> None:
        self._told_to_stop = True
        self._wake.set()

    def _save(self) -> None:
        self._state.processes = {name: child.record for name, child in self._children.items()}
        if self._state.phase == "starting" and all(c.running.is_set() for c in self._children.values()):
            self._state.phase = "running"
            self._was_complete = True
        state.write(self._platform.run, self._state)

    def _stage(self, child: Child, stage: Stage) -> None:
        child.record.stage = stage
        child.record.since = time.time()
        self._save()

    def _collect(self) -> None:
        for child in self._children.values():
            if child.process is not None and child.process.poll() is not None:
                child.exited.set()

    async def _reconcile(self, names: list[str]) -> None:
        surplus = [child for name, child in self._children.items() if name not in names]
        await self._stop_in_order(surplus)
        for child in surplus:
            del self._children[child.program.name]
        for name in names:
            if name not in self._children:
                program = self._make(self._platform, name)
                log = LogFile(self._platform.logs / f"{name}.log")
                record = Process(name, program.kind, address=program.address, log=str(log.path))
                record.stop_signal = int(program.stop_signal)
                self._children[name] = Child(program, record, log)
        self._save()
        for child in list(self._children.values()):
            if child.task is None:
                child.task = asyncio.create_task(self._keep(child))

    async def _keep(self, child: Child) -> None:
        pause, tries = FIRST_BACKOFF_SECONDS, 0
        try:
            await self._wait_for_others(child)
            while True:
                tries += 1
                try:
                    born = time.monotonic()
                    await self._start(child)
                    await child.exited.wait()
                    why = _explain(child.process)
                    if time.monotonic() - born > STEADY_SECONDS:
                        pause = FIRST_BACKOFF_SECONDS
                except LocalError as error:
                    if _is_hopeless(child, error, tries):
                        raise
                    why = str(error)
                self._died(child, why)
                await asyncio.sleep(pause)
                pause = min(pause * 2, self._platform.restart_pause)
        except LocalError as error:
            self._fail(child, str(error))
        except Exception as error:  # noqa: BLE001 - one task's surprise must not leave the others unattended
            self._fail(child, f"{child.program.name} could not be started: {error}")

    def _died(self, child: Child, why: str) -> None:
        _say(f"{child.program.name} ended: {why.splitlines()[0]}")
        child.running.clear()
        child.record.pid = child.record.created = None
        child.record.restarts += 1
        child.record.last_exit = why
        child.record.last_exit_at = time.time()
        self._stage(child, "restarting")

    def _fail(self, child: Child, why: str) -> None:
        _say(why)
        self._state.error = self._state.error or why
        self._stage(child, "failed")
        self._stop()

    async def _wait_for_others(self, child: Child) -> None:
        for name in child.program.after:
            if name in self._children:
                await self._children[name].running.wait()

    async def _start(self, child: Child) -> None:
        program, record = child.program, child.record
        began = time.monotonic()
        self._stage(child, "preparing")
        child.process = None
        await asyncio.to_thread(program.prepare)
        await asyncio.to_thread(ports.check_free, program)
        child.exited.clear()
        with child.log.open() as output:
            uid, gid = program.user or (None, None)
            # Not asyncio's own: no cancellation may come between the start of a process and its record.
            child.process = subprocess.Popen(  # noqa: ASYNC220
                program.argv,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=program.folder or CHECKOUT,
                env=child_environment(program.environment),
                # Ctrl-C on the terminal is for the supervisor's user, not for each process.
                start_new_session=True,
                user=uid,
                group=gid,
                extra_groups=None if uid is None else [],
            )
        # No await between the start and the record: this is what finds the process if we are killed now.
        record.pid, record.created = child.process.pid, state.birth(child.process.pid)
        self._stage(child, "starting")
        await self._until_ready(child)
        record.start_seconds = round(time.monotonic() - began, 2)
        child.running.set()
        self._stage(child, "running")

    async def _until_ready(self, child: Child) -> None:
        program = child.program
        if program.probe is None:
            return
        deadline = time.monotonic() + program.ready_timeout
        reason = "no answer"
        while not child.exited.is_set():
            try:
                await asyncio.to_thread(program.probe)
            except Exception as error:  # noqa: BLE001 - every client has its own; any of them means not yet
                reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
            else:
                return
            if time.monotonic() > deadline:
                await self._end(child)
                raise StartError(
                    f"{program.name} was not ready after {program.ready_timeout:.0f} s ({reason});"
                    f" its log {child.log.path} ends with:\n{child.log.last_lines()}"
                )
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(child.exited.wait(), PROBE_PAUSE_SECONDS)
        raise EndedEarlyError(
            f"{program.name} ended while it started ({_explain(child.process)});"
            f" its log {child.log.path} ends with:\n{child.log.last_lines()}"
        )

    async def _end(self, child: Child) -> None:
        process = child.process
        if process is None or process.poll() is not None:
            return
        # Whoever gives up a start wants it gone; nothing has been worked on yet that would need its time.
        grace = child.program.stop_grace if self._was_complete else min(child.program.stop_grace, HASTY_SECONDS)
        process.send_signal(child.program.stop_signal)
        try:
            await asyncio.wait_for(child.exited.wait(), grace)
            await asyncio.to_thread(child.program.finish)
        except TimeoutError:
            _say(f"{child.program.name} did not stop within {grace:.0f} s; killed")
            orphans.kill_session(process.pid)
            await child.exited.wait()

    async def _stop_all(self) -> None:
        self._state.phase = "stopping"
        self._save()
        await self._stop_in_order(list(self._children.values()))
        self._state.phase = "failed" if self._state.error else "stopped"
        self._save()

    async def _stop_in_order(self, children: Iterable[Child]) -> None:
        children = list(children)
        for child in children:
            if child.task is not None:
                child.task.cancel()
        await asyncio.gather(*(child.task for child in children if child.task is not None), return_exceptions=True)
        for group in orphans.stop_order([child.record for child in children]):
            names = {record.name for record in group}
            leaving = [child for child in children if child.program.name in names]
            for child in leaving:
                if child.record.stage != "failed":
                    self._stage(child, "stopping")
            await asyncio.gather(*(self._end(child) for child in leaving))
            for child in leaving:
                child.record.pid = child.record.created = None
                child.running.clear()
                if child.record.stage != "failed":
                    self._stage(child, "stopped")


def _is_hopeless(child: Child, error: LocalError, tries: int) -> bool:
    never_ran = child.record.start_seconds is None
    may_try_again = isinstance(error, EndedEarlyError) and tries < SERVER_TRIES
    return child.program.kind == "server" and never_ran and not may_try_again


def _explain(process: subprocess.Popen[bytes] | None) -> str:
    code = process.returncode if process is not None else None
    if code is None:
        return "still running"
    if code < 0:
        return f"killed by {signal.Signals(-code).name}"
    return f"exit code {code}"


def _say(text: str) -> None:
    sys.stderr.write(f"{time.strftime('%Y-%m-%dT%H:%M:%S')} {text}\n")


def _to_background() -> None:
    if os.fork():
        os._exit(0)
    os.setsid()


def main() -> int:
    """Go to the background and supervise the platform that the environment describes."""
    guard_streams()
    _to_background()
    platform = Platform.load()
    with (platform.run / "supervisor.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _say(f"another supervisor owns {platform.data}")
            return 1
        return asyncio.run(Supervisor(platform).run())


if __name__ == "__main__":
    sys.exit(main())
