"""One state for all pages: asked for once, while somebody looks, and whatever fails is told beside the rest."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from console import live
from console.answers import refused
from console.live import Live, Part


@pytest.fixture(autouse=True)
def quick(monkeypatch) -> None:
    monkeypatch.setattr(live, "EVERY", 0.01)
    monkeypatch.setattr(live, "LINGER", 0.02)


class Asked:
    """Something to look at, which counts how often it was."""

    def __init__(self) -> None:
        self.times = 0
        self.error: Exception | None = None

    async def __call__(self) -> int:
        self.times += 1
        if self.error is not None:
            raise self.error
        return self.times


async def states(events: AsyncIterator[bytes]) -> AsyncIterator[tuple[int, dict[str, Any]]]:
    async for event in events:
        lines = dict(line.split(": ", 1) for line in event.decode().splitlines() if ": " in line)
        if lines.get("event") == "state":
            yield int(lines["id"]), json.loads(lines["data"])


async def take(found: Live, number: int, last: int | None = None) -> list[tuple[int, dict[str, Any]]]:
    taken = []
    async with asyncio.timeout(5):
        events = found.events(last, 1.0)
        async for state in states(events):
            taken.append(state)
            if len(taken) == number:
                break
        await events.aclose()
    return taken


async def test_many_pages_are_one_question() -> None:
    asked = Asked()
    found = Live([Part("figure", asked, every=0.05)], asyncio.Event())
    await asyncio.gather(*(take(found, 5) for _ in range(30)))
    # Five states take about 0.05 s: one page or thirty, it is asked a few times.
    assert 1 <= asked.times <= 5
    found.close()


async def test_nobody_is_asked_before_a_page_opens_and_after_the_last_one_closed() -> None:
    asked = Asked()
    found = Live([Part("figure", asked, every=0.005)], asyncio.Event())
    await asyncio.sleep(0.05)
    assert asked.times == 0
    await take(found, 2)
    await asyncio.sleep(0.06)
    before = asked.times
    assert before > 0
    await asyncio.sleep(0.05)
    assert asked.times == before
    assert found.pages == 0


async def test_a_part_that_fails_keeps_its_last_answer_and_the_others_go_on() -> None:
    good, bad = Asked(), Asked()
    found = Live([Part("good", good, every=0.01), Part("bad", bad, every=0.01)], asyncio.Event())
    await take(found, 3)
    bad.error = refused("UNAVAILABLE", "Kafka does not answer")
    taken = await take(found, 12)
    last = taken[-1][1]
    assert last["bad"]["error"] == "Kafka does not answer"
    assert last["bad"]["value"] is not None
    assert last["good"]["error"] == ""
    assert last["good"]["value"] > taken[0][1]["good"]["value"]
    bad.error = None
    assert (await take(found, 12))[-1][1]["bad"]["error"] == ""
    found.close()


async def test_a_defect_in_one_part_does_not_end_the_stream() -> None:
    bad = Asked()
    bad.error = ZeroDivisionError("who knows")
    found = Live([Part("bad", bad, every=0.01)], asyncio.Event())
    assert (await take(found, 1))[0][1]["bad"]["error"] == "ZeroDivisionError: who knows"
    found.close()


async def test_a_page_that_comes_back_is_sent_only_what_it_has_not_seen() -> None:
    found = Live([Part("figure", Asked(), every=0.01)], asyncio.Event())
    first = await take(found, 3)
    numbers = [number for number, _ in first]
    assert numbers == sorted(set(numbers))
    again = await take(found, 2, last=numbers[-1])
    assert again[0][0] > numbers[-1]
    # A number of another process says nothing here: the whole state is sent at once.
    assert (await take(found, 1, last=10**9))[0][1]["figure"]["value"] is not None
    found.close()


async def test_streams_end_when_the_process_stops() -> None:
    stopping = asyncio.Event()
    found = Live([Part("figure", Asked(), every=0.01)], stopping)
    async with asyncio.timeout(5):
        async for _ in states(found.events(None, 60.0)):
            stopping.set()
    found.close()
