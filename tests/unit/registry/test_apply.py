"""What applying does with topics that exist, and with servers that do not."""

from __future__ import annotations

import dataclasses
import socket
from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from registry.changes import Action, ServerAway
from registry.plan_topics import Kafka, _compare, topic_config
from registry.server import Registry
from registry.topics import TopicSpec

TOPIC = TopicSpec("order-events", "order", "order_id", 6, 1, 1, timedelta(days=14), ())


def present(partitions: int, copies: int = 1) -> Any:
    return SimpleNamespace(partitions={n: SimpleNamespace(replicas=[1] * copies) for n in range(partitions)})


def test_a_topic_that_is_as_it_should_be_is_left_alone() -> None:
    change = _compare(TOPIC, present(6), topic_config(TOPIC) | {"segment.ms": "1"})
    assert (change.action, change.detail) == (Action.UNCHANGED, "")


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"partitions": 8}, "6 partitions instead of 8: not added, for keys would move"),
        ({"partitions": 3}, "6 partitions instead of 3: Kafka cannot remove any"),
        ({"replication": 3}, "replication 1 instead of 3"),
        ({"retention": timedelta(days=1)}, "retention.ms 1209600000 instead of 86400000"),
        ({"min_insync_replicas": 2}, "min.insync.replicas 1 instead of 2"),
    ],
)
def test_a_topic_that_differs_is_drift_with_its_reason(wanted: dict[str, Any], said: str) -> None:
    change = _compare(dataclasses.replace(TOPIC, **wanted), present(6), topic_config(TOPIC))
    assert change.action is Action.DRIFT
    assert said in change.detail


@pytest.fixture
def nobody() -> Iterator[str]:
    # Bound and not listening: refused at once, and nobody else can take the port meanwhile.
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"127.0.0.1:{held.getsockname()[1]}"


def test_a_kafka_that_does_not_answer_is_named(nobody: str) -> None:
    with pytest.raises(ServerAway, match=rf"Kafka does not answer at {nobody}"):
        Kafka(nobody, timeout=0.3).plan([TOPIC])


def test_a_registry_that_does_not_answer_is_named(nobody: str) -> None:
    with (
        Registry(f"http://{nobody}/x", timeout=0.3) as registry,
        pytest.raises(ServerAway, match=rf"the schema registry does not answer at http://{nobody}/x"),
    ):
        registry.subjects()


def test_an_address_that_is_none_is_told_like_a_registry_that_is_away() -> None:
    with pytest.raises(ServerAway, match="Invalid url nonsense"):
        Registry("nonsense")
