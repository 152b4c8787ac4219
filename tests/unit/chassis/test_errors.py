"""Which of the database's errors are tried again, and which a record is to blame for."""

from __future__ import annotations

import psycopg
import pytest
from sqlalchemy.exc import DBAPIError

from services.chassis.errors import Conflict, DatabaseAway, classify, ends_its_session
from services.chassis.sqlstates import Action, meaning_of

AWAY = [
    psycopg.errors.DiskFull,
    psycopg.errors.IoError,
    psycopg.errors.AdminShutdown,
    psycopg.errors.InternalError_,  # a disk over its quota
    psycopg.errors.InsufficientPrivilege,  # a disk that was mounted anew for reading only
]
TO_BLAME = [
    psycopg.errors.CheckViolation,
    psycopg.errors.NumericValueOutOfRange,
    psycopg.errors.NotNullViolation,
    psycopg.errors.DataCorrupted,  # of the rows of one order; others can go on
]


@pytest.mark.parametrize("kind", AWAY)
@pytest.mark.parametrize("wrapped", [False, True])
def test_what_no_record_is_to_blame_for_is_tried_again(kind, wrapped) -> None:
    error = kind("no room")
    known = classify(DBAPIError("INSERT", {}, error) if wrapped else error)
    assert isinstance(known, DatabaseAway)
    assert "no room" in str(known)
    assert (known.sqlstate, str(known)) == (kind.sqlstate, str(classify(error)))


@pytest.mark.parametrize("kind", TO_BLAME)
def test_what_a_record_is_to_blame_for_is_left_as_it_is(kind) -> None:
    error = kind("not so")
    assert classify(error) is error


EVERY = [kind for kind in vars(psycopg.errors).values() if isinstance(kind, type) and issubclass(kind, psycopg.Error)]
WITH_A_STATE = [kind for kind in EVERY if kind.sqlstate]


@pytest.mark.parametrize("kind", WITH_A_STATE, ids=lambda kind: kind.sqlstate)
def test_every_error_of_postgresqls_list_has_one_meaning(kind) -> None:
    error = kind("so")
    wrapped = DBAPIError("INSERT", {}, error)
    known = classify(error)
    assert (classify(wrapped) is wrapped) if known is error else (type(classify(wrapped)) is type(known))
    match meaning_of(kind.sqlstate).action:
        case Action.RETRY:
            assert isinstance(known, Conflict)
        case Action.REFUSE:
            assert known is error
        case _:
            assert isinstance(known, DatabaseAway)
    assert ends_its_session(error) == (meaning_of(kind.sqlstate).action is Action.RECONNECT)


BY_AN_OPERATOR = (
    "08000 08001 08003 08004 08006 25006 28000 28P01 3D000 42501 53000 53100 53200 53300 53400 55P03 57000 "
)
BY_AN_OPERATOR += (
    "57014 57P01 57P02 57P03 57P04 57P05 58000 58030 58P01 25P03 25P04 0A000 26000 42P01 42703 F0000 XX000"
)


@pytest.mark.parametrize("state", BY_AN_OPERATOR.split())
def test_what_an_operator_can_cause_ends_no_process_and_blames_no_record(state) -> None:
    assert isinstance(classify(psycopg.errors.lookup(state)("so")), DatabaseAway)


def test_an_operator_is_told_what_to_do_and_not_the_statement() -> None:
    error = psycopg.errors.ReadOnlySqlTransaction(
        "cannot execute INSERT in a read-only transaction\nLINE 1: INSERT 'x'"
    )
    assert "default_transaction_read_only" in str(classify(error))
    assert "LINE 1" not in str(classify(error))


def test_what_the_driver_refuses_to_send_is_the_records_fault_and_keeps_the_session() -> None:
    error = psycopg.DataError("PostgreSQL text fields cannot contain NUL (0x00) bytes")
    assert classify(error) is error
    assert not ends_its_session(error)


def test_a_connection_that_cannot_be_made_is_made_again() -> None:
    error = psycopg.OperationalError("connection refused")
    assert isinstance(classify(error), DatabaseAway)
    assert ends_its_session(error)


def test_another_transaction_that_was_first_is_a_conflict() -> None:
    assert isinstance(classify(psycopg.errors.DeadlockDetected("both")), Conflict)
