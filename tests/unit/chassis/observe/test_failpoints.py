"""Failpoints: what a rule may say, when it fires, and that every name is a place in real code."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from services.chassis.observe import failpoints
from services.chassis.observe.failpoints import POINTS, FailpointReached, Rule, Switch, parse
from services.order.failpoints import POINTS as ORDER_POINTS

CHECKOUT = Path(__file__).resolve().parents[4]
KNOWN = [*POINTS, *ORDER_POINTS]


def passed_in_code() -> list[str]:
    found = []
    for path in (CHECKOUT / "services").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                names = [one.id for one in (node.func, *node.args) if isinstance(one, ast.Name)]
                names += [node.func.attr] if isinstance(node.func, ast.Attribute) else []
                texts = [one.value for one in node.args if isinstance(one, ast.Constant)]
                if "failpoint" in names:
                    found += texts
    return found


def test_every_name_is_one_place_in_real_code_and_every_place_has_a_name():
    assert sorted(passed_in_code()) == sorted(KNOWN)
    assert len(KNOWN) == len(set(KNOWN)) >= 40


def test_the_page_lists_every_point_with_its_sentence():
    page = (CHECKOUT / "docs/faults.md").read_text()
    rows = [line for line in page.splitlines() if line.startswith("| `") and "." in line.split("`")[1]]
    assert rows == [f"| `{name}` | {says} |" for name, says in {**POINTS, **ORDER_POINTS}.items()]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("batch.committed:kill", Rule("batch.committed", "kill")),
        (" batch.committed:kill@3 ", Rule("batch.committed", "kill", at=3)),
        ("place.begun:delay=1.5@2", Rule("place.begun", "delay", 1.5, 2)),
        ("stop.begun:raise", Rule("stop.begun", "raise")),
    ],
)
def test_a_rule_says_where_what_and_at_which_pass(text: str, rule: Rule):
    assert parse(text, KNOWN) == rule
    assert parse(str(rule), KNOWN) == rule


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("batch.commited:kill", "did you mean batch.committed"),
        ("zzz:kill", "docs/faults.md lists them"),
        ("batch.committed", "is no rule"),
        ("batch.committed:explode", "kill, raise, delay"),
        ("batch.committed:delay", "takes seconds"),
        ("batch.committed:kill=2", "takes seconds"),
        ("batch.committed:delay=1.2.3", "no number"),
        ("batch.committed:delay=9999", "600 s at most"),
        ("batch.committed:kill@0", "counted from 1"),
    ],
)
def test_a_bad_rule_is_refused_with_what_is_near(text: str, said: str):
    with pytest.raises(ValueError, match=said):
        parse(text, KNOWN)


def test_a_rule_fires_once_at_its_pass_and_nowhere_else():
    switch = Switch()
    switch.arm("batch.begun:raise@3", "order", KNOWN)
    for name in ("batch.begun", "batch.claimed", "batch.begun", "batch.claimed"):
        switch(name)
    with pytest.raises(FailpointReached):
        switch("batch.begun")
    switch("batch.begun")


def test_a_rule_in_a_file_is_seen_while_the_service_runs_and_fires_once_for_all_processes(tmp_path: Path):
    first, second = Switch(), Switch()
    for switch in (first, second):
        switch.arm(f"@{tmp_path}", "order", KNOWN)
        switch("batch.begun")
    (tmp_path / "order").write_text("batch.begun:raise@2")
    (tmp_path / "payment").write_text("batch.begun:raise")
    for switch in (first, second):
        switch("batch.begun")
    with pytest.raises(FailpointReached):
        first("batch.begun")
    assert not (tmp_path / "order").exists()
    for switch in (first, second, first):
        switch("batch.begun")


def test_a_file_that_holds_no_rule_is_told_and_does_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    switch = Switch()
    switch.arm(f"@{tmp_path}", "order", KNOWN)
    (tmp_path / "order").write_text("batch.begin:kill")
    switch("batch.begun")
    switch("batch.begun")
    assert [record.message for record in caplog.records] == ["cannot read the failpoint"]


def test_a_delay_waits():
    switch = Switch()
    switch.arm("batch.begun:delay=0.05", "order", KNOWN)
    began = time.monotonic()
    switch("batch.begun")
    assert time.monotonic() - began >= 0.05


def test_off_a_point_is_an_empty_function():
    assert failpoints.failpoint is failpoints._off
    assert failpoints._off.__code__.co_code == (lambda _name: None).__code__.co_code


def started(**variables: str) -> subprocess.CompletedProcess[str]:
    needed = {
        "QUADRILLE_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
        "QUADRILLE_KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1",
        "QUADRILLE_REGISTRY_URL": "http://127.0.0.1:1",
    }
    return subprocess.run(
        [sys.executable, "-m", "services.order"],
        cwd=CHECKOUT,
        env={**os.environ, **needed, **variables},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.slow
def test_a_service_does_not_start_with_an_unknown_point_and_names_what_is_near():
    done = started(QUADRILLE_FAILPOINT="place.commited:kill")
    assert done.returncode == 2
    assert done.stderr.strip() == (
        "order: QUADRILLE_FAILPOINT: there is no failpoint 'place.commited'; did you mean place.committed or "
        "replay.committed or cancel.committed?"
    )


@pytest.mark.slow
def test_a_real_process_dies_of_sigkill_at_its_point():
    assert started(QUADRILLE_FAILPOINT="start.listening:kill").returncode == -9
