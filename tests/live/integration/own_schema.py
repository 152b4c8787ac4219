"""A schema of a test's own on the suite's PostgreSQL, seen through the engine that services use."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

from sqlalchemy import Connection, Engine, create_engine, event, text

from local.settings import Platform
from services.chassis.postgres.engine import make_engine


@contextmanager
def own_schema(platform: Platform, service: str = "shipping") -> Iterator[Engine]:
    """Make a schema, and drop it with all that is in it at the end.

    Args:
        platform: The suite's.
        service: In whose database.

    Yields:
        An engine for which the schema is the only one.
    """
    url = platform.database_url(service).replace("postgresql://", "postgresql+psycopg://")
    schema = f"test_{uuid4().hex[:12]}"
    owner = create_engine(url)
    engine = make_engine(url, transaction_timeout=8, application_name="test")
    event.listen(engine, "connect", lambda opened, _: _enter(opened, schema))
    with owner.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
    try:
        yield engine
    finally:
        engine.dispose()
        with owner.begin() as connection:
            connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
        owner.dispose()


def _enter(opened, schema):
    opened.execute(f"SET search_path TO {schema}")
    opened.commit()


def run_scripts(connection: Connection, *scripts: str) -> None:
    """Run scripts as migrations do: a statement at a time.

    Args:
        connection: In a transaction.
        *scripts: Statements, each but the last ended by a semicolon and a new line.
    """
    for script in scripts:
        for statement in filter(str.strip, script.split(";\n")):
            connection.execute(text(statement))
