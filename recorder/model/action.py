"""What this program itself did: one row of the table `action`, as a value."""

from datetime import datetime

from recorder.frozen import frozen


@frozen
class Action:
    """One thing done, or under way."""

    capability: str
    arguments: str  # of a command line; `--host` and `--service` name what it is about
    user: str
    started_at: datetime
    ended_at: datetime | None = None  # None: it is under way, or was killed
    exit_code: int | None = None
    note: str | None = None  # in a line: what came of it, or why it failed
