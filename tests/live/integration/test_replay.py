"""Replaying and dropping dead letters on the real PostgreSQL: order, once, and nothing in between."""

from __future__ import annotations

import threading
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from sqlalchemy import text

from services.chassis.decide.ids import derived
from tests.live.integration.bench import REQUEST
from tests.support.waiting import wait_until

pytestmark = pytest.mark.live

SECONDS = 30.0


def outcomes(results):
    return [result.outcome for result in results]


def test_a_replayed_letter_takes_effect_with_its_own_event_id_and_says_who_and_why(bench):
    record = bench.record(0)
    bench.dies(record)
    (letter,) = bench.open()
    assert outcomes(bench.replayer.replay([letter], REQUEST)) == ["REPLAYED"]
    assert bench.order_of_effects() == [(record.received.key, 0)]
    assert [row.event_id for row in bench.published] == [derived("shipping", record.received.event_id, 0)]
    assert bench.letters() == []
    assert bench.history(letter.id) == [("REPLAYED", "tester", "because", "")]


def test_a_letter_is_replayed_once_however_often_it_is_asked_for(bench):
    bench.dies(bench.record(0))
    letters = bench.open()
    bench.replayer.replay(letters, REQUEST)
    assert bench.replayer.replay(letters, REQUEST) == []
    assert len(bench.order_of_effects()) == len(bench.published) == 1


def test_what_waited_behind_a_letter_follows_it_in_order(bench):
    key = uuid4()
    bench.dies(*(bench.record(n, key) for n in range(4)))
    first, *_ = bench.open()
    assert outcomes(bench.replayer.replay([first], REQUEST)) == ["REPLAYED"] * 4
    assert bench.order_of_effects() == [(key, n) for n in range(4)]


def test_more_letters_of_a_key_than_fit_in_a_transaction_go_in_order_too(bench):
    key = uuid4()
    bench.dies(*(bench.record(n, key) for n in range(1203)))
    assert outcomes(bench.replayer.replay(bench.open()[:1], REQUEST)) == ["REPLAYED"] * 1203
    assert bench.order_of_effects() == [(key, n) for n in range(1203)]


def test_many_keys_with_many_letters_all_go(bench):
    keys = [uuid4() for _ in range(60)]
    bench.dies(*(bench.record(n, keys[n % 60]) for n in range(1200)))
    results = bench.replayer.replay(bench.open(error_type="ValueError"), REQUEST)
    assert outcomes(results) == ["REPLAYED"] * 1200
    assert bench.letters() == []


def test_a_letter_that_fails_again_stays_open_with_the_new_error_and_changes_nothing(bench):
    record, other = bench.record(0), bench.record(2)
    bench.dies(record, bench.record(1, record.received.key), other)

    def fails(key):
        if key == record.received.key:
            raise KeyError("another reason")

    bench.before = fails
    assert outcomes(bench.replayer.replay(bench.open(), REQUEST)) == ["FAILED", "BEHIND", "REPLAYED"]
    assert bench.letters() == [(0, "KeyError"), (1, "Waiting")]
    assert bench.effects() == {other.received.key}
    first, _ = bench.open()
    assert (first.attempts, first.error) == (1, "'another reason'")
    assert bench.history(first.id) == [("REPLAY_FAILED", "tester", "because", "'another reason'")]


def test_what_the_database_refuses_fails_by_itself_and_the_others_go(bench):
    records = [bench.record(n) for n in range(5)]
    bench.dies(*records)
    with bench.engine.begin() as connection:
        connection.execute(text('ALTER TABLE effects ADD CHECK ("offset" <> 3)'))
    results = bench.replayer.replay(bench.open(), REQUEST)
    assert outcomes(results) == ["REPLAYED", "REPLAYED", "REPLAYED", "FAILED", "REPLAYED"]
    assert bench.letters() == [(3, "CheckViolation")]


def test_a_letter_behind_another_one_is_left_alone(bench):
    key = uuid4()
    bench.processor.run([bench.undecodable(0, key), bench.undecodable(1, key)], bench.progress)
    _, second = bench.open()
    assert outcomes(bench.replayer.replay([second], REQUEST)) == ["BEHIND"]
    assert bench.history(second.id) == []


def test_a_dry_run_tells_what_would_be_and_changes_nothing(bench):
    good, bad = bench.record(0), bench.undecodable(1)
    bench.dies(good)
    bench.processor.run([bad], bench.progress)
    before = bench.open()
    assert outcomes(bench.replayer.replay(before, REQUEST, dry_run=True)) == ["REPLAYED", "FAILED"]
    assert outcomes(bench.replayer.drop(before, REQUEST, dry_run=True)) == ["DROPPED", "DROPPED"]
    assert bench.open() == before
    assert bench.effects() == set()
    assert bench.published == []
    assert [bench.history(letter.id) for letter in before] == [[], []]


def test_what_waited_behind_a_dropped_letter_takes_effect(bench):
    key = uuid4()
    bench.processor.run([bench.undecodable(0, key), bench.record(1, key)], bench.progress)
    first, _ = bench.open()
    assert outcomes(bench.replayer.drop([first], REQUEST, dry_run=True)) == ["DROPPED", "REPLAYED"]
    assert bench.order_of_effects() == []
    assert outcomes(bench.replayer.drop([first], REQUEST)) == ["DROPPED", "REPLAYED"]
    assert bench.order_of_effects() == [(key, 1)]
    assert bench.history(first.id) == [("DROPPED", "tester", "because", "")]
    assert bench.letters("DROPPED") == [(0, "Undecodable")]


def test_a_letter_whose_key_is_no_id_can_be_dropped_and_fails_when_replayed(bench):
    bench.processor.run([bench.with_bytes(bench.undecodable(0), key=b"somebody")], bench.progress)
    assert outcomes(bench.replayer.replay(bench.open(), REQUEST)) == ["FAILED"]
    assert outcomes(bench.replayer.drop(bench.open(), REQUEST)) == ["DROPPED"]
    assert bench.letters() == []


def test_of_two_replays_at_once_one_takes_effect(bench):
    bench.dies(*(bench.record(n) for n in range(120)))
    letters = bench.open()
    with ThreadPoolExecutor(4) as pool:
        runs = [pool.submit(bench.replayer.replay, letters, REQUEST) for _ in range(4)]
        went = [result.id for run in runs for result in run.result(SECONDS) if result.outcome == "REPLAYED"]
    assert sorted(went) == [letter.id for letter in letters]
    assert len(bench.order_of_effects()) == len(bench.published) == 120


class Gate:
    """Holds whoever handles a key until it is opened."""

    def __init__(self, key):
        self.key = key
        self.reached = threading.Event()
        self.opened = threading.Event()

    def __call__(self, key):
        if key == self.key:
            self.reached.set()
            assert self.opened.wait(SECONDS)


def waits_for_a_lock(bench):
    """Whether anybody waits for the lock of a key."""
    with bench.engine.connect() as connection:
        statement = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        return connection.execute(statement).scalar_one() > 0


def test_a_record_that_arrives_while_a_replay_commits_takes_effect_after_it(bench):
    key = uuid4()
    bench.dies(bench.record(0, key))
    gate = bench.before = Gate(key)
    with ThreadPoolExecutor(2) as pool:
        replay = pool.submit(bench.replayer.replay, bench.open(), REQUEST)
        assert gate.reached.wait(SECONDS)
        arriving = pool.submit(bench.processor.run, [bench.record(1, key)], bench.progress)
        wait_until(lambda: waits_for_a_lock(bench))
        gate.opened.set()
        arriving.result(SECONDS)
        assert outcomes(replay.result(SECONDS)) == ["REPLAYED"]
    assert bench.order_of_effects() == [(key, 0), (key, 1)]
    assert bench.letters() == []


def test_a_replay_that_begins_while_a_record_joins_the_letters_takes_it_along(bench):
    key, other = uuid4(), uuid4()
    bench.dies(bench.record(0, key))
    letters = bench.open()
    gate = bench.before = Gate(other)
    with ThreadPoolExecutor(2) as pool:
        # The batch has found the key blocked, and is held by its second record.
        arriving = pool.submit(bench.processor.run, [bench.record(1, key), bench.record(2, other)], bench.progress)
        assert gate.reached.wait(SECONDS)
        replay = pool.submit(bench.replayer.replay, letters, REQUEST)
        wait_until(lambda: waits_for_a_lock(bench))
        gate.opened.set()
        arriving.result(SECONDS)
        assert outcomes(replay.result(SECONDS)) == ["REPLAYED", "REPLAYED"]
    assert [place for place in bench.order_of_effects() if place[0] == key] == [(key, 0), (key, 1)]
    assert bench.letters() == []


def test_a_replay_that_is_taken_back_while_a_record_arrives_leaves_the_record_behind_it(bench):
    key = uuid4()
    bench.dies(bench.record(0, key))
    gate = bench.before = Gate(key)
    with ThreadPoolExecutor(2) as pool:
        replay = pool.submit(lambda: bench.replayer.replay(bench.open(), REQUEST, dry_run=True))
        assert gate.reached.wait(SECONDS)
        arriving = pool.submit(bench.processor.run, [bench.record(1, key)], bench.progress)
        wait_until(lambda: waits_for_a_lock(bench))
        gate.opened.set()
        arriving.result(SECONDS)
        replay.result(SECONDS)
    assert bench.order_of_effects() == []
    assert bench.letters() == [(0, "ValueError"), (1, "Waiting")]


def test_records_replays_and_drops_at_random_lose_double_and_reorder_nothing(bench):
    import random

    keys = [uuid4() for _ in range(6)]
    dice = random.Random(7)
    records = [bench.record(n, dice.choice(keys)) for n in range(900)]
    done = threading.Event()

    def consume():
        start = 0
        while start < len(records):
            size = dice.choice((1, 2, 5, 20))
            bench.poison = set(dice.sample(keys, dice.choice((0, 0, 1, 2))))
            bench.processor.run(records[start : start + size], bench.progress)
            start += size
        bench.poison = set()
        done.set()

    def replay(seed):
        own = random.Random(seed)
        while not done.is_set():
            letters = bench.open()
            if letters:
                bench.replayer.replay(own.sample(letters, min(len(letters), 5)), REQUEST, dry_run=own.random() < 0.2)

    with ThreadPoolExecutor(4) as pool:
        working = [pool.submit(consume), *(pool.submit(replay, seed) for seed in range(3))]
        for work in working:
            work.result(4 * SECONDS)
    bench.replayer.replay(bench.open(), REQUEST)
    assert bench.letters() == []
    effects = defaultdict(list)
    for key, offset in bench.order_of_effects():
        effects[key].append(offset)
    expected = defaultdict(list)
    for record in records:
        expected[record.received.key].append(record.offset)
    assert effects == expected
    assert len(bench.letters("REPLAYED")) > 50, "the test has tried too little"
