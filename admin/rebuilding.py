"""Makes rows again that a restored database lost, from what its service has published. Nothing is decided anew.

A record of the service's own topic that the service cannot have published stops it. If somebody else has published the
record, an operator sets it aside: the service ignores it from then on.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from uuid import UUID

    from local.settings import Platform
    from services.chassis.recover.rebuild import Report

_RECORD = re.compile(r"(?P<topic>[A-Za-z0-9._-]+)/[0-9]{1,9}@[0-9]{1,18}", re.ASCII)


def rebuild(
    platform: Platform, service: str, *, reason: str, order_id: UUID | None = None, dry_run: bool = False
) -> Report:
    """Make a service's rows again.

    Args:
        platform: Where everything is.
        service: Whose rows.
        reason: Why; it is recorded.
        order_id: Only the row of this order.
        dry_run: Take all of it back.

    Returns:
        What became of it.

    Raises:
        Unreachable: A server does not answer.
        Refused: A record of the service cannot be read, or the database refuses it.
    """
    from admin.actor import current_user
    from admin.databases import owned
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
            actor=current_user(),
            reason=reason,
            key=order_id,
            dry_run=dry_run,
        )


def is_complete(report: Report) -> bool:
    """Tell whether the database now knows all that its service has published.

    Args:
        report: What became of the rows.
    """
    return not report.refused and not report.strange


def check_record(service: str, record: str) -> None:
    """Check that a record can be set aside.

    Args:
        service: The service that would ignore it.
        record: `TOPIC/PARTITION@OFFSET`.

    Raises:
        ValueError: The text names no record, or the record is not of the service's own topic.
    """
    from quadrille.events.topics import topics_owned_by

    own = [topic.name for topic in topics_owned_by(service)]
    found = _RECORD.fullmatch(record)
    if found is None:
        raise ValueError(f"{record} is not TOPIC/PARTITION@OFFSET")
    if found["topic"] not in own:
        raise ValueError(f"{service} publishes to {', '.join(own)}")


def set_aside(platform: Platform, service: str, records: Sequence[str], reason: str) -> None:
    """Let a service ignore records of its own topic: somebody else has published them.

    Args:
        platform: Where its database is.
        service: The service.
        records: As `check_record` accepts them.
        reason: Why; it is recorded.

    Raises:
        Unreachable: The database does not answer.
        Refused: The database refuses it.
    """
    from admin.actor import current_user
    from admin.databases import owned
    from services.chassis.kafka import provenance
    from services.chassis.tables import operations

    with owned(platform, service) as engine, engine.begin() as connection:
        for record in records:
            detail = {"record": record}
            operations.note(connection, provenance.SET_ASIDE, actor=current_user(), reason=reason, detail=detail)


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
