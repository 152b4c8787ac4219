"""Shipments."""

from alembic import op

from services.chassis.tables.migrations import create_chassis_tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_chassis_tables()
    op.execute(
        """
        CREATE TABLE shipments (
            order_id uuid PRIMARY KEY,
            state text NOT NULL CHECK (state IN ('SHIPPED', 'FAILED', 'CANCELLED')),
            shipment_id uuid,
            carrier text,
            tracking_id text,
            created_at timestamptz NOT NULL
        )
        """
    )
