"""The services' databases as the console reads them: as the role that may only read, and not for long."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import psycopg

    from local.settings import Platform

CONNECT_SECONDS = 2


def connect(
    platform: Platform, service: str, *, statement_seconds: int = 2, autocommit: bool = False
) -> psycopg.Connection[Any]:
    """Connect to a service's database.

    Args:
        platform: Where it is.
        service: Its service.
        statement_seconds: After which the server ends a statement.
        autocommit: Whether each statement is a transaction of its own.

    Returns:
        The connection. It refuses to write, whatever the role may do.

    Raises:
        psycopg.Error: The database does not answer, refuses the role, or is not of the kind that services need.
    """
    import psycopg

    from services.chassis.errors import DatabaseAway
    from services.chassis.postgres import server_requirements

    connection = psycopg.connect(
        platform.audit_url(service),
        connect_timeout=CONNECT_SECONDS,
        autocommit=autocommit,
        options=f"-c statement_timeout={1000 * statement_seconds}",
    )
    try:
        server_requirements.check_server(connection)
    except DatabaseAway as error:
        connection.close()
        raise psycopg.OperationalError(str(error)) from None
    connection.read_only = True
    return connection
