"""The gate as a whole: everything that can be held against a change of the contracts, in one verdict.

    lint        the house rules
    compat      every released version of each subject, in both directions
    topics      what topics.yaml promised before
    landed      released files are where they landed, as they landed
    protos      Buf
    against     a commit of git, beside the history
    registry    what a live registry really holds

A check that cannot be made raises `CannotJudge`; a verdict is never given by accident.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from registry import acceptances, against, landed, live, protos, topic_history
from registry.acceptances import Acceptance
from registry.catalogue import Catalogue
from registry.compat import check as compare
from registry.contract_rules import ALL_RULES
from registry.findings import Finding
from registry.git import Git
from registry.lint import lint
from registry.rules import Severity
from registry.topics import DEFAULT_LEVEL


@dataclass(slots=True)
class Verdict:
    """What the gate says.

    Attributes:
        findings: Errors, warnings and notes, errors first. Only errors decide.
        accepted: Errors that people decided to live with, with the decision.
        compared: How many released versions were compared.
        new: Subjects without a released version.
        changed: Subjects whose current schema is not released yet.
        left: What was not compared, and why.
    """

    findings: list[Finding] = field(default_factory=list)
    accepted: list[tuple[Finding, Acceptance]] = field(default_factory=list)
    compared: int = 0
    new: Sequence[str] = ()
    changed: Sequence[str] = ()
    left: list[str] = field(default_factory=list)

    @property
    def errors(self) -> list[Finding]:
        """The findings that decide."""
        return [finding for finding in self.findings if finding.severity == Severity.ERROR]


def check(
    root: Path,
    catalogue: Catalogue,
    *,
    commit: str | None = None,
    registry_url: str | None = None,
    today: date | None = None,
) -> Verdict:
    """Judge the contracts as they are now.

    Args:
        root: The repository.
        catalogue: Its schemas and topics.
        commit: A commit of git to compare with beside the history; None for none.
        registry_url: A live registry's Confluent-compatible API to compare with; None for none.
        today: The day on which acceptances must still hold; the present one (UTC) if None.

    Returns:
        The verdict.

    Raises:
        CannotJudge: A check could not be made.
        ServerAway: The registry does not answer.
    """
    report = compare(root, catalogue)
    verdict = Verdict(compared=report.compared, new=report.new, changed=report.changed)
    found = [*lint(catalogue), *report.findings, *report.notes, *_levels(catalogue)]
    promises = topic_history.read(root)
    current = topic_history.promise("current", catalogue.topics)
    broken = [*topic_history.compare(promises, current, catalogue.topics_path)]
    # Where the promise of a topic tells why a subject is gone, that says it all.
    told = any(finding.rule in ("topic-gone", "event-gone", "event-moved") for finding in broken)
    found = [*(finding for finding in found if not (told and finding.rule == "subject-gone")), *broken]
    git = Git(root)
    if git.is_there:
        found += landed.check(root, git, commit)
        if git.is_shallow:
            verdict.left.append("git holds the latest commits only; released files were compared with those alone")
    else:
        verdict.left.append("there is no git here; whether released files were removed was not compared")
    judged, versions = protos.check(root, git, commit)
    found += judged
    verdict.compared += versions
    if commit is not None:
        found += against.check(root, git, commit, catalogue)
    if registry_url is not None:
        found += live.check(root, catalogue, registry_url)
    accepted = acceptances.read(root)
    left, verdict.accepted = acceptances.apply(accepted, found, today or datetime.now(UTC).date())
    order = list(Severity)
    verdict.findings = sorted(left, key=lambda finding: order.index(Severity(finding.severity)))
    return verdict


def _levels(catalogue: Catalogue) -> list[Finding]:
    rule = ALL_RULES["level-lowered"]
    return [
        Finding(
            rule.id,
            catalogue.topics_path,
            f"{topic.name}.events.{event.full_name}.level",
            f"Judged at {event.level}: {event.reason}",
            rule.instead,
            severity=rule.severity.value,
        )
        for topic in catalogue.topics
        for event in topic.events
        if event.level != DEFAULT_LEVEL
    ]
