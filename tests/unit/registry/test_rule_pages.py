"""Each rule has a page that says what the table says, and whose examples do what the page says."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from registry.catalogue import load
from registry.compat import check
from registry.compat.released import Past, transitive
from registry.compat.sets import diff
from registry.compat.verdict import Level
from registry.contract_rules import ALL_RULES
from registry.documents import load_text
from registry.findings import Finding
from registry.lint import lint_documents
from registry.rules import RULES, Kind, Rule, Severity

ROOT = Path(__file__).parents[3]
PAGES = ROOT / "docs/rules"
LINTED = [rule for rule in RULES.values() if rule.kind is Kind.LINT]
COMPARED = [rule for rule in RULES.values() if rule.kind not in (Kind.LINT, Kind.SET)]
FOLDERS = [RULES["type-removed"], RULES["type-added"]]


def page(rule: Rule) -> str:
    return (PAGES / f"{rule.id}.md").read_text()


def example(rule: Rule, title: str) -> str:
    return page(rule).partition(f"## {title}\n")[2].partition("\n## ")[0]


def snippets(text: str) -> list[str]:
    return re.findall(r"```(?:json|yaml)\n(.*?)```", text, re.DOTALL)


def sides(text: str) -> tuple[list[str], list[str]]:
    old, _, new = text.partition("\nNew:\n")
    return snippets(old), snippets(new)


def compared(text: str, folder: Path) -> list[Finding]:
    found = re.search(r"--level (\w+)", text)
    assert found is not None
    for side, files in zip(("old", "new"), sides(text), strict=True):
        (folder / side).mkdir()
        for index, content in enumerate(files):
            (folder / side / f"{index}.avsc").write_text(content)
    return diff(folder / "old", folder / "new", Level(found[1])).findings


def told(findings: list[Finding], least: Severity) -> set[str]:
    wanted = list(Severity)[: list(Severity).index(least) + 1]
    return {finding.rule for finding in findings if finding.severity in wanted}


def test_every_rule_has_a_page_and_every_page_a_rule() -> None:
    assert {path.stem for path in PAGES.glob("*.md")} == set(ALL_RULES)


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
def test_a_page_says_what_the_table_says(rule: Rule) -> None:
    head = page(rule).partition("## Bad")[0]
    lines = [f"# {rule.id}", "", rule.line, "", f"- Severity: {rule.severity.value}"]
    lines += [f"- Why: {rule.why}", f"- Instead: {rule.instead}"]
    if rule.no_sample:
        lines.append(f"- Where no sample shows it: {rule.no_sample}")
    assert head.strip().splitlines() == lines


@pytest.mark.parametrize("rule", [*COMPARED, *FOLDERS], ids=lambda rule: rule.id)
def test_a_comparison_finds_the_rule_in_the_bad_example_alone(rule: Rule, tmp_path: Path) -> None:
    for title, expected in (("Bad", {rule.id}), ("Good", set())):
        (tmp_path / title).mkdir()
        text = example(rule, title)
        # Notes are told beside; they are what a rule of that severity is about.
        least = Severity.NOTE if rule.severity is Severity.NOTE else Severity.WARNING
        findings = compared(text, tmp_path / title)
        assert told(findings, least) == expected
        shown = re.search(r"evidence: `(.*)`", text)
        if shown is not None:
            assert any(shown[1] in finding.evidence for finding in findings), [item.evidence for item in findings]


@pytest.mark.parametrize("rule", LINTED, ids=lambda rule: rule.id)
def test_the_lint_finds_the_rule_in_the_bad_example_alone(rule: Rule) -> None:
    for title, expected in (("Bad", {rule.id}), ("Good", set())):
        (schema,) = snippets(example(rule, title))
        assert {finding.rule for finding in lint_documents([load_text(schema, "order.avsc")])} == expected


def test_the_history_finds_a_field_that_comes_back_in_the_bad_example_alone() -> None:
    rule = RULES["field-returned"]
    for title, expected in (("Bad", {rule.id}), ("Good", set())):
        types: list[Any] = [load_text(schema, "order.avsc").type for schema in snippets(example(rule, title))]
        past = [Past(str(number), "", type_) for number, type_ in enumerate(types[:-1], start=1)]
        assert told(transitive(past, types[-1], "order.avsc"), Severity.WARNING) == expected


def test_the_gate_finds_a_subject_that_is_gone_in_the_bad_example_alone(tmp_path: Path) -> None:
    for folder in ("schemas", "registry/history"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    rule = RULES["subject-gone"]
    (good,), (bad,) = (snippets(example(rule, title)) for title in ("Good", "Bad"))
    topics = tmp_path / "schemas/topics.yaml"
    assert good in topics.read_text()
    assert check(tmp_path, load(tmp_path)).findings == []
    topics.write_text(topics.read_text().replace(good, bad))
    (tmp_path / "schemas/order/OrderCompleted.avsc").unlink()
    assert {finding.rule for finding in check(tmp_path, load(tmp_path)).findings} == {rule.id}


def test_examples_are_valid_json() -> None:
    for rule in RULES.values():
        if rule.id != "subject-gone":
            for snippet in snippets(page(rule)):
                json.loads(snippet)
