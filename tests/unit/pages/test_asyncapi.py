"""The AsyncAPI document says what the catalogue says. The official parser reads it in tests/interop."""

from __future__ import annotations

import json

import fastavro
import yaml
from quadrille.events.topics import TOPICS

from pages.asyncapi import document, text
from pages.wire import CONTENT_TYPE, HEADERS, header_values
from services.chassis.tables.outbox import Row
from services.chassis.wire.decoder import headers
from tests.unit.conftest import NOW


def test_yaml_says_what_the_document_says_without_anchors(sources):
    written = text(sources)
    assert yaml.safe_load(written) == document(sources)
    assert "&id" not in written


def test_channels_are_the_topics_and_messages_the_events(sources):
    made = document(sources)
    assert [channel["address"] for channel in made["channels"].values()] == [topic.name for topic in TOPICS]
    for topic in TOPICS:
        kafka = made["channels"][topic.name]["bindings"]["kafka"]
        assert (kafka["partitions"], kafka["replicas"]) == (topic.partitions, topic.replication)
        assert kafka["topicConfiguration"]["retention.ms"] == topic.retention.total_seconds() * 1000
        listed = made["channels"][topic.name]["messages"]
        assert list(listed) == [binding.event.__name__ for binding in topic.events]


def test_a_message_carries_the_schema_that_is_registered(sources):
    for message in document(sources)["components"]["messages"].values():
        text_ = sources.catalogue.texts[message["name"]]
        assert message["payload"]["schema"] == json.loads(text_)
        fastavro.parse_schema(message["payload"]["schema"])


def test_owners_send_and_consumers_receive(sources):
    made = document(sources)
    said = {
        (operation["action"], name.partition(".")[0], reference["$ref"].rpartition("/")[2])
        for name, operation in made["operations"].items()
        for reference in operation["messages"]
    }
    sent = {("send", topic.owner, binding.event.__name__) for topic in TOPICS for binding in topic.events}
    read = {("receive", to, b.event.__name__) for topic in TOPICS for b in topic.events for to in b.consumers}
    assert said == sent | read


def test_the_headers_are_those_that_the_chassis_writes(make):
    from uuid import UUID

    full_name, fingerprint = "quadrille.events.order.OrderCreated", "ab" * 32
    wanted = header_values(full_name, "order", fingerprint)
    row = Row(
        event_id=UUID(wanted["ce_id"]),
        topic="order-events",
        key=UUID(int=1),
        type=full_name,
        fingerprint=fingerprint,
        body=b"",
        traceparent=wanted["traceparent"],
        id=1,
        created_at=NOW.replace(microsecond=678_000),
    )
    assert {name: value.decode() for name, value in headers(row, "order")} == wanted
    assert wanted["content-type"] == CONTENT_TYPE
    without = Row(**{**{name: getattr(row, name) for name in Row.__dataclass_fields__}, "traceparent": None})
    assert {name for name, _ in headers(without, "order")} == {header.name for header in HEADERS if header.required}
