"""The name of this machine's time zone, as a server knows it."""

import os
from pathlib import Path

LINK = Path("/etc/localtime")
UTC = "UTC"


def local_zone(link: Path = LINK) -> str:
    """By TZ, else by where the system's link leads; UTC where neither says."""
    named = os.environ.get("TZ", "").lstrip(":")
    if named:
        return named
    return os.path.realpath(link).partition("/zoneinfo/")[2] or UTC
