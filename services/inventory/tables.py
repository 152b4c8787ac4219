"""Inventory's tables."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, DateTime, LargeBinary, MetaData, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData()

reservations = Table(
    "reservations",
    metadata,
    Column("order_id", Uuid, primary_key=True),
    Column("state", Text, nullable=False),
    Column("lines", JSONB, nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
)

items = Table(
    "items",
    metadata,
    Column("sku", Text, primary_key=True),
    Column("currency_code", Text, nullable=False),
    Column("list_price", BigInteger, nullable=False),
    Column("on_hand", BigInteger, nullable=False),
    Column("held", BigInteger, nullable=False),
    Column("shipped", BigInteger, nullable=False),
)

receipts = Table(
    "receipts",
    metadata,
    Column("request_id", Uuid, primary_key=True),
    Column("request_hash", LargeBinary, nullable=False),
    Column("received_at", DateTime(timezone=True), nullable=False),
)
