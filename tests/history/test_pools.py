"""Which volumes and mounts are one and the same space."""

from datetime import date, timedelta

from recorder.history.pools import pools
from recorder.model import Daily, Kind, SpaceDays

FIRST = date(2026, 2, 1)


def seen(kind: Kind, host: str, name: str, source: str | None, days: int = 3) -> SpaceDays:
    daily = tuple(Daily(FIRST + timedelta(days=n), n, 10) for n in range(days))
    return SpaceDays(kind, host, name, source, daily)


def test_several_mounts_of_one_pool_count_once() -> None:
    """A volume stands for its mounts; of mounts alone, the one seen on the most days."""
    tank = seen(Kind.VOLUME, "nas", "tank", "nas:/tank", 2)
    here = seen(Kind.MOUNT, "vm", "/mnt/media", "nas:/tank", 9)
    other = seen(Kind.MOUNT, "vm", "/mnt/more", "nas:/more", 3)
    longer = seen(Kind.MOUNT, "vm2", "/more", "nas:/more", 4)
    assert pools([here, other, longer, tank]) == (tank, longer)


def test_what_nobody_knows_the_source_of_stands_for_itself() -> None:
    """Two unknown sources are two spaces."""
    root, var = (seen(Kind.VOLUME, "vm", name, None) for name in ("/", "/var"))
    elsewhere = seen(Kind.VOLUME, "vm2", "/", None)
    assert pools([root, var, elsewhere]) == (root, var, elsewhere)
