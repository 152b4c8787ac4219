"""`quadrille schemas plan`: what `quadrille apply` would do. It writes nothing to any server."""

from __future__ import annotations

from pathlib import Path

import click

from cli.applying import as_json, load_plan_parts, show
from cli.command import Command
from cli.output import say, say_lines
from registry.plan import counts


@click.command(
    cls=Command, epilog="Exit codes: 0 planned, 1 something differs that apply leaves alone, 3 a server is away."
)
@click.option("--json", "json_", is_flag=True, help="Print JSON.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Keep the plan for apply.")
def plan(*, json_: bool, out: Path | None) -> int:
    """Show what `quadrille apply` would do to Kafka and to the registry: topics, schemas, levels.

    \b
    Examples:
      quadrille schemas plan
      quadrille schemas plan --out plan.json && quadrille apply --plan plan.json
    """  # noqa: D301 - click reads \b
    planned = load_plan_parts().plan()
    if out is not None:
        out.write_text(as_json(planned) + "\n", encoding="utf-8")
    if json_:
        say_lines(as_json(planned))
    else:
        show(planned.changes, unchanged=False)
        say(f"Plan: {counts(planned.changes)}." + (f" Kept in {out}." if out else ""))
    return 1 if planned.open else 0
