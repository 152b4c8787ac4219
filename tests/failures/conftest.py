"""A platform of these tests' own: its servers are stopped, and poison is poured into its topics."""

from __future__ import annotations

import shutil
import socket
from pathlib import Path

import pytest

from tests.conftest import Shop

DATA = Path(__file__).resolve().parents[2] / ".quadrille-tests-failures"


def free_base() -> int:
    for base in range(9_500, 2_000, -500):
        try:
            for offset in (1, 2, 3, 4, 32, 81, 82, 92, 93):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", base + offset))
        except OSError:
            continue
        return base
    raise RuntimeError("no free ports were found between 2000 and 10000")


@pytest.fixture(scope="session")
def shaken():
    """The four services on real servers that may be treated badly. A test leaves all of them running."""
    from local.platform import start, stop
    from local.settings import Platform

    own = Platform.load(data=DATA, port_base=free_base())
    stop(own)
    shutil.rmtree(DATA, ignore_errors=True)
    try:
        start(own)
        yield own
    finally:
        stop(own)
        shutil.rmtree(DATA, ignore_errors=True)


@pytest.fixture
async def shop(shaken):
    opened = Shop(shaken)
    yield opened
    for channel in opened.channels:
        await channel.close()
