"""Brings a service's tables up to date: `python -m services.chassis.postgres.migrate SERVICE`.

Each service keeps its migrations in `services/<service>/migrations/versions`, numbered `0001`, `0002`, so that
revisions compare as text. They expand first and contract later: the service declares the range that it runs on.
"""

from __future__ import annotations

import sys
from pathlib import Path

from sqlalchemy import create_engine, pool, text

from services.chassis.errors import DatabaseAway
from services.chassis.postgres import server_requirements
from services.chassis.settings import Settings
from telemetry.escaping import guard_streams

SERVICES = Path(__file__).resolve().parents[2]


def migrate(service: str, url: str) -> tuple[str | None, str | None]:
    """Run a service's migrations.

    Args:
        service: The service.
        url: SQLAlchemy's URL of its database, as the role that owns it.

    Returns:
        The revision before and after.

    Raises:
        DatabaseAway: The server, or the database, is not of the kind that services need.
    """
    from alembic import command
    from alembic.config import Config
    from alembic.runtime.migration import MigrationContext

    config = Config()
    config.set_main_option("script_location", str(SERVICES / service / "migrations"))
    engine = create_engine(url, poolclass=pool.NullPool)
    server_requirements.hold(engine)
    with engine.connect() as connection:
        # Two that migrate at once take turns.
        connection.execute(text("SELECT pg_advisory_lock(hashtext('migrate'))"))
        connection.commit()
        before = MigrationContext.configure(connection).get_current_revision()
        connection.rollback()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()
        after = MigrationContext.configure(connection).get_current_revision()
    return before, after


def run_environment() -> None:
    """Do what Alembic asks of a `migrations/env.py`, on the connection that `migrate` opened."""
    from alembic import context

    connection = context.config.attributes["connection"]
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()


def main() -> None:
    """Migrate the service that the command line names, in the database that the environment names."""
    guard_streams()
    service = sys.argv[1] if len(sys.argv) == 2 else ""
    if not (SERVICES / service / "migrations").is_dir() or not service:
        sys.exit("usage: python -m services.chassis.postgres.migrate SERVICE")
    settings = Settings(kafka_bootstrap_servers="", registry_url="")
    try:
        before, after = migrate(service, settings.sqlalchemy_url)
    except DatabaseAway as error:
        sys.exit(f"{service}: {error}")
    print(f"{service}: {before or 'empty'} -> {after}" if before != after else f"{service}: {after}, unchanged")  # noqa: T201


if __name__ == "__main__":
    main()
