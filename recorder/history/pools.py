"""Which volumes and mounts are one and the same space: several mounts of one pool count once."""

from collections.abc import Iterable

from recorder.model import Kind, SpaceDays


def pools(found: Iterable[SpaceDays]) -> tuple[SpaceDays, ...]:
    """One of each space, volumes before mounts, in the order given.

    The same source is the same space: a volume stands for its mounts, else the mount that was
    seen on the most days does.
    """
    ranked = sorted(found, key=lambda it: (it.kind is not Kind.VOLUME, -len(it.days)))
    chosen: dict[tuple[str, ...], SpaceDays] = {}
    for it in ranked:
        chosen.setdefault((it.source,) if it.source else (it.kind, it.host, it.name), it)
    return tuple(chosen.values())
