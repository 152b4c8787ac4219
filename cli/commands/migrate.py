"""`quadrille migrate`: roles, databases and tables of the four services."""

from __future__ import annotations

import click

from admin.errors import local_errors
from cli.command import Command
from cli.output import say


@click.command(cls=Command)
def command() -> None:
    """Create roles and databases, and bring each service's tables up to date.

    `quadrille up` does it too. Running it twice changes nothing.

    \b
    Examples:
      quadrille migrate
      QUADRILLE_POSTGRES_URL=postgresql://admin:secret@db/postgres quadrille migrate
    """  # noqa: D301 - click reads \b
    from local.auditor import shut_out
    from local.provision import migrate, provision
    from local.settings import Platform

    with local_errors():
        platform = Platform.load()
        provision(platform)
        for line in migrate(platform) + shut_out(platform):
            say(line)
