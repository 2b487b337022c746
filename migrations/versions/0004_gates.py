"""What `ops verify` found: how each gate stood, for how long, and why."""

from pathlib import Path

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.run_script(Path(__file__).with_suffix(".sql"))
