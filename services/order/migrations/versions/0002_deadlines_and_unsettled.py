"""Orders are found by their deadline, and those that are not settled by their age."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE INDEX orders_due ON orders (deadline_at) WHERE state = 'PENDING'")
    op.execute("CREATE INDEX orders_unsettled ON orders (order_id) WHERE NOT settled")
    # Every open order is unsettled, so one index serves both. An older version that looks for open orders meanwhile
    # finds the same ones, only more slowly.
    op.execute("DROP INDEX orders_open")
