"""What holds for the screens, documents and sheets of --history, whatever the texts in them."""

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from history.made import DOWN, HUNG, KILLED, REFUSES, UP
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from rich.cells import cell_len

from recorder.history.retrospect import Gap, Retrospect, look_back
from recorder.history.standing import Standing
from recorder.history.timeline import Tally
from recorder.history.window import Window
from recorder.model import Daily, Event, Health, Kind, SpaceDays, Thing
from recorder.model.past import Happening, Prior, Source
from recorder.render import document
from recorder.render.retrospect.document import document as told_in_json
from recorder.render.retrospect.figures import percent
from recorder.render.retrospect.scale import axis, edges, sign_sec
from recorder.render.retrospect.screen import screen
from recorder.render.retrospect.sheet import as_csv, as_markdown
from recorder.render.retrospect.signs import sign
from recorder.store.figures import Reach
from recorder.store.imported import Imported
from recorder.store.latency import Latency
from recorder.store.recollection import PastThing, Recollection
from recorder.store.space_ends import SpaceEnds
from recorder.store.values import Covered, Span

from . import retrospects
from .examples import HOSTILE_TEXTS, NOW, TZ, answered, running
from .screens import drawn

SCHEMA: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "docs" / "schema" / "media.status.history.json").read_text()
)
BERLIN = ZoneInfo("Europe/Berlin")
WEEK = timedelta(days=7)
texts = st.one_of(
    st.sampled_from(HOSTILE_TEXTS),
    st.text(st.characters(categories=("C", "L", "M", "N", "P", "S", "Z"))),
)


def full_of(text: str) -> Retrospect:
    """A past with the text wherever one can stand."""

    def past(kind: Kind, *things: Thing | None) -> PastThing:
        at = NOW - WEEK
        spans = []
        for number, thing in enumerate(things):
            begin = at + timedelta(hours=20 * number)
            spans.append(Span(kind, text, text, begin, None, thing))
        return PastThing(kind, text, text, tuple(spans))

    up = replace(UP, name=text)
    well = running(text, text, text, image_version="1")
    newer = replace(well, image_version=text, image_id=text)
    things = (
        past(Kind.HOST, up, replace(DOWN, name=text, detail=text)),
        past(Kind.SERVICE, well, replace(KILLED, name=text, error=text), newer),
        past(Kind.SERVICE, well, replace(well, health=Health.UNHEALTHY), well, None),
        past(Kind.ENDPOINT, answered(80), replace(REFUSES, detail=text)),
        past(Kind.MOUNT, replace(HUNG, detail=text)),
    )
    found = Recollection(
        NOW - WEEK,
        NOW,
        text,
        Reach(NOW - WEEK, NOW, 9),
        900.0,
        (Covered(NOW - WEEK, NOW, 9),),
        9,
        things,
        (Latency(text, text, 2, 9, 8, ((1, 1), (8, 1))), Latency(text, text, 2, 9, 8, None)),
        (Imported(text, (NOW - timedelta(hours=1),)),),
        (SpaceEnds(Kind.VOLUME, text, text, 5, 4),),
    )
    days = Daily((NOW - timedelta(days=1)).date(), 5, 9), Daily(NOW.date(), 4, 9)
    below = Event(NOW, Kind.SERVICE, text, f"{text}3", text, text, text, "bad")
    return replace(
        look_back(found, TZ),
        events=(Event(NOW, Kind.HOST, text, text, text, text, text, "bad", (below,)),),
        spaces=(SpaceDays(Kind.VOLUME, text, text, text, days),),
        prior=(
            Prior(NOW - WEEK, Kind.SERVICE, text, text, Happening.FINISHED, text, Source.ENGINE),
            Prior(NOW - 2 * WEEK, Kind.HOST, text, text, Happening.BOOTED, None, Source.WTMP),
        ),
    )


@given(texts, st.integers(40, 120), st.booleans(), st.booleans())
def test_no_line_is_wider_than_the_screen(
    text: str,
    width: int,
    narrowed: bool,  # noqa: FBT001 - hypothesis hands them on
    ascii_only: bool,  # noqa: FBT001
) -> None:
    """Whatever hosts send: no escape, no torn frame, no line too long; in ASCII nothing else."""
    shown = drawn(screen(full_of(text), tz=TZ, narrowed=narrowed), width, ascii_only=ascii_only)
    assert "\x1b" not in shown
    assert all(cell_len(line) <= width for line in shown.splitlines())
    framed = [line for line in shown.splitlines() if line[:1] in "│|┌└+"]
    assert {cell_len(line) for line in framed} == {width}
    assert shown.isascii() or not ascii_only


@pytest.mark.parametrize("name", ["week", "month", "day", "gap", "early", "lidarr", "streaming"])
@pytest.mark.parametrize("width", [40, 47, 60, 79, 80, 81, 99, 120])
def test_a_recorded_past_fits_every_width(name: str, width: int) -> None:
    """The frame is whole, and the strips of one screen are as long as one another."""
    shown = drawn(screen(retrospects.told(name), tz=TZ), width).splitlines()
    framed = [line for line in shown if line[:1] in "│┌└"]
    assert {cell_len(line) for line in framed} == {width}


@pytest.mark.parametrize("name", ["week", "month", "day", "gap", "early", "lidarr", "streaming"])
def test_every_document_obeys_its_schema(name: str) -> None:
    """What --json prints is what docs/schema promises."""
    Draft202012Validator.check_schema(SCHEMA)
    made = told_in_json(retrospects.told(name), generated_at=NOW, notes=("a note",))
    found = Draft202012Validator(SCHEMA).iter_errors(json.loads(document.as_json(made)))
    assert [error.message for error in found] == []


@pytest.mark.parametrize("text", HOSTILE_TEXTS)
def test_a_document_holds_text_as_it_came_and_a_sheet_what_is_harmless(text: str) -> None:
    """JSON is escaped to ASCII; CSV and Markdown hold no control character, and their tables."""
    told = full_of(text)
    made = document.as_json(told_in_json(told, generated_at=NOW))
    assert made.isascii()
    assert {it["name"] for it in json.loads(made)["data"]["things"]} == {text}
    sheet, page = as_csv(told), as_markdown(told, TZ)
    for shown in (sheet, page):
        assert not any(ord(char) < 32 and char != "\n" for char in shown)
    rows = [*csv.reader(io.StringIO(sheet))]
    assert {len(row) for row in rows} == {len(rows[0])}
    assert len(rows) == 1 + len(told.accounts)
    tables = [line.replace("\\|", "") for line in page.splitlines() if line.startswith("| ")]
    assert {line.count("|") for line in tables} <= {4, 6, 7}


def test_no_key_may_be_left_out_or_added() -> None:
    """A schema that would let a key vanish promises nothing."""
    made: Any = told_in_json(retrospects.told("week"), generated_at=NOW)
    promise = Draft202012Validator(SCHEMA)
    for key in made["data"]:
        data = {k: v for k, v in made["data"].items() if k != key}
        assert not promise.is_valid(made | {"data": data}), key
    for key in made["data"]["things"][0]:
        thing = {k: v for k, v in made["data"]["things"][0].items() if k != key}
        assert not promise.is_valid(made | {"data": made["data"] | {"things": [thing]}}), key
    assert not promise.is_valid(made | {"data": made["data"] | {"more": 1}})


def before(*, everything: bool = False, observed: bool = True) -> list[str]:
    """What the box of what hosts told says, of three boots of one host and its containers."""
    started = [
        Prior(
            NOW - timedelta(days=9 + number), Kind.SERVICE, "nas", name, what, more, Source.ENGINE
        )
        for number, (name, what, more) in enumerate(
            [
                ("plex", Happening.STARTED, "restart count 2"),
                ("samba", Happening.STARTED, None),
                ("batch", Happening.FINISHED, "exit code 137"),
            ]
        )
    ]
    boots = [
        Prior(
            NOW - timedelta(days=20 * days), Kind.HOST, "nas", "nas", Happening.BOOTED, None, told
        )
        for days, told in ((1, Source.UPTIME), (2, Source.WTMP))
    ]
    told = replace(retrospects.told("week"), prior=(*started, *boots))
    told = told if observed else replace(told, observed=())
    shown = drawn(screen(told, tz=TZ, everything=everything), 80).splitlines()
    begin = next(at for at, line in enumerate(shown) if "BEFORE" in line)
    end = next(at for at, line in enumerate(shown) if at > begin and line.startswith("└"))
    return [line.strip("│─┌┐ ") for line in shown[begin:end]]


def test_what_hosts_told_of_before_is_shown_as_that() -> None:
    """In a box of its own, who told it beside it, a host's containers as one; newest first."""
    shown = [
        "BEFORE, told by the hosts: nobody saw it",
        "7 Feb 14:02   nas: 2 containers started, the first 6 Feb 14:02",
        "5 Feb 14:02   nas: batch finished (exit code 137, by its engine)",
        "27 Jan 14:02  nas: booted (by its uptime)",
        "7 Jan 14:02   nas: booted (by its wtmp)",
    ]
    assert before() == before(observed=False) == shown
    assert before(everything=True) == [
        shown[0],
        "7 Feb 14:02   nas: plex started (restart count 2, by its engine)",
        "6 Feb 14:02   nas: samba started (by its engine)",
        *shown[2:],
    ]


@given(st.integers(60, 400 * 86400), st.integers(1, 72))
def test_a_strip_has_room_and_covers_the_window(seconds: int, cells: int) -> None:
    """No more signs than there is room for; the first begins and the last ends with the window."""
    window = Window(NOW - timedelta(seconds=seconds), NOW)
    found = edges(window, sign_sec(window, cells))
    assert (found[0], found[-1]) == (window.begin, window.end)
    assert found == sorted({*found})
    assert len(found) - 1 <= cells
    assert cell_len(axis(window, found, BERLIN)) <= len(found) - 1


def test_days_stand_over_the_sign_they_begin_in() -> None:
    """Local midnights, on a day of 25 hours too."""
    window = Window(datetime(2025, 10, 24, 22, tzinfo=UTC), datetime(2025, 10, 28, 23, tzinfo=UTC))
    found = edges(window, 4 * 3600)
    line = axis(window, found, BERLIN)
    assert line == "Sat   Sun    Mon   Tue"
    for name, day, hour in (("Sun", 25, 22), ("Mon", 26, 23)):
        at = datetime(2025, 10, day, hour, tzinfo=UTC)
        place = line.index(name)
        assert found[place] <= at < found[place + 1]


@pytest.mark.parametrize(
    ("tally", "shown"),
    [
        (Tally(well_sec=100), "▁"),
        (Tally(well_sec=9999, down_sec=1), "▃"),
        (Tally(well_sec=95, down_sec=5), "▅"),
        (Tally(well_sec=70, down_sec=30), "▆"),
        (Tally(well_sec=30, down_sec=70), "▇"),
        (Tally(down_sec=1, unobserved_sec=99), "█"),
        (Tally(down_sec=1, unknown_sec=99), "█"),
        (Tally(well_sec=99, ailing_sec=1), "▂"),
        (Tally(well_sec=51, unknown_sec=49), "▁"),
        (Tally(well_sec=49, unknown_sec=51), "?"),
        (Tally(idle_sec=100), "○"),
        (Tally(absent_sec=100), "·"),
        (Tally(unobserved_sec=100), " "),
        (Tally(well_sec=40, unobserved_sec=60), " "),
        (Tally(well_sec=60, unobserved_sec=40), "▁"),
    ],
)
def test_a_sign_shows_the_worst_and_what_nobody_saw(tally: Tally, shown: str) -> None:
    """Down, however short; unknown and unobserved where they make up half."""
    assert sign(tally) == shown


@pytest.mark.parametrize(
    ("tally", "glimpsed", "shown"),
    [
        (Tally(well_sec=60, unobserved_sec=40), Standing.DOWN, "▃"),
        (Tally(well_sec=70, down_sec=30), Standing.DOWN, "▆"),
        (Tally(unobserved_sec=100), Standing.DOWN, "█"),
        (Tally(unknown_sec=100), Standing.DOWN, "█"),
        (Tally(well_sec=100), Standing.AILING, "▂"),
        (Tally(unobserved_sec=100), Standing.AILING, "▂"),
        (Tally(unobserved_sec=100), Standing.WELL, " "),
        (Tally(well_sec=100), Standing.UNKNOWN, "▁"),
    ],
)
def test_a_sign_shows_trouble_that_one_look_saw(
    tally: Tally, glimpsed: Standing, shown: str
) -> None:
    """As the least share of what else was seen, or as all there is."""
    assert sign(tally, {glimpsed}) == shown


def test_what_is_down_at_the_end_stands_first_then_what_was_worst() -> None:
    """However short it was; of what is as available, that which was down or ailed."""
    found = retrospects.newest()
    order = [it.name for it in found.of(Kind.SERVICE)]
    assert order[:4] == ["radarr", "lidarr", "slskd", "sonarr"]
    hosts = [it.host for it in found.of(Kind.MOUNT)]
    assert hosts == ["download-stack", "streaming-stack"]
    for kind in (Kind.HOST, Kind.SERVICE, Kind.ENDPOINT, Kind.MOUNT):
        week = [(not it.lasting, it.tally.available or 2) for it in retrospects.week().of(kind)]
        assert week == sorted(week)


def test_one_look_alone_that_saw_trouble_tells_it() -> None:
    """Though no time was observed; it came up to now, and whether it is late is said too."""
    alone = retrospects.alone()
    stale = replace(alone, gaps=(Gap(alone.window.begin, alone.window.end, 7200),))
    down = "✗ STILL DOWN: radarr from before Mon 16 Feb 2026 14:02"
    lines = drawn(screen(stale, tz=TZ)).splitlines()
    assert (alone.observed, lines[-2:]) == ((), ["! nobody looked for the last 2h", down])


@given(st.integers(0, 10**9), st.integers(1, 10**9))
def test_a_share_is_never_rounded_to_all_or_none(part: int, more: int) -> None:
    """100% is all of it, 0% none; the rest is cut, so what is shown is never more than it was."""
    whole = part + more
    shown = percent(part, whole)
    assert (shown == "0%") == (part == 0)
    assert percent(whole, whole) == "100%"
    if shown not in {"0%", "<0.01%"}:
        assert 0 < float(shown.rstrip("%")) <= 100 * part / whole < 100


def test_what_is_down_when_a_window_ends_is_still_down_only_if_that_is_now() -> None:
    """Of a window of the past it is said that it was; and that nobody looked lately is said too."""
    week = retrospects.told("week")
    later = replace(week, recorded_until=week.window.end + timedelta(days=1))
    stale = Gap(week.window.end - timedelta(hours=3), week.window.end, 3 * 3600)
    lines = {
        name: drawn(screen(it, tz=TZ)).splitlines()[-2:]
        for name, it in {
            "now": week,
            "then": later,
            "stale": replace(week, gaps=(*week.gaps, stale)),
            "stale then": replace(later, gaps=(*week.gaps, stale)),
        }.items()
    }
    assert lines["now"][1].startswith("✗ STILL DOWN: lidarr since Sun 15 Feb 2026 22:02")
    assert lines["then"][1].startswith("✗ DOWN AT THE END OF IT: lidarr since Sun")
    assert lines["stale"] == ["! nobody looked for the last 3h", lines["now"][1]]
    assert lines["stale then"] == lines["then"]


def test_that_no_look_followed_another_is_not_that_nobody_looked() -> None:
    """On a first day a history of one look does not deny it."""
    alone = replace(retrospects.minutes(), observed=(), accounts=())
    last = {
        looks: drawn(screen(replace(alone, looks=looks), tz=TZ)).splitlines()[-1]
        for looks in (1, 0, None)
    }
    nobody = "? nobody looked in this time: nothing is known of it"
    assert last == {
        1: "? in this time no look followed another: --at shows what one saw",
        0: nobody,
        None: nobody,
    }


@pytest.mark.parametrize("width", [40, 60, 80])
def test_latencies_stand_in_columns_whatever_endpoints_are_called(width: int) -> None:
    """A long name loses its middle, a narrow screen its last figures; no row folds."""
    week = retrospects.told("week")
    slowest = week.recollection.latencies[0]
    long = replace(slowest, name="an-endpoint-of-a-very-long-name-indeed")
    latencies = (long, *week.recollection.latencies[1:])
    of = replace(week, recollection=replace(week.recollection, latencies=latencies))
    lines = drawn(screen(of, tz=TZ), width).splitlines()
    begin = next(place for place, line in enumerate(lines) if "LATENCY" in line) + 1
    rows = lines[begin : begin + 8]
    assert len({row.index("p50") for row in rows}) == 1


def test_how_much_of_the_time_a_thing_was_well_stays_on_the_narrowest_screen() -> None:
    """It says more than a longer strip or the rest of a name."""
    lines = drawn(screen(retrospects.told("week"), tz=TZ), 40).splitlines()
    assert sum(line.endswith("well │") for line in lines) == 4  # hosts, services, endpoints, mounts
    assert any("lidarr" in line and "89.40%" in line for line in lines)
