"""What can go wrong inside a service. Whether to try again is a type, not a guess.

ChassisError
├── Retryable                 the same work may succeed later; order is kept meanwhile
│   ├── DatabaseAway          it cannot be reached, or does not do what it is asked; the message says what to do
│   │   └── DatabaseUnchecked it is another server, or was restarted: what it still knows is being looked at
│   ├── BrokerAway
│   ├── RegistryAway
│   │   └── SchemaUnknown     nobody here knows the schema of an outbox row
│   ├── Unknown               nobody here knows what a provider outside has done; ask again with the same key
│   ├── DatabaseBehind        the database was restored: it does not know events that this service has published
│   └── Conflict              another transaction was first; load again and decide again
├── Permanent                 trying again gives the same
│   ├── Undecodable           a record whose bytes cannot be read as its event
│   ├── UnreachableCell       a (row, event) pair that no delivery can reach was reached
│   ├── CannotRebuild          an own event cannot be made a row again before something else is mended
│   ├── UndeclaredEvent       a handler returned an event that it does not declare, or its service may not publish
│   └── WrongRevision         the database is newer than this version of the service
├── PositionTaken             another instance moved a position of ours: this one is a zombie for it
├── TopicRecreated            a topic was deleted and made again: its positions begin anew
└── WentBack                  a position is before where this process had brought it: the database was restored
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from services.chassis.sqlstates import Action, meaning_of


class ChassisError(Exception):
    """Any failure that the chassis knows."""


class Retryable(ChassisError):
    """The same work may succeed later."""


class DatabaseAway(Retryable):
    """The database cannot be reached, or gave up on the transaction.

    Attributes:
        sqlstate: What the server called it; None if nothing was reached.
    """

    def __init__(self, why: str, sqlstate: str | None = None) -> None:
        """Say why.

        Args:
            why: What is wrong, and what may be done.
            sqlstate: What the server called it.
        """
        super().__init__(why)
        self.sqlstate = sqlstate


class DatabaseUnchecked(DatabaseAway):
    """It is not known yet whether the database still has all that this service has published."""


class BrokerAway(Retryable):
    """Kafka cannot be reached, or lacks a topic."""


class RegistryAway(Retryable):
    """The schema registry cannot be reached, or lacks a schema."""


class SchemaUnknown(RegistryAway):
    """An outbox row was written with a schema that neither this version nor its database knows."""


class Unknown(Retryable):
    """A provider outside gave no answer that can be relied on: it may have done what it was asked, or not."""

    def __init__(self, why: str, *, after: float | None = None) -> None:
        """Say why.

        Args:
            why: What happened instead of an answer.
            after: Seconds before which the provider does not want to be asked again; None if it did not say.
        """
        super().__init__(why)
        self.after = after


class DatabaseBehind(Retryable):
    """The database does not know events that this service has published: it was restored, or is another one."""


class Conflict(Retryable):
    """Another transaction was first: a serialisation failure, a deadlock, or a row that both would insert."""


class Permanent(ChassisError):
    """Trying again gives the same."""


class Undecodable(Permanent):
    """A record whose bytes cannot be read as its event."""


class UnreachableCell(Permanent):
    """A (row, event) pair that no delivery can reach was reached."""


class CannotRebuild(Permanent):
    """An own event cannot be made a row again: something that it stands on is missing, or a row contradicts it."""


class UndeclaredEvent(Permanent):
    """A handler returned an event that it, or its service, may not publish: see `validate` in `handlers.py`."""


class WrongRevision(Permanent):
    """The database is newer than this version of the service."""


class PositionTaken(ChassisError):
    """Another instance moved a position that this one believed to own. Nothing was written."""


class TopicRecreated(ChassisError):
    """A topic was deleted and made again under this process, which must start afresh and read it from its start."""


class WentBack(ChassisError):
    """A position is before where this process had brought it. The process must start afresh."""


def classify(error: BaseException) -> BaseException:
    """Translate a database driver's error into this module's tree.

    Args:
        error: Whatever a transaction raised.

    Returns:
        A `Retryable` where trying again may help (`sqlstates.py`); else the error itself.
    """
    if isinstance(error, ChassisError):
        return error
    if isinstance(error, PoolTimeout):
        return DatabaseAway(str(error))
    cause = error.orig if isinstance(error, DBAPIError) else error
    if not isinstance(cause, psycopg.Error):
        return DatabaseAway(str(cause)) if isinstance(error, OperationalError | InterfaceError) else error
    state = cause.sqlstate
    # Without a state the driver speaks for itself: of a connection, or of what it was given.
    if state is None and not isinstance(cause, psycopg.OperationalError | psycopg.InterfaceError):
        return error
    meaning = meaning_of(state)
    if meaning.action is Action.RETRY:
        return Conflict(str(cause))
    if meaning.action is Action.REFUSE:
        return error
    return DatabaseAway(f"{meaning.advice} ({_first_line(cause)})" if meaning.advice else _first_line(cause), state)


def _first_line(error: BaseException) -> str:
    # What follows is the statement, with its values.
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def ends_its_session(error: BaseException) -> bool:
    """Tell whether a session, and all others that were opened with it, are of no more use after an error.

    Args:
        error: What the driver raised.

    Returns:
        True if new ones are needed.
    """
    if isinstance(error, psycopg.Error) and error.sqlstate is None:
        return isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)
    return isinstance(error, psycopg.Error) and meaning_of(error.sqlstate).action is Action.RECONNECT


def original(error: BaseException) -> BaseException:
    """Take a database driver's error out of SQLAlchemy's, which adds the statement with all of its values.

    Args:
        error: Whatever a transaction raised.

    Returns:
        What the database said, under the name that the driver has for it; else the error itself.
    """
    found = error.orig if isinstance(error, DBAPIError) else None
    return error if found is None else found


#: Whatever a transaction on SQLAlchemy or on the driver may raise of its own.
DATABASE_ERRORS = (SQLAlchemyError, psycopg.Error, Retryable)


@contextmanager
def classified() -> Iterator[None]:
    """Have what a block raises translated by `classify`.

    Raises:
        Retryable: Trying again may help.
        Exception: Anything else that the block raised, as it is.
    """
    try:
        yield
    except Exception as error:
        known = classify(error)
        if known is error:
            raise
        raise known from error
