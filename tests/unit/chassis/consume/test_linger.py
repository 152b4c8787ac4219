"""How long a batch waits for more records: the linger, by the words of its module."""

from __future__ import annotations

import time
from typing import Any

from confluent_kafka import KafkaError
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.consume import linger
from services.chassis.consume.linger import BUSY_RECORDS, LINGER_SECONDS, POLL_SECONDS, BatchReader

LATENCY_CRITICAL, RECORD_ONLY = "quadrille.events.Now", "quadrille.events.Later"
MOST = 6


class Message:
    """A record of an event; or an error of the client."""

    def __init__(self, name: str | None) -> None:
        self.name = name

    def error(self) -> Any:
        return KafkaError(KafkaError._ALL_BROKERS_DOWN) if self.name is None else None

    def headers(self) -> list[tuple[str, bytes]]:
        assert self.name is not None
        return [("ce_type", self.name.encode())]

    def key(self) -> None:
        return None

    def value(self) -> bytes:
        return b""


class Client:
    """Gives what it is told to give, and keeps how long it was waited for."""

    def __init__(self, there: list[Message], later: list[Message]) -> None:
        self.there, self.later = list(there), list(later)
        self.waits_seconds: list[float] = []

    def poll(self, seconds: float) -> Message | None:
        self.waits_seconds.append(seconds)
        if self.there:
            return self.there.pop(0)
        return self.later.pop(0) if seconds > 0 and self.later else None

    def consume(self, most: int, seconds: float) -> list[Message]:
        self.waits_seconds.append(seconds)
        taken, self.there = self.there[:most], self.there[most:]
        return taken


messages = st.lists(st.sampled_from([LATENCY_CRITICAL, RECORD_ONLY, None]).map(Message), max_size=2 * MOST)


def lingering(most: int = MOST) -> BatchReader:
    return BatchReader(most, [LATENCY_CRITICAL])


@given(messages, messages, st.integers(1, MOST), st.booleans())
def test_a_batch_is_the_next_records_in_their_order_and_no_larger_than_it_may_be(there, later, most, at_once):
    client = Client(there, later)
    batch = lingering(most).batch(client, at_once=at_once)
    assert batch == [*there, *later][: len(batch)]
    assert len(batch) <= most
    assert batch or not there


@given(messages, messages)
def test_while_a_batch_is_being_committed_nothing_is_waited_for(there, later):
    client = Client(there, later)
    batch = lingering().batch(client, at_once=True)
    assert batch == there[:MOST]
    assert set(client.waits_seconds) <= {0}


@given(messages, messages, st.sampled_from([LATENCY_CRITICAL, None]))
def test_a_latency_critical_record_or_an_error_never_waits_for_others(there, later, name):
    first = Message(name)
    client = Client([first, *there], later)
    assert lingering().batch(client) == [first, *there][:MOST]
    assert client.waits_seconds == [POLL_SECONDS, 0]


def test_record_only_ones_wait_a_moment_at_most_until_a_latency_critical_one_comes():
    first, second, critical, after = map(Message, (RECORD_ONLY, RECORD_ONLY, LATENCY_CRITICAL, RECORD_ONLY))
    client = Client([first], [second, critical, after])
    began = time.monotonic()
    assert lingering().batch(client) == [first, second, critical]
    assert client.later == [after]
    assert all(seconds <= linger.RECORD_ONLY_LINGER_SECONDS for seconds in client.waits_seconds[2:])
    assert time.monotonic() - began < 10 * POLL_SECONDS


def test_the_linger_comes_after_a_batch_that_says_that_the_service_is_busy():
    taking = lingering(2 * BUSY_RECORDS)
    taking.batch(Client([Message(LATENCY_CRITICAL) for _ in range(BUSY_RECORDS)], []))
    client = Client([Message(RECORD_ONLY)], [Message(LATENCY_CRITICAL)])
    assert len(taking.batch(client)) == 1
    assert client.waits_seconds == [POLL_SECONDS, LINGER_SECONDS]
    # It was a small one again: the next is not lingered for.
    client = Client([Message(LATENCY_CRITICAL)], [])
    taking.batch(client)
    assert client.waits_seconds == [POLL_SECONDS, 0]


@given(st.integers(0, MOST))
def test_a_batch_is_full_if_no_more_fitted(count):
    assert lingering().full([Message(RECORD_ONLY)] * count) == (count == MOST)
