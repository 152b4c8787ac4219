"""`quadrille rebuild`: make rows again that a restored database lost, from what its service published."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import click

from cli.command import Command
from cli.errors import ANSWER_IS_NO
from cli.output import say
from services.catalogue import SERVICES

if TYPE_CHECKING:
    from local.settings import Platform
    from services.chassis.recover.rebuild import Report

#: Refused events that are printed for a person; the others are counted.
MOST_PRINTED = 20


@click.command(
    cls=Command,
    epilog="Exit codes: 0 the databases know all that was published, 1 something cannot be made a row again yet, "
    "3 a server is not reachable.",
)
@click.argument("services", nargs=-1, type=click.Choice(SERVICES))
@click.option(
    "--order",
    "order_id",
    type=click.UUID,
    metavar="ID",
    help="Only the row of this order: for one that was lost alone.",
)
@click.option("--dry-run", is_flag=True, help="Try all of it, and take all of it back.")
@click.option(
    "--set-aside",
    "aside",
    metavar="TOPIC/PARTITION@OFFSET",
    multiple=True,
    help="Pass over this record from now on: somebody else has published it. Nothing else is done.",
)
@click.option("--reason", help="Why; it is written down.  [default: the database was restored]")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(
    *,
    services: tuple[str, ...],
    order_id: UUID | None,
    dry_run: bool,
    aside: tuple[str, ...],
    reason: str | None,
    as_json: bool,
) -> int:
    """Make rows again that SERVICES (all, if none is named) published events about and their databases do not have.

    For when a database was restored from a backup. Until this is done the service reads nothing and refuses calls that
    publish, and says so in `quadrille status`; afterwards it goes on by itself, within two seconds. It may be run at
    any time, and twice: what a database knows already is left alone. Nothing is decided and nothing is published.

    \b
    Examples:
      quadrille rebuild --dry-run
      quadrille rebuild order
      quadrille rebuild shipping --order 01a20da7-3819-7760-a2cd-ee6e25a43f36
      quadrille rebuild inventory --set-aside inventory-events/3@17 --reason 'a test of another team'
    """  # noqa: D301 - click reads \b
    from admin.clients import load_platform
    from admin.rebuilding import is_complete, rebuild, to_json
    from cli import output

    platform = load_platform()
    if aside:
        return _set_aside(platform, services, aside, reason)
    reason = reason or "the database was restored"
    reports = {
        service: rebuild(platform, service, reason=reason, order_id=order_id, dry_run=dry_run)
        for service in dict.fromkeys(services or SERVICES)
    }
    if as_json:
        output.print_json({service: to_json(report) for service, report in reports.items()} | {"dry_run": dry_run})
    else:
        for service, report in reports.items():
            _print(service, report, dry_run=dry_run)
    return 0 if all(map(is_complete, reports.values())) else ANSWER_IS_NO


def _set_aside(platform: Platform, services: tuple[str, ...], records: tuple[str, ...], reason: str | None) -> int:
    from admin.rebuilding import check_record, set_aside

    if len(services) != 1:
        raise click.UsageError("--set-aside needs exactly one service")
    if not reason:
        raise click.UsageError("--set-aside needs a --reason: it is written down")
    (service,) = services
    for record in records:
        try:
            check_record(service, record)
        except ValueError as error:
            raise click.BadParameter(str(error), param_hint="--set-aside") from None
    set_aside(platform, service, records, reason)
    for record in records:
        say(f"{service:10} passes over {record} from now on")
    return 0


def _print(service: str, report: Report, *, dry_run: bool) -> None:
    total = sum(report.recalled.values())
    for place, name in report.strange[:MOST_PRINTED]:
        event = name.rpartition(".")[2]
        say(f"{service:10} cannot have published {event} at {place}: nothing that it has read leads to its id")
        say(f"  If somebody else has, run: quadrille rebuild {service} --set-aside {place} --reason WHY")
    if report.first is None:
        say(f"{service:10} knows all that it has published ({report.read:,} records looked at)")
        return
    verb = "would be made rows again" if dry_run else "made rows again"
    names = ", ".join(f"{count:,} {name}" for name, count in sorted(report.recalled.items()))
    since = f"{report.first:%Y-%m-%d %H:%M:%S} UTC"
    say(f"{service:10} {total:,} events {verb}{f': {names}' if names else ''} (since {since})")
    for key, what in report.remarks[:MOST_PRINTED]:
        say(f"  order {key}: {what}")
    if len(report.remarks) > MOST_PRINTED:
        say(f"  and {len(report.remarks) - MOST_PRINTED:,} more like it; `--json` lists all of them")
    for key, name, why in report.refused[:MOST_PRINTED]:
        say(f"  order {key}: {name.rpartition('.')[2]}: {why}")
    if len(report.refused) > MOST_PRINTED:
        say(f"  and {len(report.refused) - MOST_PRINTED:,} more; `--json` lists all of them")
    if report.refused and not dry_run:
        say("  Mend what is named, then run this again.")
