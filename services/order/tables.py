"""The order service's tables, and the statements that write them."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, DateTime, Integer, LargeBinary, MetaData, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from services.chassis.postgres.bulk import Bulk

metadata = MetaData()

orders = Table(
    "orders",
    metadata,
    Column("order_id", Uuid, primary_key=True),
    Column("customer_id", Text, nullable=False),
    Column("request_id", Uuid, nullable=False),
    Column("request_hash", LargeBinary, nullable=False),
    Column("currency_code", Text, nullable=False),
    Column("total", BigInteger, nullable=False),
    Column("lines", JSONB, nullable=False),
    Column("address_reference", Text, nullable=False),
    Column("country_code", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("deadline_at", DateTime(timezone=True), nullable=False),
    Column("state", Text, nullable=False),
    Column("cancel_reason", Text),
    Column("awaits_release", Boolean, nullable=False),
    Column("awaits_refund", Boolean, nullable=False),
    Column("settled", Boolean, nullable=False),
    Column("seen", Text, nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
)

steps = Table(
    "steps",
    metadata,
    Column("order_id", Uuid, primary_key=True),
    Column("sequence", Integer, primary_key=True),
    Column("event", Text, nullable=False),
    Column("service", Text, nullable=False),
    Column("occurred_at", DateTime(timezone=True), nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("detail", Text, nullable=False),
    Column("state", Text, nullable=False),
)

#: What decisions change.
PROGRESS = ["state", "cancel_reason", "awaits_release", "awaits_refund", "settled", "seen", "updated_at"]

NEW_ORDERS = Bulk(orders, [c.name for c in orders.columns], key=["order_id"])
ORDERS_PROGRESS = Bulk(orders, ["order_id", *PROGRESS], key=["order_id"])
STEPS = Bulk(steps, [c.name for c in steps.columns], key=["order_id", "sequence"])
