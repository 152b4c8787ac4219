"""What a power cut leaves of Kafka: a log without its end, and files beside it that know nothing of that."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from local import state
from local.platform import set_running
from local.probes import probe_server
from local.settings import SERVERS, Platform

_BATCH = struct.Struct(">qiibIhi")
_UNCOUNTED = 12  # base offset and length are not part of a batch's length


def cut(platform: Platform, ends: Mapping[tuple[str, int], int]) -> None:
    """Take the ends off logs, while the broker is down.

    Args:
        platform: Whose broker.
        ends: The first offset that is lost, by topic and partition. The batch that it is in goes as a whole.
    """
    data = platform.data / "kafka"
    for (topic, partition), end in ends.items():
        folder = data / f"{topic}-{partition}"
        _truncate(max(folder.glob("*.log")), end)
        # Indexes and producers' states are made again from the log.
        for name in ("*.index", "*.timeindex", "*.snapshot"):
            for path in folder.glob(name):
                path.unlink()
    # Without these, the broker reads its logs from their beginnings, as it does after a power cut.
    for name in (".kafka_cleanshutdown", "recovery-point-offset-checkpoint"):
        (data / name).unlink(missing_ok=True)


def _truncate(log: Path, end: int) -> None:
    raw, place = log.read_bytes(), 0
    while place < len(raw):
        base, length, _epoch, _magic, _crc, _attributes, last = _BATCH.unpack_from(raw, place)
        if base + last >= end:
            break
        place += _UNCOUNTED + length
    assert place < len(raw), f"{log} ends before {end}"
    with log.open("r+b") as file:
        file.truncate(place)
        # A batch of which only the beginning was written.
        file.seek(place)
        file.write(raw[place : place + 30])


async def keep_running(platform: Platform, *names: str) -> None:
    """Stop everything else, start these, and wait until it is so."""
    set_running(platform, list(names))
    async with asyncio.timeout(60):
        while True:
            current = state.read(platform.run)
            if current is not None and {n for n, p in current.processes.items() if p.alive()} == set(names):
                break
            await asyncio.sleep(0.1)
        for name in set(names) & set(SERVERS):
            while True:
                try:
                    await asyncio.to_thread(probe_server, platform, name)
                    break
                except Exception:  # noqa: BLE001 - it is starting, and says so in many ways
                    await asyncio.sleep(0.1)


@asynccontextmanager
async def kafka_down(platform: Platform, *others: str):
    """Keep Kafka away for a while; beside the servers, only `others` run then, and afterwards."""
    rest = [name for name in SERVERS if name != "kafka"]
    await keep_running(platform, *rest, *others)
    try:
        yield
    finally:
        await keep_running(platform, *SERVERS, *others)
