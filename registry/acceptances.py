"""Findings that people decided to live with: one file, each with its rule, place, reason and last day.

    - rule: alias
      file: schemas/order/OrderCreated.avsc     # glob patterns, as fnmatch has them
      at: fields.note                           # left out: any place
      reason: Renamed by the billing team before it was released.
      until: 2027-01-31

Only errors can be accepted; a warning or a note decides nothing anyway.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path

import yaml

from registry.contract_rules import ALL_RULES
from registry.findings import CannotJudge, Finding
from registry.rules import Severity

FILE = Path("registry/accepted.yaml")
_KEYS = {"rule", "file", "at", "reason", "until"}
_BUF = "buf-"


@dataclass(frozen=True, slots=True)
class Acceptance:
    """A finding that is lived with.

    Attributes:
        rule: The rule.
        file: Pattern of the file.
        at: Pattern of the place in it.
        reason: Why.
        until: The last day.
    """

    rule: str
    file: str
    at: str
    reason: str
    until: date

    def covers(self, finding: Finding) -> bool:
        """Tell whether a finding is meant.

        Args:
            finding: The finding.

        Returns:
            True if rule, file and place match.
        """
        place = fnmatchcase(finding.file, self.file) and fnmatchcase(finding.at, self.at)
        return finding.rule == self.rule and place


def read(root: Path) -> tuple[Acceptance, ...]:
    """Read the file of acceptances.

    Args:
        root: The repository.

    Returns:
        The acceptances; none if there is no such file.

    Raises:
        CannotJudge: The file is not what it should be. A wrong acceptance is never overlooked.
    """
    path = root / FILE
    if not path.exists():
        return ()
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise CannotJudge(f"{FILE} cannot be read: {' '.join(str(error).split())}") from None
    if not isinstance(raw, list | None):
        raise CannotJudge(f"{FILE} is no list; write `- rule: …` for each acceptance")
    return tuple(_acceptance(number, item) for number, item in enumerate(raw or (), start=1))


def apply(
    accepted: Sequence[Acceptance], findings: Sequence[Finding], today: date
) -> tuple[list[Finding], list[tuple[Finding, Acceptance]]]:
    """Take accepted findings out.

    Args:
        accepted: The acceptances.
        findings: What was found.
        today: The day.

    Returns:
        What is left, with a finding for each acceptance that matches nothing or has expired; and what was taken out.
    """
    left: list[Finding] = []
    out: list[tuple[Finding, Acceptance]] = []
    used: set[Acceptance] = set()
    for finding in findings:
        covering = [item for item in accepted if item.covers(finding)]
        used.update(covering)
        valid = [item for item in covering if item.until >= today]
        if valid and finding.severity == Severity.ERROR:
            out.append((finding, valid[0]))
        else:
            left.append(finding)
    for item in accepted:
        at = f"{item.rule} in {item.file}"
        if item not in used:
            why = f"Nothing breaks `{item.rule}` at `{item.file}` {item.at}."
            left.append(_finding("acceptance-unused", at, why))
        elif item.until < today:
            left.append(_finding("acceptance-expired", at, f"It was accepted until {item.until}: {item.reason}"))
    return left, out


def _finding(rule: str, at: str, why: str) -> Finding:
    return Finding(rule, FILE.as_posix(), at, why, ALL_RULES[rule].instead, severity=ALL_RULES[rule].severity.value)


def _acceptance(number: int, raw: object) -> Acceptance:
    where = f"{FILE}, acceptance {number}"
    if not isinstance(raw, dict):
        raise CannotJudge(f"{where} has no keys; give {', '.join(sorted(_KEYS))}")
    if unknown := set(raw) - _KEYS:
        raise CannotJudge(f"{where}: nobody reads `{min(map(str, unknown))}`; known are {sorted(_KEYS)}")
    rule, file, at = raw.get("rule"), raw.get("file"), raw.get("at", "*")
    reason, until = raw.get("reason"), raw.get("until")
    if rule not in ALL_RULES and not str(rule).startswith(_BUF):
        raise CannotJudge(f"{where}: there is no rule `{rule}`; `quadrille schemas rules` lists them")
    if not isinstance(file, str) or not isinstance(at, str):
        raise CannotJudge(f"{where}: `file` and `at` are patterns of text")
    if not isinstance(reason, str) or len(reason.split()) < 3:
        raise CannotJudge(f"{where}: `reason` says in a sentence why the finding is lived with")
    if type(until) is not date:
        raise CannotJudge(f"{where}: `until` is the last day, such as 2027-01-31, and is `{until}`")
    return Acceptance(str(rule), file, at, reason, until)
