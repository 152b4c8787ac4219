"""Transactions of the hot path on the real PostgreSQL."""

from __future__ import annotations

import psycopg
import pytest
from sqlalchemy import text

from services.chassis.errors import Conflict, DatabaseAway, classify
from services.chassis.postgres.direct import Direct, send_commit
from services.chassis.postgres.engine import make_engine
from tests.support.waiting import wait_until

# A transaction is a block, and it is the block that raises.
# ruff: noqa: PT012
pytestmark = pytest.mark.live

INSERT = text("INSERT INTO direct_test VALUES (:n)")
ALL = text("SELECT n FROM direct_test ORDER BY n")


@pytest.fixture
def engine(platform):
    url = platform.database_url("shipping").replace("postgresql://", "postgresql+psycopg://")
    made = make_engine(url, transaction_timeout=8, application_name="test_direct")
    with made.begin() as connection:
        connection.execute(text("CREATE TABLE direct_test (n int PRIMARY KEY DEFERRABLE INITIALLY IMMEDIATE)"))
    yield made
    with made.begin() as connection:
        connection.execute(text("DROP TABLE direct_test"))
    made.dispose()


@pytest.fixture
def direct(engine):
    return Direct(engine)


def stored(engine):
    with engine.connect() as connection:
        return list(connection.execute(ALL).scalars())


def test_what_is_done_is_there_after_the_block(engine, direct):
    with direct.begin() as connection:
        connection.execute(INSERT, {"n": 1})
        assert [row.n for row in connection.execute(ALL)] == [1]
        assert connection.execute(INSERT, {"n": 2}).rowcount == 1
        assert stored(engine) == []
    assert stored(engine) == [1, 2]


def test_a_block_that_raises_leaves_nothing(engine, direct):
    with pytest.raises(KeyError), direct.begin() as connection:
        connection.execute(INSERT, {"n": 1})
        raise KeyError
    assert stored(engine) == []


def test_the_first_error_is_told_and_not_what_followed_from_it(engine, direct):
    with pytest.raises(psycopg.errors.UniqueViolation) as caught, direct.begin() as connection:
        connection.execute(INSERT, {"n": 1})
        connection.execute(INSERT, {"n": 1})
        connection.execute(INSERT, {"n": 2})
        connection.execute(ALL).all()
    assert isinstance(classify(caught.value), Conflict)
    assert stored(engine) == []


def test_an_error_that_only_the_commit_tells_is_raised_in_its_block(engine, direct):
    with pytest.raises(psycopg.errors.UniqueViolation), direct.begin() as connection:
        connection.execute(text("SET CONSTRAINTS ALL DEFERRED"))
        connection.execute(INSERT, {"n": 1})
        connection.execute(INSERT, {"n": 1})
    with direct.begin() as connection:
        connection.execute(INSERT, {"n": 3})
    assert stored(engine) == [3]


def test_a_commit_that_is_sent_is_done_while_its_caller_does_something_else(engine, direct):
    with direct.begin() as connection:
        connection.execute(INSERT, {"n": 1})
        found = connection.execute(ALL)
        send_commit(connection)
        wait_until(lambda: stored(engine) == [1])
    assert [row.n for row in found] == [1]
    with direct.begin() as connection:
        connection.execute(INSERT, {"n": 2})
    assert stored(engine) == [1, 2]


def test_an_error_of_a_commit_that_was_sent_is_raised_at_the_end_of_its_block(engine, direct):
    reached = False
    with pytest.raises(psycopg.errors.UniqueViolation), direct.begin() as connection:
        connection.execute(INSERT, {"n": 1})
        connection.execute(INSERT, {"n": 1})
        send_commit(connection)
        reached = True
    assert reached
    assert stored(engine) == []
    with direct.begin() as connection:
        connection.execute(INSERT, {"n": 3})
    assert stored(engine) == [3]


def test_a_block_that_raises_after_it_sent_its_commit_leaves_what_it_did_and_a_connection_that_works(engine, direct):
    with pytest.raises(KeyError), direct.begin() as connection:
        connection.execute(INSERT, {"n": 1})
        send_commit(connection)
        raise KeyError
    with direct.begin() as connection:
        assert connection.execute(ALL).scalar_one() == 1
    assert stored(engine) == [1]


def test_after_the_server_went_away_only_one_transaction_fails(platform, engine, direct):
    # Two connections in the pool, and both are cut.
    with direct.begin() as one, direct.begin() as two:
        one.execute(ALL).all()
        two.execute(ALL).all()
    with psycopg.connect(platform.postgres_admin_url) as other:
        gone = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'test_direct'"
        assert len(other.execute(gone).fetchall()) == 2
    failures = []
    for n in range(4):
        try:
            with direct.begin() as connection:
                connection.execute(INSERT, {"n": n})
        except DatabaseAway as error:
            failures.append(error)
    assert len(failures) == 1
    assert len(stored(engine)) == 4 - len(failures)


def test_a_transaction_that_takes_too_long_is_ended_and_can_be_tried_again(platform):
    url = platform.database_url("shipping").replace("postgresql://", "postgresql+psycopg://")
    engine = make_engine(url, transaction_timeout=0.2, application_name="test_direct")
    direct = Direct(engine)
    with pytest.raises(DatabaseAway, match="transaction timeout"), direct.begin() as connection:
        connection.execute(text("SELECT pg_sleep(1)")).all()
    with direct.begin() as connection:
        assert connection.execute(text("SELECT 1")).scalar_one() == 1
    engine.dispose()


def test_a_statement_that_was_first_seen_in_a_block_that_raised_works_in_the_next(engine, direct):
    with pytest.raises(KeyError), direct.begin() as connection:
        assert connection.execute(INSERT, {"n": 1}).rowcount == 1
        raise KeyError
    with pytest.raises(psycopg.errors.UniqueViolation), direct.begin() as connection:
        connection.execute(INSERT, {"n": 1})
        connection.execute(INSERT, {"n": 1})
        connection.execute(text("SELECT n + 1 AS following FROM direct_test"))
    with direct.begin() as connection:
        connection.execute(INSERT, {"n": 1})
        following = connection.execute(text("SELECT n + 1 AS following FROM direct_test"))
    assert [row.following for row in following] == [2]
    assert stored(engine) == [1]


def test_what_cannot_be_sent_is_refused_and_the_block_leaves_nothing(engine, direct):
    for value in ("a\0b", ["a\0b"], ["a", 1], object()):
        with pytest.raises(psycopg.Error), direct.begin() as connection:
            connection.execute(INSERT, {"n": 1})
            connection.execute(text("SELECT CAST(:value AS text)"), {"value": value})
    assert stored(engine) == []


def test_results_are_those_of_their_statements_in_whatever_order_they_are_looked_at(direct):
    with direct.begin() as connection:
        results = [connection.execute(text("SELECT CAST(:n AS int) AS n"), {"n": n}) for n in range(100)]
        assert results[40].scalar_one() == 40
        assert results[7].scalar_one() == 7
        assert results[99].one().n == 99
        none = connection.execute(text("SELECT 1 AS n WHERE false"))
        assert none.first() is None
        assert none.rowcount == 0
        last = connection.execute(text("SELECT 1 AS n UNION ALL SELECT 2"))
    assert [result.scalar_one() for result in results] == [*range(100)]
    assert [row.n for row in last] == [1, 2]
    assert last.rowcount == 2


def test_more_than_any_buffer_holds_goes_both_ways_at_once(direct):
    # Whoever only writes while the server waits for its answers to be read stands still for ever.
    large = "x" * 4_000_000
    with direct.begin() as connection:
        back = [
            connection.execute(text("SELECT CAST(:text AS text) || :number"), {"text": large, "number": str(number)})
            for number in range(10)
        ]
    assert [result.scalar_one() for result in back] == [f"{large}{number}" for number in range(10)]


def test_a_parameter_may_stand_in_several_places(direct):
    with direct.begin() as connection:
        query = text("SELECT CAST(:a AS int) + CAST(:b AS int) + CAST(:a AS int) AS sum, 'x:y' AS text, 1::int AS one")
        assert tuple(connection.execute(query, {"b": 10, "a": 1}).one()) == (12, "x:y", 1)
