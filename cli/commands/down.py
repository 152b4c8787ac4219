"""`quadrille down`: stop everything that `up` started."""

from __future__ import annotations

import click

from cli.errors import Refused
from cli.output import say


@click.command()
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
    from local.errors import LocalError
    from local.platform import stop
    from local.settings import Platform

    console = output.console()
    try:
        platform = Platform.load()
        with console.status("stopping") as spinner:
            stopped = stop(platform, lambda names: spinner.update(f"stopping {names}"))
    except LocalError as error:
        raise Refused(str(error)) from error
    say(f"stopped {', '.join(stopped)}" if stopped else "nothing was running")
