"""The first schema: spans, samples and what they are of."""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None

APPLICATION_ID = 0x6D726563  # "mrec"


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.get_bind().exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
    for name in ("tables", "views"):
        op.run_script(Path(__file__).with_name(f"{revision}_{name}.sql"))
