"""`quadrille backup`: write a service's database, or all that the schema registry has, to a file."""

from __future__ import annotations

from pathlib import Path

import click

from admin.errors import local_errors
from cli.command import Command
from cli.output import say
from services.catalogue import SERVICES


@click.command(cls=Command, epilog="Exit codes: 0 written, 1 it cannot be, 3 the registry does not answer.")
@click.argument("service", type=click.Choice([*SERVICES, "registry"]))
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def command(*, service: str, file: Path) -> None:
    """Write the database of SERVICE to FILE, in the custom format of `pg_dump`; or the registry, by its own export.

    A database's backup holds one consistent moment: rows, outbox, positions and dead letters belong together. The
    service works on. The registry's holds every schema with its ids.

    \b
    Examples:
      quadrille backup order order.dump
      quadrille restore order order.dump
      quadrille backup registry registry.zip
    """  # noqa: D301 - click reads \b
    from admin.clients import load_platform
    from local import backups, registry_backups

    platform = load_platform()
    with local_errors():
        if service == "registry":
            registry_backups.dump(platform, file)
        else:
            backups.dump(platform, service, file)
    say(f"{file}: {file.stat().st_size:,} bytes")
