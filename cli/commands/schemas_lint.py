"""`quadrille schemas lint`: the house rules, on this project's schemas or on anybody's."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from admin.errors import Refused
from cli.command import Command
from cli.output import say
from cli.schema_reports import NoVerdict, form_option, load_catalogue, print_report, report_of, unknown

if TYPE_CHECKING:
    from registry.catalogue import Catalogue
    from registry.findings import Finding

_MOST_PRINTED: Final = 1000


@click.command(cls=Command, epilog="Exit codes: 0 every rule is kept, 1 one is broken, 2 it could not be judged.")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--without", multiple=True, metavar="RULE", help="Leave a rule out; may be given repeatedly.")
@form_option
def lint(*, paths: tuple[Path, ...], without: tuple[str, ...], form: str) -> None:
    """Hold schemas against the house rules.

    Without PATHS: this project's own. With PATHS: any schema files and folders, and no project is needed.

    \b
    Examples:
      quadrille schemas lint
      quadrille schemas lint --without doc --without money-type their/schemas
    """  # noqa: D301 - click reads \b
    from registry.lint import RULES
    from registry.lint import lint as check_rules

    strange = sorted(set(without) - set(RULES))
    if strange:
        raise click.UsageError(f"there is no lint rule `{strange[0]}`; `quadrille schemas rules` lists them")
    root = Path.cwd()
    catalogue: Catalogue | None = None
    if paths:
        findings, count = _lint_paths(paths, without, form)
    else:
        catalogue = load_catalogue(root, form)
        findings = [finding for finding in check_rules(catalogue) if finding.rule not in without]
        count = len(catalogue.files)
    # Each is located in its file: a hostile one has a million, and nobody reads the second thousand.
    print_report(report_of(root, catalogue, findings[:_MOST_PRINTED]), form)
    if len(findings) > _MOST_PRINTED:
        say(f"{len(findings) - _MOST_PRINTED:,} more findings are not told", err=True)
    errors = [finding for finding in findings if finding.severity == "error"]
    if errors:
        raise Refused(f"{len(errors)} broken rule{'s' if len(errors) > 1 else ''} in the schemas")
    if form == "text":
        say(f"{count} schemas keep {len(set(RULES) - set(without))} rules.")


def _lint_paths(paths: Sequence[Path], without: Sequence[str], form: str) -> tuple[list[Finding], int]:
    from registry.documents import load_documents
    from registry.findings import CannotJudge, InvalidSources
    from registry.lint import lint_documents

    try:
        documents = [document for path in paths for document in load_documents(path)]
    except InvalidSources as error:
        raise NoVerdict(unknown("a file is no schema", form, Path.cwd(), error.findings)) from None
    except CannotJudge as error:
        raise NoVerdict(unknown(str(error), form)) from None
    return lint_documents(documents, without), len(documents)
