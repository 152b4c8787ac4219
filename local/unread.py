"""Partitions that Kafka has and that nobody reads: how far a service is behind there, no instance of it can say."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from local.settings import Platform

KAFKA_SECONDS = 3.0

_SILENT = logging.getLogger("quadrille.local.librdkafka")
_SILENT.addHandler(logging.NullHandler())
_SILENT.propagate = False


@dataclass(frozen=True, slots=True, order=True)
class UnreadPartition:
    """A partition that no instance of a service reports.

    Attributes:
        service: The service, which reads its topic.
        topic: The topic.
        partition: Its number.
    """

    service: str
    topic: str
    partition: int


def kafka_partitions(platform: Platform) -> dict[str, int] | None:
    """Ask Kafka how many partitions each topic has now; topics.yaml only says how many were made.

    Args:
        platform: Where Kafka is.

    Returns:
        The number by topic, 0 for a topic that Kafka lacks; None if Kafka does not answer.
    """
    from confluent_kafka import KafkaException
    from confluent_kafka.admin import AdminClient
    from quadrille.events.topics import TOPICS

    client = AdminClient({"bootstrap.servers": platform.kafka_bootstrap_servers}, logger=_SILENT)
    try:
        known = client.list_topics(timeout=KAFKA_SECONDS).topics
    except KafkaException:
        return None
    return {topic.name: len(known[topic.name].partitions) if topic.name in known else 0 for topic in TOPICS}


def unread(there: Mapping[str, int], read: Mapping[str, Collection[tuple[str, int]]]) -> list[UnreadPartition]:
    """Find the partitions that nobody reads.

    Args:
        there: How many partitions each topic has.
        read: What the instances of each service report: topic and number of each partition.

    Returns:
        Those that are missing, in order.
    """
    from quadrille.events.topics import topics_read_by

    return sorted(
        UnreadPartition(service, topic.name, number)
        for service, reported in read.items()
        for topic in topics_read_by(service)
        for number in range(there[topic.name])
        if (topic.name, number) not in reported
    )


def told(partitions: Iterable[UnreadPartition]) -> list[str]:
    """Say it, in a sentence for each service.

    Args:
        partitions: In order, as `unread` gives them.
    """
    sentences = []
    for service, found in groupby(partitions, key=lambda one: one.service):
        named = ", ".join(f"{one.topic}/{one.partition}" for one in found)
        sentences.append(f"no instance of {service} reads {named}: what waits there is not known")
    return sentences
