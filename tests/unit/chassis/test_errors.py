"""Which of the database's errors are tried again, and which a record is to blame for."""

from __future__ import annotations

import psycopg
import pytest
from sqlalchemy.exc import DBAPIError

from services.chassis.errors import Conflict, DatabaseAway, classify

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
    assert str(known) == "no room"


@pytest.mark.parametrize("kind", TO_BLAME)
def test_what_a_record_is_to_blame_for_is_left_as_it_is(kind) -> None:
    error = kind("not so")
    assert classify(error) is error


def test_another_transaction_that_was_first_is_a_conflict() -> None:
    assert isinstance(classify(psycopg.errors.DeadlockDetected("both")), Conflict)
