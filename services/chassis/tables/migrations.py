"""The chassis' own tables, as migrations create them: each service's first migration begins with them."""

from __future__ import annotations

from alembic import op

from services.chassis.tables import archive, dead_letters, outbox
from services.chassis.tables import open_calls as calls

POSITIONS = """
CREATE TABLE positions (
    topic_id text NOT NULL,
    partition integer NOT NULL,
    topic text NOT NULL,
    next_offset bigint NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (topic_id, partition)
) WITH (fillfactor = 50);
"""

EPOCHS = """
ALTER TABLE positions ADD COLUMN leader_epoch integer, ADD COLUMN epoch_offset bigint;
"""


def create_chassis_tables() -> None:
    """Create positions, outbox and dead letters in their first form."""
    for script in (POSITIONS, outbox.CREATE, dead_letters.CREATE):
        _run(script)


def expand_dead_letters() -> None:
    """Add what replaying and dropping dead letters needs. Services without it go on."""
    _run(dead_letters.EXPAND)


def expand_positions() -> None:
    """Add the leader epochs of positions. Services without them go on, and leave epochs behind that do not count."""
    _run(EPOCHS)


def create_calls() -> None:
    """Create what a service needs that calls somebody outside. Services without it go on."""
    _run(calls.CREATE)


def create_archive() -> None:
    """Create what says which aggregates are archived. Services without it go on; `quadrille archive` waits for them."""
    _run(archive.CREATE)


def _run(script: str) -> None:
    for statement in filter(str.strip, script.split(";\n")):
        op.execute(statement)
