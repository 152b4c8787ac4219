"""The role that reads all four databases and writes none: on every server that has one of them.

Roles belong to a server. `provision` makes this one on the administrator's server; on any other, whoever administers it
runs the statements that are given here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, LiteralString
from urllib.parse import SplitResult, unquote, urlsplit

from local.database_errors import Away, tell
from local.passwords import AUDIT_ROLE
from services.catalogue import SERVICES

if TYPE_CHECKING:
    from psycopg import sql

    from local.settings import Platform

CONNECT_SECONDS = 5
DEFAULT_PORT = 5432


@dataclass(frozen=True, slots=True)
class Auditor:
    """One role on one server.

    Attributes:
        server: Host and port.
        role: Its name.
        secret: Its password.
        databases: What it reads there.
    """

    server: tuple[str | None, int]
    role: str
    secret: str
    databases: tuple[str, ...]

    @property
    def place(self) -> str:
        """Host and port, for people."""
        return f"{self.server[0]}:{self.server[1]}"


def server_of(url: SplitResult) -> tuple[str | None, int]:
    """Give host and port of a URL.

    Args:
        url: A database's.
    """
    return url.hostname, url.port or DEFAULT_PORT


def auditors(platform: Platform) -> list[Auditor]:
    """Give the roles that the audit needs.

    Args:
        platform: Whose settings.

    Returns:
        One for each server and role.
    """
    found: dict[tuple[tuple[str | None, int], str, str], list[str]] = {}
    for service in SERVICES:
        url = urlsplit(platform.audit_url(service))
        key = server_of(url), unquote(url.username or AUDIT_ROLE), unquote(url.password or "")
        databases = found.setdefault(key, [])
        if (name := unquote(url.path.lstrip("/"))) not in databases:
            databases.append(name)
    return [Auditor(*key, tuple(databases)) for key, databases in found.items()]


def statements(auditor: Auditor) -> list[sql.Composed]:
    """Give what makes the role. It may be run again at any time, by whoever may create roles and grant them.

    Args:
        auditor: The role.

    Returns:
        The statements, in order. They hold its password.
    """
    from psycopg import sql

    role, secret = sql.Identifier(auditor.role), sql.Literal(auditor.secret)
    made: LiteralString = (
        "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = {}) THEN CREATE ROLE {}; END IF; END $$"
    )
    return [
        sql.SQL(made).format(sql.Literal(auditor.role), role),
        sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(role, secret),
        sql.SQL("ALTER ROLE {} SET default_transaction_read_only = on").format(role),
        sql.SQL("GRANT pg_read_all_data TO {}").format(role),
        *(
            sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(sql.Identifier(name), role)
            for name in auditor.databases
        ),
    ]


def script(auditors_: list[Auditor]) -> str:
    """Write the statements for `psql`, server by server.

    Args:
        auditors_: The roles.
    """
    parts = []
    for auditor in auditors_:
        lines = [f"{statement.as_string(None)};" for statement in statements(auditor)]
        parts.append("\n".join([f"-- on the server {auditor.place}, as its administrator", *lines]))
    return "\n\n".join(parts) + "\n"


def shut_out(platform: Platform) -> list[str]:
    """Try to enter as the auditor wherever the administrator's server is another one.

    Args:
        platform: Whose databases.

    Returns:
        A sentence for each service whose database refuses it.
    """
    import psycopg

    remarks = []
    for service in SERVICES:
        url = platform.audit_url(service)
        if server_of(urlsplit(url)) == server_of(urlsplit(platform.postgres_admin_url)):
            continue
        try:
            psycopg.connect(url, connect_timeout=CONNECT_SECONDS).close()
        except psycopg.Error as error:
            told = tell(f"the {service} database", url, error)
            if not isinstance(told, Away):
                remarks.append(f"{told} `quadrille audit --grants` prints what its administrator runs.")
    return remarks
