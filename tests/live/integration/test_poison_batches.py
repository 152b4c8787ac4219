"""Batches with poison in them, on the real PostgreSQL: how it is taken out, and what it costs."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import text

pytestmark = pytest.mark.live


def test_what_fails_in_the_database_as_a_whole_is_found_by_splitting(bench):
    with bench.engine.begin() as connection:
        connection.execute(text('ALTER TABLE effects ADD CHECK ("offset" <> 5)'))
    batch = [bench.record(n) for n in range(9)]
    bench.processor.run(batch, bench.progress)
    assert bench.letters() == [(5, "CheckViolation")]
    assert bench.effects() == {record.received.key for n, record in enumerate(batch) if n != 5}
    assert bench.position() == 9


def test_so_is_what_fails_after_the_commit_was_sent(bench):
    with bench.engine.begin() as connection:
        connection.execute(text('ALTER TABLE effects ADD CHECK ("offset" <> 5)'))
    batch = [bench.record(n) for n in range(9)]
    bench.processor.run(batch, bench.progress, wait=False)
    assert (bench.effects(), bench.published) == (set(), [])
    bench.processor.finish()
    assert bench.letters() == [(5, "CheckViolation")]
    assert bench.effects() == {record.received.key for n, record in enumerate(batch) if n != 5}
    assert bench.position() == 9


def test_events_keep_the_order_of_their_records_around_a_poison_record(bench):
    batch = [bench.record(n) for n in range(9)]
    bench.poison.update((batch[3].received.key, batch[4].received.key))
    bench.processor.run(batch, bench.progress)
    assert [row.key for row in bench.published] == [r.received.key for n, r in enumerate(batch) if n not in {3, 4}]


def test_five_hundred_undecodable_records_among_good_ones_cost_one_transaction(bench):
    batch = [bench.undecodable(n) if n % 2 else bench.record(n) for n in range(1000)]
    assert bench.transactions(lambda: bench.processor.run(batch, bench.progress)) == 1
    assert bench.letters() == [(n, "Undecodable") for n in range(1, 1000, 2)]
    assert len(bench.effects()) == 500


def test_five_hundred_records_whose_handler_raises_cost_one_transaction(bench):
    batch = [bench.record(n) for n in range(500)]
    bench.poison.update(record.received.key for record in batch)
    assert bench.transactions(lambda: bench.processor.run(batch, bench.progress)) == 1
    assert bench.letters() == [(n, "ValueError") for n in range(500)]


def test_a_good_record_behind_an_undecodable_one_of_its_key_waits_and_one_before_it_does_not(bench):
    key = uuid4()
    bench.processor.run([bench.record(0, key), bench.undecodable(1, key), bench.record(2, key)], bench.progress)
    assert bench.letters() == [(1, "Undecodable"), (2, "Waiting")]
    assert bench.order_of_effects() == [(key, 0)]
