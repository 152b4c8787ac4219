"""Whether a record on a service's own topic is one that the service can have published.

Anybody who may write to a topic may put a record there that names the service as its source. A record that the database
does not know is either lost with a database that went back, or was never written by it. The id tells them apart: it is
derived from the service, the cause and an ordinal (`ids.derived`), and the causes of an aggregate's events are the
aggregate itself, the records of it that the service has read, and the calls that were made because of these.

An id proves that somebody knew its cause, and nothing more: whoever can read and write topics can derive one. What may
write to a topic is the broker's to say; this keeps an accident from being taken for a loss.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import Connection, text

from services.chassis.decide.ids import derived
from services.chassis.wire.record import as_uuid

if TYPE_CHECKING:
    from services.chassis.kafka.published import Published

#: Events of one decision, and calls of one, at most.
MOST_EVENTS, MOST_CALLS = 16, 4
#: A call's answer may lead to another call, so often.
CALLS_IN_A_ROW = 3
#: A cause is read before its event is published: by as much as a service may be behind, as far as is looked.
BEFORE = timedelta(hours=1)

Causes = Callable[[Collection[UUID], datetime], Mapping[UUID, Collection[UUID]]]


def can_be_caused(service: str, event_id: UUID, causes: Collection[UUID], *, calls: int = CALLS_IN_A_ROW) -> bool:
    """Tell whether an event's id is derived from one of its possible causes.

    Args:
        service: Whose event it says it is.
        event_id: Its id.
        causes: The aggregate's id, or the ids of its records that the service reads.
        calls: How many calls to the outside may lie between cause and event, one after the other.

    Returns:
        True if it is.
    """
    found = list(causes)
    for _ in range(calls + 1):
        if any(event_id == derived(service, cause, ordinal) for cause in found for ordinal in range(MOST_EVENTS)):
            return True
        found = [derived(f"{service}.calls", cause, number) for cause in found for number in range(MOST_CALLS)]
    return False


def strangers(service: str, missing: Sequence[Published], causes: Causes) -> list[Published]:
    """Keep those that the service cannot have published.

    Args:
        service: The service.
        missing: Records of its own topics that its database does not know.
        causes: Gives the ids of records that the service reads, by their keys: of given keys, since a time.

    Returns:
        Those whose ids no cause leads to, among all records that the service has read since an hour before them.
    """
    keys = {record.event_id: as_uuid(record.message.key()) for record in missing}
    # What the aggregate itself brings about needs no look at other topics.
    left = [
        record
        for record in missing
        if (key := keys[record.event_id]) is None or not can_be_caused(service, record.event_id, [key], calls=0)
    ]
    if not left:
        return []
    wanted = {key for record in left if (key := keys[record.event_id]) is not None}
    found = causes(wanted, min(record.written_at for record in left) - BEFORE)
    return [
        record
        for record in left
        if (key := keys[record.event_id]) is None
        or not can_be_caused(service, record.event_id, [key, *found.get(key, ())])
    ]


# Set aside by an operator.

SET_ASIDE = "set-aside"
_THERE = text("SELECT to_regclass('operations') IS NOT NULL")
_SET_ASIDE = text("SELECT detail FROM operations WHERE operation = :operation")


def place_of(record: Published) -> str:
    """Name where a record is.

    Args:
        record: The record.

    Returns:
        `<topic>/<partition>@<offset>`.
    """
    return f"{record.topic.name}/{record.message.partition()}@{record.message.offset()}"


def set_aside(connection: Connection) -> frozenset[str]:
    """Give the records that an operator has set aside.

    Args:
        connection: To the service's database.

    Returns:
        Their places, as `place_of` names them.
    """
    if not connection.execute(_THERE).scalar_one():
        return frozenset()
    rows = connection.execute(_SET_ASIDE, {"operation": SET_ASIDE}).scalars()
    return frozenset(str(detail["record"]) for detail in rows)
