"""What the topics hold at the end: each record, read with the very schema that it was written with."""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import fastavro
from confluent_kafka import Consumer, TopicPartition
from confluent_kafka.schema_registry import SchemaRegistryClient
from quadrille.events.topics import TOPICS

from registry.live import same_schema

READ_SECONDS = 20.0


@dataclass(frozen=True)
class Kept:
    """A record of a topic.

    Attributes:
        event: Its event's simple name.
        order_id: Its key.
        later: True if it was written with a schema that version N does not have.
        datum: What it says, as its writer wrote it.
    """

    event: str
    order_id: str
    later: bool
    datum: dict[str, Any]


def read_all(platform) -> list[Kept]:
    """Read every topic from its first record to its last."""
    ours = {
        binding.event.SCHEMA.full_name: same_schema(binding.event.SCHEMA.text)
        for topic in TOPICS
        for binding in topic.events
    }
    schemas: dict[int, tuple[Any, str, bool]] = {}
    kept = []
    with SchemaRegistryClient({"url": platform.registry_url}) as registry:
        for message in _messages(platform.kafka_bootstrap_servers):
            magic, schema_id = struct.unpack_from(">BI", message.value())
            assert magic == 0
            if schema_id not in schemas:
                text = registry.get_schema(schema_id).schema_str
                raw = json.loads(text)
                full_name = f"{raw['namespace']}.{raw['name']}"
                schemas[schema_id] = fastavro.parse_schema(raw), raw["name"], same_schema(text) != ours[full_name]
            parsed, name, later = schemas[schema_id]
            datum = fastavro.schemaless_reader(BytesIO(message.value()[5:]), parsed)
            kept.append(Kept(name, message.key().decode(), later, datum))
    return kept


def _messages(bootstrap_servers: str):
    consumer = Consumer(
        {"bootstrap.servers": bootstrap_servers, "group.id": "rolling-test", "enable.auto.commit": False}
    )
    try:
        left = {}
        for topic in TOPICS:
            for partition in range(topic.partitions):
                low, high = consumer.get_watermark_offsets(TopicPartition(topic.name, partition), timeout=READ_SECONDS)
                if high > low:
                    left[topic.name, partition] = low, high
        consumer.assign([TopicPartition(topic, partition, low) for (topic, partition), (low, _) in left.items()])
        while left:
            message = consumer.poll(READ_SECONDS)
            assert message is not None, f"nothing came for {READ_SECONDS} s, and {sorted(left)} are not read"
            assert message.error() is None, message.error()
            yield message
            place = message.topic(), message.partition()
            if place in left and message.offset() + 1 >= left[place][1]:
                del left[place]
    finally:
        consumer.close()
