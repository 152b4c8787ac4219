"""Positions carry leader epochs. Instances without them go on."""

from services.chassis.tables.migrations import expand_positions

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    expand_positions()
