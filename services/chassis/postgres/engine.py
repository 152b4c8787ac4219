"""The service's own database: the engine, and the wait until its tables are of a revision that the service runs on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.exc import ProgrammingError

from services.chassis.errors import DatabaseAway, WrongRevision, classify, ends_its_session
from services.chassis.postgres import arrays, server_requirements


@dataclass(frozen=True, slots=True)
class Revisions:
    """The revisions of its tables that a version of a service runs on, both ends included.

    Attributes:
        oldest: The first that has all that the service needs.
        newest: The last that the service knows; migrations expand first, so an older service runs on a newer table
            only as far as this.
    """

    oldest: str
    newest: str


#: Every statement of the hot path finds its rows by key, and is to do so for good. Left to itself, PostgreSQL plans
#: statements with lists anew each time, which costs more than their rows do when the list is long; or it keeps the plan
#: that was right for the empty table of the first minute.
ALWAYS_BY_KEY = "-c plan_cache_mode=force_generic_plan -c enable_seqscan=off"


def make_engine(
    url: str,
    *,
    transaction_timeout: float,
    application_name: str,
    pool_size: int = 12,
    options: str = "",
    on_trouble: Callable[[str], None] = lambda _: None,
) -> Engine:
    """Make the engine; it connects when it is used.

    Args:
        url: SQLAlchemy's URL of the database.
        transaction_timeout: Seconds after which the server ends a transaction.
        application_name: How the server's views name this process.
        pool_size: Connections, at most.
        options: Further settings of its sessions, as libpq's `options` takes them.
        on_trouble: Told why the database does not do what it is asked, in a sentence.

    Returns:
        The engine.
    """
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=5,
        # The connection used last has its statements prepared and its catalogue cached.
        pool_use_lifo=True,
        pool_pre_ping=False,
        connect_args={
            "application_name": application_name,
            "connect_timeout": 3,
            "options": f"-c transaction_timeout={int(transaction_timeout * 1000)} -c timezone=UTC {options}",
        },
    )
    server_requirements.hold(engine)
    event.listen(engine, "connect", lambda connection, _record: arrays.register(connection))

    def failed(context: Any) -> None:
        if ends_its_session(context.original_exception):
            context.is_disconnect = True
        known = classify(context.sqlalchemy_exception or context.original_exception)
        if isinstance(known, DatabaseAway):
            on_trouble(str(known))

    event.listen(engine, "handle_error", failed)
    return engine


def check_revision(engine: Engine, service: str, revisions: Revisions) -> None:
    """Hold the server against what a service needs, and the database's revision against the range that it runs on.

    Args:
        engine: The service's database.
        service: The service.
        revisions: The range.

    Raises:
        DatabaseAway: The database cannot be reached, or is older, or its server lacks what is needed: wait, or do what
            the message says.
        WrongRevision: The database is newer than the service.
    """
    try:
        with engine.connect() as connection:
            server_requirements.check_settings(connection)
            found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    except ProgrammingError:
        found = None
    except Exception as error:
        needed = server_requirements.explain(error)
        if needed is not None:
            raise DatabaseAway(f"the database of {service} cannot be used: {needed}") from error
        known = classify(error)
        if known is error:
            raise
        raise known from error
    if found is None or found < revisions.oldest:
        raise DatabaseAway(
            f"the database of {service} is at revision {found or 'none'} and must be at {revisions.oldest}; "
            "run: quadrille migrate"
        )
    if found > revisions.newest:
        raise WrongRevision(
            f"the database of {service} is at revision {found}, this version of the service knows {revisions.newest}; "
            "run a newer version of the service"
        )
