"""Creates the topics that are missing, and tells how the others differ. Nothing that exists is altered.

More partitions than before would move most keys, and records of one order would be read out of order. Less of anything
would destroy data. Both are therefore for people to decide.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient, ConfigResource, NewTopic, ResourceType

from registry.changes import Action, Change, ServerAway
from registry.topics import TopicSpec

_SILENT = logging.getLogger("quadrille.registry.librdkafka")
_SILENT.addHandler(logging.NullHandler())
_SILENT.propagate = False


def topic_config(topic: TopicSpec) -> dict[str, str]:
    """Return the configuration that a topic is created with.

    Args:
        topic: The topic as topics.yaml describes it.

    Returns:
        Values as text by Kafka's names.
    """
    return {
        "cleanup.policy": "delete",
        "min.insync.replicas": str(topic.min_insync_replicas),
        "retention.ms": str(topic.retention // timedelta(milliseconds=1)),
    }


def apply_topics(topics: Sequence[TopicSpec], bootstrap_servers: str, timeout: float = 10.0) -> list[Change]:
    """Create the topics that are missing.

    Args:
        topics: What should be there.
        bootstrap_servers: Where Kafka's clients begin.
        timeout: Seconds to wait for each answer.

    Returns:
        What became of each topic, in their order.

    Raises:
        ServerAway: Kafka does not answer.
    """
    # librdkafka would print each refused connection; the error that is raised says it once.
    admin = AdminClient(
        {"bootstrap.servers": bootstrap_servers, "socket.timeout.ms": int(timeout * 1000)}, logger=_SILENT
    )
    try:
        present = admin.list_topics(timeout=timeout).topics
        configs = _configs(admin, [topic.name for topic in topics if topic.name in present], timeout)
    except KafkaException as error:
        raise ServerAway("Kafka", bootstrap_servers, _tell(error)) from error
    return [
        _compare(topic, present[topic.name], configs[topic.name])
        if topic.name in present
        else _create(admin, topic, timeout)
        for topic in topics
    ]


def _create(admin: Any, topic: TopicSpec, timeout: float) -> Change:
    new = NewTopic(topic.name, topic.partitions, topic.replication, config=topic_config(topic))
    try:
        admin.create_topics([new], operation_timeout=timeout, request_timeout=timeout)[topic.name].result()
    except KafkaException as error:
        if error.args[0].name() == "TOPIC_ALREADY_EXISTS":
            return Change("topic", topic.name, Action.UNCHANGED, "another run has just created it")
        return Change("topic", topic.name, Action.REFUSED, f"Kafka refuses it: {_tell(error)}")
    return Change("topic", topic.name, Action.CREATED, f"{topic.partitions} partitions")


def _configs(admin: Any, names: Sequence[str], timeout: float) -> dict[str, dict[str, str]]:
    if not names:
        return {}
    resources = [ConfigResource(ResourceType.TOPIC, name) for name in names]
    asked = admin.describe_configs(resources, request_timeout=timeout)
    return {
        resource.name: {key: entry.value for key, entry in answer.result().items()}
        for resource, answer in asked.items()
    }


def _compare(topic: TopicSpec, present: Any, config: Mapping[str, str]) -> Change:
    partitions = len(present.partitions)
    copies = min((len(partition.replicas) for partition in present.partitions.values()), default=0)
    differences = []
    if topic.partitions > partitions:
        differences.append(
            f"{partitions} partitions instead of {topic.partitions}: not added, for keys would move to other "
            "partitions and their records be read out of order"
        )
    elif topic.partitions < partitions:
        differences.append(f"{partitions} partitions instead of {topic.partitions}: Kafka cannot remove any")
    if copies != topic.replication:
        differences.append(
            f"replication {copies} instead of {topic.replication}: reassign with kafka-reassign-partitions"
        )
    differences += [
        f"{key} {config.get(key)} instead of {wanted}: alter with kafka-configs"
        for key, wanted in topic_config(topic).items()
        if config.get(key) != wanted
    ]
    action = Action.DRIFT if differences else Action.UNCHANGED
    return Change("topic", topic.name, action, "; ".join(differences))


def _tell(error: KafkaException) -> str:
    reason = error.args[0]
    return str(reason.str() if hasattr(reason, "str") else reason)
