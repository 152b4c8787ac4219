"""FULL_TRANSITIVE: every recorded version against the current schema, in both directions, offline.

What only the whole history shows is judged here: a field that was gone and comes back otherwise, and a default that
changed, which matters if some version was written without the field.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from registry.catalogue import Catalogue
from registry.compat.verdict import Level, Sides, is_error, judge
from registry.findings import CannotJudge, Finding
from registry.history import HISTORY, Version, read_history
from registry.model import Type
from registry.parse import parse_self_contained
from registry.rules import RULES, Severity


@dataclass
class Report:
    """What the gate found.

    Attributes:
        findings: Breaks; empty if everything is compatible.
        compared: How many pairs of versions were compared, each in both directions.
        new: Subjects without a released version.
        changed: Subjects whose current schema is not released yet.
        notes: Warnings, and what one side does not know of the other; none of them decides.
    """

    findings: list[Finding] = field(default_factory=list)
    compared: int = 0
    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    notes: list[Finding] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Past:
    """An earlier version: what to call it, where it lies, and its type."""

    number: str
    path: str
    type: Type


def check(root: Path, catalogue: Catalogue) -> Report:
    """Compare the current schemas with every recorded version.

    Args:
        root: The folder that holds `registry/history`.
        catalogue: The current schemas.

    Returns:
        The report.

    Raises:
        CannotJudge: Nothing was ever recorded, or what was is damaged.
    """
    history = read_history(root)
    if not history:
        raise CannotJudge(f"{HISTORY} holds no recorded version; run `quadrille schemas record`, or restore it")
    report = Report()
    for subject, full_name in catalogue.subjects.items():
        versions = history.get(subject, ())
        text = catalogue.texts[full_name]
        if not versions:
            report.new.append(subject)
        elif versions[-1].text != text:
            report.changed.append(subject)
        report.compared += len(versions)
        # What reads its own text reads it as it was written: nothing is resolved.
        others = [_past(version) for version in versions if version.text != text]
        if others:
            level = Level.of(catalogue.level(subject))
            _add(report, transitive(others, parse_self_contained(text), catalogue.files[full_name].path, level))
    for subject in history.keys() - catalogue.subjects.keys():
        why = f"The subject `{subject}` was released, but nothing lists it any more."
        report.findings.append(Finding("subject-gone", catalogue.topics_path, "", why, RULES["subject-gone"].instead))
    return report


def transitive(past: Sequence[Past], current: Type, path: str, level: Level = Level.FULL) -> list[Finding]:
    """Compare every earlier version of a type with the current one.

    Args:
        past: The earlier versions, the oldest first.
        current: The current version.
        path: Where the current version lies.
        level: Which directions to judge.

    Returns:
        Everything found, version by version.
    """
    by_version = [judge(item.type, current, level, Sides(item.path, path, item.number, "current")) for item in past]
    # By version, the fields of the current one that it did not have.
    lacking = [{item.at for item in found if _tells_absence(item)} for found in by_version]
    ever_lacking = set().union(*lacking)
    result: list[Finding] = []
    for index, found in enumerate(by_version):
        for item in found:
            gone = next(
                (past[later].number for later in range(index + 1, len(past)) if item.at in lacking[later]), None
            )
            if gone is not None and is_error(item):
                result.append(_returned(item, gone))
            elif item.rule == "default-changed" and "symbol" not in item.why and item.at not in ever_lacking:
                result.append(replace(item, severity=Severity.WARNING.value))
            else:
                result.append(item)
    return result


def _tells_absence(finding: Finding) -> bool:
    """Tell whether a version was found not to write a field, or not to know it."""
    reads_default = finding.rule in ("field-defaulted", "default-missing", "default-refused")
    return (reads_default and finding.direction == "backward") or (
        finding.rule == "field-ignored" and finding.direction == "forward"
    )


def _returned(finding: Finding, gone: str) -> Finding:
    why = f"The field was gone in version {gone} and comes back otherwise. {finding.why}"
    return replace(finding, rule="field-returned", why=why, fix=RULES["field-returned"].instead)


def _past(version: Version) -> Past:
    return Past(str(version.number), version.path, parse_self_contained(version.text))


def _add(report: Report, findings: Sequence[Finding]) -> None:
    report.findings += [finding for finding in findings if is_error(finding)]
    report.notes += [finding for finding in findings if not is_error(finding)]
