"""What holds of a whole platform once nothing is in flight."""

from __future__ import annotations

import asyncio

from admin.audit.report import run as audit
from local.settings import Platform
from local.status import collect
from tests.support.waiting import until

QUIET_SECONDS = 60.0


async def all_ready(platform: Platform) -> None:
    """Wait until every service and the gateway say that they are ready."""

    async def ready() -> bool:
        return all(one.ready for one in (await asyncio.to_thread(collect, platform, servers=False)).services)

    await until(ready, "every service is ready", pause_seconds=0.2)


async def nothing_is_broken(platform: Platform) -> None:
    """Wait until nothing is in flight, and hold every invariant of the audit."""
    facts, findings, _ = await asyncio.to_thread(audit, platform, wait=QUIET_SECONDS)
    assert list(facts.in_flight) == []
    assert [f"{f.name}: {one.subject}: {one.what}" for f in findings for one in f.violations] == []
