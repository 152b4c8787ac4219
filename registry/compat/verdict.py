"""Two types at a level, as findings: which direction breaks, where, why, what to write instead, and the evidence.

BACKWARD: the new version reads what the old one wrote. FORWARD: the old one reads what the new one writes. FULL: both.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from registry.compat.evidence import Evidence, Witness
from registry.compat.places import render
from registry.compat.problems import Problem
from registry.compat.walk import compare
from registry.findings import Finding
from registry.model import Type
from registry.rules import RULES, Kind, Severity

# More samples than anybody reads would only take time.
MAX_SAMPLES: Final = 40
# What both directions tell alike.
_ONCE: Final = frozenset({"default-changed", "union-default-order"})


class Level(StrEnum):
    """Which versions must be able to read which."""

    BACKWARD = "BACKWARD"
    FORWARD = "FORWARD"
    FULL = "FULL"

    @classmethod
    def of(cls, name: str) -> Level:
        """Give the level of a subject, as topics.yaml and registries name it.

        Args:
            name: Such as `FULL_TRANSITIVE`: the gate compares with every version at any level.

        Returns:
            The level.
        """
        return cls(name.removesuffix("_TRANSITIVE"))

    @property
    def directions(self) -> tuple[str, ...]:
        """The directions that it asks for."""
        return ("backward", "forward") if self is Level.FULL else (self.value.lower(),)


@dataclass(frozen=True, slots=True)
class Sides:
    """What to call two versions: their files, and their numbers where they have some."""

    old: str
    new: str
    old_version: str = ""
    new_version: str = ""

    def versions(self, direction: str) -> str:
        """Name writer and reader of a direction; empty without numbers."""
        if not self.old_version:
            return ""
        pair = (self.old_version, self.new_version)
        return " -> ".join(pair if direction == "backward" else pair[::-1])


def judge(old: Type, new: Type, level: Level, sides: Sides) -> list[Finding]:
    """Compare two versions of a type.

    Args:
        old: The older version.
        new: The newer one.
        level: Which directions to judge.
        sides: What to call them.

    Returns:
        Everything found: errors, warnings and notes.
    """
    findings: list[Finding] = []
    told: set[tuple[str, str]] = set()
    for direction in level.directions:
        backward = direction == "backward"
        writer, reader = (old, new) if backward else (new, old)
        problems = [
            problem
            for problem in compare(writer, reader, writer_is_old=backward)
            if not (problem.rule in _ONCE and (problem.rule, problem.schema_at) in told)
        ]
        told |= {(problem.rule, problem.schema_at) for problem in problems if problem.rule in _ONCE}
        findings += _with_evidence(problems, Witness(writer, reader), direction, sides)
    return findings


def _with_evidence(problems: Sequence[Problem], witness: Witness, direction: str, sides: Sides) -> Iterator[Finding]:
    samples = 0
    for problem in problems:
        rule = RULES[problem.rule]
        evidence: Evidence | None = None
        if rule.kind is not Kind.LOSS:
            samples += 1
            many = Evidence(none=f"There are more than {MAX_SAMPLES} findings.")
            evidence = witness.evidence(problem) if samples <= MAX_SAMPLES else many
        yield Finding(
            rule=problem.rule,
            file=sides.new,
            at=render(problem.path),
            why=problem.why,
            fix=rule.instead,
            versions=sides.versions(direction),
            severity=rule.severity.value,
            direction=direction,
            schema_at=problem.schema_at,
            path_of_other_version=sides.old,
            evidence=str(evidence) if evidence else "",
        )


def is_error(finding: Finding) -> bool:
    """Tell whether a finding decides the verdict."""
    return finding.severity == Severity.ERROR
