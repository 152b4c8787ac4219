"""`quadrille audit`: check the platform's invariants in the live databases."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from admin.audit.report import run, to_json, verdict
from cli.command import Command
from cli.errors import ANSWER_IS_NO
from cli.numbers import Number

if TYPE_CHECKING:
    from rich.console import Console

    from admin.audit.facts import Facts
    from admin.audit.invariants import Finding

MOST_NAMED = 10
#: How long an audit after mending waits for what was published again to be read.
MENDED_WAIT = 30.0


@click.command(cls=Command, epilog="Exit codes: 0 nothing is broken, 1 an invariant is, 3 a server is not reachable.")
@click.option(
    "--wait",
    type=Number(0),
    default=0.0,
    metavar="SECONDS",
    help="Wait at most so long for a quiet system first: nothing unread, unpublished or unanswered, no dead letter.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, with every violation.")
@click.option(
    "--metrics-file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Also write the findings there, as a textfile for Prometheus' node exporter: `audit.prom`.",
)
@click.option("--mend", is_flag=True, help="Offer the commands that mend findings, one by one, where one is safe.")
@click.option(
    "--grants",
    is_flag=True,
    help="Audit nothing; print the SQL that lets the auditor in, for each server. It holds passwords.",
)
@click.option("--yes", is_flag=True, help="With --mend: run all of them without asking.")
def command(*, wait: float, as_json: bool, metrics_file: Path | None, mend: bool, grants: bool, yes: bool) -> int:
    """Check the platform's invariants in the live databases, as a role that cannot write.

    It may run while orders arrive: what is still under way is counted as pending, and is no breach.

    With --mend it says of each finding which command mends it, and runs it if you say so. Only commands are offered
    that are safe whatever has happened: they publish again what was published, or make rows again from it. None moves
    money or stock but by the rows and events that are there. Where none is safe, it says what to look at.

    \b
    Examples:
      quadrille audit
      quadrille audit --wait 30
      quadrille audit --wait 30 --mend
      quadrille audit --grants
      quadrille audit --metrics-file /var/lib/node_exporter/quadrille.prom
      quadrille audit --json | jq '.invariants[] | select(.broken > 0)'
    """  # noqa: D301 - click reads \b
    from admin.clients import load_platform
    from cli import output

    if yes and not mend:
        raise click.UsageError("--yes answers what --mend asks; say both.")
    if mend and as_json:
        raise click.UsageError("--mend asks, and --json is for programs; use one of them.")
    platform = load_platform()
    if grants:
        from local.auditor import auditors, script

        output.say_lines(script(auditors(platform)))
        return 0
    facts, findings, seconds = run(platform, wait=wait)
    if mend:
        from cli.mending import mend_all

        show(facts, findings, seconds, output.console())
        if mend_all(facts, findings, yes=yes):
            facts, findings, seconds = run(platform, wait=max(wait, MENDED_WAIT))
            show(facts, findings, seconds, output.console())
    elif as_json:
        output.print_json(to_json(facts, findings, seconds))
    else:
        show(facts, findings, seconds, output.console())
    if metrics_file is not None:
        from admin.audit.exposition import write

        try:
            write(metrics_file, findings)
        except OSError as error:
            raise click.UsageError(f"--metrics-file {metrics_file} cannot be written: {error.strerror}.") from error
    return ANSWER_IS_NO if any(finding.violations for finding in findings) else 0


def show(facts: Facts, findings: Sequence[Finding], seconds: float, console: Console) -> None:
    """Print an audit.

    Args:
        facts: What was read.
        findings: What became of the invariants.
        seconds: How long it took.
        console: Where to.
    """
    from cli import output

    shown = output.table("invariant", "checked", "broken", "pending", "", right=("checked", "broken", "pending"))
    for finding in findings:
        broken = len(finding.violations)
        shown.add_row(
            finding.name,
            f"{finding.checked:,}",
            output.styled("red" if broken else "green", f"{broken:,}"),
            f"{finding.pending:,}",
            finding.says,
        )
    output.print_table(shown)
    for finding in findings:
        for violation in finding.violations[:MOST_NAMED]:
            output.line(console, output.styled("red", finding.name), f": {violation.subject}: {violation.what}")
        if len(finding.violations) > MOST_NAMED:
            console.print(f"  and {len(finding.violations) - MOST_NAMED:,} more; `--json` lists all of them")
    for what in facts.in_flight:
        output.line(console, output.styled("yellow", "not quiet"), f": {what}")
    if any(finding.violations for finding in findings):
        console.print("`quadrille audit --mend` says what mends each, and does it where that is safe")
    colour = "red" if any(finding.violations for finding in findings) else "green"
    said = output.styled(colour, verdict(facts, findings))
    output.line(console, said, f" (read and judged in {seconds:.1f} s)")
