"""Framing, headers, and bytes that are no record."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from quadrille.avro import encode
from quadrille.events.order import OrderCancelled, OrderCreated
from quadrille.events.topics import ORDER_EVENTS, SHIPPING_EVENTS

from services.chassis.errors import RegistryAway, Undecodable
from services.chassis.tables.outbox import Row
from services.chassis.wire.decoder import Decoder, dataschema, frame, headers, unframe
from services.chassis.wire.record import Record
from services.chassis.wire.schemas import Schemas
from tests.support.registry import KnownSchemas
from tests.unit.conftest import Make

NOW = datetime(2026, 1, 2, tzinfo=UTC)
ORDER = uuid4()
EVENT = OrderCreated(order_id=ORDER, occurred_at=NOW, order=Make().details(), deadline_at=NOW)
KEY = str(ORDER).encode()


def decoder(service="inventory") -> Decoder:
    return Decoder(service, KnownSchemas({7: OrderCreated.SCHEMA}))


def decode(value, key=KEY, service="inventory"):
    return decoder(service).decode(ORDER_EVENTS, 0, 5, Record(key, value, []))


@given(st.integers(0, 2**32 - 1), st.binary())
def test_what_is_framed_is_unframed(schema_id, body):
    assert unframe(frame(schema_id, body)) == (schema_id, body)


def test_the_prefix_is_zero_and_the_id_in_four_bytes_big_endian():
    assert frame(258, b"x") == b"\x00\x00\x00\x01\x02x"


def test_an_event_is_read_with_its_key():
    received = decode(frame(7, encode(EVENT)))
    assert received.event == EVENT
    assert received.key == ORDER


def test_an_event_of_another_service_is_skipped():
    assert decode(frame(7, encode(EVENT)), service="payment") is None


@pytest.mark.parametrize("value", [None, b"", b"\x00\x00\x00", b"\x01\x00\x00\x00\x07abc", frame(8, b"")])
def test_a_value_that_is_not_framed_for_a_known_schema_is_undecodable(value):
    with pytest.raises(Undecodable):
        decode(value)


@pytest.mark.parametrize("key", [None, b"", b"not a uuid", str(UUID(int=99)).encode()])
def test_a_key_that_is_not_the_orders_id_is_undecodable(key):
    with pytest.raises(Undecodable):
        decode(frame(7, encode(EVENT)), key=key)


@given(st.data())
def test_a_body_that_is_cut_short_or_goes_on_is_undecodable(data):
    body = encode(EVENT)
    broken = data.draw(
        st.one_of(
            st.integers(0, len(body) - 1).map(lambda n: body[:n]),
            st.binary(min_size=1, max_size=8).map(lambda tail: body + tail),
        )
    )
    with pytest.raises(Undecodable):
        decode(frame(7, broken))


def test_headers_are_those_of_the_cloudevents_binding():
    row = Row(uuid4(), "shipping-events", ORDER, "quadrille.x.Y", "ab" * 32, b"", "00-aa-bb-01", 1, NOW)
    made = dict(headers(row, SHIPPING_EVENTS.owner))
    assert made == {
        "ce_specversion": b"1.0",
        "ce_id": str(row.event_id).encode(),
        "ce_type": b"quadrille.x.Y",
        "ce_source": b"/services/shipping",
        "ce_time": b"2026-01-02T00:00:00+00:00",
        "ce_dataschema": b"urn:quadrille:schema:sha256:" + b"ab" * 32,
        "content-type": b"application/avro",
        "traceparent": b"00-aa-bb-01",
    }


class Emptied(Schemas):
    """A registry that was lost and filled anew: its ids are those of other schemas."""

    def _ask(self, schema_id):
        if schema_id == 7:
            return OrderCancelled.SCHEMA
        raise RegistryAway("it does not answer")


def emptied(*given):
    found = Decoder("inventory", Emptied("http://127.0.0.1:9"))
    return found.decode(ORDER_EVENTS, 0, 5, Record(KEY, frame(7, encode(EVENT)), list(given)))


def test_a_fingerprint_decides_and_not_an_id_that_a_registry_has_given_anew():
    fingerprint = ("ce_dataschema", dataschema(OrderCreated.SCHEMA.fingerprint).encode())
    assert emptied(fingerprint).event == EVENT
    assert emptied(fingerprint, ("ce_type", OrderCreated.SCHEMA.full_name.encode())).event == EVENT


def test_a_record_whose_id_names_another_type_than_its_header_is_not_guessed_at():
    with pytest.raises(Undecodable, match="gave its ids anew"):
        emptied(("ce_type", OrderCreated.SCHEMA.full_name.encode()))


def test_a_known_fingerprint_asks_no_registry_and_an_unknown_one_waits_for_it():
    schemas = Emptied("http://127.0.0.1:9")
    assert schemas.written_with(8, OrderCreated.SCHEMA.fingerprint).text == OrderCreated.SCHEMA.text
    with pytest.raises(RegistryAway):
        schemas.written_with(8, "0" * 64)
