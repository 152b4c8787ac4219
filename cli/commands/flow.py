"""`quadrille flow`: the choreography as a Mermaid diagram, and the services' state machines as tables."""

from __future__ import annotations

import click

from cli.command import Command
from cli.output import say_lines


@click.command(cls=Command)
@click.option("--json", "as_json", is_flag=True, help="Print JSON: each handler with what it reads and may publish.")
@click.option("--states", is_flag=True, help="Print the services' state machines as tables instead, in Markdown.")
def command(*, as_json: bool, states: bool) -> None:
    """Print the choreography as a Mermaid diagram, from topics.yaml and the handlers that are really registered.

    A dotted arrow is an event that is agreed upon and that nothing publishes yet.

    \b
    Examples:
      quadrille flow > choreography.mmd
      quadrille flow --states > docs/state-machines.md
      quadrille flow --json | jq -r '.handlers[] | "\\(.event) -> \\(.service): \\(.publishes | join(", "))"'
    """  # noqa: D301 - click reads \b
    from dataclasses import asdict

    from admin.choreography import answers, calls, mermaid, timers
    from cli import output

    if states:
        if as_json:
            raise click.UsageError("--states is Markdown; it has no --json.")
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
    else:
        say_lines(mermaid(choreography, calls(), timers()))
