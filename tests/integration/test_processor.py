"""A batch's transactions on the real PostgreSQL: what moves together, what is split off, what waits behind it."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import text

from services.chassis import positions
from services.chassis.errors import PositionTaken
from tests.integration.bench import PLACE

pytestmark = pytest.mark.live


def test_a_batch_moves_its_position_with_its_effects_and_its_events(bench):
    batch = [bench.record(0), bench.skipped(1), bench.record(2)]
    bench.processor.run(batch, bench.at)
    assert bench.position() == bench.at[PLACE] == 3
    assert bench.effects() == {batch[0].received.key, batch[2].received.key} == {row.key for row in bench.published}
    assert (bench.processor.handled, bench.processor.skipped) == (2, 1)


def test_a_batch_whose_position_was_taken_leaves_nothing_behind(bench):
    zombie = dict(bench.at)
    bench.processor.run([bench.record(0)], bench.at)
    before = bench.effects()
    with pytest.raises(PositionTaken):
        bench.processor.run([bench.record(0)], zombie)
    assert bench.effects() == before
    assert bench.position() == 1


def test_skipped_records_cost_no_transaction_and_move_with_the_next_one(bench):
    bench.processor.run([bench.skipped(0), bench.skipped(1)], bench.at)
    assert bench.position() == 0
    assert bench.processor.passed(PLACE, bench.at[PLACE]) == 2
    bench.at["other-topic", 0] = 7
    with bench.engine.begin() as connection:
        positions.start(connection, "other-topic", "test", 0, 7)
    bench.processor.run([replace(bench.record(7), topic_id="other-topic")], bench.at)
    assert bench.position() == bench.at[PLACE] == 2
    assert bench.at["other-topic", 0] == 8


def test_skipped_records_are_moved_past_when_nothing_else_comes(bench):
    bench.processor.run([bench.skipped(0)], bench.at)
    bench.processor.flush(bench.at)
    assert bench.position() == bench.at[PLACE] == 1
    bench.processor.flush(bench.at)
    assert bench.position() == 1


def test_skipped_records_of_a_partition_that_is_gone_are_forgotten(bench):
    bench.processor.run([bench.skipped(0)], bench.at)
    del bench.at[PLACE]
    bench.processor.flush(bench.at)
    assert bench.position() == 0


def test_a_poison_record_becomes_a_dead_letter_and_the_others_take_effect(bench):
    batch = [bench.record(n) for n in range(9)]
    bench.poison.add(batch[4].received.key)
    bench.processor.run(batch, bench.at)
    assert bench.letters() == [(4, "ValueError")]
    assert bench.effects() == {record.received.key for n, record in enumerate(batch) if n != 4}
    assert bench.position() == 9


def test_what_fails_in_the_database_as_a_whole_is_found_by_splitting(bench):
    with bench.engine.begin() as connection:
        connection.execute(text('ALTER TABLE effects ADD CHECK ("offset" <> 5)'))
    batch = [bench.record(n) for n in range(9)]
    bench.processor.run(batch, bench.at)
    assert bench.letters() == [(5, "IntegrityError")]
    assert bench.effects() == {record.received.key for n, record in enumerate(batch) if n != 5}
    assert bench.position() == 9


def test_events_keep_the_order_of_their_records_around_a_poison_record(bench):
    batch = [bench.record(n) for n in range(9)]
    bench.poison.update((batch[3].received.key, batch[4].received.key))
    bench.processor.run(batch, bench.at)
    assert [row.key for row in bench.published] == [r.received.key for n, r in enumerate(batch) if n not in {3, 4}]


def test_five_hundred_undecodable_records_among_good_ones_cost_one_transaction(bench):
    batch = [bench.undecodable(n) if n % 2 else bench.record(n) for n in range(1000)]
    assert bench.transactions(lambda: bench.processor.run(batch, bench.at)) == 1
    assert bench.letters() == [(n, "Undecodable") for n in range(1, 1000, 2)]
    assert len(bench.effects()) == 500


def test_five_hundred_records_whose_handler_raises_cost_few_transactions(bench):
    batch = [bench.record(n) for n in range(500)]
    bench.poison.update(record.received.key for record in batch)
    # Halved until no part has more than 50 of them: sixteen parts, and fifteen attempts that were too long.
    assert bench.transactions(lambda: bench.processor.run(batch, bench.at)) == 31
    assert bench.letters() == [(n, "ValueError") for n in range(500)]


def test_a_good_record_behind_an_undecodable_one_of_its_key_waits_and_one_before_it_does_not(bench):
    key = uuid4()
    bench.processor.run([bench.record(0, key), bench.undecodable(1, key), bench.record(2, key)], bench.at)
    assert bench.letters() == [(1, "Undecodable"), (2, "Waiting")]
    assert bench.order_of_effects() == [(key, 0)]


def test_bytes_that_are_no_event_become_a_dead_letter(bench):
    bench.processor.run([bench.record(0), bench.undecodable(1), bench.record(2)], bench.at)
    assert bench.letters() == [(1, "Undecodable")]
    assert len(bench.effects()) == 2
    assert bench.position() == 3


def test_later_records_of_a_dead_letters_key_wait_behind_it(bench):
    key = uuid4()
    bench.poison.add(key)
    bench.processor.run([bench.record(0, key)], bench.at)
    bench.poison.clear()
    other = bench.record(2)
    bench.processor.run([bench.record(1, key), other, bench.record(3, key)], bench.at)
    assert bench.letters() == [(0, "ValueError"), (1, "Waiting"), (3, "Waiting")]
    assert bench.effects() == {other.received.key}
    assert bench.position() == 4
