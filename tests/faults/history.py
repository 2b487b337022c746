"""A history's file that can't be written. The picture is shown all the same, on standard output."""

from faults.row import Row

PROVED = "cli/test_faults.py::test_a_history_that_cannot_be_written_is_told_and_loses_nothing"
PROVED_ON_A_DISK = (
    "cli/test_faults.py::test_a_disk_that_cannot_hold_the_history_is_told_and_loses_nothing"
)
MALFORMED = "history.db is damaged (database disk image is malformed) and left as it is"
MAY_NOT = "history.db or its folder may not be written"
RESTORE = "the same: `ops media.history.restore NAME`"
BOUND_SEC = 10
NOT_RECORDED = 3


def _row(key: str, made: str, says: str, advice: str, test: str = PROVED) -> Row:
    return Row(
        key, key, made, BOUND_SEC, NOT_RECORDED, test, says=f"not recorded: {says}", advice=advice
    )


ROWS = (
    _row(
        "its header is damaged",
        "garbage over its first 70 bytes",
        "history.db is damaged (its header is not a database's) and left as it is",
        "`ops media.history.restore NAME`, as the line names it; or "
        "`ops media.history.repair --salvage`",
    ),
    _row("a page of it is damaged", "a page of a table overwritten", MALFORMED, RESTORE),
    _row("its end is cut off", "truncated to half its pages", MALFORMED, RESTORE),
    _row(
        "it is empty",
        "truncated to nothing",
        "history.db is damaged (it is empty) and left as it is",
        RESTORE,
    ),
    _row(
        "only its log is left",
        "the file deleted, its log not, as after a crash",
        "history.db is damaged (it is gone, but history.db-wal is still here) and left as it is",
        RESTORE,
    ),
    _row(
        "it is another application's",
        "an SQLite file with another table in its place",
        "history.db is another application's database",
        "give another path with `--db`",
    ),
    _row(
        "a newer program made it",
        "a schema of a revision that nobody has yet",
        "history.db was made by a newer media-recorder",
        "update this one: `git pull`, or `pip install --upgrade media-recorder`",
    ),
    _row(
        "a folder has its name",
        "a folder in its place",
        "history.db is a folder",
        "give the path of a file with `--db` or `$MEDIA_RECORDER_DB`",
    ),
    _row(
        "the file may not be written",
        "mode 0400, and a program without root's rights",
        MAY_NOT,
        "see its owner with `ls -la FOLDER`: cron and you may be different users",
    ),
    _row(
        "the folder may not be written",
        "mode 0500, and a program without root's rights",
        MAY_NOT,
        "`ls -la FOLDER`: SQLite writes a log beside the file",
    ),
    _row(
        "the disk is read-only",
        "a real read-only mount",
        MAY_NOT,
        "`ls -la FOLDER`, and why the system mounted it so: `dmesg`",
        PROVED_ON_A_DISK,
    ),
    _row(
        "the disk is full",
        "a real disk of 8 MB, filled to its last block",
        "no space left for history.db",
        "make room: `df -h FOLDER`",
        PROVED_ON_A_DISK,
    ),
    _row(
        "it lies on a network mount",
        "a real sshfs mount",
        "history.db lies on a network filesystem (fuse.sshfs)",
        "give a path on a local disk with `--db` or `$MEDIA_RECORDER_DB`",
        PROVED_ON_A_DISK,
    ),
)
