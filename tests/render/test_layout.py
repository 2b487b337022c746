"""What holds for every screen, whatever the texts in it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import RenderableType
from rich.text import Text

from recorder.model import (
    Gap,
    Host,
    HostState,
    ImportCount,
    ImportedTitle,
    ImportState,
    Mount,
    MountState,
    Reason,
    Snapshot,
    Volume,
    VolumeState,
    findings,
)
from recorder.render import health, imports, nfs, services
from recorder.render.closing import closing
from recorder.render.grid import Grid, Row, fold
from recorder.render.marks import GLUE
from recorder.render.status import dashboard
from recorder.render.theme import STYLES

from .examples import EMPTY, GAPS, HEALTHY, HOSTILE_TEXTS, NIGHT, NOW, THIS_MACHINE, TZ, running
from .pasts import PAST, full_of
from .screens import drawn

_EDGES = "┌│└+|"

texts = st.one_of(
    st.sampled_from(HOSTILE_TEXTS),
    st.text(st.characters(categories=("C", "L", "M", "N", "P", "S", "Z"))),
)
widths = st.integers(40, 120)


def _full_of(text: str) -> Snapshot:
    """A snapshot with the text wherever a text can stand."""
    return replace(
        EMPTY,
        site=text,
        hosts=(
            Host(text, HostState.UP, address=text, number=1, uptime_sec=5),
            Host(f"{text}2", HostState.DOWN, reason=Reason.TIMEOUT, detail=text, hint=text),
        ),
        services=(
            running(text, text, text, project=text, image=text),
            replace(running(text, text, text), name=f"{text}2", container=text, error=text),
        ),
        mounts=(
            Mount(text, text, MountState.WRONG_MODE, text, text, "rw", text, text, note=text),
            Mount(text, f"{text}2", MountState.HUNG, detail=text),
        ),
        volumes=(Volume(text, text, text, VolumeState.UNKNOWN, Reason.PATH_HUNG, text),),
        imports=(
            ImportCount(text, text, ImportState.OK, 1, titles=(ImportedTitle(NOW, text, 1),)),
            ImportCount(f"{text}2", text, ImportState.UNKNOWN, None, Reason.NO_KEY, text, text),
        ),
    )


def _screens(text: str) -> tuple[RenderableType, ...]:
    snapshot = _full_of(text)
    return (
        dashboard(snapshot, [Gap(text, text, text, text)], tz=TZ, notes=[text], past=full_of(text)),
        health.screen(snapshot),
        services.screen(snapshot),
        nfs.screen(snapshot),
        imports.screen(snapshot, tz=TZ, sample=1),
    )


@given(text=texts, width=widths, ascii_only=st.booleans())
def test_every_line_of_a_box_is_as_wide_as_the_screen(
    text: str, width: int, *, ascii_only: bool
) -> None:
    """No text can push the edge of a box; and no line is wider than the screen."""
    for renderable in _screens(text):
        for line in drawn(renderable, width, ascii_only=ascii_only).splitlines():
            cells = cell_len(line)
            assert cells == width if line[:1] in _EDGES and line else cells <= width, line


@given(text=texts, width=widths)
def test_a_pipe_gets_no_control_character(text: str, width: int) -> None:
    """Piped output holds no escape, and no other control character but line ends."""
    for renderable in _screens(text):
        lines = drawn(renderable, width).split("\n")
        assert all(line.isprintable() for line in lines), lines


@given(text=texts)
def test_ascii_is_ascii(text: str) -> None:
    """With --ascii every character is ASCII, those of names and titles too."""
    for renderable in _screens(text):
        assert drawn(renderable, ascii_only=True).isascii()


@given(text=texts)
def test_a_name_makes_no_line(text: str) -> None:
    """One host is one line of VM STATUS, whatever breaks its name holds."""
    host = Host(text, HostState.UP, address="192.0.2.1", uptime_sec=60)
    lines = drawn(dashboard(replace(EMPTY, hosts=(host,)), tz=TZ)).split("\n")
    assert [line[:1] for line in lines] == ["M", "┌", "│", "└", "✓", ""]


@given(text=texts, first=st.integers(2, 60), others=st.integers(2, 60))
def test_folding_loses_nothing(text: str, first: int, others: int) -> None:
    """Folded text keeps every character that is not a space, and its lines keep their widths."""
    lines = fold(Text(text.replace(GLUE, "")), first, others)
    kept = "".join(line.plain for line in lines)
    bare = Text(text.replace(GLUE, "")).plain
    assert kept.replace(" ", "") == bare.replace(" ", "")


def test_columns_line_up() -> None:
    """Cells of a column begin at the same place; the last one folds under itself."""
    grid = Grid([Row((Text("a"), Text("one two three"))), Row((Text("long"), Text("four")))], (2,))
    shown = [line.plain for line in grid.lines(26, ascii_only=False)]
    assert shown == ["a     one two three", "long  four"]
    narrow = replace(grid, last_cells=5).lines(14, ascii_only=False)
    assert [line.plain for line in narrow] == ["a     one two", "      three", "long  four"]


def test_a_row_too_wide_for_columns_is_one_folded_line() -> None:
    """Where the columns don't fit, every row becomes a line of its own width."""
    grid = Grid([Row((Text("a name"), Text("what there is to say of it")))], (2,))
    shown = [line.plain for line in grid.lines(20, ascii_only=False)]
    assert shown == ["a name  what there", "  is to say of it"]


@pytest.mark.parametrize("snapshot", [HEALTHY, NIGHT, THIS_MACHINE], ids=["healthy", "night", "us"])
def test_whatever_is_wrong_is_named_at_the_end(snapshot: Snapshot) -> None:
    """The last lines name every finding, so that a scrolled screen still tells all."""
    last = drawn(closing(snapshot), 120)
    assert [one.name for one in findings(snapshot) if one.name not in last] == []


def test_a_long_list_of_troubles_is_counted() -> None:
    """Past a dozen, the rest is a number: the boxes hold the names."""
    services = tuple(
        running(f"service-{number}", "h", None, state="dead") for number in range(1, 15)
    )
    last = drawn(closing(replace(EMPTY, services=services)), 120)
    assert last.startswith("✗ 14 WRONG: service-1 dead, ")
    assert last.endswith("service-12 dead, and 2 more\n")


def test_what_was_not_asked_is_not_called_well() -> None:
    """All is well only where somebody looked; hosts that were not asked are named."""
    hosts = (HEALTHY.hosts[0], Host("other", HostState.UNKNOWN, reason=Reason.NOT_ASKED))
    assert drawn(closing(replace(EMPTY, hosts=hosts))) == "✓ ALL WELL; not asked: other\n"


@pytest.mark.parametrize("snapshot", [HEALTHY, NIGHT, THIS_MACHINE], ids=["healthy", "night", "us"])
def test_colour_only_adds(snapshot: Snapshot) -> None:
    """Without its escapes, the screen in colour is the one without colour."""
    renderable = dashboard(snapshot, GAPS, tz=TZ, past=PAST)
    coloured = drawn(renderable, colour=True)
    assert "\x1b[" in coloured
    assert Text.from_ansi(coloured).plain == drawn(renderable)


def test_every_style_has_a_name_in_the_theme() -> None:
    """A style that the theme does not know would silently draw nothing."""
    grids = (
        grid
        for snapshot in (HEALTHY, NIGHT, THIS_MACHINE)
        for box in dashboard(snapshot, GAPS, tz=TZ, past=PAST).renderables
        for part in box.parts
        for grid in ([part] if isinstance(part, Grid) else part)
    )
    cells = [cell for grid in grids for row in grid.rows for cell in row.cells]
    used = {str(style) for cell in cells for style in (cell.style, *(s.style for s in cell.spans))}
    assert used - {""} - set(STYLES) == set()


def test_a_style_ends_where_its_words_end() -> None:
    """Frame and mark lend their style to nothing that follows them."""
    lines = drawn(dashboard(NIGHT, GAPS, tz=TZ), colour=True).splitlines()
    dim, end = "\x1b[2m", "\x1b[0m"
    unknown = next(line for line in lines if "lidarr:" in line and "no API key" in line)
    assert f"  \x1b[33m! lidarr:{end} unknown, no API key" in unknown
    assert unknown.startswith(f"{dim}│{end}  ")
    assert unknown.endswith(f"  {dim}│{end}")
    assert any(line.startswith(f"\x1b[33m! 3 WARNINGS{end}: tdarr") for line in lines)
