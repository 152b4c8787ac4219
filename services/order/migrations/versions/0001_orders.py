"""Orders, their timelines, and who watches them."""

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
        CREATE TABLE orders (
            order_id uuid PRIMARY KEY,
            customer_id text NOT NULL,
            request_id uuid NOT NULL,
            request_hash bytea NOT NULL,
            currency_code text NOT NULL,
            total bigint NOT NULL CHECK (total >= 0),
            lines jsonb NOT NULL,
            address_reference text NOT NULL,
            country_code text NOT NULL,
            created_at timestamptz NOT NULL,
            deadline_at timestamptz NOT NULL,
            state text NOT NULL CHECK (state IN ('PENDING', 'CANCELLING', 'COMPLETED', 'CANCELLED')),
            cancel_reason text,
            awaits_release boolean NOT NULL,
            awaits_refund boolean NOT NULL,
            settled boolean NOT NULL,
            seen text NOT NULL,
            updated_at timestamptz NOT NULL
        ) WITH (fillfactor = 50)
        """
    )
    op.execute("CREATE UNIQUE INDEX orders_request ON orders (customer_id, request_id)")
    op.execute("CREATE INDEX orders_by_customer ON orders (customer_id, order_id)")
    # Open orders are few and are looked for by state and by deadline; closed ones are found by customer or by age.
    op.execute("CREATE INDEX orders_open ON orders (order_id) WHERE state IN ('PENDING', 'CANCELLING')")
    op.execute(
        """
        CREATE TABLE steps (
            order_id uuid NOT NULL,
            sequence integer NOT NULL,
            event text NOT NULL,
            service text NOT NULL,
            occurred_at timestamptz NOT NULL,
            recorded_at timestamptz NOT NULL,
            detail text NOT NULL,
            state text NOT NULL,
            PRIMARY KEY (order_id, sequence)
        )
        """
    )
    # Unlogged: a watcher whose row is lost in a crash lost its stream in the same crash.
    op.execute(
        """
        CREATE UNLOGGED TABLE watches (
            order_id uuid NOT NULL,
            instance text NOT NULL,
            PRIMARY KEY (order_id, instance)
        )
        """
    )
