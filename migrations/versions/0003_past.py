"""What things knew of the time before they were looked at."""

from pathlib import Path

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.run_script(Path(__file__).with_suffix(".sql"))
