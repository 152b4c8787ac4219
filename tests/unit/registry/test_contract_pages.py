"""The pages of the rules about a contract as a whole say what their rules say, and their examples are run."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
import yaml

from registry import acceptances
from registry.contract_rules import CONTRACT_RULES
from registry.findings import Finding
from registry.rules import Rule
from registry.topic_history import Promise, compare

PAGES = Path(__file__).parents[3] / "docs/rules"
TODAY = date(2026, 6, 1)
FOUND = Finding("alias", "schemas/order/OrderCreated.avsc", "fields.note", "It has an alias.", "Keep the name.")


def blocks(rule: str) -> list[str]:
    return re.findall(r"```yaml\n(.*?)\n```", (PAGES / f"{rule}.md").read_text(), re.DOTALL)


def promise(text: str) -> Promise:
    topics = yaml.safe_load(text)
    for topic in topics.values():
        topic["events"] = {name: sorted(event["consumers"]) for name, event in topic["events"].items()}
    return Promise("1", topics)


@pytest.mark.parametrize("rule", CONTRACT_RULES.values(), ids=lambda rule: rule.id)
def test_a_page_says_what_the_rule_says(rule: Rule) -> None:
    page = (PAGES / f"{rule.id}.md").read_text()
    assert page.startswith(
        f"# {rule.id}\n\n{rule.line}\n\n- Severity: {rule.severity}\n- Why: {rule.why}\n- Instead: {rule.instead}\n"
    )
    assert "\n## Bad\n" in page
    assert "\n## Good\n" in page


@pytest.mark.parametrize(
    "rule", [rule for rule in CONTRACT_RULES if rule.startswith(("topic-", "event-", "consumer-"))]
)
def test_the_bad_topics_break_the_rule_and_the_good_ones_none(rule: str) -> None:
    before, bad, released, good = (promise(text) for text in blocks(rule))
    broken = [finding.rule for finding in compare([before], bad, "topics.yaml")]
    assert rule in broken
    assert set(broken) <= {rule, "topic-gone", "event-gone"}
    assert list(compare([released], good, "topics.yaml")) == []


@pytest.mark.parametrize(("rule", "bad"), [("acceptance-unused", []), ("acceptance-expired", [FOUND])])
def test_the_bad_acceptance_is_found_and_the_good_one_covers(rule: str, bad: list[Finding], tmp_path: Path) -> None:
    (tmp_path / acceptances.FILE).parent.mkdir()
    told = []
    for text, found in zip(blocks(rule), (bad, [FOUND]), strict=True):
        (tmp_path / acceptances.FILE).write_text(text)
        left, _ = acceptances.apply(acceptances.read(tmp_path), found, TODAY)
        told.append([finding.rule for finding in left])
    assert rule in told[0]
    assert told[1] == []
