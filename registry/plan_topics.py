"""What is to be done about topics: those that are missing are created, those that differ are told and left alone.

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


class Kafka:
    """A connection to a cluster's administration."""

    def __init__(self, bootstrap_servers: str, timeout: float = 10.0) -> None:
        """Prepare; nothing connects yet.

        Args:
            bootstrap_servers: Where Kafka's clients begin.
            timeout: Seconds to wait for each answer.
        """
        # librdkafka would print each refused connection; the error that is raised says it once.
        self._admin = AdminClient(
            {"bootstrap.servers": bootstrap_servers, "socket.timeout.ms": int(timeout * 1000)}, logger=_SILENT
        )
        self._where = bootstrap_servers
        self._timeout = timeout

    def plan(self, topics: Sequence[TopicSpec]) -> list[Change]:
        """Compare topics with what is there.

        Args:
            topics: What should be there.

        Returns:
            What is to be done about each topic, in their order.

        Raises:
            ServerAway: Kafka does not answer.
        """
        try:
            present = self._admin.list_topics(timeout=self._timeout).topics
            configs = _configs(self._admin, [topic.name for topic in topics if topic.name in present], self._timeout)
        except KafkaException as error:
            raise ServerAway("Kafka", self._where, _tell(error)) from error
        return [
            _compare(topic, present[topic.name], configs[topic.name])
            if topic.name in present
            else Change("topic", topic.name, Action.CREATE, f"{topic.partitions} partitions")
            for topic in topics
        ]

    def create(self, topic: TopicSpec) -> str:
        """Create a topic.

        Args:
            topic: What is to be there.

        Returns:
            Empty if it is there now; else why Kafka refuses it.
        """
        new = NewTopic(topic.name, topic.partitions, topic.replication, config=topic_config(topic))
        try:
            asked = self._admin.create_topics([new], operation_timeout=self._timeout, request_timeout=self._timeout)
            asked[topic.name].result()
        except KafkaException as error:
            # Another run was faster: the topic is there.
            return "" if error.args[0].name() == "TOPIC_ALREADY_EXISTS" else f"Kafka refuses it: {_tell(error)}"
        return ""


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
