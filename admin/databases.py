"""The services' databases: as their owners, for what no API can mend; and as the auditor, who may only read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from admin.errors import Refused, Unreachable

if TYPE_CHECKING:
    import psycopg
    from sqlalchemy import Engine

    from local.settings import Platform


ASK_ADMINISTRATOR = "`quadrille audit --grants` prints what that server's administrator runs to let the auditor in."


@contextmanager
def owned(platform: Platform, service: str) -> Iterator[Engine]:
    """Open a service's database.

    Args:
        platform: Where it is.
        service: Whose.

    Yields:
        The engine.

    Raises:
        Unreachable: The database, Kafka or the registry do not answer.
        Refused: The database refuses what is asked.
    """
    from sqlalchemy import create_engine
    from sqlalchemy.exc import DBAPIError

    from local.database_errors import Away, tell
    from services.chassis.errors import DatabaseAway, Permanent, Retryable, classify
    from services.chassis.postgres import server_requirements

    url = platform.database_url(service)
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))
    server_requirements.hold(engine)
    try:
        yield engine
    except (DBAPIError, Retryable) as error:
        known = classify(error)
        why = str(getattr(known, "orig", known)).strip().splitlines()[0]
        if isinstance(error, DBAPIError) and isinstance(known, DatabaseAway):
            described = tell(f"the {service} database", url, error.orig or error)
            raise (Unreachable if isinstance(described, Away) else Refused)(str(described)) from None
        if isinstance(known, Retryable):
            raise Unreachable(f"{service}: {why}") from None
        raise Refused(f"the {service} database refuses it: {why}") from None
    except Permanent as error:
        raise Refused(f"{service}: {error}") from None
    finally:
        engine.dispose()


@contextmanager
def all_owned(platform: Platform, services: Sequence[str]) -> Iterator[dict[str, Engine]]:
    """Open the databases of several services, as `owned` opens one.

    Args:
        platform: Where they are.
        services: Whose.

    Yields:
        The engine of each service.
    """
    with ExitStack() as stack:
        yield {service: stack.enter_context(owned(platform, service)) for service in services}


@contextmanager
def audited(platform: Platform, service: str, **how: Any) -> Iterator[psycopg.Connection[Any]]:
    """Open a service's database as the role that may only read.

    Args:
        platform: Where it is.
        service: Whose.
        **how: Further parameters of the connection.

    Yields:
        The connection.

    Raises:
        Unreachable: Nobody answers there.
        Refused: The server refuses the role, has no such database, or what is asked for cannot be read.
    """
    import psycopg

    from local.database_errors import Away, Refuses, tell
    from services.chassis.errors import DatabaseAway
    from services.chassis.postgres import server_requirements

    url = platform.audit_url(service)
    try:
        with psycopg.connect(url, **how) as connection:
            server_requirements.check_server(connection)
            yield connection
    except DatabaseAway as error:
        raise Refused(f"the {service} database cannot be used: {error}.") from None
    except psycopg.Error as error:
        described = tell(f"the {service} database", url, error)
        needed = server_requirements.explain(error)
        advice = f" {ASK_ADMINISTRATOR}" if isinstance(described, Refuses) and needed is None else ""
        raise (Unreachable if isinstance(described, Away) else Refused)(f"{described}{advice}") from None
