"""Calls to a payment provider outside, and who charged. Instances without them go on."""

from alembic import op

from services.chassis.tables.migrations import create_calls

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_calls()
    op.execute("ALTER TABLE payments ADD COLUMN provider text")
    op.execute("ALTER TABLE payments DROP CONSTRAINT payments_state_check")
    # Not validated: every row was held against fewer states.
    op.execute(
        """
        ALTER TABLE payments ADD CONSTRAINT payments_state_check CHECK (state IN
            ('CHARGING', 'CHARGED', 'DECLINED', 'UNDOING', 'REFUNDING', 'REFUNDED')) NOT VALID
        """
    )
