"""Whatever a producer chooses, reading its record gives an event, nothing, or an `Undecodable`; and never a lie."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from quadrille.avro import encode
from quadrille.events.order import OrderCreated
from quadrille.events.payment import PaymentCompleted
from quadrille.events.topics import INVENTORY_EVENTS, ORDER_EVENTS, PAYMENT_EVENTS, TOPICS
from quadrille.events.types import Money

from services.chassis.consume.linger import BatchReader
from services.chassis.errors import Undecodable
from services.chassis.kafka import own_topic
from services.chassis.process.effects import Inbound
from services.chassis.tables.dead_letters import Stored, format_error
from services.chassis.wire.decoder import Decoder, dataschema, frame, source_of
from services.chassis.wire.record import record_of, record_of_letter
from tests.support.registry import KnownSchemas
from tests.unit.conftest import Make

NOW = datetime(2026, 1, 2, tzinfo=UTC)
ORDER = uuid4()
KEY = str(ORDER).encode()
CREATED = OrderCreated(order_id=ORDER, occurred_at=NOW, order=Make().details(), deadline_at=NOW)
PAID = PaymentCompleted(
    order_id=ORDER,
    occurred_at=NOW,
    order=Make().details(),
    charge_id=uuid4(),
    amount=Money(currency_code="USD", minor_units=1),
)
VALUE = frame(7, encode(CREATED))
BY_ID = {7: OrderCreated.SCHEMA, 8: PaymentCompleted.SCHEMA}


class Given:
    """A message as the client gives it; its headers may be what the client cannot read."""

    def __init__(self, key=KEY, value=VALUE, headers=()):
        self._key, self._value, self._headers = key, value, headers

    def key(self):
        return self._key

    def value(self):
        return self._value

    def headers(self):
        if isinstance(self._headers, Exception):
            raise self._headers
        return self._headers

    def error(self):
        return None


NAMES = ["ce_specversion", "ce_id", "ce_type", "ce_source", "ce_time", "ce_dataschema", "content-type", "traceparent"]
NOT_UTF8 = UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte")
names = st.sampled_from([*NAMES, *map(str.upper, NAMES), "", "\0"]) | st.text(max_size=9)
values = (
    st.none()
    | st.binary(max_size=60)
    | st.sampled_from(
        [
            KEY,
            KEY.upper(),
            b"x" * 1_000_000,
            b"/services/order",
            b"0001-01-01T00:00:00+14:00",
            b"9999-12-31T23:59:59.999-14:00",
            b"1969-07-20T20:17:40+00:00",
            dataschema(OrderCreated.SCHEMA.fingerprint).encode(),
            dataschema("0" * 64).encode(),
            OrderCreated.SCHEMA.full_name.encode(),
            b"00-" + b"a" * 32 + b"-" + b"b" * 16 + b"-01",
        ]
    )
)
headers = st.none() | st.just(NOT_UTF8) | st.lists(st.tuples(names, values), max_size=9)
bodies = st.sampled_from([encode(CREATED), encode(PAID), b""]) | st.binary(max_size=99)
framed = st.builds(frame, st.sampled_from([0, 7, 8, 9, 2**31, 2**32 - 1]), bodies)
keys = (
    st.none() | st.sampled_from([KEY, KEY.upper(), KEY.replace(b"-", b""), b"", b"k" * 5000]) | st.binary(max_size=40)
)
messages = st.builds(Given, key=keys, value=st.none() | framed | st.binary(max_size=99), headers=headers)


def read(message, service="inventory", topic=ORDER_EVENTS, decoder=None):
    return (decoder or Decoder(service, KnownSchemas(BY_ID))).decode(topic, 0, 5, record_of(message))


@given(messages, st.sampled_from(["order", "inventory", "payment", "shipping"]), st.sampled_from(TOPICS))
@example(Given(headers=[("ce_dataschema", None)]), "inventory", ORDER_EVENTS)
@example(Given(headers=NOT_UTF8), "inventory", ORDER_EVENTS)
@example(Given(headers=[(f"h{n}", b"") for n in range(10_000)]), "inventory", ORDER_EVENTS)
def test_reading_any_record_raises_nothing_else_than_that_it_cannot_be_read(message, service, topic):
    try:
        found = read(message, service, topic)
    except Undecodable:
        return
    if found is not None:
        assert found.key == ORDER
        assert type(found.event) in {binding.event for binding in topic.events}


@given(messages)
def test_a_record_that_cannot_be_read_becomes_a_dead_letter_with_its_bytes(message):
    record = record_of(message)
    inbound = Inbound(ORDER_EVENTS, "id", 0, 5, record, None, None)
    letter = inbound.letter(record.error or Undecodable("no"))
    kept = json.loads(letter.headers)
    assert "\\u0000" not in letter.headers
    stored = Stored(**{f: getattr(letter, f) for f in letter.__slots__}, id=1, state="OPEN", failed_at=NOW, attempts=0)
    again = record_of_letter(stored)
    assert (again.key, again.value) == (record.key, record.value)
    assert (kept is None) == (record.error is not None) == (again.error is not None)
    if kept is not None:
        assert [value for _, value in again.headers or ()] == [value for _, value in record.headers or ()]


@given(messages)
def test_the_linger_and_the_own_topic_survive_any_record(message):
    BatchReader(5, [])._is_latency_critical(message)
    found = own_topic.ours("order", ORDER_EVENTS, message, NOW)
    if found is not None:
        assert NOW - ORDER_EVENTS.retention <= found.written_at <= NOW + timedelta(hours=1)


@given(st.text() | st.text(st.characters(categories=["Cs", "Cc"])))
def test_what_an_error_says_can_be_sent_to_a_database(text):
    said = format_error(ValueError(text))
    assert "\0" not in said
    assert len(said.encode("utf-8").decode("utf-8")) <= 2000


def test_whatever_reading_raises_stands_for_its_record_and_not_for_the_process():
    class Broken(KnownSchemas):
        def written_with(self, *_):
            raise RecursionError("deep")

    with pytest.raises(Undecodable, match="RecursionError: deep"):
        read(Given(), decoder=Decoder("inventory", Broken({})))


def test_headers_that_the_client_cannot_read_make_a_dead_letter_that_says_so():
    with pytest.raises(Undecodable, match="name is not UTF-8"):
        read(Given(headers=NOT_UTF8))


@pytest.mark.parametrize("service", ["shipping", "order"])
def test_an_event_is_obeyed_only_on_the_topic_that_is_its_own(service):
    paid = Given(value=frame(8, encode(PAID)))
    assert read(paid, service, PAYMENT_EVENTS).event == PAID
    with pytest.raises(Undecodable, match="belongs on payment-events: nobody may publish it on order-events"):
        read(paid, service, ORDER_EVENTS)


def test_an_event_that_says_that_another_service_published_it_is_not_obeyed():
    paid = frame(8, encode(PAID))
    assert read(Given(value=paid, headers=[("ce_source", source_of("payment"))]), "shipping", PAYMENT_EVENTS)
    with pytest.raises(Undecodable, match="only payment may publish on payment-events"):
        read(Given(value=paid, headers=[("ce_source", source_of("order"))]), "shipping", PAYMENT_EVENTS)


def test_an_event_that_is_for_nobody_here_is_skipped_wherever_it_stands():
    assert read(Given(value=frame(8, encode(PAID))), "inventory", INVENTORY_EVENTS) is None


def test_a_fingerprint_that_nobody_knows_does_not_name_a_schema_for_later_records():
    decoder = Decoder("shipping", KnownSchemas(BY_ID))
    lie = ("ce_dataschema", dataschema("0" * 64).encode())
    assert read(Given(value=frame(7, encode(CREATED)), headers=[lie]), topic=ORDER_EVENTS, decoder=decoder) is None
    later = Given(value=frame(8, encode(PAID)), headers=[lie])
    assert read(later, topic=PAYMENT_EVENTS, decoder=decoder).event == PAID
    assert len(decoder._plans) == 2


@pytest.mark.parametrize("context", [b"x" * 55, b"\0" * 55, b"00-" + b"a" * 900_000, b"00-aa-bb-01"])
def test_what_is_no_trace_context_does_not_go_on_into_rows_and_records(context):
    assert read(Given(headers=[("traceparent", context)])).traceparent is None


def test_of_headers_of_one_name_the_last_counts():
    first, second = uuid4(), uuid4()
    twice = [("ce_id", str(first).encode()), ("ce_id", str(second).encode())]
    assert read(Given(headers=twice)).event_id == second
    context = b"00-" + b"a" * 32 + b"-" + b"b" * 16 + b"-01"
    assert read(Given(headers=[("traceparent", b"no"), ("traceparent", context)])).traceparent == context.decode()


def test_a_record_without_an_id_has_its_place_for_one():
    without = [read(Given(headers=given)).event_id for given in ([], [("ce_id", None)], [("ce_id", b"")])]
    assert len(set(without)) == 1
    assert isinstance(without[0], UUID)
