"""What the gates compare the world with: the port matrix and the add-on overlaps.

Both may name what is long gone: telling that is a gate's work, not a mistake of the file.
"""

import re

from recorder.bindings.section import PORTS, Section
from recorder.bindings.spelling import plain
from recorder.bindings.stack import Overlap

RECOMMENDATIONS = ("decommission", "investigate")
PORT = re.compile(r"[1-9][0-9]{0,4}")


def read_ports(root: Section) -> dict[str, dict[int, str]]:
    """Host → port → service."""
    return {host: _ports_of(section) for host, section in root.sections("ports")}


def read_overlaps(root: Section) -> tuple[Overlap, ...]:
    overlaps = []
    for overlap in root.section("ha_overlaps").listed("overlaps"):
        addon = overlap.text("ha_addon", required=True)
        service = overlap.text("shop_service", required=True)
        advice = overlap.choice("recommendation", RECOMMENDATIONS, required=True)
        if addon is not None and service is not None and advice is not None:
            overlaps.append(Overlap(addon, service, advice, overlap.prose("reason")))
    return tuple(overlaps)


def _ports_of(host: Section) -> dict[int, str]:
    ports: dict[int, str] = {}
    low, high = PORTS
    for key in host.entry.fields:
        number = int(key) if PORT.fullmatch(key) else 0
        service = host.text(key)
        if not low <= number <= high:
            host.wrong(key, f"a port is a whole number from {low} to {high}, not {plain(key[:60])}")
        elif service is not None:
            ports[number] = service
    return ports
