"""Roles and databases: each service owns one database and can enter no other; the auditor reads all four, writes none.

Everything here may be run again at any time, against the local PostgreSQL or somebody else's.
`python -m local.provision` does all of it, and topics and schemas too.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, LiteralString
from urllib.parse import SplitResult, unquote, urlsplit

from local.auditor import auditors, server_of, shut_out, statements
from local.database_errors import Away, tell
from local.environment import child_environment
from local.errors import LocalError, ServerUnreachableError
from local.settings import CHECKOUT, variable
from services.catalogue import SERVICES
from telemetry.escaping import guard_streams

if TYPE_CHECKING:
    import psycopg

    from local.settings import Platform

CONNECT_SECONDS = 5


def provision(platform: Platform) -> None:
    """Create or bring up to date the roles and databases of the four services, and the auditor.

    Args:
        platform: Whose databases. One whose URL names another server than the administrator's is taken as given.

    Raises:
        ServerUnreachableError: If PostgreSQL does not answer.
        LocalError: If the administrator's role is refused, or may not do it.
    """
    admin = urlsplit(platform.postgres_admin_url)
    urls = [urlsplit(platform.database_url(service)) for service in SERVICES]
    ours = [url for url in urls if server_of(url) == server_of(admin)]
    with _administrator(platform.postgres_admin_url) as connection:
        for url in ours:
            _own_database(connection, url)
        if not platform.is_external("postgres"):
            for database in ("postgres", "template1"):
                _run(connection, "REVOKE CONNECT ON DATABASE {} FROM PUBLIC", database)
        databases = {_database(url) for url in ours}
        for auditor in auditors(platform):
            # On any other server its administrator makes it: `quadrille audit --grants`.
            mine = tuple(name for name in auditor.databases if name in databases)
            if mine and auditor.server == server_of(admin):
                for statement in statements(replace(auditor, databases=mine)):
                    connection.execute(statement)


def own_database(admin_url: str, url: str) -> None:
    """Create a role and the database that it alone owns, if they are not there.

    Args:
        admin_url: A role that may do it.
        url: Role, password and database.

    Raises:
        ServerUnreachableError: If PostgreSQL does not answer.
    """
    with _administrator(admin_url) as connection:
        _own_database(connection, urlsplit(url))


def drop_database(admin_url: str, name: str) -> None:
    """Drop a database, if it is there.

    Args:
        admin_url: A role that may do it.
        name: The database.

    Raises:
        ServerUnreachableError: If PostgreSQL does not answer.
    """
    with _administrator(admin_url) as connection:
        _run(connection, "DROP DATABASE IF EXISTS {}", name)


def replace_database(admin_url: str, name: str, by: str, kept: str) -> None:
    """Put a database in the place of another one.

    Args:
        admin_url: A role that may do it.
        name: The one that is replaced; it may be missing.
        by: The one that takes its name.
        kept: How the replaced one is called from now on.

    Raises:
        ServerUnreachableError: If PostgreSQL does not answer.
        LocalError: Somebody is connected to it.
    """
    import psycopg

    with _administrator(admin_url) as connection:
        try:
            if _exists(connection, "SELECT 1 FROM pg_database WHERE datname = %s", name):
                _run(connection, "ALTER DATABASE {} RENAME TO {}", name, kept)
            _run(connection, "ALTER DATABASE {} RENAME TO {}", by, name)
        except psycopg.errors.ObjectInUse:
            raise LocalError(
                f"somebody is connected to the database {name}; stop every instance of its service first."
            ) from None


def migrate(platform: Platform, done: Callable[[str], None] | None = None) -> list[str]:
    """Bring the tables of each service up to date, each as its own role.

    Args:
        platform: Whose databases.
        done: Told each service's name when it is done.

    Returns:
        What each migration said.

    Raises:
        LocalError: If one fails; the message says why.
    """

    def one(service: str) -> str:
        newest = _newest_revision(service)
        if newest is not None and _revision(platform.database_url(service)) == newest:
            return f"{service}: {newest}, unchanged"
        finished = subprocess.run(
            [sys.executable, "-m", "services.chassis.postgres.migrate", service],
            cwd=CHECKOUT,
            env=child_environment(platform.service_environment(service)),
            capture_output=True,
            text=True,
            check=False,
        )
        if finished.returncode:
            lines = (finished.stderr or finished.stdout).strip().splitlines() or ["it said nothing"]
            raise LocalError(f"the migration of {service} failed: {lines[-1]}; mend it and run `quadrille migrate`.")
        if done is not None:
            done(service)
        return finished.stdout.strip()

    with ThreadPoolExecutor(len(SERVICES)) as pool:
        return list(pool.map(one, SERVICES))


def _newest_revision(service: str) -> str | None:
    versions = CHECKOUT / "services" / service / "migrations" / "versions"
    return max((file.name.partition("_")[0] for file in versions.glob("[0-9]*_*.py")), default=None)


def _revision(url: str) -> str | None:
    import psycopg

    try:
        with psycopg.connect(url, connect_timeout=CONNECT_SECONDS) as connection:
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except psycopg.Error:
        # Whatever is wrong with it, the migration says it better.
        return None
    return row[0] if row else None


def apply(platform: Platform) -> list[str]:
    """Create topics and register schemas, as `quadrille apply` does.

    Args:
        platform: Whose Kafka and registry.

    Returns:
        A line for each that differs from the repository and was left alone.

    Raises:
        LocalError: If one is refused, or a server does not answer.
    """
    from registry.catalogue import load
    from registry.changes import ServerAway
    from registry.findings import RegistryError
    from registry.plan import execute, plan

    servers = platform.kafka_bootstrap_servers, platform.registry_url
    try:
        catalogue = load(CHECKOUT)
        changes = execute(CHECKOUT, catalogue, plan(CHECKOUT, catalogue, *servers), *servers)
    except ServerAway as error:
        raise ServerUnreachableError(f"{error}; run `quadrille status`.") from None
    except RegistryError as error:
        raise LocalError(f"{error}; run `quadrille schemas check`.") from None
    refused = [change for change in changes if change.action == "refused"]
    if refused:
        first = refused[0]
        raise LocalError(f"{first.kind} {first.name} was refused: {first.detail}; `quadrille apply` shows all.")
    return [f"{change.kind} {change.name} differs: {change.detail}" for change in changes if change.action == "drift"]


@contextmanager
def _administrator(url: str) -> Iterator[psycopg.Connection[Any]]:
    import psycopg

    try:
        connection = psycopg.connect(url, autocommit=True, connect_timeout=CONNECT_SECONDS)
    except psycopg.OperationalError as error:
        told = tell("PostgreSQL", url, error)
        if not isinstance(told, Away):
            raise LocalError(f"{told} Check {variable('postgres', 'url')}.") from None
        raise ServerUnreachableError(
            f"PostgreSQL at {urlsplit(url).netloc.rpartition('@')[2]} does not answer ({_first_line(error)}); run"
            f" `quadrille up`, or check {variable('postgres', 'url')}."
        ) from None
    with connection:
        try:
            # Of two that provision at once, one waits: CREATE DATABASE has no IF NOT EXISTS.
            connection.execute("SELECT pg_advisory_lock(hashtext('quadrille provision'))")
            yield connection
        except psycopg.errors.InsufficientPrivilege as error:
            raise LocalError(
                f"role {urlsplit(url).username} may not create roles and databases ({_first_line(error)});"
                f" give {variable('postgres', 'url')} one that may."
            ) from None


def _own_database(connection: psycopg.Connection[Any], url: SplitResult) -> None:
    role, database = unquote(url.username or ""), _database(url)
    _login_role(connection, role, unquote(url.password or ""))
    if not _exists(connection, "SELECT 1 FROM pg_database WHERE datname = %s", database):
        if not _exists(connection, "SELECT 1 FROM pg_roles WHERE rolname = current_user AND rolsuper"):
            # Only a member of a role may give it a database.
            _run(connection, "GRANT {} TO CURRENT_USER", role)
        if _exists(
            connection,
            "SELECT 1 FROM pg_database WHERE datname = 'template1' AND pg_encoding_to_char(encoding) = %s",
            "UTF8",
        ):
            _run(connection, "CREATE DATABASE {} OWNER {}", database, role)
        else:
            # A cluster that was made with another encoding gives it to every database that does not name its own.
            _run(
                connection, "CREATE DATABASE {} OWNER {} ENCODING 'UTF8' LOCALE 'C' TEMPLATE template0", database, role
            )
    _run(connection, "REVOKE CONNECT, TEMPORARY ON DATABASE {} FROM PUBLIC", database)


def _login_role(connection: psycopg.Connection[Any], role: str, secret: str) -> None:
    from psycopg import sql

    known = _exists(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", role)
    statement = sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}" if known else "CREATE ROLE {} LOGIN PASSWORD {}")
    connection.execute(statement.format(sql.Identifier(role), sql.Literal(secret)))


def _run(connection: psycopg.Connection[Any], statement: LiteralString, *names: str) -> None:
    from psycopg import sql

    connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def _exists(connection: psycopg.Connection[Any], query: LiteralString, *values: str) -> bool:
    return connection.execute(query, values).fetchone() is not None


def _database(url: SplitResult) -> str:
    return unquote(url.path.lstrip("/"))


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or ["no reason given"])[0]


def main() -> int:
    """Do all of it, as the one-shot container of docker-compose.yml does: roles, tables, topics, schemas."""
    guard_streams()
    from local.settings import Platform

    try:
        platform = Platform.load()
        provision(platform)
        lines = migrate(platform) + shut_out(platform) + apply(platform)
    except LocalError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())
