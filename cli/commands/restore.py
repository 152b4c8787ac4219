"""`quadrille restore`: put a backup in the place of a service's database, or of what the schema registry has."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from admin.errors import local_errors
from cli.command import Command
from cli.output import say
from services.catalogue import SERVICES


@click.command(
    cls=Command,
    epilog="Exit codes: 0 done, 1 it cannot be, and the database is as it was, 3 PostgreSQL does not answer.",
)
@click.argument("service", type=click.Choice([*SERVICES, "registry"]))
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask.")
def command(*, service: str, file: Path, yes: bool) -> None:
    """Put FILE, a backup, in the place of the database of SERVICE. The replaced database is kept beside it.

    Processes of the service that `quadrille up` started are stopped meanwhile; instances elsewhere you must stop
    yourself. The service then finds that its database is older than what it has published, and waits for
    `quadrille rebuild`.

    With `registry`, FILE is an export of the registry: schemas come back with their ids. What the local registry had is
    kept in a database beside it; one elsewhere must be empty.

    \b
    Examples:
      quadrille restore order order.dump
      quadrille rebuild order
      quadrille restore registry registry.zip
    """  # noqa: D301 - click reads \b
    from admin.clients import load_platform
    from local import registry_backups
    from local.backups import restore, stopped

    platform = load_platform()
    if not yes:
        if not sys.stdin.isatty():
            raise click.UsageError("nobody is there to say yes; say --yes if it is to be done")
        click.confirm(f"Put {file} in the place of the {service} database?", abort=True)
    with local_errors():
        if service == "registry":
            kept = registry_backups.restore(platform, file)
            say(f"restored{f'; what it had is kept in the database {kept}' if kept else ''}")
            say("next: quadrille apply, which says whether the topics' schemas are all there")
            return
        with stopped(platform, service) as names:
            kept = restore(platform, service, file)
    say(f"restored; the replaced database is kept as {kept} (drop it when it is no longer needed)")
    if names:
        say(f"stopped and started again: {', '.join(names)}")
    say(f"next: quadrille rebuild {service} --dry-run")
