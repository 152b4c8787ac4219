"""`quadrille migrate`: roles, databases and tables of the four services."""

from __future__ import annotations

import click

from cli.errors import Refused, Unreachable
from cli.output import say


@click.command()
def command() -> None:
    """Create roles and databases, and bring each service's tables up to date.

    `quadrille up` does it too. Running it twice changes nothing.

    \b
    Examples:
      quadrille migrate
      QUADRILLE_POSTGRES_URL=postgresql://admin:secret@db/postgres quadrille migrate
    """  # noqa: D301 - click reads \b
    from local.auditor import shut_out
    from local.errors import LocalError, ServerUnreachableError
    from local.provision import migrate, provision
    from local.settings import Platform

    try:
        platform = Platform.load()
        provision(platform)
        for line in migrate(platform) + shut_out(platform):
            say(line)
    except ServerUnreachableError as error:
        raise Unreachable(str(error)) from error
    except LocalError as error:
        raise Refused(str(error)) from error
