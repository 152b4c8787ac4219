from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from local import orphans, state, supervisor
from local.program import Program
from local.settings import Platform
from local.state import Process, State
from local.supervisor import Supervisor

pytestmark = pytest.mark.slow

SLEEPS = "import time; time.sleep(60)"


def sleeper(name: str, code: str = SLEEPS, kind: str = "service", **options: object) -> Program:
    return Program(name=name, kind=kind, argv=(sys.executable, "-c", code), **options)  # type: ignore[arg-type]


@pytest.fixture
def platform(tmp_path: Path) -> Platform:
    platform = Platform.load(data=tmp_path)
    platform.run.mkdir()
    platform.logs.mkdir()
    return platform


@asynccontextmanager
async def supervised(platform: Platform, *programs: Program) -> AsyncIterator[asyncio.Task[int]]:
    """Run a supervisor of these programs in this process, and stop it in the end."""
    known = {program.name: program for program in programs}
    state.want(platform.run, list(known))
    running = Supervisor(platform, lambda _platform, name: known[name])
    task = asyncio.create_task(running.run())
    try:
        yield task
    finally:
        if not task.done():
            os.kill(os.getpid(), signal.SIGTERM)
        async with asyncio.timeout(20):
            await asyncio.wait([task])


async def until_state(platform: Platform, holds: Callable[[State], bool]) -> State:
    """Wait until what the supervisor says of itself holds."""
    async with asyncio.timeout(20):
        while True:
            current = state.read(platform.run)
            if current is not None and current.pid == os.getpid() and holds(current):
                return current
            await asyncio.sleep(0.02)


def all_running(current: State) -> bool:
    return bool(current.processes) and all(one.stage == "running" for one in current.processes.values())


async def test_what_is_wanted_runs_and_is_on_record_until_it_is_stopped(platform: Platform) -> None:
    async with supervised(platform, sleeper("order-1"), sleeper("payment-1")):
        current = await until_state(platform, all_running)
        assert all(process.alive() for process in current.processes.values())
    assert not any(process.alive() for process in current.processes.values())
    last = state.read(platform.run)
    assert last is not None
    assert last.phase == "stopped"


async def test_a_service_that_is_killed_is_started_again_and_the_reason_kept(platform: Platform) -> None:
    async with supervised(platform, sleeper("order-1")):
        first = (await until_state(platform, all_running)).processes["order-1"]
        assert first.pid is not None
        os.kill(first.pid, signal.SIGKILL)
        current = await until_state(platform, lambda now: now.processes["order-1"].restarts == 1 and all_running(now))
        again = current.processes["order-1"]
        assert again.pid != first.pid
        assert again.last_exit == "killed by SIGKILL"


async def test_one_that_keeps_dying_is_started_later_and_later(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "FIRST_BACKOFF_SECONDS", 0.05)
    pauses = []

    async def sleep(seconds: float, real: Callable[[float], object] = asyncio.sleep) -> None:
        if seconds >= 0.05:
            pauses.append(seconds)
        await real(seconds)  # type: ignore[misc]

    async with supervised(platform, sleeper("order-1", "raise SystemExit(7)")):
        monkeypatch.setattr(supervisor.asyncio, "sleep", sleep)
        current = await until_state(platform, lambda now: now.processes["order-1"].restarts == 4)
        monkeypatch.undo()
    assert pauses[:3] == sorted(set(pauses[:3]))
    assert current.processes["order-1"].last_exit == "exit code 7"


async def test_a_server_that_never_comes_up_stops_everything_and_its_last_words_are_told(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "FIRST_BACKOFF_SECONDS", 0.01)

    def refuse() -> None:
        raise OSError("not yet")

    broken = sleeper("kafka", "raise SystemExit('no room on the disk')", kind="server", probe=refuse)
    async with supervised(platform, broken, sleeper("postgres", kind="server")) as task:
        async with asyncio.timeout(20):
            assert await task == 1
    last = state.read(platform.run)
    assert last is not None
    assert last.phase == "failed"
    assert "no room on the disk" in last.error
    assert "kafka.log" in last.error
    assert not any(process.alive() for process in last.processes.values())


async def test_one_that_is_never_ready_is_told_with_the_reason(platform: Platform) -> None:
    def refuse() -> None:
        raise OSError("connection refused")

    slow = sleeper("kafka", kind="server", probe=refuse, ready_timeout=0.3)
    async with supervised(platform, slow) as task:
        async with asyncio.timeout(20):
            await task
    last = state.read(platform.run)
    assert last is not None
    assert "kafka was not ready after 0 s (connection refused)" in last.error


async def test_a_taken_port_is_named_with_its_holder_and_the_variable_that_moves_it(platform: Platform) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        wanting = sleeper("kafka", kind="server", ports={"QUADRILLE_KAFKA_PORT": port})
        async with supervised(platform, wanting) as task:
            async with asyncio.timeout(20):
                await task
    last = state.read(platform.run)
    assert last is not None
    assert f"port {port}" in last.error
    assert f"(pid {os.getpid()})" in last.error
    assert "set QUADRILLE_KAFKA_PORT" in last.error


async def test_services_stop_before_the_servers_and_postgresql_last(platform: Platform, tmp_path: Path) -> None:
    order = tmp_path / "order"
    code = (
        "import signal, sys, time\n"
        f"signal.signal(signal.SIGTERM, lambda *_: (open({str(order)!r}, 'a').write(sys.argv[1] + ' '), sys.exit()))\n"
        "print('ready', flush=True)\n"
        "time.sleep(60)\n"
    )
    kinds = {"postgres": "server", "kafka": "server", "order-1": "service"}

    def program(name: str) -> Program:
        log = platform.logs / f"{name}.log"

        def ready() -> None:
            assert "ready" in log.read_text()

        return Program(name, kinds[name], (sys.executable, "-c", code, name), probe=ready)

    async with supervised(platform, *map(program, kinds)):
        await until_state(platform, all_running)
    assert order.read_text().split() == ["order-1", "kafka", "postgres"]


async def test_one_that_ignores_the_signal_is_killed_after_its_grace(platform: Platform) -> None:
    stubborn = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('x', flush=True); time.sleep(60)"
    )
    log = platform.logs / "order-1.log"

    def ready() -> None:
        assert "x" in log.read_text()

    async with supervised(platform, sleeper("order-1", stubborn, probe=ready, stop_grace=0.3)):
        current = await until_state(platform, all_running)
    assert not current.processes["order-1"].alive()


async def test_a_running_supervisor_starts_and_stops_what_it_is_told(platform: Platform) -> None:
    async with supervised(platform, sleeper("kafka", kind="server"), sleeper("order-1")):
        before = await until_state(platform, all_running)
        state.want(platform.run, ["kafka"])
        os.kill(os.getpid(), signal.SIGHUP)
        after = await until_state(platform, lambda now: set(now.processes) == {"kafka"})
        assert not before.processes["order-1"].alive()
        assert after.processes["kafka"].pid == before.processes["kafka"].pid


async def test_what_a_killed_supervisor_left_behind_is_stopped_first(platform: Platform) -> None:
    orphan = await asyncio.create_subprocess_exec(sys.executable, "-c", SLEEPS)
    left = Process("order-1", "service", "running", orphan.pid, state.birth(orphan.pid))
    state.write(platform.run, State(pid=2**22 - 1, created=0.0, processes={"order-1": left}))
    async with supervised(platform, sleeper("kafka", kind="server")):
        await until_state(platform, all_running)
        assert await orphan.wait() == -signal.SIGTERM


async def test_a_number_that_was_given_away_again_is_never_taken_for_ours(platform: Platform) -> None:
    stranger = await asyncio.create_subprocess_exec(sys.executable, "-c", SLEEPS)
    try:
        recorded = Process("order-1", "service", "running", stranger.pid, state.birth(stranger.pid) - 60)
        state.write(platform.run, State(pid=2**22 - 1, created=0.0, processes={"order-1": recorded}))
        assert orphans.clear(platform.run) == []
        assert stranger.returncode is None
    finally:
        stranger.kill()
        await stranger.wait()
