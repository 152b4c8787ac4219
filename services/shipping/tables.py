"""Shipping's tables."""

from __future__ import annotations

from sqlalchemy import Column, DateTime, MetaData, Table, Text, Uuid

metadata = MetaData()

shipments = Table(
    "shipments",
    metadata,
    Column("order_id", Uuid, primary_key=True),
    Column("state", Text, nullable=False),
    Column("shipment_id", Uuid),
    Column("carrier", Text),
    Column("tracking_id", Text),
    Column("created_at", DateTime(timezone=True), nullable=False),
)
