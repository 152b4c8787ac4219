"""Payments, accounts and deposits."""

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
        CREATE TABLE accounts (
            customer_id text PRIMARY KEY,
            currency_code text NOT NULL,
            credit_limit bigint NOT NULL CHECK (credit_limit >= 0),
            balance bigint NOT NULL DEFAULT 0
        ) WITH (fillfactor = 50)
        """
    )
    op.execute(
        """
        CREATE TABLE payments (
            order_id uuid PRIMARY KEY,
            state text NOT NULL CHECK (state IN ('CHARGED', 'DECLINED', 'REFUNDED')),
            customer_id text NOT NULL,
            currency_code text NOT NULL,
            charged bigint NOT NULL CHECK (charged >= 0),
            refunded bigint NOT NULL CHECK (refunded >= 0 AND refunded <= charged),
            charge_id uuid,
            created_at timestamptz NOT NULL,
            updated_at timestamptz NOT NULL
        ) WITH (fillfactor = 80)
        """
    )
    op.execute("CREATE INDEX payments_by_customer ON payments (customer_id, order_id)")
    op.execute(
        """
        CREATE TABLE deposits (
            request_id uuid PRIMARY KEY,
            request_hash bytea NOT NULL,
            customer_id text NOT NULL REFERENCES accounts,
            amount bigint NOT NULL CHECK (amount > 0),
            deposited_at timestamptz NOT NULL
        )
        """
    )
    op.execute("CREATE INDEX deposits_by_customer ON deposits (customer_id)")
