"""What all tests share: the platform of most live tests, and who runs what beside whom.

`make test` runs the tests without servers in two processes, and then the live ones in one: a platform is many
processes, and beside another one, or beside what computes, its tests measure the machine. In several processes lanes
stay together:

- the lane *shared*: tests of the one platform that is started once, in the order of their folders;
- the lane *own*: suites whose services need other settings, each with a platform that is stopped after its last test.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser
from xdist.scheduler.loadscope import LoadScopeScheduling

from local.settings import Platform
from tests.support.browser import chromium
from tests.support.platforms import running
from tests.support.shop import Shop

CONTRACTS = "tests/contract/test_services.py"
FAULT_SEED = "QUADRILLE_FAULT_SEED"
#: By the beginnings of their node ids, the first that fits; who has none runs anywhere.
LANE = {
    "own": (
        "tests/live/faults/test_faults.py",
        "tests/live/gateway/test_two_instances.py",
        "tests/live/recovery/test_archive.py",
        "tests/live/remote_providers/",
        "tests/live/rolling/",
        "tests/live/telemetry/",
    ),
    "shared": (
        "tests/live/",
        "tests/interop/test_live.py",
        "tests/simulation/contract/",
        "tests/contract/test_compose.py",
    ),
    # Two processes must not install the same packages at the same time.
    "toolchains": ("tests/interop/",),
}
#: Lines of a test that are printed at the end, passed or not.
CLOSING = "closing lines"


def pytest_configure(config: pytest.Config) -> None:
    """Let all processes collect the same tests."""
    # The faults of a run are drawn from it when they are collected: in each process.
    os.environ.setdefault(FAULT_SEED, str(random.randrange(1_000_000)))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the lanes: the rest fills what time is left."""
    for item in items:
        _say_why_daily(item)
    order = [*LANE, None]
    items.sort(key=lambda item: (order.index(_lane(item.nodeid)), item.get_closest_marker("slow") is None))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """Give each lane to one process, and every other test to whichever is free."""
    return Lanes(config, log)


class Lanes(LoadScopeScheduling):
    """Tests of a lane stay together."""

    def _split_scope(self, nodeid: str) -> str:
        return _lane(nodeid) or nodeid


def _lane(nodeid: str) -> str | None:
    return next((name for name, places in LANE.items() if nodeid.startswith(places)), None)


def _say_why_daily(item: pytest.Item) -> None:
    for mark in item.iter_markers("daily"):
        if not (mark.args and isinstance(mark.args[0], str)):
            raise pytest.UsageError(f"{item.nodeid}: daily(<reason>) says why once a day is enough")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say of each service how it stands with every released contract, and print what tests want to be printed.

    CI shows no more of a test that passed.
    """
    tally: dict[str, Counter[str]] = {}
    suites: dict[str, Counter[str]] = {}
    seconds: Counter[str] = Counter()
    closing: dict[str, list[str]] = {}
    for outcome in ("passed", "failed", "error", "skipped"):
        for report in terminalreporter.getreports(outcome):
            if not isinstance(report, pytest.TestReport):
                continue
            _count(suites, seconds, report, outcome)
            for name, said in report.user_properties:
                if name == CLOSING:
                    key, *lines = said
                    closing[key] = max(closing.get(key, []), lines, key=len)
            if outcome != "skipped" and report.nodeid.startswith(CONTRACTS) and "[" in report.nodeid:
                service = report.nodeid.partition("[")[2].partition("-")[0]
                tally.setdefault(service, Counter())[outcome] += 1
    for line in [line for lines in closing.values() for line in lines]:
        terminalreporter.write_line(line)
    for service, counts in sorted(tally.items()):
        terminalreporter.write_line(f"contracts of {service}: {_say(counts)}")
    for suite, counts in sorted(suites.items()):
        terminalreporter.write_line(f"{suite}: {_say(counts)} in {seconds[suite]:.0f} s")


def _count(suites: dict[str, Counter[str]], seconds: Counter[str], report: Any, outcome: str) -> None:
    parts = report.nodeid.partition("::")[0].split("/")
    suite = "/".join(parts[: 3 if parts[1:2] == ["live"] else 2])
    seconds[suite] += report.duration
    if report.when == "call" or outcome != "passed":
        suites.setdefault(suite, Counter())[outcome] += 1


def _say(counts: Counter[str]) -> str:
    return ", ".join(f"{number} {outcome}" for outcome, number in counts.items())


@pytest.fixture
def closing_lines(record_property: Any) -> Any:
    """Print lines at the end of the run: of those with one key, the longest text."""
    return lambda key, *lines: record_property(CLOSING, [key, *lines])


@pytest.fixture(scope="session")
def platform() -> Iterator[Platform]:
    """The four services on real servers. Their data is made anew for each run of the suite.

    Tests may stop, halt and lose parts of it, and leave all of it running and whole.
    """
    with running("shared") as shared:
        yield shared


@pytest.fixture
async def shop(platform: Platform) -> Any:
    async with Shop(platform) as opened:
        yield opened


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened
