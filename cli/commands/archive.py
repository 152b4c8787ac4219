"""`quadrille archive`: old orders leave the databases, and can be found again in files."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import click

from admin.errors import Refused
from cli.command import Group
from cli.numbers import Number
from cli.output import print_json_line, say

if TYPE_CHECKING:
    from admin.archiving import Plan

EXIT_CODES = "Exit codes: 0 done, 1 it cannot be, 2 wrong usage, 3 a server is not reachable."


@click.group(cls=Group, epilog=EXIT_CODES)
def command() -> None:
    """Move old orders from the databases into files, and find one there.

    \b
    Examples:
      quadrille archive run --older-than 90 --to /srv/archive --dry-run
      quadrille archive run --older-than 90 --to /srv/archive --reason 'every month'
      quadrille archive show 01a20da7-3819-7760-a2cd-ee6e25a43f36 --from /srv/archive
    """  # noqa: D301 - click reads \b


@command.command("run", epilog=EXIT_CODES)
@click.option(
    "--older-than",
    "days",
    required=True,
    type=Number(1, 36_500),
    metavar="DAYS",
    help="Orders that were placed before so many days; at least 1.",
)
@click.option(
    "--to", "folder", required=True, type=click.Path(file_okay=False, path_type=Path), help="The folder for the files."
)
@click.option("--dry-run", is_flag=True, help="Only say how many, and what holds others back.")
@click.option("--reason", default="", help="Why; it is written down. Required, but for a dry run.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def run(*, days: float, folder: Path, dry_run: bool, reason: str, as_json: bool) -> None:
    """Archive orders: write all that the four services keep of them to files, and delete it.

    Only orders of which nothing more can come are archived, and only if the audit finds nothing broken. Services may
    run meanwhile. From then on they refuse events of these orders, so that a topic that is read again brings none back;
    `get` does not find them any more, and a PlaceOrder with the request id of one places a new order.

    One order that is not settled holds back all that were placed after it: `quadrille list --stuck` names it.
    """
    from admin import archiving
    from admin.clients import load_platform
    from cli import output

    if not dry_run and not reason:
        raise click.UsageError("archiving deletes rows; say why with --reason, or try it with --dry-run.")
    platform = load_platform()
    chosen = archiving.plan(platform, datetime.now(UTC) - timedelta(days=days))
    if not as_json:
        _print_plan(chosen)
    done = {}
    if not dry_run:
        archiving.audited(platform)
        progress = (lambda _, __: None) if as_json else lambda service, count: say(f"  {service}: {count:,}")
        done = archiving.carry_out(platform, chosen, folder, reason, progress)
    if as_json:
        output.print_json(chosen.to_json(done))
    elif not dry_run:
        say(f"archived {max(done.values()):,} orders to {folder}")


def _print_plan(chosen: Plan) -> None:
    from cli import output

    for service, one in chosen.held_back_by:
        say(f"held back by {one.key}: {service}: {one.why}")
    shown = output.table("service", "orders that can be archived", right=("orders that can be archived",))
    for service, count in chosen.orders.items():
        shown.add_row(service, f"{count:,}")
    output.print_table(shown)
    say(f"placed before {chosen.made_before:%Y-%m-%d %H:%M:%S} UTC")


@command.command("show", epilog=EXIT_CODES)
@click.argument("order_id", type=click.UUID)
@click.option(
    "--from",
    "folder",
    required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The folder with the files.",
)
def show(*, order_id: UUID, folder: Path) -> None:
    """Print the archived rows of an order, one JSON document on a line. No server is asked."""
    from admin.archiving import read_back

    found = list(read_back(folder, order_id))
    if not found:
        raise Refused(f"{folder} has no order {order_id}.")
    for row in found:
        print_json_line(row)
