"""Things of a history whose names are alike are told apart on every screen."""

import re
from dataclasses import replace

import pytest

from recorder.history.retrospect import Retrospect
from recorder.model import Kind
from recorder.render.retrospect.screen import screen
from recorder.render.retrospect.sheet import as_markdown

from . import retrospects
from .examples import TZ
from .screens import drawn


def alike() -> Retrospect:
    """Two mounts of one host that differ at the end of a long path, and two volumes of a name."""
    week = retrospects.told("week")
    mount, volume = week.of(Kind.MOUNT)[0], week.spaces[0]
    paths = [f"/mnt/downloads/a/path/that/is/long/{name}" for name in ("movies", "series")]
    return replace(
        week,
        accounts=tuple(replace(mount, name=path) for path in paths),
        spaces=tuple(replace(volume, host=host) for host in ("nas", "attic")),
        recollection=replace(
            week.recollection,
            latencies=tuple(
                replace(week.recollection.latencies[0], host=host) for host in ("nas", "attic")
            ),
        ),
    )


@pytest.mark.parametrize("width", [60, 80])
@pytest.mark.parametrize("ascii_only", [False, True])
def test_no_two_things_have_the_same_line(width: int, *, ascii_only: bool) -> None:
    """Long paths lose their middle; what has one name on two hosts is told with its host."""
    lines = drawn(screen(alike(), tz=TZ, everything=True), width, ascii_only=ascii_only)
    told = lines.split("MOUNTS", 1)[1].split("EVENTS")[0].splitlines()
    labels = [line.split()[2] for line in told if "down" in line[:20]]
    assert [label[-6:] for label in labels] == ["movies", "series"]
    assert len({line.rstrip("| \u2502") for line in told if "@attic" in line}) == 2
    assert len({line.rstrip("| \u2502") for line in told if "@nas" in line}) == 2


def test_a_long_name_moves_no_strip_in_ascii() -> None:
    """The ellipsis is longer there, and so are the codes of what is not ASCII."""
    week = alike()
    first, second = week.accounts
    odd = replace(week, accounts=(first, replace(second, name="\u65e5\u672c\u8a9e" * 9)))
    lines = drawn(screen(odd, tz=TZ, everything=True), 80, ascii_only=True)
    mounts = lines.split("MOUNTS", 1)[1].splitlines()[2:4]
    assert len({line[line.rindex("...") + 12 :] for line in mounts}) == 1


def test_markdown_cuts_no_name() -> None:
    """It has no columns to keep."""
    page = as_markdown(alike(), TZ)
    assert page.count("path/that/is/long/movies |") == page.count("path/that/is/long/series |") == 1
    assert page.count("@nas |") == page.count("@attic |") == 2


def test_what_is_still_down_is_called_by_a_name_of_its_own() -> None:
    """A mount with its host, as any other thing whose name is on two; in a box's title too."""
    week = retrospects.told("week")
    down = next(it for it in week.of(Kind.SERVICE) if it.name == "lidarr")
    mounts = [
        replace(down, kind=Kind.MOUNT, host=host, name=f"/mnt/downloads/a/long/path/{name}")
        for host, name in (("nas", "movies"), ("nas", "series"), ("attic", "series"))
    ]
    services = [replace(down, host=host) for host in ("nas", "attic")]
    some = replace(week, accounts=(*mounts, *services))
    lines = drawn(screen(some, tz=TZ, narrowed=True), 120)
    assert re.findall(r"(\S+) since", lines.split("STILL DOWN: ")[1]) == [
        "nas:/mnt/downloads/a…ong/path/movies",
        "nas:/mnt/downloads/a…ong/path/series",
        "attic:/mnt/downloads/a…ong/path/series",
        "lidarr@nas",
        "lidarr@attic",
    ]
    assert re.findall(r"\u250c\u2500 /mnt(\S+) mount on (\w+)", lines) == [
        ("/downloads/a…ong/path/movies", "nas"),
        ("/downloads/a…ong/path/series", "nas"),
        ("/downloads/a…ong/path/series", "attic"),
    ]
