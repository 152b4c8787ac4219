"""Reservations, items and receipts."""

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
        CREATE TABLE items (
            sku text PRIMARY KEY,
            currency_code text NOT NULL,
            list_price bigint NOT NULL CHECK (list_price >= 0),
            on_hand bigint NOT NULL DEFAULT 0 CHECK (on_hand >= 0),
            held bigint NOT NULL DEFAULT 0 CHECK (held >= 0),
            shipped bigint NOT NULL DEFAULT 0 CHECK (shipped >= 0)
        ) WITH (fillfactor = 50)
        """
    )
    op.execute(
        """
        CREATE TABLE reservations (
            order_id uuid PRIMARY KEY,
            state text NOT NULL CHECK (state IN ('HELD', 'FAILED', 'RELEASED', 'SHIPPED')),
            lines jsonb NOT NULL,
            updated_at timestamptz NOT NULL
        ) WITH (fillfactor = 80)
        """
    )
    op.execute(
        """
        CREATE TABLE receipts (
            request_id uuid PRIMARY KEY,
            request_hash bytea NOT NULL,
            received_at timestamptz NOT NULL
        )
        """
    )
    op.execute(
        """
        CREATE TABLE receipt_lines (
            request_id uuid NOT NULL REFERENCES receipts,
            sku text NOT NULL REFERENCES items,
            quantity bigint NOT NULL CHECK (quantity > 0),
            PRIMARY KEY (request_id, sku)
        )
        """
    )
    op.execute("CREATE INDEX receipt_lines_by_sku ON receipt_lines (sku)")
