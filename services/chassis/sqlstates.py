"""What each error of PostgreSQL that an operator, a server or another transaction can cause means to a service.

The table is made from PostgreSQL's own list (manual, appendix A, "PostgreSQL Error Codes").
A code that is not in it, and whose class is not, is the fault of what was asked: a record, a request, or a statement.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum


class Action(Enum):
    """What a service does about an error.

    Attributes:
        RETRY: Another transaction was first: load again and decide again.
        RECONNECT: The session is of no more use: all that are open are closed, and new ones are made.
        WAIT: Somebody has to do something: try again, keep order, and say what is wrong.
        REFUSE: What was asked is at fault.
    """

    RETRY = "retry"
    RECONNECT = "reconnect"
    WAIT = "wait"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What an error means.

    Attributes:
        action: What is done.
        advice: What is wrong and what an operator may do, in a sentence; empty where the server's words say enough.
    """

    action: Action
    advice: str = ""


_LOST = Meaning(Action.RECONNECT)
_FIRST = Meaning(Action.RETRY)
_TABLES = "a table or column is missing: run quadrille migrate"
READ_ONLY = (
    "the database takes no writes: the server is a standby, or default_transaction_read_only is on; a managed one does "
    "that when its disk is nearly full"
)

#: By SQLSTATE, or by its class (the first two characters) for all of a class that are not named themselves.
MEANINGS: Mapping[str, Meaning] = {
    # 08 Connection Exception
    "08": _LOST,
    # 0A Feature Not Supported: "cached plan must not change result type", after a migration under open sessions.
    "0A000": _LOST,
    # 23 Integrity Constraint Violation
    "23505": _FIRST,
    # 25 Invalid Transaction State
    "25006": Meaning(Action.RECONNECT, READ_ONLY),
    "25P03": Meaning(Action.RECONNECT, "idle_in_transaction_session_timeout ended the session"),
    "25P04": Meaning(Action.RECONNECT, "the transaction took longer than QUADRILLE_TRANSACTION_TIMEOUT"),
    # 26 Invalid SQL Statement Name, 42P05 Duplicate Prepared Statement: somebody shares sessions out between clients.
    "26000": Meaning(Action.RECONNECT, "prepared statements are gone: a pooler must keep sessions, not transactions"),
    "42P05": Meaning(Action.RECONNECT, "prepared statements are shared: a pooler must keep sessions, not transactions"),
    # 28 Invalid Authorization Specification
    "28": Meaning(Action.WAIT, "the server refuses the role or its password: look at the database's URL"),
    # 3D Invalid Catalog Name, 3F Invalid Schema Name
    "3D000": Meaning(Action.WAIT, "there is no such database: run quadrille migrate, or look at the database's URL"),
    "3F000": Meaning(Action.WAIT, _TABLES),
    # 40 Transaction Rollback
    "40": _FIRST,
    "40002": Meaning(Action.REFUSE),
    "40003": _LOST,
    # 42 Syntax Error or Access Rule Violation: what a record cannot cause, and a migration or a GRANT can.
    # A disk that was mounted anew for reading only is 42501 too, by `errcode_for_file_access` in elog.c.
    "42501": Meaning(Action.WAIT, "the role lacks a privilege, or the server cannot write to its files"),
    "42P01": Meaning(Action.WAIT, _TABLES),
    "42703": Meaning(Action.WAIT, _TABLES),
    "42883": Meaning(Action.WAIT, "a function is missing: the server is older than this version needs"),
    # 53 Insufficient Resources
    "53": Meaning(Action.WAIT, "the server lacks resources"),
    "53100": Meaning(Action.WAIT, "the server's disk is full"),
    "53200": Meaning(Action.WAIT, "the server has no memory left"),
    "53300": Meaning(
        Action.WAIT, "the server takes no more connections: raise max_connections, or run fewer instances"
    ),
    # 55 Object Not In Prerequisite State
    "55": Meaning(Action.WAIT),
    "55P03": Meaning(Action.WAIT, "a lock was not to be had within lock_timeout"),
    # 57 Operator Intervention
    "57": _LOST,
    "57014": Meaning(Action.WAIT, "the statement was cancelled: by statement_timeout, or by somebody"),
    # 58 System Error, F0 Configuration File Error, XX Internal Error. A disk over its quota is XX000.
    "58": Meaning(Action.WAIT, "the server's own system fails"),
    "72000": _FIRST,
    "F0": Meaning(Action.WAIT, "the server's configuration is broken"),
    "XX000": Meaning(Action.WAIT, "the server fails inside"),
}


def meaning_of(sqlstate: str | None) -> Meaning:
    """Find what an error means.

    Args:
        sqlstate: Its five characters; None if the error has none, as when a connection cannot be made.

    Returns:
        Its meaning.
    """
    if sqlstate is None:
        return _LOST
    return MEANINGS.get(sqlstate) or MEANINGS.get(sqlstate[:2]) or Meaning(Action.REFUSE)
