"""Finds out whether a topic has lost its end behind a position, and where.

A broker that loses the tail of a log (a power cut, an unclean election) may fill the same offsets with other records
before a reader looks. Each change of leader gives the records that follow a higher leader epoch (KIP-101), so a record
after the cut has a higher one than every record that was read before it.

Invariants:

- Whether a position is still of its topic is the word of the broker (`OffsetForLeaderEpoch`, KIP-320), as in a service.
- Where the topic was cut is what its records say: the first one with a higher epoch than the position's. Epochs never
  fall along a log, so that is found in a few looks.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from confluent_kafka import KafkaError, KafkaException, TopicPartition

from services.chassis.errors import BrokerAway
from services.chassis.kafka.epochs import at_position, hold_to_epochs
from services.chassis.kafka.own_topic import SILENCE_SECONDS
from services.chassis.kafka.topics import Partition
from services.chassis.tables.positions import Position

POLL_SECONDS = 0.2


def refused(client: Any, at: Mapping[Partition, Position]) -> set[Partition]:
    """Ask Kafka which positions are not of their topics any more.

    Args:
        client: From `own_topic.reader`, with `out_of_range="error"`.
        at: The positions.

    Returns:
        Those that are outside, or whose topics have lost what came before them.

    Raises:
        BrokerAway: Kafka does not say so of each.
        KafkaException: It does not answer.
    """
    waiting, found = set(at), set()
    client.assign([at_position(pair, position) for pair, position in at.items()])
    hold_to_epochs(client, at)
    until = time.monotonic() + SILENCE_SECONDS
    while waiting:
        message = client.poll(POLL_SECONDS)
        if message is None:
            if time.monotonic() > until:
                raise BrokerAway("Kafka does not say whether its topics have lost their ends")
            continue
        pair, error = (message.topic(), message.partition()), message.error()
        if error is not None and error.code() == KafkaError._AUTO_OFFSET_RESET:  # noqa: SLF001 - librdkafka's name
            found.add(pair)
        elif error is not None and error.code() != KafkaError._PARTITION_EOF:  # noqa: SLF001
            raise KafkaException(error)
        waiting.discard(pair)
    client.unassign()
    return found


def cuts(
    client: Any, at: Mapping[Partition, Position], bounds: Mapping[Partition, tuple[int, int]]
) -> dict[Partition, int]:
    """Find out where topics were cut. All partitions are looked into at once: each look waits for the broker.

    Args:
        client: From `own_topic.reader`, best with `single=True`.
        at: Positions that were refused, with their epochs.
        bounds: Of each, the first offset that the partition has, and its next one.

    Returns:
        Of each, the first offset that holds another record than was read, or none.

    Raises:
        ValueError: A position has no epoch: without it nobody can tell.
        BrokerAway: Kafka does not give a record that it has.
        KafkaException: It does not answer.
    """
    epochs: dict[Partition, int] = {}
    spans: dict[Partition, tuple[int, int]] = {}
    for pair, (offset, epoch) in at.items():
        if epoch is None:
            raise ValueError("without its epoch nobody can tell where a position's topic was cut")
        first, end = bounds[pair]
        epochs[pair], spans[pair] = epoch, (first, max(first, min(offset, end)))
    while middles := {pair: (low + high) // 2 for pair, (low, high) in spans.items() if low < high}:
        for pair, epoch in _epochs_at(client, middles).items():
            low, high = spans[pair]
            spans[pair] = (low, middles[pair]) if epoch > epochs[pair] else (middles[pair] + 1, high)
    return {pair: low for pair, (low, _) in spans.items()}


def _epochs_at(client: Any, places: Mapping[Partition, int]) -> dict[Partition, int]:
    client.assign([TopicPartition(*pair, offset) for pair, offset in places.items()])
    found: dict[Partition, int] = {}
    until = time.monotonic() + SILENCE_SECONDS
    while len(found) < len(places):
        message = client.poll(POLL_SECONDS)
        if message is None:
            if time.monotonic() > until:
                raise BrokerAway("Kafka does not give the records that it has")
            continue
        pair = message.topic(), message.partition()
        if pair in found:
            continue
        if message.error() is not None:
            raise KafkaException(message.error())
        epoch = message.leader_epoch()
        # A log in a format so old that it has no epochs cannot have been read with one.
        found[pair] = -1 if epoch is None else int(epoch)
    return found
