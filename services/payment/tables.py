"""Payment's tables."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, DateTime, LargeBinary, MetaData, Table, Text, Uuid

metadata = MetaData()

payments = Table(
    "payments",
    metadata,
    Column("order_id", Uuid, primary_key=True),
    Column("state", Text, nullable=False),
    Column("customer_id", Text, nullable=False),
    Column("currency_code", Text, nullable=False),
    Column("charged", BigInteger, nullable=False),
    Column("refunded", BigInteger, nullable=False),
    Column("charge_id", Uuid),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    Column("provider", Text),
)

accounts = Table(
    "accounts",
    metadata,
    Column("customer_id", Text, primary_key=True),
    Column("currency_code", Text, nullable=False),
    Column("credit_limit", BigInteger, nullable=False),
    Column("balance", BigInteger, nullable=False),
)

deposits = Table(
    "deposits",
    metadata,
    Column("request_id", Uuid, primary_key=True),
    Column("request_hash", LargeBinary, nullable=False),
    Column("customer_id", Text, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("deposited_at", DateTime(timezone=True), nullable=False),
)
