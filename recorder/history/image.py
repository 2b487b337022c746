"""Another image: what a container runs now, against what it ran before."""

import re

from recorder.history.told import ROLLED_BACK, UPDATED
from recorder.model import Service

ARROW = "→"
_DIGEST_CHARS = 12  # as engines shorten an image's id themselves


def changed(was: Service, now: Service) -> bool:
    """Whether it runs another image; its id decides, the words only where an id is unknown."""
    if was.image_id and now.image_id:
        return was.image_id != now.image_id
    return any(
        before and after and before != after
        for before, after in (
            (was.image_version, now.image_version),
            (was.image, now.image),
        )
    )


def happened(was: Service, now: Service) -> str:
    """What became of it: "updated", or "rolled back" where the version's numbers fell."""
    before, after = _numbers(was.image_version), _numbers(now.image_version)
    return ROLLED_BACK if before and after and after < before else UPDATED


def change(was: Service, now: Service) -> str | None:
    """From what to what: versions, else tags, else ids; None where neither is known."""
    pairs = (
        (was.image_version, now.image_version),
        (_tag(was), _tag(now)),
        (was.image, now.image),
        (_short(was.image_id), _short(now.image_id)),
    )
    told = (f"{before} {ARROW} {after}" for before, after in pairs if _differ(before, after))
    return next(told, None)


def _differ(before: str | None, after: str | None) -> bool:
    return bool(before and after and before != after)


def _tag(it: Service) -> str | None:
    """The tag of an image reference; a port's colon, before a slash, is none."""
    name, _, tag = (it.image or "").partition("@")[0].rpartition(":")
    return tag if name and "/" not in tag else None


def _short(image_id: str | None) -> str | None:
    return image_id.removeprefix("sha256:")[:_DIGEST_CHARS] if image_id else None


def _numbers(version: str | None) -> list[int]:
    return [int(number) for number in re.findall(r"[0-9]{1,9}", version or "")]
