"""What a check found: a rule, a place, a reason and a remedy.

RegistryError
├── InvalidSources    the schemas or topics.yaml break a rule; carries every finding
└── CannotJudge       a check could not be made; never to be taken for a pass
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One broken rule.

    Attributes:
        rule: Stable id of the rule, such as `unknown-type`.
        file: The file, relative to the repository where it lies inside.
        at: The place in the file, such as `fields.total`; empty for the file as a whole.
        why: What is wrong, in a sentence.
        fix: What to write instead, in a sentence.
        versions: Which recorded versions disagree, such as `1 -> current`; empty outside comparisons.
        severity: `error`, `warning` or `note`; only errors decide a verdict.
        direction: Which version cannot rightly read the other: `backward` if it is the newer, `forward` if the older.
        schema_at: The place in the schema, such as `shop.Money.amount`; empty outside comparisons.
        path_of_other_version: The file of the version compared with.
        evidence: A sample written with one version and read by the other, or why there is none.
    """

    rule: str
    file: str
    at: str
    why: str
    fix: str
    versions: str = ""
    severity: str = "error"
    direction: str = ""
    schema_at: str = ""
    path_of_other_version: str = ""
    evidence: str = ""

    def __str__(self) -> str:
        place = f"{self.file}: {self.at}" if self.at else self.file
        versions = f" [{self.versions}]" if self.versions else ""
        return f"{place}: {self.why} {self.fix} ({self.rule}){versions}"

    def to_json(self) -> dict[str, str]:
        """Return the finding as the JSON object that `--json` prints.

        Returns:
            One string for each attribute.
        """
        return asdict(self)


class RegistryError(Exception):
    """Base of what this package raises on purpose."""


class InvalidSources(RegistryError, ValueError):
    """The schemas or topics.yaml break at least one rule.

    Attributes:
        findings: All of them, in the order of the files.
    """

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("\n".join(str(finding) for finding in findings))
        self.findings = tuple(findings)


class CannotJudge(RegistryError):
    """A check could not be made, so neither yes nor no would be true."""
