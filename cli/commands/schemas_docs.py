"""`quadrille schemas docs`: the contracts as pages for people, and as an AsyncAPI document."""

from __future__ import annotations

from pathlib import Path

import click

from cli.command import Command
from cli.errors import WRONG_USAGE, CommandError
from cli.output import print_json, say


class NotMade(CommandError):
    """The pages cannot be made of what is there, or not written where they should be."""

    exit_code = WRONG_USAGE


@click.command(cls=Command, epilog="Exit codes: 0 fine, 2 the pages cannot be made.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("build/docs"),
    show_default=True,
    help="Folder of the pages. One that they fill already is made again.",
)
@click.option("--open", "show", is_flag=True, help="Show them in a browser.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def docs(*, out: Path, show: bool, as_json: bool) -> None:
    """Write events, topics and APIs as pages for people, and as an AsyncAPI document.

    The pages need no server and no network: open index.html.

    \b
    Examples:
      quadrille schemas docs --open
      quadrille schemas docs --out /srv/www/contracts
    """  # noqa: D301 - click reads \b
    from registry.findings import RegistryError

    try:
        from admin.reference import sources
        from codegen.protobuf import ProtocError
        from pages.site import INDEX, build, write
        from registry.catalogue import load
    except ModuleNotFoundError as error:
        raise NotMade(f"the pages cannot be made: {error}; run `make setup`") from error
    root = Path.cwd()
    try:
        made = build(sources(root, load(root)))
        write(out, made)
    except (RegistryError, ProtocError) as error:
        if as_json:
            print_json({"verdict": "unknown", "why": str(error)})
        raise NotMade(f"the pages cannot be made: {error}") from error
    start = out / INDEX
    if as_json:
        print_json({"verdict": "ok", "files": sorted(made), "start": str(start)})
    else:
        say(f"{len(made)} files. Open {start} in a browser.")
    if show:
        click.launch(start.resolve().as_uri())
