"""`quadrille rebuild`: make rows again that a restored database lost, from what its service published."""

from __future__ import annotations

import importlib
import re
from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

from admin.choreography import SERVICES
from cli.command import Command
from cli.errors import ANSWER_IS_NO
from cli.output import say

if TYPE_CHECKING:
    from local.settings import Platform
    from services.chassis.recover.rebuild import Report

#: Refused events that a person reads; the others are counted.
TOLD = 20


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
            _tell(service, report, dry_run=dry_run)
    return ANSWER_IS_NO if any(report.refused or report.strange for report in reports.values()) else 0


def rebuild(
    platform: Platform, service: str, *, reason: str, order_id: UUID | None = None, dry_run: bool = False
) -> Report:
    """Make a service's rows again.

    Args:
        platform: Where everything is.
        service: Whose.
        reason: Why.
        order_id: Only the row of this order.
        dry_run: Take all of it back.

    Returns:
        What became of it.

    Raises:
        AdminError: A server is away, or a record of the service cannot be read.
    """
    from admin.databases import owned, whoami
    from services.chassis.decide import clock
    from services.chassis.recover import rebuild as recover_rows
    from services.chassis.tables import outbox_maintenance
    from services.chassis.wire.schemas import Schemas

    app = importlib.import_module(f"services.{service}.app")
    # Who charges is a setting of payment's, and rows that are made again must say the same.
    handlers = app.as_set() if hasattr(app, "as_set") else app.HANDLERS
    with owned(platform, service) as engine:

        def kept(fingerprint: str) -> str | None:
            with engine.connect() as connection:
                return outbox_maintenance.kept_schema(connection, fingerprint)

        return recover_rows.run(
            engine,
            handlers,
            bootstrap_servers=platform.kafka_bootstrap_servers,
            schemas=Schemas(platform.registry_url, kept),
            clock=clock.now,
            actor=whoami(),
            reason=reason,
            key=order_id,
            dry_run=dry_run,
        )


def _set_aside(platform: Platform, services: tuple[str, ...], records: tuple[str, ...], reason: str | None) -> int:
    from quadrille.events.topics import TOPICS

    from admin.databases import owned, whoami
    from services.chassis.kafka import provenance
    from services.chassis.tables import operations

    if len(services) != 1:
        raise click.UsageError("--set-aside needs exactly one service")
    if not reason:
        raise click.UsageError("--set-aside needs a --reason: it is written down")
    (service,) = services
    own = [topic.name for topic in TOPICS if topic.owner == service]
    for record in records:
        found = _PLACE.fullmatch(record)
        if found is None:
            raise click.BadParameter(f"{record} is not TOPIC/PARTITION@OFFSET", param_hint="--set-aside")
        if found["topic"] not in own:
            raise click.BadParameter(f"{service} publishes to {', '.join(own)}", param_hint="--set-aside")
    with owned(platform, service) as engine, engine.begin() as connection:
        for record in records:
            detail = {"record": record}
            operations.note(connection, provenance.SET_ASIDE, actor=whoami(), reason=reason, detail=detail)
    for record in records:
        say(f"{service:10} passes over {record} from now on")
    return 0


_PLACE = re.compile(r"(?P<topic>[A-Za-z0-9._-]+)/[0-9]{1,9}@[0-9]{1,18}", re.ASCII)


def to_json(report: Report) -> dict[str, Any]:
    """Give a report as JSON.

    Args:
        report: What became of a service's rows.
    """
    return {
        "records_read": report.read,
        "recalled": dict(report.recalled),
        "first": report.first.isoformat() if report.first else None,
        "strange": [{"record": place, "event": name} for place, name in report.strange],
        "remarks": [{"order": str(key), "what": what} for key, what in report.remarks],
        "refused": [{"order": str(key), "event": name, "why": why} for key, name, why in report.refused],
    }


def _tell(service: str, report: Report, *, dry_run: bool) -> None:
    total = sum(report.recalled.values())
    for place, name in report.strange[:TOLD]:
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
    for key, what in report.remarks[:TOLD]:
        say(f"  order {key}: {what}")
    if len(report.remarks) > TOLD:
        say(f"  and {len(report.remarks) - TOLD:,} more like it; `--json` lists all of them")
    for key, name, why in report.refused[:TOLD]:
        say(f"  order {key}: {name.rpartition('.')[2]}: {why}")
    if len(report.refused) > TOLD:
        say(f"  and {len(report.refused) - TOLD:,} more; `--json` lists all of them")
    if report.refused and not dry_run:
        say("  Mend what is named, then run this again.")
