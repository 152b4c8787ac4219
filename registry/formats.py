"""A verdict for machines: JSON, JUnit XML, GitHub's annotations, SARIF 2.1.0. What people read is the command line's.

Sources: GitHub, "Workflow commands for GitHub Actions" (error, warning, notice); OASIS, "Static Analysis Results
Interchange Format (SARIF) Version 2.1.0"; the JUnit XML that CI servers read has no standard, and this keeps to the
elements that all of them know.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree as ET

from registry.acceptances import Acceptance
from registry.contract_rules import ALL_RULES
from registry.findings import Finding

#: Which version reads which, by a finding's direction.
READS = {"": "", "backward": "new reads old: ", "forward": "old reads new: "}
_GITHUB = {"error": "error", "warning": "warning", "note": "notice"}
_PAGES = "docs/rules"


@dataclass(frozen=True, slots=True)
class Told:
    """A finding with what belongs to its telling.

    Attributes:
        finding: The finding.
        file: The file to show it in: that of the shared type, if it is about one.
        line: The line in it, from 1.
        readers: Who reads the event, with the handlers: `inventory (on_order_created)`.
    """

    finding: Finding
    file: str
    line: int
    readers: Sequence[str] = ()

    @property
    def message(self) -> str:
        """All that is to be said, in a few lines."""
        finding = self.finding
        lines = [f"{finding.at}: {READS[finding.direction]}{finding.why}".removeprefix(": ")]
        if finding.versions:
            lines.append(f"Versions: {finding.versions}.")
        if finding.evidence:
            lines.append(f"Evidence: {finding.evidence}")
        if self.readers:
            lines.append(f"Read by: {', '.join(self.readers)}.")
        return "\n".join([*lines, f"Instead: {finding.fix}"])


@dataclass(frozen=True, slots=True)
class Report:
    """What is to be told.

    Attributes:
        told: The findings, errors first.
        verdict: `ok`, `refused`, or `unknown` if it could not be judged.
        why: Why it could not be judged; empty otherwise.
        accepted: Errors that people decided to live with.
        facts: Further facts for the JSON form.
    """

    told: Sequence[Told]
    verdict: str
    why: str = ""
    accepted: Sequence[tuple[Finding, Acceptance]] = ()
    facts: dict[str, Any] = field(default_factory=dict)


def render(report: Report, form: str) -> str:
    """Write a report.

    Args:
        report: What is to be told.
        form: `json`, `junit`, `github` or `sarif`.

    Returns:
        The text, without a line end.
    """
    return {"json": _json, "junit": _junit, "github": _github, "sarif": _sarif}[form](report)


def _json(report: Report) -> str:
    told = [
        {**one.finding.to_json(), "shown_in": one.file, "line": one.line, "readers": list(one.readers)}
        for one in report.told
    ]
    accepted = [
        {**finding.to_json(), "reason": acceptance.reason, "until": str(acceptance.until)}
        for finding, acceptance in report.accepted
    ]
    head = {"verdict": report.verdict, **({"why": report.why} if report.why else {})}
    return json.dumps({**head, "findings": told, "accepted": accepted, **report.facts}, indent=2, ensure_ascii=False)


def _junit(report: Report) -> str:
    errors = [one for one in report.told if one.finding.severity == "error"]
    suite = ET.Element("testsuite", name="quadrille schemas")
    for one in report.told:
        case = ET.SubElement(
            suite, "testcase", classname=one.file, name=f"{one.finding.rule} {one.finding.at}".strip(), file=one.file
        )
        if one.finding.severity == "error":
            failure = ET.SubElement(case, "failure", type=one.finding.rule, message=_printable(one.finding.why))
            failure.text = _printable(one.message)
        else:
            ET.SubElement(case, "system-out").text = _printable(one.message)
    unknown = [report.why] if report.verdict == "unknown" else []
    for why in unknown:
        case = ET.SubElement(suite, "testcase", classname="quadrille", name="the contracts can be judged")
        ET.SubElement(case, "error", type="cannot-judge", message=_printable(why))
    if not report.told and not unknown:
        ET.SubElement(suite, "testcase", classname="quadrille", name="no rule is broken")
    suite.set("tests", str(len(suite)))
    suite.set("failures", str(len(errors)))
    suite.set("errors", str(len(unknown)))
    ET.indent(suite)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(suite, encoding="unicode")


def _printable(text: str) -> str:
    # XML 1.0 has no way to write most control characters.
    return "".join(char if char in "\t\n" or ord(char) >= 32 else f"\\x{ord(char):02x}" for char in text)


def _github(report: Report) -> str:
    lines = [
        f"::{_GITHUB[one.finding.severity]} file={_property(one.file)},line={one.line},"
        f"title={_property(one.finding.rule)}::{_data(one.message)}"
        for one in report.told
    ]
    if report.verdict == "unknown":
        lines.append(f"::error title=cannot-judge::{_data(report.why)}")
    return "\n".join([*lines, f"verdict: {report.verdict}"])


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _sarif(report: Report) -> str:
    used = sorted({one.finding.rule for one in report.told})
    results = [
        {
            "ruleId": one.finding.rule,
            "ruleIndex": used.index(one.finding.rule),
            "level": one.finding.severity,
            "message": {"text": one.message},
            "locations": [
                {"physicalLocation": {"artifactLocation": {"uri": one.file}, "region": {"startLine": one.line}}}
            ],
        }
        for one in report.told
    ]
    invocation: dict[str, Any] = {"executionSuccessful": report.verdict != "unknown"}
    if report.why:
        invocation["toolExecutionNotifications"] = [{"level": "error", "message": {"text": report.why}}]
    driver = {"name": "quadrille", "rules": [_sarif_rule(rule) for rule in used]}
    run = {"tool": {"driver": driver}, "invocations": [invocation], "results": results}
    return json.dumps({"version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False)


def _sarif_rule(rule: str) -> dict[str, Any]:
    known = ALL_RULES.get(rule)
    if known is None:
        return {"id": rule}
    return {
        "id": rule,
        "shortDescription": {"text": known.line},
        "fullDescription": {"text": f"{known.why} {known.instead}"},
        "help": {"text": f"{known.why}\n\n{known.instead}\n\n{_PAGES}/{rule}.md"},
        "defaultConfiguration": {"level": known.severity.value},
    }
