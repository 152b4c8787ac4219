"""The codec of the events that this platform publishes."""

from __future__ import annotations

import datetime as dt
import importlib
import uuid
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from quadrille.avro import DecodeError, EncodeError, Event, RecordSchema, decode, encode
from quadrille.events import EVENTS
from quadrille.events.history import RECORDED, recorded
from quadrille.events.inventory import InventoryFailed, InventoryFailureReason, LineFailure
from quadrille.events.order import OrderCancelled, OrderCreated
from quadrille.events.topics import ORDER_EVENTS, TOPICS, events_read_by, subject, topic_of, topics_read_by
from quadrille.events.types import CancelReason, Money, OrderDetails, OrderLine

from registry.canonical import fingerprint
from registry.catalogue import Catalogue, load
from registry.history import read_history
from tests.contract.strategies import values

ROOT = Path(__file__).parents[2]
NOW = dt.datetime(2026, 5, 4, 12, 30, 15, 123000, tzinfo=dt.UTC)
PRICE = Money(currency_code="EUR", minor_units=1234)
CREATED = OrderCreated(
    order_id=uuid.UUID(int=7),
    occurred_at=NOW,
    deadline_at=NOW + dt.timedelta(hours=1),
    order=OrderDetails(
        customer_id="c-1",
        lines=(OrderLine(sku="s-1", quantity=2, unit_price=PRICE),),
        total=Money(currency_code="EUR", minor_units=2468),
        address_reference="a-1",
        country_code="DE",
    ),
)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load(ROOT)


CATALOGUE = load(ROOT)
CLASSES: dict[str, Any] = {
    name: getattr(importlib.import_module(name.rpartition(".")[0]), name.rpartition(".")[2]) for name in CATALOGUE.files
}


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(list(EVENTS)).flatmap(lambda name: values(CATALOGUE.event(name), CLASSES)))
def test_every_event_survives_its_bytes(event: Event) -> None:
    assert decode(type(event), encode(event)) == event
    assert type(event).from_avro(event.to_avro()) == event


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=80), st.sampled_from(list(EVENTS.values())))
def test_any_bytes_are_an_event_or_an_error_that_names_it(body: bytes, event_type: type[Event]) -> None:
    said = event_type.SCHEMA.full_name
    try:
        decode(event_type, body)
    except DecodeError as error:
        said = str(error)
    assert event_type.SCHEMA.full_name in said


@given(st.integers(1, 60))
def test_a_body_that_ends_early_is_refused(cut: int) -> None:
    with pytest.raises(DecodeError, match="OrderCreated"):
        decode(OrderCreated, encode(CREATED)[:-cut])


def test_bytes_after_the_record_are_refused_and_counted() -> None:
    body = encode(CREATED)
    with pytest.raises(DecodeError, match=rf"2 of {len(body) + 2} bytes are left over"):
        decode(OrderCreated, body + b"ab")


def _with(**changes: Any) -> OrderCreated:
    import dataclasses

    return dataclasses.replace(CREATED, **changes)


def _priced(amount: Any) -> OrderCreated:
    import dataclasses

    return _with(order=dataclasses.replace(CREATED.order, total=Money(currency_code="EUR", minor_units=amount)))


@pytest.mark.parametrize(
    ("event", "field"),
    [
        (_priced(2**63), "order.total.minor_units: 9223372036854775808 is out of the range of long"),
        (_priced(1.5), "order.total.minor_units: 1.5 is no long"),
        (_priced(True), "order.total.minor_units: True is no long"),
        (_with(order_id="x"), "order_id: 'x' is no UUID"),
        (_with(occurred_at=NOW.replace(tzinfo=None)), "occurred_at: .* lacks its time zone"),
        (_with(order=PRICE), "order: Money.* is no quadrille.events.types.OrderDetails"),
    ],
)
def test_a_value_that_the_schema_cannot_hold_is_refused_with_its_field(event: Event, field: str) -> None:
    with pytest.raises(EncodeError, match=rf"quadrille\.events\.order\.OrderCreated cannot be written: {field}"):
        encode(event)


def test_text_that_utf8_cannot_hold_and_lines_that_are_no_tuple_are_named() -> None:
    line = LineFailure(sku="\ud800", reason=InventoryFailureReason.UNKNOWN_SKU, requested=1)
    failed = {"order_id": uuid.UUID(int=1), "occurred_at": NOW, "reason": InventoryFailureReason.UNKNOWN_SKU}
    with pytest.raises(EncodeError, match=r"lines\[0\]\.sku"):
        encode(InventoryFailed(**failed, lines=(line,)))  # type: ignore[arg-type]
    with pytest.raises(EncodeError, match=r"lines: .* is no tuple"):
        encode(InventoryFailed(**failed, lines="ab"))  # type: ignore[arg-type]


def test_times_are_rounded_down_to_the_millisecond() -> None:
    event = _with(occurred_at=NOW.replace(microsecond=123999))
    assert decode(OrderCreated, encode(event)).occurred_at == NOW


def test_a_symbol_of_a_newer_writer_is_read_as_the_default() -> None:
    text = OrderCancelled.SCHEMA.text.replace('"PROVIDER_DECLINED"]', '"PROVIDER_DECLINED","SOLD_OUT"]')
    writer = RecordSchema(OrderCancelled.SCHEMA.full_name, text, fingerprint(text))
    event = OrderCancelled(
        order_id=uuid.UUID(int=1), occurred_at=NOW, customer_id="c", reason=CancelReason.UNKNOWN, total=PRICE
    )
    datum = {**event.to_avro(), "reason": "SOLD_OUT"}
    import io

    import fastavro

    out = io.BytesIO()
    fastavro.schemaless_writer(out, writer.parsed, datum)
    assert decode(OrderCancelled, out.getvalue(), writer) == event


def test_a_schema_that_cannot_be_resolved_is_an_error_that_names_both() -> None:
    with pytest.raises(DecodeError, match=r"OrderCreated \(written as quadrille\.events\.order\.OrderCancelled"):
        decode(OrderCreated, encode(CREATED), OrderCancelled.SCHEMA)


def test_the_embedded_schemas_are_the_sources(catalogue: Catalogue) -> None:
    for name, cls in CLASSES.items():
        if hasattr(cls, "SCHEMA"):
            assert cls.SCHEMA.text == catalogue.texts[name]
            assert cls.SCHEMA.fingerprint == fingerprint(catalogue.texts[name])


def test_every_released_schema_can_be_found_by_its_fingerprint() -> None:
    for versions in read_history(ROOT).values():
        for version in versions:
            found = recorded(version.fingerprint)
            assert found is not None
            assert found.text == version.text
    assert all(fingerprint(schema.text) == key for key, schema in RECORDED.items())


def test_topics_say_who_publishes_and_who_reads(catalogue: Catalogue) -> None:
    assert [topic.name for topic in TOPICS] == [topic.name for topic in catalogue.topics]
    assert topic_of(OrderCreated) is ORDER_EVENTS
    assert [topic.name for topic in topics_read_by("payment")] == ["order-events", "inventory-events"]
    assert list(events_read_by("payment")) == [
        "quadrille.events.order.OrderCancelled",
        "quadrille.events.inventory.InventoryReserved",
    ]
    assert events_read_by("nobody") == {}
    assert subject(ORDER_EVENTS, OrderCreated) == "order-events-quadrille.events.order.OrderCreated"
    assert ORDER_EVENTS.key_of(CREATED) == str(CREATED.order_id)


def test_an_event_has_no_key_on_a_topic_that_does_not_list_it() -> None:
    (other,) = [topic for topic in TOPICS if topic.name == "payment-events"]
    with pytest.raises(ValueError, match="OrderCreated is not published to payment-events"):
        other.key_of(CREATED)


def test_only_listed_records_are_events() -> None:
    assert all(issubclass(event, Event) for event in EVENTS.values())
    assert not issubclass(Money, Event)
