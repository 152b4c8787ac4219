"""The engine: what may change between two schemas, what may not, and how it is shown."""

from __future__ import annotations

import json
from typing import Any

import pytest

from registry.compat.verdict import Level, Sides, is_error, judge
from registry.documents import load_text
from registry.findings import Finding
from registry.model import Type
from registry.rules import RULES, Kind
from tests.unit.registry.corpus import CHANGES, Change


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
