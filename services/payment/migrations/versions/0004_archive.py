"""Which payments are archived, and what they charged and refunded.

Instances without it go on, and must be gone before anything is archived.
"""

from alembic import op

from services.chassis.tables.migrations import create_archive

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_archive()
    op.execute(
        """
        CREATE TABLE archived_charges (
            customer_id text, currency_code text, charged bigint NOT NULL, refunded bigint NOT NULL,
            PRIMARY KEY (customer_id, currency_code)
        )
        """
    )
