"""What can go wrong inside a service. Whether to try again is a type, not a guess.

ChassisError
├── Retryable                 the same work may succeed later; order is kept meanwhile
│   ├── DatabaseAway
│   ├── BrokerAway
│   ├── RegistryAway
│   │   └── SchemaUnknown     nobody here knows the schema of an outbox row
│   ├── Unknown               nobody here knows what a provider outside has done; ask again with the same key
│   ├── DatabaseBehind        the database was restored: it does not know events that this service has published
│   └── Conflict              another transaction was first; load again and decide again
├── Permanent                 trying again gives the same
│   ├── Undecodable           a record whose bytes cannot be read as its event
│   ├── UnreachableCell       a (row, event) pair that no delivery can reach was reached
│   ├── CannotRecall          an own event cannot be made a row again before something else is mended
│   ├── UndeclaredEvent       a handler returned an event that it does not declare, or its service may not publish
│   └── WrongRevision         the database is newer than this version of the service
├── PositionTaken             another instance moved a position of ours: this one is a zombie for it
├── TopicRecreated            a topic was deleted and made again: its positions begin anew
└── WentBack                  a position is before where this process had brought it: the database was restored
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg.errors
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout


class ChassisError(Exception):
    """Any failure that the chassis knows."""


class Retryable(ChassisError):
    """The same work may succeed later."""


class DatabaseAway(Retryable):
    """The database cannot be reached, or gave up on the transaction."""


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


class CannotRecall(Permanent):
    """An own event cannot be made a row again: something that it stands on is missing, or a row contradicts it."""


class UndeclaredEvent(Permanent):
    """A handler returned an event that it, or its service, may not publish: see `hold` in `handlers.py`."""


class WrongRevision(Permanent):
    """The database is newer than this version of the service."""


class PositionTaken(ChassisError):
    """Another instance moved a position that this one believed to own. Nothing was written."""


class TopicRecreated(ChassisError):
    """A topic was deleted and made again under this process, which must start afresh and read it from its start."""


class WentBack(ChassisError):
    """A position is before where this process had brought it. The process must start afresh."""


_CONFLICTS = (
    psycopg.errors.SerializationFailure,
    psycopg.errors.DeadlockDetected,
    psycopg.errors.UniqueViolation,
)


_AWAY = (psycopg.OperationalError, psycopg.InterfaceError)
#: What no record can be at fault for. A disk over its quota is an internal error (XX000) to PostgreSQL, one that was
#: mounted anew for reading only a missing privilege (42501), by `errcode_for_file_access` in its elog.c.
_SERVERS_OWN = (psycopg.errors.InternalError_, psycopg.errors.InsufficientPrivilege)


def classify(error: BaseException) -> BaseException:
    """Translate a database driver's error into this module's tree.

    Args:
        error: Whatever a transaction raised.

    Returns:
        A `Retryable` where trying again may help; else the error itself.
    """
    if isinstance(error, ChassisError):
        return error
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, _CONFLICTS):
        return Conflict(str(cause))
    if isinstance(error, OperationalError | InterfaceError | PoolTimeout) or isinstance(cause, _AWAY + _SERVERS_OWN):
        return DatabaseAway(str(getattr(error, "orig", None) or error))
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return DatabaseAway(str(error.orig))
    return error


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
