"""Each service against every version of every event that was ever released: what it reads, and what it writes.

The services are found by walking `services/`, the events by topics.yaml, the versions by the recorded history: a new
service, event or version is covered without another line here.
"""

from __future__ import annotations

import importlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from quadrille.avro import DecodeError, RecordSchema, decode, encode
from quadrille.events import EVENTS
from quadrille.events.history import RECORDED
from quadrille.events.topics import TOPICS, events_read_by, topic_of
from sqlalchemy import create_engine, text

from registry.catalogue import load
from registry.compat.values import encode as encode_plain
from registry.compat.values import resolve
from registry.history import Version, read_history
from registry.parse import parse_self_contained
from services.catalogue import SERVICES
from services.chassis.decide.handlers import Received
from services.chassis.errors import UnreachableCell
from services.chassis.tables import outbox
from tests.contract.datums import datums
from tests.contract.strategies import values
from tests.support.deciding import decide

ROOT = Path(__file__).parents[2]
HISTORY = read_history(ROOT)
CATALOGUE = load(ROOT)
CLASSES: dict[str, Any] = {
    name: getattr(importlib.import_module(name.rpartition(".")[0]), name.rpartition(".")[2]) for name in CATALOGUE.files
}
NOW = datetime(2026, 1, 2, tzinfo=UTC)

# Rows that an event can meet, beside none at all: without them some events could only be told that they cannot come.
ORDER = (
    "INSERT INTO orders VALUES (:key, 'c', :key, '', 'USD', 5, '[]', 'a', 'DE', now(), now(), '{state}', {reason}, "
    "{undone}, {undone}, false, 'OrderCreated', now())"
)
SEEDS: dict[str, list[str]] = {
    "order": [
        ORDER.format(state="PENDING", reason="NULL", undone="false"),
        ORDER.format(state="CANCELLING", reason="'DEADLINE_EXCEEDED'", undone="false"),
        ORDER.format(state="CANCELLED", reason="'OUT_OF_STOCK'", undone="true"),
    ],
    "inventory": ["INSERT INTO reservations VALUES (:key, 'HELD', '[]', now())"],
}


def versions(full_name: str) -> list[Version]:
    return [version for found in HISTORY.values() for version in found if version.full_name == full_name]


READS = [
    pytest.param(service, event, version, id=f"{service}-reads-{event.__name__}-v{version.number}")
    for service in SERVICES
    for name, event in events_read_by(service).items()
    for version in versions(name)
]
WRITES = [
    pytest.param(binding.event, version, id=f"{topic.owner}-writes-{binding.event.__name__}-for-v{version.number}")
    for topic in TOPICS
    for binding in topic.events
    for version in versions(binding.event.SCHEMA.full_name)
]


def test_every_service_and_every_released_version_is_covered():
    assert {service for service in SERVICES for _ in events_read_by(service)} == set(SERVICES)
    covered = {param.values[-1] for param in [*READS, *WRITES]}
    assert covered == {version for found in HISTORY.values() for version in found}


@pytest.fixture(scope="module")
def engines(platform):
    made = {
        service: create_engine(platform.database_url(service).replace("postgresql://", "postgresql+psycopg://"))
        for service in SERVICES
    }
    yield made
    for engine in made.values():
        engine.dispose()


@pytest.mark.live
@pytest.mark.parametrize(("service", "event", "version"), READS)
def test_what_was_ever_released_is_decoded_and_handled(engines, service, event, version):
    handlers = importlib.import_module(f"services.{service}.app").HANDLERS
    topic = topic_of(event)
    written = parse_self_contained(version.text)
    outcomes = set()

    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(datums(written))
    def handled(datum):
        read = reads(event, version, datum)
        record = Received(read, getattr(read, topic.key), UUID(int=1), topic, 0, 0, None)
        with engines[service].connect() as connection:
            for seed in ["", *SEEDS.get(service, ())]:
                with connection.begin():
                    outcomes.add(takes(connection, handlers, record, seed))
                    connection.get_transaction().rollback()

    handled()
    assert True in outcomes, f"{event.__name__} finds no row that it could come to"


def reads(event: type, version: Version, datum: dict[str, Any]) -> Any:
    """Decode what an old version wrote, and hold it against what the Avro specification says must come out."""
    written = parse_self_contained(version.text)
    record = decode(event, encode_plain(written, datum), RECORDED[version.fingerprint])
    assert plain(record.to_avro()) == resolve(written, CATALOGUE.event(version.full_name), datum)
    return record


def takes(connection, handlers, record: Received, seed: str) -> bool:
    if seed:
        connection.execute(text(seed), {"key": record.key})
    books = handlers.load(connection, [record], NOW)
    try:
        messages = decide(handlers, books, [record])
    except UnreachableCell:
        return False
    books.save(connection)
    outbox.append(connection, messages)
    return True


@pytest.mark.parametrize(("event", "version"), WRITES)
def test_what_is_written_today_is_read_by_every_released_reader(event, version):
    @settings(max_examples=30, deadline=None)
    @given(values(CATALOGUE.event(event.SCHEMA.full_name), CLASSES))
    def read(record):
        was_read(record, version)

    read()


def was_read(record: Any, version: Version) -> None:
    """Read what is written today with a released schema, and compare every field that both know."""
    from io import BytesIO

    from fastavro import parse_schema, schemaless_reader

    reader = RecordSchema(version.full_name, version.text, version.fingerprint)
    stream = BytesIO(encode(record))
    found = schemaless_reader(stream, parse_schema(type(record).SCHEMA.parsed), reader.parsed)
    assert not stream.read()
    same_where_both_know(plain(record.to_avro()), found, version)


def same_where_both_know(written: Any, found: Any, version: Version) -> None:
    if isinstance(written, dict) and isinstance(found, dict):
        for name in written.keys() & found.keys():
            same_where_both_know(written[name], found[name], version)
    elif isinstance(written, list):
        assert len(written) == len(found)
        for one, other in zip(written, found, strict=True):
            same_where_both_know(one, other, version)
    elif found == "UNKNOWN" and isinstance(written, str) and f'"{written}"' not in version.text:
        return  # a symbol that the released reader does not have
    else:
        assert found == written


def plain(datum: Any) -> Any:
    """Take off the names of branches that fastavro's writer is given."""
    if isinstance(datum, tuple):
        return plain(datum[1])
    if isinstance(datum, dict):
        return {name: plain(value) for name, value in datum.items()}
    if isinstance(datum, list):
        return [plain(value) for value in datum]
    return str(datum) if isinstance(datum, str) else datum


SHIPPED = next(version for version in versions("quadrille.events.shipping.OrderShipped"))


def made_up(old: str, new: str) -> Version:
    assert old in SHIPPED.text
    changed = SHIPPED.text.replace(old, new)
    return Version(SHIPPED.subject, 2, SHIPPED.full_name, changed, "f" * 64, "")


def test_an_old_version_that_today_cannot_read_is_noticed(monkeypatch):
    version = made_up('"carrier"', '"courier"')
    schema = RecordSchema(version.full_name, version.text, version.fingerprint)
    monkeypatch.setitem(globals(), "RECORDED", {version.fingerprint: schema})
    datum = {"order_id": str(UUID(int=1)), "occurred_at": 0, "shipment_id": str(UUID(int=2))}
    with pytest.raises(DecodeError, match="carrier"):
        reads(EVENTS[version.full_name], version, {**datum, "courier": "c", "tracking_id": "t"})


def test_a_released_reader_that_would_misread_today_is_noticed():
    record = CLASSES[SHIPPED.full_name](
        order_id=UUID(int=1), occurred_at=NOW, shipment_id=UUID(int=2), carrier="c", tracking_id="t"
    )
    was_read(record, SHIPPED)
    with pytest.raises(Exception, match="courier"):
        was_read(record, made_up('"carrier"', '"courier"'))
