"""What a service needs of its database server, and what it says where the server, or a pooler before it, is another.

Invariants:

- Text is UTF-8 in the database. In one that keeps bytes (`SQL_ASCII`) the driver gives bytes for text, and in one of
  another encoding not every text can be written.
- The settings that a session asks for hold. A transaction that the server does not end may outlive its owner's claim to
  a partition. So it is asked, not believed: a pooler may drop what it does not know.
- A requirement that is not met is a sentence that says what is needed. The service waits, and goes on once it is met.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Engine, event, text

from services.chassis.errors import DatabaseAway

#: `transaction_timeout` came with it.
OLDEST_VERSION = 17
ENCODING = "UTF8"

NEEDS_VERSION = f"Quadrille needs PostgreSQL {OLDEST_VERSION} or newer, which has transaction_timeout"
NEEDS_OPTIONS = (
    "a pooler in front of PostgreSQL keeps the settings of sessions back: let the services connect to PostgreSQL "
    "itself, or have PgBouncer pool sessions and give the role these settings (docs/scaling.md, Poolers)"
)

_SETTINGS = text("SELECT current_setting('transaction_timeout', true), current_setting('TimeZone')")


def explain(error: BaseException) -> str | None:
    """Say what is needed where a connection was refused because of what a service asks for.

    The driver has no SQLSTATE for a refused connection, so the server's words are looked at; parameters' names are the
    same in every language.

    Args:
        error: What the driver raised.

    Returns:
        A sentence; None if the reason is another one.
    """
    said = str(error)
    if "startup parameter" in said or "command-line argument" in said:
        return NEEDS_OPTIONS
    if '"transaction_timeout"' in said:
        return f"the server does not know transaction_timeout: {NEEDS_VERSION}"
    return None


def check_server(driver_connection: Any) -> None:
    """Hold a new connection's server against what is needed. It asks the server nothing.

    Args:
        driver_connection: psycopg's connection.

    Raises:
        DatabaseAway: The server is too old, or the database has another encoding.
    """
    info = driver_connection.info
    major = info.server_version // 10_000
    if major < OLDEST_VERSION:
        raise DatabaseAway(f"the server is PostgreSQL {major}: {NEEDS_VERSION}")
    encoding = info.parameter_status("server_encoding")
    if encoding != ENCODING:
        raise DatabaseAway(
            f"the encoding of the database {info.dbname} is {encoding} and must be {ENCODING}: make it anew with "
            f"CREATE DATABASE ... ENCODING '{ENCODING}' LOCALE 'C' TEMPLATE template0"
        )


def hold(engine: Engine) -> None:
    """Hold the server against what is needed on every new connection of an engine, before anything is asked on it.

    SQLAlchemy's own first question would end in a TypeError where text is given as bytes.

    Args:
        engine: The engine; its connections then raise as `check_server` does.
    """

    def begin(driver_connection: Any, _record: Any) -> None:
        try:
            check_server(driver_connection)
        except DatabaseAway:
            driver_connection.close()
            raise

    event.listen(engine, "connect", begin, insert=True)


def check_settings(connection: Connection) -> None:
    """Ask whether the settings hold that the session has asked for.

    Args:
        connection: Of an engine that `make_engine` made.

    Raises:
        DatabaseAway: They do not.
    """
    timeout, zone = connection.execute(_SETTINGS).one()
    if timeout in {None, "0"} or zone not in {"UTC", "Etc/UTC"}:
        held = f"transaction_timeout is {timeout}, TimeZone is {zone}"
        raise DatabaseAway(f"the session does not have the settings that it asked for ({held}): {NEEDS_OPTIONS}")
