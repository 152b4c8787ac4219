"""What a service does about an error of PostgreSQL, by its code."""

from __future__ import annotations

import string

import psycopg.errors
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.sqlstates import MEANINGS, Action, meaning_of

codes = st.text(string.ascii_uppercase + string.digits, min_size=5, max_size=5)


@given(codes)
def test_a_code_means_what_the_table_says_of_it_or_of_its_class_and_else_what_was_asked_is_at_fault(code):
    found = meaning_of(code)
    if code in MEANINGS:
        assert found is MEANINGS[code]
    elif code[:2] in MEANINGS:
        assert found is MEANINGS[code[:2]]
    else:
        assert found.action is Action.REFUSE


def test_a_connection_that_cannot_be_made_has_no_code_and_new_ones_are_made():
    assert meaning_of(None).action is Action.RECONNECT


@pytest.mark.parametrize(
    ("error", "action"),
    [
        (psycopg.errors.SerializationFailure, Action.RETRY),
        (psycopg.errors.DeadlockDetected, Action.RETRY),
        (psycopg.errors.UniqueViolation, Action.RETRY),
        (psycopg.errors.AdminShutdown, Action.RECONNECT),
        (psycopg.errors.ReadOnlySqlTransaction, Action.RECONNECT),
        (psycopg.errors.TransactionTimeout, Action.RECONNECT),
        (psycopg.errors.DiskFull, Action.WAIT),
        (psycopg.errors.TooManyConnections, Action.WAIT),
        (psycopg.errors.UndefinedTable, Action.WAIT),
        (psycopg.errors.InvalidPassword, Action.WAIT),
        (psycopg.errors.NumericValueOutOfRange, Action.REFUSE),
        (psycopg.errors.CheckViolation, Action.REFUSE),
        (psycopg.errors.UntranslatableCharacter, Action.REFUSE),
    ],
)
def test_errors_that_were_met_mean_what_was_done_about_them(error, action):
    assert meaning_of(error.sqlstate).action is action


@pytest.mark.parametrize("code", [code for code in MEANINGS if len(code) == 5])
def test_every_code_of_the_table_is_one_of_postgresql(code):
    assert psycopg.errors.lookup(code).sqlstate == code


@pytest.mark.parametrize("code", MEANINGS)
def test_where_somebody_must_act_a_sentence_says_what_to_do(code):
    # What class 55 means is said by the server's own words.
    if MEANINGS[code].action is Action.WAIT and code != "55":
        assert MEANINGS[code].advice
