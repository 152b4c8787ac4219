"""`quadrille schemas diff`: judge any two schema files or folders. It needs no project."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from admin.errors import Refused
from cli.command import Command
from cli.output import print_json, say_lines
from cli.schema_reports import FORMS, NoVerdict
from telemetry.escaping import shown

if TYPE_CHECKING:
    from registry.compat.sets import Comparison
    from registry.findings import Finding
    from registry.formats import Told

_SHOWN: Final = 100
# Each is located in its file; nobody reads the second thousand in a review.
_MOST_TOLD: Final = 1000
_READS: Final = {"backward": "new reads old", "forward": "old reads new", "": ""}


@click.command(cls=Command, epilog="Exit codes: 0 compatible, 1 not compatible, 2 it could not be judged.")
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@click.option(
    "--level",
    type=click.Choice(["BACKWARD", "FORWARD", "FULL"], case_sensitive=False),
    default="FULL",
    show_default=True,
    help="BACKWARD: new reads old. FORWARD: old reads new. FULL: both.",
)
@click.option("--format", "format_", type=click.Choice(FORMS), default="text", show_default=True)
def diff(*, old: Path, new: Path, level: str, format_: str) -> None:
    """Compare two Avro schema files, or two folders of them.

    Any schemas will do; none of this project's rules is asked for. In folders types are matched by full name.

    \b
    Examples:
      quadrille schemas diff old/Order.avsc new/Order.avsc
      quadrille schemas diff --level BACKWARD released/ schemas/
    """  # noqa: D301 - click reads \b
    from registry.compat.sets import diff as compare
    from registry.compat.verdict import Level
    from registry.findings import CannotJudge, InvalidSources

    try:
        result = compare(old, new, Level(level.upper()))
    except InvalidSources as error:
        raise NoVerdict(_unjudged(str(error), error.findings, format_)) from None
    except CannotJudge as error:
        raise NoVerdict(_unjudged(str(error), (), format_)) from None
    say_lines(_format(result, format_))
    if not result.compatible:
        raise Refused("the schemas are not compatible")


def unreadable(why: str, findings: Sequence[Finding], *, as_json: bool) -> str:
    """Tell that nothing can be judged: as JSON on standard output if that was asked for.

    Args:
        why: What stands in the way.
        findings: The same, one by one.
        as_json: Whether JSON was asked for.

    Returns:
        The sentence for standard error.
    """
    if as_json:
        rows = [finding.to_json() for finding in findings]
        print_json({"verdict": "unknown", "why": why, "findings": rows})
    return f"the schemas cannot be judged: {why}"


def _unjudged(why: str, findings: Sequence[Finding], format_: str) -> str:
    if format_ not in ("text", "json"):
        from registry.formats import Report, render

        say_lines(render(Report(_located(findings), "unknown", why), format_))
    return unreadable(why, findings, as_json=format_ == "json")


def _format(result: Comparison, format_: str) -> str:
    if format_ == "text":
        return _as_text(result)
    if format_ == "json":
        return _as_json(result)
    from registry.formats import Report, render

    verdict = "ok" if result.compatible else "refused"
    return render(Report(_located(result.findings[:_MOST_TOLD]), verdict), format_)


def _located(findings: Sequence[Finding]) -> list[Told]:
    from registry.formats import Told
    from registry.locate import locate

    return [Told(finding, *locate(Path(), None, finding)) for finding in findings]


def _as_json(result: Comparison) -> str:
    return json.dumps(
        {
            "verdict": "compatible" if result.compatible else "incompatible",
            "level": result.level.value,
            "compared": [{"old": os.fspath(old), "new": os.fspath(new)} for old, new in result.compared],
            "findings": [finding.to_json() for finding in result.findings],
        },
        indent=2,
    )


def _as_text(result: Comparison) -> str:
    order = {"error": 0, "warning": 1, "note": 2}
    ranked = sorted(result.findings, key=lambda item: (order[item.severity], item.file, item.at, item.rule))
    lines: list[str] = []
    groups = [
        list(group) for _, group in groupby(ranked, key=lambda item: (item.severity, item.file, item.at, item.rule))
    ]
    for group in groups[:_SHOWN]:
        lines += [*_block(group), ""]
    if len(groups) > _SHOWN:
        lines += [f"… and {len(groups) - _SHOWN:,} more; --format json tells all.", ""]
    names = sorted({new for _, new in result.compared})
    what = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
    counts = {severity: sum(item.severity == severity for item in result.findings) for severity in order}
    summary = ", ".join(f"{number} {name}{'s' if number != 1 else ''}" for name, number in counts.items() if number)
    verdict = "compatible" if result.compatible else "not compatible"
    lines.append(f"{result.level.value}: {verdict}{f' ({summary})' if summary else ''}. Compared: {what or 'nothing'}.")
    # Names, docs and file names are anybody's: each line stays one.
    return "\n".join(map(shown, lines))


def _block(group: Sequence[Finding]) -> Iterator[str]:
    """Write the findings of one rule at one place: both directions, if both break."""
    from registry.rules import RULES

    first = group[0]
    yield f"{first.severity}: {first.rule} at {first.at or 'the top'}"
    if first.severity == "note":
        for item in group:
            yield f"  {_READS[item.direction]}: {item.why}".replace("  : ", "  ")
        return
    for item in group:
        yield f"  {_READS[item.direction]}: {item.why}".replace("  : ", "  ")
        if item.evidence:
            yield f"    evidence: {item.evidence}"
    if first.schema_at and first.schema_at != first.at:
        yield f"  schema:   {first.schema_at}"
    versions = f"{first.path_of_other_version} -> {first.file}" if first.path_of_other_version else first.file
    yield f"  versions: {versions}"
    yield f"  why:      {RULES[first.rule].why}"
    yield f"  instead:  {first.fix}"
