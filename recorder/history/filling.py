"""What an import takes of a volume's space, as far as the days tell: pure.

Counted are the UTC days on which the space only went, against the imports of those days. Deleting
hides some of what was brought in, and more than imports fills a disk: it is about so much.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from recorder.frozen import frozen
from recorder.history.window import Window
from recorder.model import SpaceDays

FEWEST_IMPORTS = 10
DAY = timedelta(days=1)


@frozen
class Filling:
    """Bytes that went, and the imports of the same days."""

    used_bytes: int
    imports: int
    days: int

    @property
    def each_bytes(self) -> int:
        return self.used_bytes // self.imports


def filling(
    spaces: Sequence[SpaceDays], imported: Iterable[datetime], window: Window
) -> Filling | None:
    """Of the only volume there is; None where there are several, or too few imports to tell."""
    if len(spaces) != 1:
        return None
    went = {
        day.day: before.free_bytes - day.free_bytes
        for before, day in pairwise(spaces[0].days)
        if day.day - before.day == DAY
        and day.free_bytes < before.free_bytes
        and day.total_bytes == before.total_bytes
        and window.begin <= datetime(day.day.year, day.day.month, day.day.day, tzinfo=UTC)
    }
    brought = [day for at in imported if (day := at.astimezone(UTC).date()) in went]
    if len(brought) < FEWEST_IMPORTS:
        return None
    return Filling(sum(went.values()), len(brought), len(went))
