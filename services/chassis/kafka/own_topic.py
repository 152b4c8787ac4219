"""What a service has published, read back from its own topics: the journal that outlives its database.

Invariants:

- A record is ours if `ce_source` names this service and `ce_id`, `ce_time` and the schema's fingerprint are there; what
  others put into our topics is passed over.
- Every record of ours has a row in the outbox, for as long as the topic keeps it: the row is committed before the
  record is sent, and kept as long. A record without one means that the database is older than the topic: it was
  restored from a backup, or it is another service's. So `check` reads the records first, and the outbox after them.
- Nothing is committed to Kafka, and no group is joined.
"""

from __future__ import annotations

import logging
import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition
from quadrille.avro_values import to_millis
from quadrille.events.topics import Topic, topics_owned_by, topics_read_by
from sqlalchemy import Engine

from services.chassis.decide.ids import derived
from services.chassis.errors import BrokerAway, DatabaseBehind, classified
from services.chassis.kafka import provenance
from services.chassis.kafka.published import Published
from services.chassis.kafka.topics import Partition
from services.chassis.tables import outbox_maintenance
from services.chassis.wire.decoder import fingerprint_of, source_of
from services.chassis.wire.record import as_uuid, header, record_of

log = logging.getLogger(__name__)

ANSWER_SECONDS = 5.0
#: Without any record for so long, Kafka is taken to be away.
SILENCE_SECONDS = 10.0
#: So many records from the end of each partition are looked at when a service starts.
TAIL_RECORDS = 100
#: A request that finds nothing holds the next one up; a record larger than this comes all the same.
_SINGLE = {"fetch.wait.max.ms": 10, "fetch.message.max.bytes": 1024}
#: Clocks of a service's instances, of its database and of Kafka differ by less.
SKEW = timedelta(minutes=10)


@contextmanager
def reader(bootstrap_servers: str, *, out_of_range: str = "earliest", single: bool = False) -> Iterator[Any]:
    """Open a client that reads where it is told to.

    Args:
        bootstrap_servers: Kafka's addresses.
        out_of_range: What it does if that is not in the topic: librdkafka's `auto.offset.reset`.
        single: It looks at single records here and there. What it was told to read before keeps it waiting for a
            moment only, and it asks for little.

    Yields:
        The client.

    Raises:
        BrokerAway: Kafka does not answer, or lacks a topic.
    """
    client = Consumer(
        {
            "bootstrap.servers": bootstrap_servers,
            # Never joined; the client wants a name.
            "group.id": f"quadrille.own-topic.{uuid.uuid4()}",
            "enable.auto.commit": False,
            "enable.partition.eof": True,
            "auto.offset.reset": out_of_range,
            "allow.auto.create.topics": False,
            "log_level": 3,
            **(_SINGLE if single else {}),
        },
        logger=log,
    )
    try:
        yield client
    except KafkaException as error:
        raise BrokerAway(f"Kafka at {bootstrap_servers} does not answer: {error.args[0].str()}") from error
    finally:
        client.close()


def partitions_of(client: Any, topic: Topic) -> list[int]:
    """Ask which partitions a topic has.

    Args:
        client: From `reader`.
        topic: The topic.

    Raises:
        BrokerAway: There is no such topic.
        KafkaException: Kafka does not answer.
    """
    found = client.list_topics(topic.name, timeout=ANSWER_SECONDS).topics[topic.name]
    if found.error is not None:
        raise BrokerAway(f"Kafka lacks the topic {topic.name}; run: quadrille apply")
    return sorted(found.partitions)


def read(client: Any, starts: Mapping[Partition, Callable[[int, int], int] | int]) -> Iterator[Message]:
    """Read partitions to where they end now.

    Args:
        client: From `reader`.
        starts: Where to begin each: an offset, or a function of its first and its next one.

    Yields:
        The records, those of a partition in order.

    Raises:
        KafkaException: Kafka does not answer.
        BrokerAway: It stopped in the middle.
    """
    ends: dict[Partition, int] = {}
    assigned = []
    for (topic, partition), start in starts.items():
        low, high = client.get_watermark_offsets(TopicPartition(topic, partition), timeout=ANSWER_SECONDS)
        first = max(low, start(low, high) if callable(start) else start)
        if first < high:
            ends[topic, partition] = high
            assigned.append(TopicPartition(topic, partition, first))
    client.assign(assigned)
    heard_at = time.monotonic()
    while ends:
        # It waits until there are so many, or until the time is up.
        messages = client.consume(500, 0.05)
        if messages:
            heard_at = time.monotonic()
        elif time.monotonic() - heard_at > SILENCE_SECONDS:
            raise BrokerAway("Kafka does not give the records that it has")
        for message in messages:
            place = message.topic(), message.partition()
            if place not in ends:
                continue
            error = message.error()
            if error is None:
                if message.offset() < ends[place]:
                    yield message
            elif error.code() != KafkaError._PARTITION_EOF:  # noqa: SLF001 - librdkafka's name for it
                raise KafkaException(error)
            if error is not None or message.offset() + 1 >= ends[place]:
                del ends[place]
    client.unassign()


def ours(service: str, topic: Topic, message: Message, now: datetime) -> Published | None:
    """Read the headers of a record of an own topic.

    Args:
        service: The service.
        topic: The topic.
        message: The record.
        now: The time.

    Returns:
        The record; None if it is not ours, older than the topic keeps, or of a time that has not come.
    """
    found = dict(record_of(message).headers or ())
    event_id, fingerprint = as_uuid(found.get("ce_id")), fingerprint_of(found)
    if found.get("ce_source") != source_of(service) or event_id is None or fingerprint is None:
        return None
    try:
        written_at = datetime.fromisoformat((found.get("ce_time") or b"").decode("ascii"))
    except ValueError:
        return None
    if written_at.tzinfo is None or not now - topic.retention <= written_at <= now + SKEW:
        return None
    type_ = (found.get("ce_type") or b"").decode("ascii", "replace")
    return Published(event_id, written_at, type_, fingerprint, topic, message)


def tail(client: Any, service: str, now: datetime) -> list[Published]:
    """Read the last records of ours of each partition.

    Args:
        client: From `reader`.
        service: The service.
        now: The time.
    """
    return _read_ours(client, service, now, lambda low, high: max(low, high - TAIL_RECORDS))


def since(client: Any, service: str, at: datetime, now: datetime) -> list[Published]:
    """Read every record of ours that was published after a time.

    Args:
        client: From `reader`.
        service: The service.
        at: The time.
        now: The time now.
    """
    found = []
    for topic in topics_owned_by(service):
        found += _ours(service, topic, read(client, _starts_at(client, topic, at)), now)
    return found


def _read_ours(client: Any, service: str, now: datetime, start: Callable[[int, int], int]) -> list[Published]:
    found = []
    for topic in topics_owned_by(service):
        starts = {(topic.name, partition): start for partition in partitions_of(client, topic)}
        found += _ours(service, topic, read(client, starts), now)
    return found


def _ours(service: str, topic: Topic, messages: Iterator[Message], now: datetime) -> list[Published]:
    return [one for message in messages if (one := ours(service, topic, message, now)) is not None]


def firsts(records: Sequence[Published]) -> list[Published]:
    """Leave out what was published again.

    Args:
        records: Records of ours.

    Returns:
        Each event once, as it was published first, the oldest first.
    """
    found: dict[UUID, Published] = {}
    for record in sorted(records, key=lambda r: r.written_at):
        found.setdefault(record.event_id, record)
    return list(found.values())


def unknown(engine: Engine, records: Sequence[Published]) -> list[Published]:
    """Keep those that the database knows nothing of.

    Args:
        engine: The service's database.
        records: Records of ours.

    Returns:
        Those without an outbox row, each event once, as it was published first; without those that an operator has set
        aside.

    Raises:
        Retryable: The database is away.
    """
    with classified(), engine.connect() as connection:
        aside = provenance.set_aside(connection)
        by_id = {record.event_id: record for record in firsts(records) if provenance.place_of(record) not in aside}
        missing: set[UUID] = set()
        ids = list(by_id)
        for start in range(0, len(ids), 5000):
            step = ids[start : start + 5000]
            missing |= outbox_maintenance.unknown(connection, {id_: by_id[id_].written_at for id_ in step})
    return [record for id_, record in by_id.items() if id_ in missing]


def strangers(client: Any, service: str, missing: Sequence[Published]) -> list[Published]:
    """Keep those that the service cannot have published (`provenance.py`).

    Args:
        client: From `reader`.
        service: The service.
        missing: Records that its database does not know.

    Raises:
        BrokerAway: Kafka does not answer, or lacks a topic.
        KafkaException: Kafka does not answer.
    """

    def causes(keys: Collection[UUID], at: datetime) -> Mapping[UUID, Collection[UUID]]:
        found: defaultdict[UUID, set[UUID]] = defaultdict(set)
        for topic in topics_read_by(service):
            for message in read(client, _starts_at(client, topic, at)):
                key = as_uuid(message.key())
                if key is not None and key in keys:
                    given = as_uuid(header(record_of(message).headers, "ce_id"))
                    place = f"{topic.name}/{message.partition()}"
                    found[key].add(given or derived(place, key, message.offset()))
        return found

    return provenance.strangers(service, missing, causes) if missing else []


def _starts_at(client: Any, topic: Topic, at: datetime) -> dict[Partition, int]:
    asked = [TopicPartition(topic.name, p, to_millis(at)) for p in partitions_of(client, topic)]
    starts = client.offsets_for_times(asked, timeout=ANSWER_SECONDS)
    # -1: nothing is as new as that.
    return {(p.topic, p.partition): p.offset for p in starts if p.offset >= 0}


def check(bootstrap_servers: str, service: str, engine: Engine) -> None:
    """Hold the database against the end of the service's own topics.

    Args:
        bootstrap_servers: Kafka's addresses.
        service: The service.
        engine: Its database.

    Raises:
        DatabaseBehind: It does not know events that were published.
        BrokerAway: Kafka does not answer, or lacks a topic.
        DatabaseAway: The database does not answer.
    """
    with reader(bootstrap_servers) as client:
        records = tail(client, service, datetime.now(UTC))
        missing = unknown(engine, records)
        foreign = strangers(client, service, missing)
    strange = {record.event_id for record in foreign}
    missing = [record for record in missing if record.event_id not in strange]
    if missing:
        topics = ", ".join(sorted({record.topic.name for record in missing}))
        first = min(record.written_at for record in missing)
        raise DatabaseBehind(
            f"the database is older than what {service} has published: of the last events in {topics} it does not know "
            f"{len(missing)}, the first of {first:%Y-%m-%d %H:%M:%S} UTC. "
            f"If it was restored from a backup, run: quadrille rebuild {service}"
        )
    if foreign:
        first_one = provenance.place_of(foreign[0])
        more = f", and {len(foreign) - 1} more" if len(foreign) > 1 else ""
        raise DatabaseBehind(
            f"the record {first_one}{more} says that {service} has published it, and the database has never written "
            f"it: nothing that {service} has read leads to its id. Look at who writes to this topic, and run: "
            f"quadrille rebuild {service} --set-aside {first_one} --reason WHY"
        )
