"""What Prometheus' own tool says of our metrics."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from prometheus_client import generate_latest

from gateway import metrics as gateway
from services.chassis.observe import metrics
from services.order import metrics as order_metrics
from tests.interop.tools import tool

PROMETHEUS = Path(__file__).resolve().parents[2] / "ops" / "prometheus"

pytestmark = pytest.mark.interop


def promtool(*arguments: str, given: bytes = b"") -> None:
    path = tool("promtool", install="on Debian or Ubuntu: apt-get install prometheus")
    done = subprocess.run([path, *arguments], input=given, capture_output=True, check=False)
    assert done.returncode == 0, (done.stdout + done.stderr).decode()


def test_promtool_has_nothing_to_say_about_our_metrics() -> None:
    assert order_metrics.DECLARED.all
    promtool("check", "metrics", given=generate_latest(metrics.REGISTRY))
    promtool("check", "metrics", given=generate_latest(gateway.REGISTRY))


def test_every_alert_is_quiet_when_all_is_well_and_fires_when_it_is_not() -> None:
    promtool("check", "rules", str(PROMETHEUS / "alerts.yml"))
    promtool("test", "rules", str(PROMETHEUS / "alerts_test.yml"))


def test_prometheus_reads_its_configuration() -> None:
    promtool("check", "config", "--syntax-only", str(PROMETHEUS / "prometheus.yml"))


def test_promtool_takes_every_expression_of_the_dashboard(tmp_path: Path) -> None:
    dashboard = json.loads((PROMETHEUS.parent / "grafana" / "dashboards" / "quadrille.json").read_text())
    expressions = [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", ())]
    rules = [
        {"record": f"quadrille:panel{number}", "expr": expression.replace("$__rate_interval", "1m")}
        for number, expression in enumerate(expressions)
    ]
    path = tmp_path / "rules.json"
    path.write_text(json.dumps({"groups": [{"name": "dashboard", "rules": rules}]}))
    promtool("check", "rules", str(path))
