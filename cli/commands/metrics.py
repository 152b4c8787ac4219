"""`quadrille metrics`: every metric of every process, as a page."""

from __future__ import annotations

import click

from cli.command import Command
from cli.output import say_lines


@click.command(cls=Command)
def command() -> None:
    """Print every metric with what it tells and what to do, in Markdown.

    \b
    Examples:
      quadrille metrics > docs/metrics.md
    """  # noqa: D301 - click reads \b
    from cli.metrics_page import page

    say_lines(page())
