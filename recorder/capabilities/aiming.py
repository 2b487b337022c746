"""Advice that names the file it is about.

Whoever gave a history's path has to give it again with what to type next, or mends another file.
"""

import os
import re
import shlex
from pathlib import Path

COMMAND = re.compile(r"`ops (media\.(?:history\.\w+|status|snapshot|sql|diff))(?= |`)")


def aimed(text: str, path: Path) -> str:
    """The text, each command in it with the history's path where that is not the usual one."""
    from recorder.store.location import history_path  # noqa: PLC0415 - light, but of the store

    if path == history_path(None, os.environ):
        return text
    return COMMAND.sub(lambda it: f"`ops {it[1]} --db {shlex.quote(str(path))}", text)
