"""Alembic's environment: the chassis opens the connection."""

from services.chassis.postgres.migrate import run_environment

run_environment()
