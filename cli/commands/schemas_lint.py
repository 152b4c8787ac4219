"""`quadrille schemas lint`: the house rules, on this project's schemas."""

from __future__ import annotations

from pathlib import Path

import click

from cli.errors import Refused
from cli.schema_reports import form_option, load_catalogue, report_of, tell


@click.command(epilog="Exit codes: 0 every rule is kept, 1 one is broken, 2 it could not be judged.")
@form_option
def lint(*, form: str) -> None:
    """Hold the schemas against the house rules."""
    from registry.lint import RULES
    from registry.lint import lint as check_rules

    root = Path.cwd()
    catalogue = load_catalogue(root, form)
    findings = check_rules(catalogue)
    tell(report_of(root, catalogue, findings), form)
    errors = [finding for finding in findings if finding.severity == "error"]
    if errors:
        raise Refused(f"{len(errors)} broken rule{'s' if len(errors) > 1 else ''} in the schemas")
    if form == "text":
        click.echo(f"{len(catalogue.files)} schemas keep {len(RULES)} rules.")
