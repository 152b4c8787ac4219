"""Which shipments are archived.

Instances without it go on, and must be gone before anything is archived.
"""

from services.chassis.tables.migrations import create_archive

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_archive()
