"""The bytes of a record: framing, headers, and which schema a body was written with.

Framing is Confluent's wire format: a zero byte, the schema's id in four bytes, big-endian, then the Avro body.
Headers follow the CloudEvents Kafka protocol binding 1.0 (binary mode) and W3C Trace Context.

Invariants:

- Reading a record raises nothing but `Undecodable` and `Retryable`, whatever its producer chose (`record.py`).
- An event is taken only from the topic that topics.yaml gives it; and only from that topic's owner, where `ce_source`
  says who published it.
"""

from __future__ import annotations

import functools
import struct
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from quadrille.avro import DecodeError, Event, RecordSchema, decode
from quadrille.avro_values import to_uuid_text, uuid_of
from quadrille.events.history import RECORDED
from quadrille.events.topics import TOPICS, Topic, events_read_by

from services.chassis.decide.handlers import Received
from services.chassis.decide.ids import derived
from services.chassis.errors import Retryable, Undecodable
from services.chassis.tables.outbox import Row
from services.chassis.wire.record import Headers, Record, as_uuid, header, uuid_number
from services.chassis.wire.schemas import Schemas
from telemetry import spans

MAGIC = 0
_PREFIX = struct.Struct(">BI")


def frame(schema_id: int, body: bytes) -> bytes:
    """Put the prefix before a body.

    Args:
        schema_id: The registry's id of the schema that the body was written with.
        body: The Avro body.

    Returns:
        The record's value.
    """
    return _PREFIX.pack(MAGIC, schema_id) + body


def unframe(value: bytes | None) -> tuple[int, bytes]:
    """Take the prefix off a value.

    Args:
        value: The record's value.

    Returns:
        The schema's id and the body.

    Raises:
        Undecodable: The value is missing, too short, or begins with another byte than zero.
    """
    if value is None:
        raise Undecodable("the record has no value")
    if len(value) < _PREFIX.size:
        raise Undecodable(f"the value has {len(value)} bytes; the prefix alone has {_PREFIX.size}")
    magic, schema_id = _PREFIX.unpack_from(value)
    if magic != MAGIC:
        raise Undecodable(f"the value begins with byte {magic}, not with {MAGIC}: it is not framed for a registry")
    return schema_id, value[_PREFIX.size :]


def dataschema(fingerprint: str) -> str:
    """Name a schema by its fingerprint.

    Args:
        fingerprint: SHA-256 of the schema's text, in hexadecimal.

    Returns:
        The value of `ce_dataschema`.
    """
    return _DATASCHEMA + fingerprint


_DATASCHEMA = "urn:quadrille:schema:sha256:"


def headers(row: Row, source: str, traceparent: str | None = None) -> list[tuple[str, bytes]]:
    """Make the headers of an outbox row.

    Args:
        row: The row.
        source: The service that publishes it.
        traceparent: W3C trace context of sending it; None for the row's own.

    Returns:
        Names and values.
    """
    made = [
        *_constant_headers(source, row.type, row.fingerprint),
        ("ce_id", to_uuid_text(row.event_id).encode()),
        ("ce_time", _time(row.created_at)),
    ]
    if traceparent or row.traceparent:
        made.append(("traceparent", (traceparent or row.traceparent or "").encode()))
    return made


@functools.lru_cache(maxsize=256)
def _constant_headers(source: str, type_: str, fingerprint: str) -> tuple[tuple[str, bytes], ...]:
    return (
        ("ce_specversion", b"1.0"),
        ("ce_type", type_.encode()),
        ("ce_source", source_of(source)),
        ("ce_dataschema", dataschema(fingerprint).encode()),
        ("content-type", b"application/avro"),
    )


@functools.lru_cache(maxsize=16)
def _time(at: datetime) -> bytes:
    # Rows of one transaction share their time.
    return at.isoformat().encode()


class Decoder:
    """Reads records for one service: resolves the writer's schema to this version's, dispatches on the full name."""

    def __init__(self, service: str, schemas: Schemas, events: Mapping[str, type[Event]] | None = None) -> None:
        """Prepare to read.

        Args:
            service: Whose events are read; all others are skipped.
            schemas: Finds writers' schemas.
            events: Other events to read instead, by full name.
        """
        self._schemas = schemas
        self._events: Mapping[str, type[Event]] = events_read_by(service) if events is None else events
        self._plans: dict[int | bytes, _Plan] = {}

    def decode(self, topic: Topic, partition: int, offset: int, record: Record) -> Received[Any] | None:
        """Read one record.

        Args:
            topic: Where it was read.
            partition: Partition of the topic.
            offset: Offset in the partition.
            record: Its bytes.

        Returns:
            The record; None if topics.yaml does not give its type to this service.

        Raises:
            Undecodable: It cannot be read, or it may not stand where it does.
            RegistryAway: The writer's schema is not known yet and cannot be asked for now.
        """
        if record.error is not None:
            raise record.error
        try:
            return self._decode(topic, partition, offset, record)
        except (Retryable, Undecodable):
            raise
        except Exception as error:
            # What nobody has thought of yet costs one record, not the process that reads it.
            raise Undecodable(f"reading it failed: {type(error).__name__}: {error}") from error

    def _decode(self, topic: Topic, partition: int, offset: int, record: Record) -> Received[Any] | None:
        key, value, raw, _ = record
        schema_id, body = unframe(value)
        found: dict[str, bytes | None] = dict(raw or ())
        # A registry that was lost gives its ids to other schemas when it is filled anew. A fingerprint names one text.
        plan = self._plans.get(found.get("ce_dataschema") or b"") or self._plan(schema_id, found)
        event_type, writer, full_name, home = plan
        named_type = found.get("ce_type")
        if named_type is not None and named_type != full_name:
            raise Undecodable(
                f"the record is a {named_type.decode('ascii', 'replace')} by its header and {writer.full_name} by its "
                f"schema id {schema_id}: the registry gave its ids anew"
            )
        if event_type is None:
            return None
        if home is not None and home.name != topic.name:
            raise Undecodable(f"{writer.full_name} belongs on {home.name}: nobody may publish it on {topic.name}")
        source = found.get("ce_source")
        if source is not None and source != source_of(topic.owner):
            raise Undecodable(
                f"its ce_source is {source.decode('ascii', 'replace')}: only {topic.owner} may publish on {topic.name}"
            )
        number = uuid_number(key)
        if number is None:
            raise Undecodable(f"the key {key!r} is not a UUID")
        try:
            event = decode(event_type, body, writer)
        except DecodeError as error:
            raise Undecodable(str(error)) from error
        aggregate = getattr(event, topic.key)
        if aggregate.int != number:
            raise Undecodable(f"the key is {uuid_of(number)}, and {topic.key} is {aggregate}")
        # A producer that sends no ce_id still has one id for one record: its place.
        event_id = as_uuid(found.get("ce_id")) or derived(f"{topic.name}/{partition}", aggregate, offset)
        return Received(event, aggregate, event_id, topic, partition, offset, _traceparent(found.get("traceparent")))

    def _plan(self, schema_id: int, found: Mapping[str, bytes | None]) -> _Plan:
        fingerprint = fingerprint_of(found)
        # Only a fingerprint that is known names its schema. Any other is a producer's word: what was found by the id
        # beside it must not be taken for the schema of every later record that says the same.
        named = found["ce_dataschema"] if fingerprint in RECORDED else None
        key = schema_id if named is None else named
        plan = self._plans.get(key)
        if plan is None:
            writer = self._schemas.written_with(schema_id, fingerprint)
            event_type = self._events.get(writer.full_name)
            plan = _Plan(event_type, writer, writer.full_name.encode(), _home_of(event_type))
            self._plans[key] = plan
        return plan


class _Plan(NamedTuple):
    event_type: type[Event] | None
    writer: RecordSchema
    full_name: bytes
    #: Where topics.yaml has the event; None if it has not.
    home: Topic | None


def _home_of(event_type: type[Event] | None) -> Topic | None:
    bindings = ((topic, binding.event) for topic in TOPICS for binding in topic.events)
    return next((topic for topic, event in bindings if event is event_type), None)


@functools.lru_cache(maxsize=64)
def source_of(service: str) -> bytes:
    """Name a service as `ce_source` does.

    Args:
        service: The service.

    Returns:
        The header's value.
    """
    return b"/services/" + service.encode()


def traceparent(raw: Headers | None) -> str | None:
    """Read the trace context of a record.

    Args:
        raw: Its headers.

    Returns:
        The W3C `traceparent`; None if it has none.
    """
    return _traceparent(header(raw, "traceparent"))


def _traceparent(value: bytes | None) -> str | None:
    # It goes on into rows, records and spans, so what is no context ends here.
    if not value or len(value) != TRACEPARENT_BYTES:
        return None
    found = value.decode("ascii", "replace")
    return found if spans.valid(found) else None


#: W3C Trace Context, version 00.
TRACEPARENT_BYTES = 55


def fingerprint_of(found: Mapping[str, bytes | None]) -> str | None:
    """Read the fingerprint of the writer's schema.

    Args:
        found: A record's headers.

    Returns:
        The fingerprint; None if `ce_dataschema` does not give one.
    """
    named = (found.get("ce_dataschema") or b"").decode("ascii", "replace")
    return named.removeprefix(_DATASCHEMA) if named.startswith(_DATASCHEMA) else None
