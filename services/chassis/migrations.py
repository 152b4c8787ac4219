"""The chassis' own tables, as migrations create them: each service's first migration begins with them."""

from __future__ import annotations

from alembic import op

from services.chassis import deadletters, outbox

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


def create_chassis_tables() -> None:
    """Create positions, outbox and dead letters in their first form."""
    for script in (POSITIONS, outbox.CREATE, deadletters.CREATE):
        for statement in script.split(";\n"):
            if statement.strip():
                op.execute(statement)
