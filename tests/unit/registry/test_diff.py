"""The engine: what may change between two schemas, what may not, and how it is shown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from cli.commands.schemas_diff import diff
from registry.compat.verdict import Level, Sides, is_error, judge
from registry.documents import load_text
from registry.findings import Finding
from registry.model import Type
from registry.rules import RULES, Kind
from tests.unit.registry.corpus import CHANGES, Change

MILLIS = {"type": "long", "logicalType": "timestamp-millis"}
MICROS = {"type": "long", "logicalType": "timestamp-micros"}


def parsed(raw: Any) -> Type:
    return load_text(json.dumps(raw), "schema.avsc").type


def judged(old: Any, new: Any, level: Level = Level.FULL) -> list[Finding]:
    return judge(parsed(old), parsed(new), level, Sides("old.avsc", "new.avsc"))


def errors(findings: list[Finding], direction: str) -> set[str]:
    return {finding.rule for finding in findings if is_error(finding) and finding.direction == direction}


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.name)
def test_each_change_breaks_what_it_should_and_nothing_else(change: Change) -> None:
    findings = judged(change.old, change.new)
    assert (errors(findings, "backward"), errors(findings, "forward")) == (change.backward, change.forward)


@pytest.mark.parametrize("change", [c for c in CHANGES if not c.is_fine], ids=lambda change: change.name)
def test_each_break_is_shown_with_data_or_says_why_none_can(change: Change) -> None:
    for finding in judged(change.old, change.new):
        if RULES[finding.rule].kind is Kind.LOSS:
            continue
        shown = finding.evidence.startswith("no sample: ") or " -> " in finding.evidence
        assert shown, finding
        if finding.evidence.startswith("no sample: "):
            assert RULES[finding.rule].no_sample in finding.evidence, finding
            assert RULES[finding.rule].no_sample, finding


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.name)
def test_no_schema_is_at_odds_with_itself(change: Change) -> None:
    for raw in (change.old, change.new):
        found = {finding.rule for finding in judged(raw, raw)}
        # One that is at odds by its own unions or aliases is so with itself.
        assert found <= {"union-order", "alias-ambiguous"}, (raw, found)


def written(folder: Path, old: Any, new: Any) -> list[str]:
    for name, raw in (("old.avsc", old), ("new.avsc", new)):
        (folder / name).write_text(json.dumps(raw, indent=2))
    return [str(folder / "old.avsc"), str(folder / "new.avsc")]


OLD = {"type": "record", "name": "shop.Order", "fields": [{"name": "paid_at", "type": MILLIS}]}
NEW = {"type": "record", "name": "shop.Order", "fields": [{"name": "paid_at", "type": MICROS}]}


@pytest.mark.parametrize("form", ["text", "json", "junit", "github", "sarif"])
def test_every_format_tells_the_rule_the_field_and_the_two_values(tmp_path: Path, form: str) -> None:
    told = CliRunner().invoke(diff, [*written(tmp_path, OLD, NEW), "--format", form])
    assert told.exit_code == 1
    for words in ("time-unit", "paid_at", "2026-01-01T00:00:00Z", "1970-01-21T10:53:45"):
        assert words in told.stdout


@pytest.mark.parametrize("form", ["text", "json", "junit", "github", "sarif"])
def test_every_format_tells_that_nothing_is_wrong_or_that_nothing_could_be_judged(tmp_path: Path, form: str) -> None:
    files = written(tmp_path, OLD, OLD)
    assert CliRunner().invoke(diff, [*files, "--format", form]).exit_code == 0
    (tmp_path / "new.avsc").write_text("{")
    told = CliRunner().invoke(diff, [*files, "--format", form])
    assert told.exit_code == 2
    assert "not JSON" in told.output


def test_a_review_shows_a_finding_on_its_line(tmp_path: Path) -> None:
    told = CliRunner().invoke(diff, [*written(tmp_path, OLD, NEW), "--format", "github"])
    line = json.dumps(NEW, indent=2).splitlines().index('      "name": "paid_at",') + 1
    assert f"file={tmp_path}/new.avsc,line={line},title=time-unit::paid_at: new reads old: " in told.stdout
