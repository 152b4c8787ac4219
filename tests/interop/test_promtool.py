"""What Prometheus' own tool says of our metrics."""

from __future__ import annotations

import subprocess

import pytest
from prometheus_client import generate_latest

from gateway import metrics as gateway
from services.chassis import metrics
from services.order import metrics as order_metrics
from tests.interop.tools import tool

pytestmark = pytest.mark.interop


def promtool(*arguments: str, given: bytes = b"") -> None:
    path = tool("promtool", install="on Debian or Ubuntu: apt-get install prometheus")
    done = subprocess.run([path, *arguments], input=given, capture_output=True, check=False)
    assert done.returncode == 0, (done.stdout + done.stderr).decode()


def test_promtool_has_nothing_to_say_about_our_metrics() -> None:
    assert order_metrics.DECLARED.all
    promtool("check", "metrics", given=generate_latest(metrics.REGISTRY))
    promtool("check", "metrics", given=generate_latest(gateway.REGISTRY))
