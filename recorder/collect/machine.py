"""The `machine` section: what a host says of itself."""

import re
from collections.abc import Sequence

from recorder.frozen import frozen

KIB = 1024


@frozen
class Machine:
    """What a host says of itself; None for what it does not say."""

    clock_sec: int | None = None  # seconds since the epoch, by its own clock
    boot_id: str | None = None
    uptime_sec: int | None = None
    load_1min: float | None = None
    memory_total_bytes: int | None = None
    memory_available_bytes: int | None = None


def parse_machine(lines: Sequence[str]) -> Machine:
    """Read `name value` lines; a Mac tells when it booted, not for how long it has been up."""
    said = dict(line.partition(" ")[::2] for line in lines)
    clock = _number(said.get("clock"))
    uptime = _number(said.get("uptime"))
    booted = re.search(r"\bsec = (\d{1,12})\b", said.get("booted", ""))
    if uptime is None and booted and clock is not None:
        uptime = max(0.0, clock - int(booted[1]))  # its clock may have been set back since
    boot_id = said.get("boot_id", "")
    total, available = _number(said.get("MemTotal:")), _number(said.get("MemAvailable:"))
    return Machine(
        clock_sec=None if clock is None else int(clock),
        boot_id=boot_id if re.fullmatch(r"[0-9a-f-]{36}", boot_id) else None,
        uptime_sec=None if uptime is None else int(uptime),
        load_1min=_number(said.get("load")),
        memory_total_bytes=None if total is None else int(total) * KIB,
        memory_available_bytes=None if available is None else int(available) * KIB,
    )


def _number(text: str | None) -> float | None:
    """A plain decimal number of sane length, or None."""
    if text is None or not re.fullmatch(r"\d{1,15}(\.\d{1,6})?", text, re.ASCII):
        return None
    return float(text)
