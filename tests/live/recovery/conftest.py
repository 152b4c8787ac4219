"""What an operator types after a loss, and what the services say until it is platform."""

from __future__ import annotations

import asyncio
import time

import grpc
import pytest
from click.testing import CliRunner

from local.settings import Platform

LONGEST = 60.0


@pytest.fixture
def quadrille(platform, monkeypatch):
    """Type a command, as an operator does; gives its exit code and all that it printed."""
    from cli.main import quadrille as group

    monkeypatch.setattr("admin.clients.load_platform", lambda: platform)

    async def typed(*words: str, answer: str | None = None) -> tuple[int, str]:
        done = await asyncio.to_thread(CliRunner().invoke, group, list(words), input=answer, standalone_mode=False)
        if done.exception is not None:
            error = done.exception
            assert hasattr(error, "format_message"), repr(error)
            return error.exit_code, done.output + error.format_message()
        return done.return_value or 0, done.output

    return typed


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
