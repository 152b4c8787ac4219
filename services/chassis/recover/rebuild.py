"""Makes the rows again that a database lost, from what its service has published.

After a database was restored from a backup, the service must not simply go on: it would read again what it had read,
and decide anew what it has decided and told everybody. With other shared rows than it had then, it would contradict
itself. So what it has told comes first: each event of its own that the database does not know is made a row, by
the service's `Rebuild`. What it reads again afterwards meets these rows, and is a repetition.

Invariants:

- Nothing is decided and nothing is published. Rows and outbox rows (as published) are one transaction: made again or
  interrupted, the same command goes on where it was.
- Events of a key take effect in order. One that cannot stops its key, and no other.
- What no event speaks of is not made up: what callers told the service directly (receipts, deposits) they must tell it
  again, with the same request ids.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from quadrille.avro import Event
from quadrille.events.topics import topics_owned_by, topics_read_by
from sqlalchemy import Engine, text

from services.chassis.decide.handlers import Handlers, Rebuild, Received
from services.chassis.errors import CannotRebuild, Undecodable, classified
from services.chassis.kafka import own_topic, provenance
from services.chassis.kafka.published import Published
from services.chassis.kafka.topics import topic_ids_fetcher
from services.chassis.tables import operations, outbox, outbox_maintenance, positions
from services.chassis.wire.decoder import Decoder, unframe
from services.chassis.wire.record import record_of
from services.chassis.wire.schemas import Schemas

#: Events that share a transaction.
EVENTS_AT_ONCE = 500
_NEWEST = text("SELECT max(created_at) FROM outbox")
BEGINNING = datetime(1970, 1, 2, tzinfo=UTC)


@dataclass(slots=True)
class Report:
    """What became of a rebuild.

    Attributes:
        read: How many records of ours were read.
        recalled: Events that the database did not know and now does, by name.
        refused: Events that cannot be made rows again, each with the reason, by order of their time.
        first: When the first unknown one was published; None if there was none.
        remarks: What a person has to know of rows that were made again, as pairs of key and sentence.
        strange: Records that the service cannot have published, as pairs of place and type. They are left alone.
    """

    read: int = 0
    recalled: Counter[str] = field(default_factory=Counter)
    refused: list[tuple[UUID, str, str]] = field(default_factory=list)
    first: datetime | None = None
    remarks: list[tuple[UUID, str]] = field(default_factory=list)
    strange: list[tuple[str, str]] = field(default_factory=list)


def run(
    engine: Engine,
    handlers: Handlers[Any],
    *,
    bootstrap_servers: str,
    schemas: Schemas,
    clock: Callable[[], datetime],
    actor: str,
    reason: str,
    key: UUID | None = None,
    dry_run: bool = False,
) -> Report:
    """Make rows of every own event that the database does not know.

    Args:
        engine: The service's database, as its owner.
        handlers: The service's handlers.
        bootstrap_servers: Kafka's addresses.
        schemas: Finds writers' schemas.
        clock: Gives the time.
        actor: Who asks.
        reason: Why.
        key: Make the row of this key again instead, from all that is in the topics: for a row that was lost alone.
        dry_run: Change nothing. Every step of 500 events is tried for itself.

    Returns:
        What became of it.

    Raises:
        Retryable: Database, Kafka or registry are away.
        Undecodable: A record of ours cannot be read.
    """
    if handlers.rebuild is None:
        raise CannotRebuild(f"{handlers.service} does not say how its rows are made again")
    report = Report()
    with classified(), engine.connect() as connection:
        newest = connection.execute(_NEWEST).scalar_one()
    with own_topic.reader(bootstrap_servers) as client:
        begin = newest - own_topic.SKEW if newest is not None and key is None else BEGINNING
        records = own_topic.since(client, handlers.service, begin, clock())
        report.read = len(records)
        unknown = own_topic.unknown(engine, records)
        foreign = own_topic.strangers(client, handlers.service, unknown)
        strange = {record.event_id for record in foreign}
        wanted = unknown = [record for record in unknown if record.event_id not in strange]
        report.strange = [(provenance.place_of(record), record.type) for record in foreign]
        if key is not None:
            asked = str(key).encode()
            mine = [record for record in records if record.message.key() == asked and record.event_id not in strange]
            wanted = own_topic.firsts(mine)
        if not wanted:
            return report
        report.first = min(record.written_at for record in wanted)
        lost = {record.event_id for record in unknown}
        decoded = zip(wanted, _decode(handlers, schemas, wanted), strict=True)
        events = [_Own(record, received, record.event_id in lost) for record, received in decoded]
        keys = {own.received.key for own in events}
        known = _heard(client, engine, handlers, schemas, bootstrap_servers, keys, afresh=key is not None)
    for own in events:
        known[own.received.key].append(own.received.event)
    _Rebuilding(engine, handlers.rebuild, known, clock, actor, reason, dry_run).take(events, report)
    return report


@dataclass(frozen=True, slots=True)
class _Own:
    record: Published
    received: Received[Any]
    lost: bool

    def message(self) -> outbox.Message:
        record = self.record
        _, body = unframe(record.message.value())
        received = self.received
        return outbox.Message(
            record.event_id,
            record.topic.name,
            received.key,
            record.type,
            record.fingerprint,
            body,
            received.traceparent,
        )


def _decode(handlers: Handlers[Any], schemas: Schemas, records: Sequence[Published]) -> list[Received[Any]]:
    own = {b.event.SCHEMA.full_name: b.event for topic in topics_owned_by(handlers.service) for b in topic.events}
    decoder = Decoder(handlers.service, schemas, own)
    found = []
    for record in records:
        message = record.message
        place = f"{record.topic.name}/{message.partition()}@{message.offset()}"
        received = decoder.decode(record.topic, message.partition(), message.offset(), record_of(message))
        if received is None:
            raise Undecodable(f"{place}: this version does not know {record.type}; use the one that published it")
        found.append(received)
    return found


def _heard(
    client: Any,
    engine: Engine,
    handlers: Handlers[Any],
    schemas: Schemas,
    bootstrap_servers: str,
    keys: set[UUID],
    *,
    afresh: bool,
) -> defaultdict[UUID, list[Event]]:
    """Read what the service had read by then, from where its positions were when the backup was made."""
    topics = topics_read_by(handlers.service)
    ids = {name: topic_id for name, (_, topic_id) in topic_ids_fetcher(bootstrap_servers, topics)().items()}
    decoder = Decoder(handlers.service, schemas)
    heard: defaultdict[UUID, list[Event]] = defaultdict(list)
    for topic in topics:
        places = [(ids[topic.name], partition) for partition in own_topic.partitions_of(client, topic)]
        with engine.connect() as connection:
            at = positions.load(connection, places)
        for message in own_topic.read(
            client, {(topic.name, p): 0 if afresh else at.get((id_, p), 0) for id_, p in places}
        ):
            try:
                received = decoder.decode(topic, message.partition(), message.offset(), record_of(message))
            except Undecodable:
                continue  # it becomes a dead letter again when it is read again
            if received is not None and received.key in keys:
                heard[received.key].append(received.event)
    return heard


@dataclass(frozen=True, slots=True)
class _Rebuilding:
    engine: Engine
    rebuild: Rebuild[Any]
    known: Mapping[UUID, list[Event]]
    clock: Callable[[], datetime]
    actor: str
    reason: str
    dry_run: bool

    def take(self, events: Sequence[_Own], report: Report) -> None:
        """Take events in the order of their time, which is nearly that of their commits.

        What does not fit yet (what another aggregate gave back a moment before) is tried again, until a whole round
        brings nothing.
        """
        waiting = list(events)
        while waiting:
            refused: list[tuple[_Own, str]] = []
            for start in range(0, len(waiting), EVENTS_AT_ONCE):
                stopped = {own.received.key for own, _ in refused}
                names, failed, remarks = self._step(waiting[start : start + EVENTS_AT_ONCE], stopped)
                report.recalled.update(names)
                report.remarks += remarks
                refused += failed
            if len(refused) == len(waiting) or self.dry_run or not refused:
                report.refused = [(own.received.key, own.record.type, why) for own, why in refused]
                return
            waiting = [own for own, _ in refused]

    def _step(
        self, step: Sequence[_Own], stopped: set[UUID]
    ) -> tuple[list[str], list[tuple[_Own, str]], list[tuple[UUID, str]]]:
        taken: list[_Own] = []
        refused: list[tuple[_Own, str]] = []
        with classified(), self.engine.connect() as connection:
            state = self.rebuild.load(connection, [own.received for own in step], self.clock())
            for own in step:
                received = own.received
                if received.key in stopped:
                    refused.append((own, "an earlier event of its aggregate cannot be made a row"))
                    continue
                try:
                    decision = self.rebuild.on[type(received.event)](
                        state.row(received.key), received.event, state, self.known.get(received.key, [])
                    )
                except CannotRebuild as error:
                    stopped.add(received.key)
                    refused.append((own, self.rebuild.explain(connection, received, error)))
                    continue
                state.apply(received, decision)
                taken.append(own)
            state.save(connection)
            remarks = list(self.rebuild.remarks(state))
            outbox_maintenance.take_back(
                connection, [(own.record.written_at, own.message()) for own in taken if own.lost]
            )
            names = [type(own.received.event).__name__ for own in taken]
            if taken:
                counted = dict(Counter(names))
                detail = {"events": counted, "first": str(taken[0].received.key)}
                operations.note(connection, "rebuild", actor=self.actor, reason=self.reason, detail=detail)
            if not self.dry_run:  # what is not committed is taken back
                connection.commit()
        return names, refused, remarks
