"""`quadrille down`: stop everything that `up` started."""

from __future__ import annotations

import click

from admin.errors import local_errors
from cli.command import Command
from cli.output import say


@click.command(cls=Command)
def command() -> None:
    """Stop everything that `up` started; the data stays.

    Services finish their batch and answer the calls in flight, then the servers stop. Of external servers nothing is
    stopped.

    \b
    Examples:
      quadrille down
      make clean-data       stop everything and delete the data
    """  # noqa: D301 - click reads \b
    from cli import output
    from local.platform import stop
    from local.settings import Platform

    console = output.console()
    with local_errors():
        platform = Platform.load()
        with console.status("stopping") as spinner:
            stopped = stop(platform, lambda names: spinner.update(f"stopping {names}"))
    say(f"stopped {', '.join(stopped)}" if stopped else "nothing was running")
