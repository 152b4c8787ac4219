"""Which reservations are archived, and what they shipped.

Instances without it go on, and must be gone before anything is archived.
"""

from alembic import op

from services.chassis.tables.migrations import create_archive

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_archive()
    op.execute("CREATE TABLE archived_stock (sku text PRIMARY KEY, shipped bigint NOT NULL)")
