"""When a host booted before anyone looked at it, by its own records: `boots.sh` and its answer.

The answer's sections are laid out as the probe's. `wtmp` holds what `last -x -F reboot` prints
(last(1)), `journal` what `journalctl --list-boots --utc` prints (journalctl(1)), both in UTC. What
reads as no boot is passed over.
"""

import os
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from recorder.collect.probe import request, sections
from recorder.collect.shell import Ended, Shell
from recorder.model.past import Boot, Source

SCRIPT = Path(__file__).with_name("boots.sh")
LIMIT_SEC = 12.0  # above the script's own limits
SAME_BOOT = timedelta(minutes=5)  # the two records of one boot are no further apart

# reboot   system boot  6.1.0-18-amd64   Mon Feb  9 10:00:00 2026   still running
_WTMP = re.compile(r"^reboot\s.*?\b([A-Z][a-z]{2} +\d{1,2} \d{2}:\d{2}:\d{2} \d{4})\b", re.ASCII)
# -1 3b5e8f…  Mon 2026-02-09 10:00:00 UTC—Mon 2026-02-16 12:00:00 UTC, or in columns
_JOURNAL = re.compile(
    r"^ *-?\d+ [0-9a-f]{32} [A-Z][a-z]{2} (\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}) UTC", re.ASCII
)
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def ask_boots(shell: Shell) -> tuple[Boot, ...]:
    """The boots a host remembers, oldest first; none where it can't tell. Raises OSError."""
    mark = os.urandom(16).hex()
    script = request(mark, "boots") + SCRIPT.read_bytes()
    answer = shell.run(script, until=f"{mark} end".encode(), timeout_sec=LIMIT_SEC)
    return () if answer.ended is Ended.TOO_LONG else read_boots(answer.output, mark)


def read_boots(output: bytes, mark: str) -> tuple[Boot, ...]:
    """The boots an answer tells of, oldest first; of two records of one boot the first source's."""
    parts = sections(output, mark)
    found: list[Boot] = []
    for source in (Source.WTMP, Source.JOURNAL):
        part = parts.get(source.value)
        for at in sorted(_times(part.lines if part else (), source)):
            if all(abs(boot.at - at) > SAME_BOOT for boot in found):
                found.append(Boot(at, source))
    return tuple(sorted(found, key=lambda boot: boot.at))


def _times(lines: Iterable[str], source: Source) -> Iterable[datetime]:
    for line in lines:
        told = (_WTMP if source is Source.WTMP else _JOURNAL).match(line)
        at = told and (_of_last if source is Source.WTMP else _of_journal)(told[1])
        if at:
            yield at


def _of_last(text: str) -> datetime | None:
    month, day, clock, year = text.split()
    if month not in _MONTHS:
        return None
    return _of_journal(f"{year}-{_MONTHS.index(month) + 1:02}-{int(day):02} {clock}")


def _of_journal(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        return None
