"""D110: no Home Assistant add-on duplicates a service of the stack.

An add-on from another repository than Home Assistant's own carries that repository's name before
its slug: `a0d7b954_overseerr` (https://developers.home-assistant.io/docs/add-ons/communication).
"""

import re
from collections.abc import Iterator

from recorder.bindings.stack import Addon, Overlap
from recorder.gates.facts import Facts
from recorder.gates.gate import Gate, Judged, fail, unknown, warn
from recorder.model import Declared, GateFinding

FILE = "ha.addons.yaml"
REPOSITORY = re.compile(r"(?:[0-9a-f]{8}|core|local)_(?=.)")


def _judge(facts: Facts) -> Judged:
    overlaps, addons = facts.stack.overlaps, facts.stack.addons
    if not overlaps:
        return Judged(0, notes=("no overlap is bound: ha_overlaps in media.services.yaml",))
    if addons is None:
        what = f"which add-ons are installed is not known: {FILE} does not say"
        todo = f"write addons: with slug, name and state into {FILE}"
        return Judged(len(overlaps), (unknown(None, "Home Assistant", what, todo),))
    findings = tuple(
        finding
        for overlap in overlaps
        for addon in addons
        if _plain(addon.slug) == _plain(overlap.addon)
        for finding in _of_addon(overlap, addon, facts)
    )
    return Judged(len(overlaps), findings)


def _plain(slug: str) -> str:
    """A slug without its repository, spelled one way."""
    return REPOSITORY.sub("", slug.strip().lower(), count=1).replace("-", "_")


def _of_addon(overlap: Overlap, addon: Addon, facts: Facts) -> Iterator[GateFinding]:
    service = next((it for it in facts.stack.services if it.name == overlap.service), None)
    reason = f": {overlap.reason}" if overlap.reason else ""
    if service is None or service.declared is not Declared.ACTIVE:
        standing = f"is {service.declared}" if service else "is no service of the stack"
        what = f"the add-on ({addon.state}) may duplicate {overlap.service}, which {standing}"
        yield warn(None, addon.slug, what, "correct ha_overlaps in media.services.yaml")
        return
    what = f"the add-on ({addon.state}) duplicates {overlap.service} on {service.host}{reason}"
    if overlap.recommendation == "decommission":
        todo = f"uninstall {addon.name} in Home Assistant, and take it out of {FILE}"
        yield fail(None, addon.slug, what, todo)
    else:
        yield warn(None, addon.slug, what, f"find out whether {addon.name} is still needed")


GATE = Gate(
    "D110",
    "add-ons",
    "overlap",
    "no Home Assistant add-on duplicates a service",
    _judge,
    logs_in=False,
)
