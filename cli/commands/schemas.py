"""`quadrille schemas`: lint the event schemas, compare them with every released version, record a release."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.commands.schemas_diff import diff
from cli.errors import WRONG_USAGE, CommandError, Refused

if TYPE_CHECKING:
    from registry.catalogue import Catalogue
    from registry.findings import Finding


class NoVerdict(CommandError):
    """Neither yes nor no would be true. Scripts must not take it for either."""

    exit_code = WRONG_USAGE


_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group(epilog="Exit codes: 0 fine, 1 a rule is broken, 2 it could not be judged.")
def command() -> None:
    """Lint, check and record the event schemas.

    \b
    Examples:
      quadrille schemas check         lint, and compare with every released version
      quadrille schemas record        release what is in schemas/ now
    """  # noqa: D301 - click reads \b


command.add_command(diff)


@command.command()
@_json
def lint(*, as_json: bool) -> None:
    """Check the schemas against the house rules."""
    from registry.lint import RULES
    from registry.lint import lint as check_rules

    catalogue = _load(as_json=as_json)
    _finish(check_rules(catalogue), f"{len(catalogue.files)} schemas keep {len(RULES)} rules.", {}, as_json=as_json)


@command.command()
@_json
def check(*, as_json: bool) -> None:
    """Lint, and compare with every released version, in both directions."""
    from registry.compat import check as compare
    from registry.findings import CannotJudge
    from registry.lint import lint as check_rules

    catalogue = _load(as_json=as_json)
    try:
        report = compare(Path.cwd(), catalogue)
    except CannotJudge as error:
        raise NoVerdict(_no_verdict(str(error), as_json=as_json)) from error
    open_ = [f"{len(names)} {what}" for what, names in (("new", report.new), ("changed", report.changed)) if names]
    unreleased = f" Not released yet: {', '.join(open_)}; `quadrille schemas record` does it." if open_ else ""
    said = (
        f"{len(catalogue.subjects)} subjects are compatible with their {report.compared} released versions.{unreleased}"
    )
    extra = {"compared": report.compared, "new": report.new, "changed": report.changed}
    _finish([*check_rules(catalogue), *report.findings], said, extra, as_json=as_json)


@command.command()
@_json
def record(*, as_json: bool) -> None:
    """Release the current schemas: append them to the history. What is released is never edited."""
    from registry.compat import check as compare
    from registry.findings import CannotJudge
    from registry.history import read_history, record_current
    from registry.lint import lint as check_rules

    catalogue = _load(as_json=as_json)
    root = Path.cwd()
    try:
        findings = check_rules(catalogue)
        if read_history(root):
            findings += compare(root, catalogue).findings
        if findings:
            _finish(findings, "", {"recorded": []}, as_json=as_json)
        new = record_current(root, catalogue)
    except CannotJudge as error:
        raise NoVerdict(_no_verdict(str(error), as_json=as_json)) from error
    if as_json:
        rows = [{"subject": v.subject, "version": v.number, "fingerprint": v.fingerprint, "file": v.path} for v in new]
        click.echo(json.dumps({"verdict": "ok", "findings": [], "recorded": rows}, indent=2))
        return
    for version in new:
        click.echo(f"{version.subject} version {version.number}: {version.path}")
    after = "Now run `make generate`: the package ships the history." if new else "Every subject is released already."
    click.echo(f"{len(new)} recorded. {after}")


def _load(*, as_json: bool) -> Catalogue:
    from registry.catalogue import load
    from registry.findings import CannotJudge, InvalidSources

    try:
        return load(Path.cwd())
    except InvalidSources as error:
        # What cannot be read cannot be judged; every finding is told all the same.
        raise NoVerdict(_no_verdict(str(error), as_json=as_json, findings=error.findings)) from error
    except CannotJudge as error:
        raise NoVerdict(_no_verdict(str(error), as_json=as_json)) from error


def _no_verdict(why: str, *, as_json: bool, findings: Sequence[Finding] = ()) -> str:
    if as_json:
        rows = [finding.to_json() for finding in findings]
        click.echo(json.dumps({"verdict": "unknown", "why": why, "findings": rows}, indent=2))
    return f"the schemas cannot be judged: {why}"


def _finish(findings: Sequence[Finding], said: str, extra: dict[str, object], *, as_json: bool) -> None:
    if as_json:
        verdict = "refused" if findings else "ok"
        rows = [finding.to_json() for finding in findings]
        click.echo(json.dumps({"verdict": verdict, "findings": rows, **extra}, indent=2))
    else:
        for finding in findings:
            click.echo(str(finding))
        if not findings:
            click.echo(said)
    if findings:
        raise Refused(f"{len(findings)} broken rule{'s' if len(findings) > 1 else ''} in the schemas")
