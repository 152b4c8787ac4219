"""Calls share commits, are answered after them, and one that fails does not take the others with it."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest

from services.chassis.errors import DatabaseAway
from services.chassis.process.group_commit import BUSY_CALLS, Full, GroupCommit


class Running:
    """A queue with its thread."""

    def __init__(self, commit, *, most=100, waiting=100):
        self.group = GroupCommit(commit, most=most, waiting=waiting)
        self.thread = threading.Thread(target=self.group.run)

    async def __aenter__(self):
        self.thread.start()
        return self.group

    async def __aexit__(self, *_):
        self.group.stop()
        await asyncio.to_thread(self.thread.join)


class Held:
    """A commit that waits until it is let go.

    Attributes:
        groups: What it was given.
    """

    def __init__(self):
        self.groups, self._begun, self._gate = [], threading.Event(), threading.Event()

    def __call__(self, commands):
        self.groups.append(list(commands))
        self._begun.set()
        self._gate.wait(5)
        return commands

    async def answers(self, group, first, others):
        """Have a call committed, and others come meanwhile; from then on nothing is held."""
        calls = [asyncio.create_task(group.submit(first))]
        await asyncio.to_thread(self._begun.wait, 5)
        calls += [asyncio.create_task(group.submit(other)) for other in others]
        await asyncio.sleep(0)
        self._gate.set()
        return await asyncio.gather(*calls)


async def test_calls_that_arrive_during_a_commit_share_the_next_one():
    commit = Held()
    async with Running(commit) as group:
        assert await commit.answers(group, 0, range(1, 6)) == [0, 1, 2, 3, 4, 5]
    assert commit.groups == [[0], [1, 2, 3, 4, 5]]


async def test_after_a_crowd_calls_that_come_together_share_a_commit_and_a_lone_one_is_not_forgotten():
    commit = Held()
    async with Running(commit) as group:
        await commit.answers(group, 0, range(1, 1 + BUSY_CALLS))
        # The thread is free, and took the first of these alone if the crowd before did not say that more will come.
        crowd = []
        for n in range(10, 10 + BUSY_CALLS):
            crowd.append(asyncio.create_task(group.submit(n)))
            await asyncio.sleep(0)
            time.sleep(0.002)  # noqa: ASYNC251 - the thread runs meanwhile, and the event loop does not
        await asyncio.gather(*crowd)
        assert await group.submit(20) == 20
    assert commit.groups[2:] == [[*range(10, 10 + BUSY_CALLS)], [20]]


async def test_a_group_is_no_larger_than_allowed():
    sizes = []

    def commit(commands):
        sizes.append(len(commands))
        return commands

    async with Running(commit, most=3) as group:
        await asyncio.gather(*(group.submit(n) for n in range(20)))
    assert max(sizes) <= 3
    assert sum(sizes) == 20


async def test_a_call_that_cannot_be_committed_fails_alone():
    def commit(commands):
        if 13 in commands:
            raise ValueError("unlucky")
        return commands

    async with Running(commit) as group:
        outcomes = await asyncio.gather(*(group.submit(n) for n in range(11, 16)), return_exceptions=True)
    assert [type(o) for o in outcomes] == [int, int, ValueError, int, int]


async def test_a_database_that_is_away_fails_the_whole_group_at_once():
    tries = []

    def commit(commands):
        tries.append(len(commands))
        raise DatabaseAway("gone")

    async with Running(commit) as group:
        outcomes = await asyncio.gather(*(group.submit(n) for n in range(5)), return_exceptions=True)
    assert {type(o) for o in outcomes} == {DatabaseAway}
    assert sum(tries) == 5


async def test_a_caller_who_goes_away_does_not_undo_the_call():
    done, gate = [], threading.Event()

    def commit(commands):
        gate.wait(5)
        done.extend(commands)
        return commands

    async with Running(commit) as group:
        task = asyncio.create_task(group.submit("order"))
        await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        gate.set()
    assert done == ["order"]


async def test_one_call_too_many_is_refused():
    gate = threading.Event()

    def commit(commands):
        gate.wait(5)
        return commands

    async with Running(commit, most=1, waiting=2) as group:
        tasks = [asyncio.create_task(group.submit(n)) for n in range(8)]
        await asyncio.sleep(0.05)
        gate.set()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert sum(isinstance(o, Full) for o in outcomes) >= 5
    assert outcomes[0] == 0
