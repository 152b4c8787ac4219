"""`quadrille schemas check`: the gate. Exit code 0 only if everything was judged and nothing is broken."""

from __future__ import annotations

from pathlib import Path

import click

from admin.errors import Refused, Unreachable
from cli.command import Command
from cli.output import say
from cli.schema_reports import NoVerdict, form_option, load_catalogue, print_report, report_of, unknown


@click.command(
    cls=Command,
    epilog="Exit codes: 0 nothing is broken, 1 something is, 2 it could not be judged, "
    "3 the registry is not reachable.",
)
@form_option
@click.option("--against", metavar="GIT_REF", help="Compare with a commit too: a branch, a tag or a commit.")
@click.option("--registry", "registry_url", metavar="URL", help="Compare with what a live registry really holds, too.")
def check(*, form: str, against: str | None, registry_url: str | None) -> None:
    """Lint, and compare with everything that was ever released: schemas, topics and protos.

    It needs no server and no network, unless --registry names one. `registry/accepted.yaml` holds what is lived with.

    \b
    Examples:
      quadrille schemas check
      quadrille schemas check --against origin/main --format github
      quadrille schemas check --registry http://127.0.0.1:27081/apis/ccompat/v7
    """  # noqa: D301 - click reads \b
    from registry.changes import ServerAway
    from registry.findings import CannotJudge
    from registry.gate import check as judge

    root = Path.cwd()
    catalogue = load_catalogue(root, form)
    try:
        verdict = judge(root, catalogue, commit=against, registry_url=registry_url)
    except CannotJudge as error:
        raise NoVerdict(unknown(str(error), form)) from error
    except ServerAway as error:
        unknown(str(error), form)
        raise Unreachable(f"{error}") from error
    facts = {
        "compared": verdict.compared,
        "new": list(verdict.new),
        "changed": list(verdict.changed),
        "left": verdict.left,
    }
    print_report(report_of(root, catalogue, verdict.findings, accepted=verdict.accepted, facts=facts), form)
    if form == "text":
        for line in verdict.left:
            say(f"left: {line}")
        for finding, acceptance in verdict.accepted:
            say(f"accepted until {acceptance.until}: {finding.rule} in {finding.file}: {acceptance.reason}")
        _say(verdict.errors != [], len(catalogue.subjects), verdict.compared, [*verdict.new, *verdict.changed])
    if verdict.errors:
        number = len(verdict.errors)
        raise Refused(f"{number} broken rule{'s' if number > 1 else ''} in the contracts")


def _say(broken: bool, subjects: int, compared: int, open_: list[str]) -> None:
    if broken:
        return
    later = f" Not released yet: {', '.join(open_)}; `quadrille schemas record` does it." if open_ else ""
    say(f"{subjects} subjects and the protos are compatible with {compared} released versions.{later}")
