"""Platforms of the tests' own: real servers and services on ports and in a data folder that nobody else uses."""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import tempfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest

from local.platform import start, stop
from local.settings import CHECKOUT, INSTANCE_STRIDE, INSTANCED, PORT_OFFSETS, Platform

#: Below the ephemeral ports of Linux and macOS, so that no outgoing connection takes one of ours.
BASES = range(2_000, 32_000, 500)
#: Instances of each service for which a base has room.
ROOM = 3
#: For tests in which the same service dies over and over: the supervisor's patience is not what they try.
RESTART_PAUSE = 0.5
_RESERVED: list[IO[str]] = []


def free_base() -> int:
    """Find a place for the servers and for three instances of each service.

    Raises:
        RuntimeError: If there is none.
    """
    offsets = {
        *PORT_OFFSETS.values(),
        *(PORT_OFFSETS[name] + INSTANCE_STRIDE * number for name in INSTANCED for number in range(ROOM)),
    }
    # Each checkout begins elsewhere: two suites that start at the same moment would both find the first one free.
    first = zlib.crc32(str(CHECKOUT).encode()) % len(BASES)
    for base in [*BASES[first:], *BASES[:first]]:
        if all(_is_free(base + offset) for offset in offsets) and _reserve(base):
            return base
    raise RuntimeError(f"no free ports were found between {BASES.start} and {BASES.stop}")


def _reserve(base: int) -> bool:
    """Keep a place for this process, until it ends: nothing listens there yet, and others look at the same time."""
    lock = (Path(tempfile.gettempdir()) / f"quadrille-tests-{base}.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        return False
    _RESERVED.append(lock)
    return True


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


@contextmanager
def environment(values: Mapping[str, str]) -> Iterator[None]:
    """Let only these `QUADRILLE_…` variables, and the place of the downloads, hold for as long as the context lasts."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [n for n in os.environ if n.startswith("QUADRILLE_") and n != "QUADRILLE_CACHE"]:
            patch.delenv(name)
        for name, value in values.items():
            patch.setenv(name, value)
        yield


@contextmanager
def fresh(name: str, **settings: object) -> Iterator[Platform]:
    """Give a platform that begins with nothing, and of which only the logs are left.

    Args:
        name: Names its data folder: `.quadrille-tests-<name>`.
        **settings: As for `Platform.load`.

    Yields:
        The platform; nothing of it runs yet.
    """
    data = CHECKOUT / f".quadrille-tests-{name}"
    settings.setdefault("port_base", free_base())
    platform = Platform.load(data=data, **settings)
    stop(platform)
    shutil.rmtree(data, ignore_errors=True)
    try:
        yield platform
    finally:
        stop(platform)
        for path in data.iterdir():
            if path != platform.logs:
                shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink()


@contextmanager
def running(name: str, variables: Mapping[str, str] | None = None, **settings: object) -> Iterator[Platform]:
    """Run a platform with its services, for as long as the context lasts.

    Args:
        name: As for `fresh`.
        variables: Settings of the services, as environment variables.
        **settings: As for `Platform.load`.

    Yields:
        The platform, all of it ready.
    """
    with environment(variables or {}), fresh(name, **settings) as platform:
        start(platform)
        yield platform
