"""A platform of these tests' own: whole parts of it are lost and brought back."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import grpc
import pytest
from click.testing import CliRunner

from admin.audit.report import run as audit
from local import state
from local.settings import Platform
from tests.conftest import Shop
from tests.support.platforms import running

LONGEST = 60.0


@pytest.fixture(scope="session")
def mended():
    """The four services on real servers that lose things. A test leaves all of them running and whole."""
    with running("recovery") as own:
        yield own


@pytest.fixture
async def shop(mended):
    async with Shop(mended) as opened:
        yield opened


@pytest.fixture
def quadrille(mended, monkeypatch):
    """Type a command, as an operator does; gives its exit code and all that it printed."""
    from cli.main import quadrille as group

    monkeypatch.setattr("admin.clients.load_platform", lambda: mended)

    async def typed(*words: str, answer: str | None = None) -> tuple[int, str]:
        done = await asyncio.to_thread(CliRunner().invoke, group, list(words), input=answer, standalone_mode=False)
        if done.exception is not None:
            error = done.exception
            assert hasattr(error, "format_message"), repr(error)
            return error.exit_code, done.output + error.format_message()
        return done.return_value or 0, done.output

    return typed


async def until(condition: Callable[[], object]) -> None:
    """Wait for something that nobody tells of."""
    async with asyncio.timeout(LONGEST):
        while not condition():
            await asyncio.sleep(0.1)


async def until_it_waits_for(platform: Platform, service: str, words: str) -> str:
    """Wait until `quadrille status` says so of a service."""
    from local.status import collect

    deadline = time.monotonic() + LONGEST
    while True:
        told = await asyncio.to_thread(collect, platform, servers=False)
        waits = next(one.waiting_for for one in told.services if one.service == service)
        if words in waits:
            return waits
        assert time.monotonic() < deadline, f"{service} waits for: {waits!r}"
        await asyncio.sleep(0.2)


async def all_ready(platform: Platform) -> None:
    from local.status import collect

    async with asyncio.timeout(LONGEST):
        while not all(one.ready for one in (await asyncio.to_thread(collect, platform, servers=False)).services):
            await asyncio.sleep(0.2)


async def nothing_is_broken(platform: Platform) -> None:
    facts, findings, _ = await asyncio.to_thread(audit, platform, wait=LONGEST)
    assert list(facts.in_flight) == []
    assert [f"{f.name}: {one.subject}: {one.what}" for f in findings for one in f.violations] == []


def pid_of(platform: Platform, name: str) -> int | None:
    current = state.read(platform.run)
    return current.processes[name].pid if current and name in current.processes else None


async def answered(call):
    """Call until the service is there, and give its answer."""
    async with asyncio.timeout(LONGEST):
        while True:
            try:
                return await call()
            except grpc.aio.AioRpcError as error:
                if error.code() is not grpc.StatusCode.UNAVAILABLE:
                    raise
            await asyncio.sleep(0.1)
