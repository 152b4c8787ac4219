"""`quadrille backup`: write a service's database to a file."""

from __future__ import annotations

from pathlib import Path

import click

from cli.choreography import SERVICES
from cli.errors import Refused


@click.command(epilog="Exit codes: 0 written, 1 it cannot be.")
@click.argument("service", type=click.Choice(SERVICES))
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def command(*, service: str, file: Path) -> None:
    """Write the database of SERVICE to FILE, in the custom format of `pg_dump`.

    It holds one consistent moment: rows, outbox, positions and dead letters belong together. The service works on.

    \b
    Examples:
      quadrille backup order order.dump
      quadrille restore order order.dump
    """  # noqa: D301 - click reads \b
    from cli.clients import load_platform
    from local.backups import dump
    from local.errors import LocalError

    try:
        dump(load_platform(), service, file)
    except LocalError as error:
        raise Refused(str(error)) from None
    click.echo(f"{file}: {file.stat().st_size:,} bytes")
