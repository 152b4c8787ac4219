"""The AsyncAPI 3.0 document: channels are topics, messages are events, operations are what services do with them.

Made from the same catalogue as the pages. Bindings: Kafka binding 0.5.0 of the AsyncAPI bindings repository.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from pages.examples import example
from pages.sources import Sources
from pages.telling import tell_duration
from pages.wire import CONTENT_TYPE, HEADERS, header_values
from registry.model import split
from registry.plan_topics import topic_config
from registry.topics import TopicSpec

FILE = "asyncapi.yaml"
AVRO = "application/vnd.apache.avro+json;version=1.9.0"
_BINDING = "0.5.0"
# Apache Kafka and the registry as `make up` starts them, unless settings say otherwise.
_KAFKA, _REGISTRY = "127.0.0.1:27092", "http://127.0.0.1:27081/apis/ccompat/v7"


def document(sources: Sources) -> dict[str, Any]:
    """Describe the events as AsyncAPI.

    Args:
        sources: What the pages are made from.

    Returns:
        The document, as JSON value.
    """
    topics = sources.catalogue.topics
    return {
        "asyncapi": "3.0.0",
        "id": "urn:quadrille:events",
        "info": {
            "title": "Quadrille events",
            "version": sources.version,
            "description": (
                "The events of the order saga. Each record is keyed by its order, framed for a Confluent-compatible "
                "registry (a zero byte, the schema's id in four bytes, the Avro body) and carries CloudEvents headers."
            ),
            "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
            "tags": [{"name": service} for service in sources.services],
        },
        "defaultContentType": CONTENT_TYPE,
        "servers": {
            "kafka": {
                "host": "{bootstrap}",
                "protocol": "kafka",
                "description": "Where the topics are. The default is the local platform's (`make up`).",
                "variables": {"bootstrap": {"default": _KAFKA, "description": "A bootstrap server, host and port."}},
                "bindings": {
                    "kafka": {
                        "schemaRegistryUrl": _REGISTRY,
                        "schemaRegistryVendor": "confluent",
                        "bindingVersion": _BINDING,
                    }
                },
            }
        },
        "channels": {topic.name: _channel(topic) for topic in topics},
        "operations": dict(_operations(sources)),
        "components": {
            "schemas": {"headers": _headers()},
            "messages": {
                _message_id(event.full_name): _message(sources, topic, event.full_name)
                for topic in topics
                for event in topic.events
            },
        },
    }


def text(sources: Sources) -> str:
    """Write the document.

    Args:
        sources: What the pages are made from.

    Returns:
        YAML.
    """
    return yaml.dump(document(sources), Dumper=_Plain, sort_keys=False, allow_unicode=True, width=110)


class _Plain(yaml.SafeDumper):
    """YAML without anchors: tools that rewrite documents stumble over them."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        return True


def _message_id(full_name: str) -> str:
    return split(full_name)[1]


def _channel(topic: TopicSpec) -> dict[str, Any]:
    config: dict[str, Any] = topic_config(topic)
    return {
        "address": topic.name,
        "title": topic.name,
        "description": (
            f"What {topic.owner} publishes, keyed by `{topic.key}`. Records are kept for "
            f"{tell_duration(topic.retention)}."
        ),
        "messages": {
            _message_id(event.full_name): {"$ref": f"#/components/messages/{_message_id(event.full_name)}"}
            for event in topic.events
        },
        "tags": [{"name": topic.owner}],
        "bindings": {
            "kafka": {
                "topic": topic.name,
                "partitions": topic.partitions,
                "replicas": topic.replication,
                "topicConfiguration": {
                    "cleanup.policy": [config["cleanup.policy"]],
                    "retention.ms": int(config["retention.ms"]),
                    "min.insync.replicas": int(config["min.insync.replicas"]),
                },
                "bindingVersion": _BINDING,
            }
        },
    }


def _message(sources: Sources, topic: TopicSpec, full_name: str) -> dict[str, Any]:
    catalogue = sources.catalogue
    record = catalogue.event(full_name)
    fingerprint = catalogue.fingerprint(full_name)
    return {
        "name": full_name,
        "title": _message_id(full_name),
        "summary": record.doc,
        "contentType": CONTENT_TYPE,
        "tags": [{"name": topic.owner}],
        "headers": {"$ref": "#/components/schemas/headers"},
        "payload": {"schemaFormat": AVRO, "schema": json.loads(catalogue.texts[full_name])},
        "bindings": {
            "kafka": {
                "key": {"type": "string", "format": "uuid", "description": f"`{topic.key}`, as text."},
                "schemaIdLocation": "payload",
                "schemaIdPayloadEncoding": "4",
                "schemaLookupStrategy": "TopicRecordNameStrategy",
                "bindingVersion": _BINDING,
            }
        },
        "examples": [
            {
                "name": _message_id(full_name),
                "headers": header_values(full_name, topic.owner, fingerprint),
                "payload": example(record, plain=True),
            }
        ],
    }


def _headers() -> dict[str, Any]:
    return {
        "type": "object",
        "description": "CloudEvents 1.0, Kafka protocol binding in binary mode, and W3C Trace Context.",
        "required": [header.name for header in HEADERS if header.required],
        "properties": {header.name: {**header.schema, "description": header.doc} for header in HEADERS},
    }


def _operations(sources: Sources) -> Iterable[tuple[str, Mapping[str, Any]]]:
    for service in sources.services:
        for topic in sources.catalogue.topics:
            read = [event.full_name for event in topic.events if service in event.consumers]
            if topic.owner == service:
                sent = [event.full_name for event in topic.events]
                summary = f"{service} publishes its events. No other service may."
                yield f"{service}.send.{topic.name}", _operation("send", service, topic, sent, summary, {})
            if read:
                # What services/chassis/consume/consumer.py joins.
                group = {"groupId": {"type": "string", "const": f"quadrille.{service}"}, "bindingVersion": _BINDING}
                summary = f"{service} handles these; it skips and counts the topic's other events."
                yield (
                    f"{service}.receive.{topic.name}",
                    _operation("receive", service, topic, read, summary, {"bindings": {"kafka": group}}),
                )


def _operation(
    action: str, service: str, topic: TopicSpec, names: Iterable[str], summary: str, more: Mapping[str, Any]
) -> dict[str, Any]:
    channel = f"#/channels/{topic.name}"
    return {
        "action": action,
        "channel": {"$ref": channel},
        "summary": summary,
        "tags": [{"name": service}],
        "messages": [{"$ref": f"{channel}/messages/{_message_id(name)}"} for name in names],
        **more,
    }
