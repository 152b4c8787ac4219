"""One audit, read and judged; and what it says as JSON."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from admin.audit.facts import Facts
    from admin.audit.invariants import Finding
    from local.settings import Platform


def run(platform: Platform, *, wait: float = 0.0) -> tuple[Facts, list[Finding], float]:
    """Read and judge.

    Args:
        platform: Where everything is.
        wait: Seconds to wait for a quiet system first.

    Returns:
        The facts, a finding for each invariant, and how long it took.
    """
    from admin.audit.invariants import judge
    from admin.audit.reading import read

    began = time.monotonic()
    facts = read(platform, wait=wait)
    return facts, judge(facts), time.monotonic() - began


def verdict(facts: Facts, findings: Sequence[Finding]) -> str:
    """Say in a sentence what holds and what does not: how many are broken, and of how many.

    Args:
        facts: What was read.
        findings: What became of the invariants.
    """
    from admin.audit.invariants import tallies

    state = "the system is quiet" if facts.quiet else "not everything could be judged yet"
    broken = [f"{t.broken:,} of {t.known:,} {t.kind}" for t in tallies(facts, findings) if t.broken]
    if broken:
        return f"broken for {', '.join(broken)}; {state}"
    return f"every invariant holds for {len(facts.orders):,} orders; {state}"


def to_json(facts: Facts, findings: Sequence[Finding], seconds: float) -> dict[str, Any]:
    """Give an audit as JSON.

    Args:
        facts: What was read.
        findings: What became of the invariants.
        seconds: How long it took.
    """
    from admin.audit.invariants import tallies
    from admin.audit.remedies import advise

    remedies = {(one.finding, one.subject): one.remedy for one in advise(facts, findings)}
    return {
        "holds": not any(finding.violations for finding in findings),
        "verdict": verdict(facts, findings),
        "quiet": facts.quiet,
        "under_way": list(facts.in_flight),
        "orders": len(facts.orders),
        "broken": {tally.kind: tally.broken for tally in tallies(facts, findings)},
        "seconds": round(seconds, 2),
        "invariants": [
            {
                "name": finding.name,
                "says": finding.says,
                "checked": finding.checked,
                "pending": finding.pending,
                "broken": len(finding.violations),
                "violations": [
                    {
                        "subject": violation.subject,
                        "what": violation.what,
                        "mend": " ".join(("quadrille", *remedies[finding.name, violation.subject].command))
                        if remedies[finding.name, violation.subject].command
                        else None,
                        "why": remedies[finding.name, violation.subject].why,
                    }
                    for violation in finding.violations
                ],
            }
            for finding in findings
        ],
    }
