"""Alembic's environment: the chassis opens the connection."""

from services.chassis.migrate import run_environment

run_environment()
