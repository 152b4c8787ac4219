"""Alerts and the dashboard name what the processes expose, and say what to do."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from cli.main import COMMANDS
from cli.metrics_page import declared

OPS = Path(__file__).resolve().parents[3] / "ops"
RULES = yaml.safe_load((OPS / "prometheus" / "alerts.yml").read_text())["groups"][0]["rules"]
TESTS = yaml.safe_load((OPS / "prometheus" / "alerts_test.yml").read_text())["tests"]
PANELS = [
    panel
    for panel in json.loads((OPS / "grafana" / "dashboards" / "quadrille.json").read_text())["panels"]
    if panel["type"] != "row"
]

SERIES = {"up", "process_cpu_seconds_total", "process_resident_memory_bytes"}
LABELS: dict[str, set[str]] = {name: set() for name in SERIES}
for metrics in declared().values():
    for metric in metrics:
        suffixes = ("_bucket", "_sum", "_count") if metric.kind == "histogram" else ("",)
        SERIES |= {metric.name + suffix for suffix in suffixes}
        LABELS |= {metric.name + suffix: {*metric.labels, "le"} for suffix in suffixes}
#: Given by whoever scrapes.
TARGETS = {"job", "instance", "service"}


def series(expression: str) -> set[str]:
    return set(re.findall(r"\b(?:quadrille|process)_\w+|\bup\b", expression))


def grouped(expression: str) -> set[str]:
    return {label.strip() for found in re.findall(r"by \(([^)]*)\)", expression) for label in found.split(",")}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_an_alert_names_what_exists_and_a_command_that_does(rule: dict[str, Any]) -> None:
    named = series(rule["expr"])
    assert named
    assert named <= SERIES
    assert grouped(rule["expr"]) <= TARGETS.union(*(LABELS[name] for name in named))
    assert rule["labels"]["severity"] in ("warning", "critical")
    assert rule["annotations"].keys() == {"summary", "action"}
    for command in re.findall(r"`quadrille (\w+)", rule["annotations"]["action"]):
        assert command in COMMANDS


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_an_alert_is_tested_when_it_is_quiet_and_when_it_fires(rule: dict[str, Any]) -> None:
    cases = [case for test in TESTS for case in test["alert_rule_test"] if case["alertname"] == rule["alert"]]
    assert any(case["exp_alerts"] for case in cases)
    assert any(not case["exp_alerts"] for case in cases)


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel["title"])
def test_a_panel_names_what_exists_and_says_what_it_shows(panel: dict[str, Any]) -> None:
    assert panel["description"].endswith(".")
    for target in panel["targets"]:
        named = series(target["expr"])
        assert named
        assert named <= SERIES
        known = TARGETS.union(*(LABELS[name] for name in named))
        assert grouped(target["expr"]) <= known
        assert set(re.findall(r"{{(\w+)}}", target["legendFormat"])) <= known


def test_no_panel_lies_on_another() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in PANELS:
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not cells & taken
        assert at["x"] + at["w"] <= 24
        taken |= cells
