"""Metrics: names, what is counted and when, and where they are served."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import urllib.request
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from admin.audit import exposition
from admin.audit.invariants import judge
from cli.metrics_page import declared, page
from gateway import metrics as gateway
from local.environment import child_environment
from services.chassis.observe import metrics
from services.order import metrics as order_metrics
from telemetry.metrics import serve
from tests.simulation.scenario import from_seed
from tests.simulation.world import World
from tests.support.ports import free_port
from tests.unit.admin.test_audit import SOUND

CHECKOUT = Path(__file__).resolve().parents[4]
EVERY = [one for found in declared().values() for one in found]
UNITS = ("_seconds", "_rows", "_records", "_calls", "_partitions", "_open", "_stuck", "_info", "_findings", "_checked")


def ended() -> dict[tuple[str, str], float]:
    families = text_string_to_metric_families(generate_latest(metrics.REGISTRY).decode())
    return {
        (sample.labels["outcome"], sample.labels["reason"]): sample.value
        for family in families
        for sample in family.samples
        if sample.name == "quadrille_sagas_ended_total"
    }


@pytest.mark.parametrize("one", EVERY, ids=lambda one: one.name)
def test_names_follow_prometheus_conventions_and_each_says_what_it_tells_and_what_to_do(one) -> None:
    assert re.fullmatch(r"quadrille_[a-z][a-z0-9]*(_[a-z0-9]+)*", one.name)
    assert one.name.endswith("_total") == (one.kind == "counter")
    if one.kind != "counter":
        assert one.name.endswith(UNITS) or one.name == "quadrille_ready"
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", label) for label in one.labels)
    assert one.tells.endswith(".")
    assert one.act.endswith(".")
    assert "|" not in one.tells + one.act


def test_each_is_declared_once() -> None:
    assert max(Counter(one.name for one in EVERY).values()) == 1


def test_the_page_is_what_quadrille_metrics_prints() -> None:
    assert (CHECKOUT / "docs" / "metrics.md").read_text() == page(), "mend with: make generate"


def test_what_a_process_exposes_is_declared() -> None:
    for registry in (metrics.REGISTRY, gateway.REGISTRY):
        names = {family.name for family in registry.collect() if not family.name.startswith("process_")}
        assert names <= {one.name.removesuffix("_total") for one in EVERY}


def test_what_is_not_known_is_absent_and_not_zero() -> None:
    gauge = metrics.Measured("quadrille_x_rows", "X.", ())
    assert [*gauge.collect()] == []
    gauge.keep({(): 3})
    assert [sample.value for family in gauge.collect() for sample in family.samples] == [3]
    gauge.keep({})
    assert [*gauge.collect()] == []


@pytest.mark.parametrize("seed", range(5))
def test_a_saga_is_counted_at_most_once_whatever_fails_and_exactly_once_where_nothing_does(seed: int) -> None:
    troubled = from_seed(seed)
    for scenario in (troubled, replace(troubled, faults=(), poison=())):
        before = ended()
        world = World(scenario, tracing=False)
        world.run()
        counted = +Counter({key: int(value - before.get(key, 0)) for key, value in ended().items()})
        really = Counter(
            (row["state"].lower(), (row["cancel_reason"] or "").lower())
            for row in world.databases["order"].rows("orders")
            if row["state"] in ("COMPLETED", "CANCELLED")
        )
        # A process that dies after a commit, and before it has counted, counts too little.
        assert counted <= really
        assert scenario.faults or scenario.poison or counted == really


def test_a_saga_takes_from_the_moment_in_its_id_to_its_end() -> None:
    def observed(outcome: str) -> float:
        value = metrics.REGISTRY.get_sample_value("quadrille_saga_duration_seconds_sum", {"outcome": outcome})
        return value or 0.0

    placed = 1_800_000_000_000
    before = observed("completed")
    order_id = UUID(int=(placed << 80) | (7 << 76) | (2 << 62))
    order_metrics._observe("completed", order_id, datetime.fromtimestamp(placed / 1000 + 2, UTC))
    assert observed("completed") == pytest.approx(before + 2)


def test_metrics_are_served_where_the_setting_says() -> None:
    port = free_port()
    serve(metrics.REGISTRY, f"127.0.0.1:{port}")
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(
        f"http://127.0.0.1:{port}/metrics"
    ) as answer:
        assert b"process_cpu_seconds_total" in answer.read()


@pytest.mark.slow
@pytest.mark.parametrize("module", ["services.shipping", "gateway"])
def test_a_port_that_is_taken_is_a_sentence_that_names_the_setting(module: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        done = start(module, address)
    assert done.returncode == 1
    assert f"QUADRILLE_METRICS_LISTEN is {address}" in done.stderr
    assert "Address already in use" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("module", ["services.shipping", "gateway"])
def test_an_address_that_is_none_is_wrong_usage(module: str) -> None:
    done = start(module, "nine thousand")
    assert done.returncode == 2
    assert "QUADRILLE_METRICS_LISTEN" in done.stderr
    assert "Traceback" not in done.stderr


def start(module: str, listen: str) -> subprocess.CompletedProcess[str]:
    settings = {
        "QUADRILLE_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
        "QUADRILLE_KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1",
        "QUADRILLE_REGISTRY_URL": "http://127.0.0.1:1",
        "QUADRILLE_METRICS_LISTEN": listen,
    }
    command = [sys.executable, "-m", module]
    return subprocess.run(
        command, env=child_environment(settings), cwd=CHECKOUT, capture_output=True, text=True, timeout=30, check=False
    )


def test_an_audit_writes_a_textfile_that_replaces_the_one_before(tmp_path: Path) -> None:
    path = tmp_path / "quadrille.prom"
    path.write_text("half of")
    findings = judge(replace(SOUND, payments={}))
    exposition.write(path, findings)
    read = {
        (sample.name, sample.labels.get("invariant")): sample.value
        for family in text_string_to_metric_families(path.read_text())
        for sample in family.samples
    }
    for finding in findings:
        assert read["quadrille_audit_findings", finding.name] == len(finding.violations)
        assert read["quadrille_audit_checked", finding.name] == finding.checked
    assert any(finding.violations for finding in findings)
    assert read["quadrille_audit_last_run_timestamp_seconds", None] > 1_700_000_000
    assert [*tmp_path.iterdir()] == [path]
