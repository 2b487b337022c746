"""Views whose every column says what it means, the quick way to a time, and those still missing."""

from pathlib import Path

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.drop_views()
    op.run_script(Path(__file__).with_suffix(".sql"))
