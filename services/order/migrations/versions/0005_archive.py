"""Which orders are archived.

Instances without it go on, and must be gone before anything is archived.
"""

from services.chassis.tables.migrations import create_archive

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_archive()
