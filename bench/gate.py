"""How long the gate takes over a long history: 500 subjects of 20 versions each, judged FULL_TRANSITIVE.

    .venv/bin/python -m bench.gate [--subjects 500] [--versions 20] [--breaks 0]

A project is written to a temporary folder: each version adds an optional field to the one before. Then the command's
own steps are timed: load the schemas, read the history, compare every version with the current schema both ways.
`--breaks` gives so many subjects a break, so that the time for evidence is seen too.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path
from typing import Any

from registry.canonical import canonical, fingerprint
from registry.catalogue import load
from registry.compat import check
from registry.history import HISTORY

NAMESPACE = "quadrille.events.bench"


def event(subject: int, version: int, amount: str) -> dict[str, Any]:
    fields: list[dict[str, Any]] = [
        {"name": "order_id", "type": {"type": "string", "logicalType": "uuid"}, "doc": "The order."},
        {"name": "occurred_at", "type": {"type": "long", "logicalType": "timestamp-millis"}, "doc": "When."},
        {"name": "lines", "type": {"type": "array", "items": "string"}, "doc": "What."},
        {"name": "amount", "type": amount, "doc": "How much."},
    ]
    fields += [
        {"name": f"added_{number}", "type": ["null", "string"], "doc": "Added later.", "default": None}
        for number in range(version)
    ]
    name = f"Event{subject:04d}"
    return {"type": "record", "name": name, "namespace": NAMESPACE, "doc": "An event.", "fields": fields}


def write_project(root: Path, subjects: int, versions: int, breaks: int) -> None:
    schemas = root / "schemas/bench"
    schemas.mkdir(parents=True)
    listed = ""
    for subject in range(subjects):
        current = event(subject, versions, "double" if subject < breaks else "long")
        (schemas / f"{current['name']}.avsc").write_text(json.dumps(current))
        full_name = f"{NAMESPACE}.{current['name']}"
        listed += f"    {full_name}: {{consumers: [bench]}}\n"
        folder = root / HISTORY / f"bench-events-{full_name}"
        folder.mkdir(parents=True)
        for version in range(versions):
            text = canonical(event(subject, version, "long"))
            (folder / f"{version + 1:04d}.{fingerprint(text)[:16]}.avsc").write_text(f"{text}\n")
    (root / "schemas/topics.yaml").write_text(
        "bench-events:\n  owner: bench\n  key: order_id\n  partitions: 1\n  replication: 1\n"
        f"  min_insync_replicas: 1\n  retention: P14D\n  events:\n{listed}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--subjects", type=int, default=500)
    parser.add_argument("--versions", type=int, default=20)
    parser.add_argument("--breaks", type=int, default=0)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        write_project(root, arguments.subjects, arguments.versions, arguments.breaks)
        started = time.perf_counter()
        catalogue = load(root)
        loaded = time.perf_counter()
        report = check(root, catalogue)
        done = time.perf_counter()
    print(
        f"{len(catalogue.subjects)} subjects, {report.compared:,} versions compared in both directions: "
        f"{done - started:.1f} s ({loaded - started:.1f} s to load the schemas); {len(report.findings)} findings"
    )


if __name__ == "__main__":
    main()
