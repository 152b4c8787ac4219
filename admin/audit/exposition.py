"""An audit as a textfile for Prometheus' node exporter: how what runs now and then is watched.

The exporter's `--collector.textfile.directory` reads `*.prom`. A file is written beside its place and renamed into it,
so that no half of one is ever read (node_exporter, "Textfile Collector").
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from prometheus_client import CollectorRegistry, Gauge, generate_latest

from admin.audit.invariants import Finding
from telemetry.metrics import Declared

METRICS = (
    Declared(
        "quadrille_audit_findings",
        "gauge",
        ("invariant",),
        "Violations that the last audit found, by invariant.",
        "Above 0: money, stock or orders do not agree. `quadrille audit` names each, `--mend` offers what is safe.",
    ),
    Declared(
        "quadrille_audit_checked",
        "gauge",
        ("invariant",),
        "Things that the last audit held against an invariant.",
        "0 after orders were placed: it looks at the wrong platform.",
    ),
    Declared(
        "quadrille_audit_last_run_timestamp_seconds",
        "gauge",
        (),
        "When the last audit ended, in Unix time.",
        "Long ago: whoever runs it does not any more.",
    ),
)


def write(path: Path, findings: Sequence[Finding]) -> None:
    """Write the file, or replace it.

    Args:
        path: The file; its folder must be there.
        findings: What became of the invariants.

    Raises:
        OSError: It cannot be written.
    """
    registry = CollectorRegistry()
    broken, checked, at = (Gauge(one.name, one.tells, one.labels, registry=registry) for one in METRICS)
    for finding in findings:
        broken.labels(finding.name).set(len(finding.violations))
        checked.labels(finding.name).set(finding.checked)
    at.set(time.time())
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(generate_latest(registry))
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
