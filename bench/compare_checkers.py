"""Who finds which break: this gate, a live registry, Apache Avro's Java checker and PyPI `avro`, on named changes.

    make up
    .venv/bin/python -m bench.compare_checkers [--write]

The registry is the one that the settings name; each change is registered under a subject of its own, at level FULL.

Each checker is asked whether new reads old and old reads new; it finds a break if either is refused, or if it fails.
`--write` puts the table into docs/gate.md, between its marks. Java needs a JDK; the jars are downloaded once.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

from local import artifacts
from local.settings import Platform
from registry.compat.verdict import Level, Sides, is_error, judge
from registry.documents import load_text
from registry.server import Refusal, Registry
from tests.interop.avro_java.judge import judged, locked
from tests.unit.registry.corpus import BREAKS_REGISTRIES_FIND, CHANGES, FINE, SILENT, Change

PAGE = Path(__file__).parents[1] / "docs/gate.md"
BEGIN, END = "<!-- made by bench/compare_checkers.py: begin -->", "<!-- end -->"
Checker = Callable[[Sequence[Change]], list[bool]]
GROUPS = {
    "keeps every value": FINE,
    "breaks, as the specification has it": BREAKS_REGISTRIES_FIND,
    "breaks silently": SILENT,
}


def gate(changes: Sequence[Change]) -> list[bool]:
    """Ask this gate."""
    types = [tuple(load_text(json.dumps(raw), "s").type for raw in (c.old, c.new)) for c in changes]
    return [any(map(is_error, judge(old, new, Level.FULL, Sides("", "")))) for old, new in types]


def registry(changes: Sequence[Change]) -> list[bool]:
    """Ask a live registry to take the old schema, and then the new one."""
    run = uuid4().hex[:8]
    found = []
    with Registry(Platform.load().registry_url) as asked:
        for number, change in enumerate(changes):
            subject = f"compare-{run}-{number}"
            asked.register(subject, json.dumps(change.old))
            # After the schema: a subject must exist before Apicurio gives it a rule.
            asked.set_level(subject, "FULL")
            try:
                asked.register(subject, json.dumps(change.new))
            except Refusal:
                found.append(True)
            else:
                found.append(False)
    return found


def java(changes: Sequence[Change]) -> list[bool]:
    """Ask Apache Avro's SchemaCompatibility, in both directions."""
    pairs = [pair for change in changes for pair in ((change.old, change.new), (change.new, change.old))]
    verdicts = judged(pairs, Path(Platform.load().cache_folder))
    found = [verdict.verdict != "COMPATIBLE" for verdict in verdicts]
    return [one or other for one, other in zip(found[::2], found[1::2], strict=True)]


def python(changes: Sequence[Change]) -> list[bool]:
    """Ask PyPI avro's checker, in both directions."""
    return [_python(change.old, change.new) or _python(change.new, change.old) for change in changes]


def _python(writer: Any, reader: Any) -> bool:
    import avro.compatibility
    import avro.schema

    with warnings.catch_warnings():
        # It warns of logical types that it does not know, and reads the plain type.
        warnings.simplefilter("ignore")
        try:
            reads, writes = (avro.schema.parse(json.dumps(raw)) for raw in (reader, writer))
            checker: Any = avro.compatibility.ReaderWriterCompatibilityChecker
            result = checker().get_compatibility(reads, writes)
        except Exception:  # noqa: BLE001 - a checker that fails stops the release as well
            return True
    return bool(result.compatibility is not avro.compatibility.SchemaCompatibilityType.compatible)


def table() -> str:
    """Return the comparison as Markdown."""
    java_version = next(artifact.version for artifact in locked() if artifact.name == "avro")
    registry_version = next(
        artifact.version for artifact in artifacts.locked() if artifact.name == "apicurio-registry-app"
    )
    checkers: dict[str, Checker] = {
        "this gate": gate,
        f"Apicurio Registry {registry_version}": registry,
        f"Java Avro {java_version}": java,
        f"PyPI avro {importlib.metadata.version('avro')}": python,
    }
    found = {name: dict(zip((c.name for c in CHANGES), ask(CHANGES), strict=True)) for name, ask in checkers.items()}
    head = f"| | {' | '.join(checkers)} |\n|---|{'---|' * len(checkers)}"
    lines = [head]
    for title, changes in GROUPS.items():
        counts = [sum(found[name][change.name] for change in changes) for name in checkers]
        told = [f"{n} of {len(changes)} {'alarms' if changes is FINE else 'found'}" for n in counts]
        lines.append(f"| {title} | {' | '.join(told)} |")
    lines += ["", "Each change; `x` where the checker finds a break at FULL:", "", head.replace("| |", "| change |", 1)]
    for title, changes in GROUPS.items():
        lines.append(f"| **{title}** |{' |' * len(checkers)}")
        lines += [
            f"| {change.name} | {' | '.join('x' if found[name][change.name] else '' for name in checkers)} |"
            for change in changes
        ]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="put the table into docs/gate.md")
    arguments = parser.parse_args()
    text = table()
    print(text)
    if arguments.write:
        before, _, rest = PAGE.read_text().partition(BEGIN)
        PAGE.write_text(f"{before}{BEGIN}\n{text}\n{END}{rest.partition(END)[2]}")


if __name__ == "__main__":
    main()
