"""What operators did to a service's database: one row for each change, written in its transaction.

The table is made when it is first needed, so that no version of a service has to wait for a migration.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, text

_CREATE = """
CREATE TABLE IF NOT EXISTS operations (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    operation text NOT NULL,
    actor text NOT NULL,
    reason text NOT NULL,
    detail jsonb NOT NULL,
    acted_at timestamptz NOT NULL DEFAULT now()
)
"""
_NOTE = text(
    "INSERT INTO operations (operation, actor, reason, detail) "
    "VALUES (:operation, :actor, :reason, CAST(:detail AS jsonb))"
)


def note(connection: Connection, operation: str, *, actor: str, reason: str, detail: Mapping[str, Any]) -> None:
    """Write down what was done.

    Args:
        connection: In the transaction of the change, as the owner of the database.
        operation: Its name, as the command is called.
        actor: Who, as they say themselves.
        reason: Why.
        detail: What was changed, in JSON's types.
    """
    # Two that make the table at once would fail.
    connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('operations'))"))
    connection.execute(text(_CREATE))
    connection.execute(_NOTE, {"operation": operation, "actor": actor, "reason": reason, "detail": json.dumps(detail)})
