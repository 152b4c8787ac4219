"""What replaying and dropping dead letters needs."""

from services.chassis.tables.migrations import expand_dead_letters

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    expand_dead_letters()
