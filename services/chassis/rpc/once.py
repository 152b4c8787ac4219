"""Calls that take effect once for each request id: the id is inserted first, with a digest of the request."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID

from google.protobuf.message import Message
from sqlalchemy import Connection, Table
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.sql import select

from services.chassis.rpc.errors import request_id_reused


def digest(request: Message) -> bytes:
    """Digest a request.

    Args:
        request: The request.

    Returns:
        SHA-256 of its deterministic bytes.
    """
    return hashlib.sha256(request.SerializeToString(deterministic=True)).digest()


def first_time(connection: Connection, table: Table, request_id: UUID, request: Message, **values: Any) -> bool:
    """Insert a request's row, unless the same request did so before.

    Args:
        connection: In the transaction of the request's effects.
        table: Has `request_id` as its primary key, and `request_hash`.
        request_id: The caller's idempotency key.
        request: The request.
        **values: Further columns.

    Returns:
        True if the row is new, and the effects are to be done; False if they were done before.

    Raises:
        ApiError: ALREADY_EXISTS: the key was used before, for another request.
    """
    row = {"request_id": request_id, "request_hash": digest(request), **values}
    statement = insert(table).values(row).on_conflict_do_nothing(index_elements=["request_id"])
    if connection.execute(statement.returning(table.c.request_id)).first() is not None:
        return True
    stored = connection.execute(select(table.c.request_hash).where(table.c.request_id == request_id)).scalar_one()
    if bytes(stored) != row["request_hash"]:
        raise request_id_reused(str(request_id))
    return False
