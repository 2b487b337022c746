"""Events tell of a host's container engine, and a container that did not run as started."""

from pathlib import Path

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.run_script(Path(__file__).with_suffix(".sql"))
