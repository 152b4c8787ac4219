"""`quadrille schemas record`: a release. What is recorded is never edited; only what the gate lets pass is."""

from __future__ import annotations

from pathlib import Path

import click

from admin.errors import Refused
from cli.command import Command
from cli.output import print_json, say
from cli.schema_reports import NoVerdict, form_option, load_catalogue, print_report, report_of, unknown


@click.command(
    cls=Command, epilog="Exit codes: 0 recorded, or nothing to record; 1 a rule is broken; 2 it could not be judged."
)
@form_option
@click.option("--first", is_flag=True, help="Begin a history: there is nothing to compare with yet.")
def record(*, form: str, first: bool) -> None:
    """Release the contracts as they are now: append schemas, topics and protos to the history.

    \b
    Examples:
      quadrille schemas record
      quadrille schemas record --first        in a project without a history
    """  # noqa: D301 - click reads \b
    from registry import protos, topic_history
    from registry.findings import CannotJudge
    from registry.gate import check
    from registry.history import HISTORY, read_history, record_current
    from registry.lint import lint

    root = Path.cwd()
    catalogue = load_catalogue(root, form)
    try:
        began = bool(read_history(root))
        if not began and not first:
            raise CannotJudge(f"{HISTORY} holds no version. Restore it, or begin it with `record --first`")  # noqa: TRY301
        if first and began:
            raise CannotJudge(f"{HISTORY} holds versions already; leave --first out")  # noqa: TRY301
        findings = lint(catalogue) if first else check(root, catalogue).errors
        if any(finding.severity == "error" for finding in findings):
            print_report(report_of(root, catalogue, findings, facts={"recorded": []}), form)
            raise Refused("nothing was recorded: the gate does not let the contracts pass")
        new = [(f"{v.subject} version {v.number}", v.path) for v in record_current(root, catalogue)]
        for name, added in (("topics", topic_history.record(root, catalogue.topics)), ("protos", protos.record(root))):
            new += [(f"{name} version {added.number}", added.path)] if added else []
    except CannotJudge as error:
        raise NoVerdict(unknown(str(error), form)) from error
    if form != "text":
        rows = [{"name": name, "file": path} for name, path in new]
        print_json({"verdict": "ok", "findings": [], "recorded": rows})
        return
    for name, path in new:
        say(f"{name}: {path}")
    after = "Now run `make generate`: the package ships the history." if new else "Everything is released already."
    say(f"{len(new)} recorded. {after}")
