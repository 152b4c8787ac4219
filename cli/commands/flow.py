"""`quadrille flow`: the choreography as a Mermaid diagram, and the services' state machines as tables."""

from __future__ import annotations

import re
from pathlib import Path

import click

from admin.errors import Refused
from cli.command import Command
from cli.output import say_lines

_BLOCK = re.compile(r"```mermaid\n.*?```", re.DOTALL)


@click.command(cls=Command)
@click.option("--json", "as_json", is_flag=True, help="Print JSON: each handler with what it reads and may publish.")
@click.option("--states", is_flag=True, help="Print the services' state machines as tables instead, in Markdown.")
@click.option(
    "--into",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="PAGE",
    help="Put the diagram in the place of the one that a Markdown page has.",
)
def command(*, as_json: bool, states: bool, into: Path | None) -> None:
    """Print the choreography as a Mermaid diagram, from topics.yaml and the handlers that are really registered.

    A dotted arrow is an event that is agreed upon and that nothing publishes yet.

    \b
    Examples:
      quadrille flow > choreography.mmd
      quadrille flow --into README.md
      quadrille flow --states > docs/state-machines.md
      quadrille flow --json | jq -r '.handlers[] | "\\(.event) -> \\(.service): \\(.publishes | join(", "))"'
    """  # noqa: D301 - click reads \b
    from dataclasses import asdict

    from admin.choreography import answers, calls, mermaid, timers
    from cli import output

    if as_json + states + (into is not None) > 1:
        raise click.UsageError("--json, --states and --into are three ways to print; use one of them.")
    if states:
        from admin.transition_tables import page

        say_lines(page())
        return
    choreography = answers()
    if as_json:
        found = {
            "calls": [asdict(call) for call in calls()],
            "timers": [asdict(timer) for timer in timers()],
            "handlers": [asdict(answer) for answer in choreography],
        }
        output.print_json(found)
        return
    picture = mermaid(choreography, calls(), timers())
    if into is None:
        say_lines(picture)
        return
    text = into.read_text(encoding="utf-8")
    if len(_BLOCK.findall(text)) != 1:
        raise Refused(f"{into} has no ```mermaid block, or several; it needs one.")
    into.write_text(_BLOCK.sub(lambda _: f"```mermaid\n{picture}\n```", text), encoding="utf-8")
