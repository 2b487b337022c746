"""The gaps register: which entries are shown, and that nobody waits for it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recorder.bindings import GapsReading, PendingGaps, start_reading_gaps
from recorder.bindings.gap_parser import GapParser
from recorder.bindings.register import BrokenRegisterError, media_gaps
from recorder.model import Gap

# Read the register of the folder named, and print what that took: files opened, programs run.
WATCHED_READING = """
import json, sys
from pathlib import Path
from recorder.bindings import start_reading_gaps
did = []
sys.addaudithook(lambda event, args: did.append((event, str(args[0]))))
gaps = start_reading_gaps(Path(sys.argv[1])).result(60).gaps
opened = {name.rpartition("/")[2] for event, name in did if event == "open"}
print(json.dumps({
    "gaps": len(gaps),
    "yaml": "yaml" in sys.modules,
    "programs": sum(event == "subprocess.Popen" for event, _ in did),
    "opened": sorted(name for name in opened if name.endswith((".yaml", ".json"))),
}))
"""


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of the test's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = tmp_path / "cache" / "media-recorder"
    monkeypatch.setattr("platformdirs.user_cache_path", lambda _: folder)
    return folder


def register(folder: Path, text: str) -> Path:
    file = folder / "operational.gaps.yaml"
    file.write_text(text)
    return file


def entry(**said: str) -> str:
    """A register of one open entry that says nothing of media unless told to."""
    fields = {"id": "GAP-1", "severity": "low", "status": "open", **said}
    return "gaps:\n- " + json.dumps(fields) + "\n"


def big_register() -> Iterator[str]:
    """1.2 MB in the form of a real one: most entries closed, few about media."""
    yield "version: 1\ngaps:\n"
    for number in range(2600):
        yield f"""\
  # found on round {number // 100}
  - id: "GAP-{number:04d}"
    discovered_by: "ROUND-{number // 100}"
    discovered_at: "2026-02-07"
    type: stale-entry
    doc: "docs/{"radarr" if number % 10 == 0 else "backups"}.md"
    description: |
      Entry {number} says that a thing stands in one place. Its doc says that it is in another.
      Some more of it follows, so that the register becomes as long as those that people keep,
      with `quotes`, "other quotes", and paths such as /mnt/somewhere/else.
    severity: {"high" if number % 3 else "medium"}
    status: {"open" if number % 20 == 0 else "fixed"}
    notes: "moved"
"""


def test_a_big_register_is_parsed_elsewhere_once(tmp_path: Path) -> None:
    """The look keeps its interpreter: a child parses, and the next look reads only the cache."""
    size = register(tmp_path, "".join(big_register())).stat().st_size
    command = [sys.executable, "-c", WATCHED_READING, str(tmp_path)]

    runs = [json.loads(subprocess.check_output(command)) for _ in range(2)]

    (cached,) = (tmp_path / "cache" / "media-recorder").iterdir()
    assert size > 1_200_000
    assert runs == [
        {"gaps": 130, "yaml": False, "programs": 1, "opened": [cached.name]},
        {"gaps": 130, "yaml": False, "programs": 0, "opened": [cached.name]},
    ]


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ({"title": "Radarr imports twice"}, True),
        ({"doc": "ops/nfs/exports.md"}, True),
        ({"discovered_by": "LOOP-MEDIA-AUDIT-7"}, True),
        ({"description": "The\njellyfin library."}, True),
        ({"notes": "jellyfin"}, False),
        ({"title": "a multimedia media_player entity"}, False),
        ({"title": "Radarr imports twice", "tags": "backup"}, False),
        ({"title": "A disk is old", "tags": "storage, nfs"}, True),
        ({"title": "sonarr", "status": "accepted"}, True),
        ({"title": "sonarr", "status": "Open"}, True),
        ({"title": "sonarr", "status": "fixed"}, False),
    ],
)
def test_what_concerns_media(said: dict[str, str], shown: bool) -> None:  # noqa: FBT001 - a table
    """Open and accepted entries: by tags where there are any, else by whole words."""
    assert bool(media_gaps(entry(**said))) == shown


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ({"title": "Two  nfs words"}, "Two nfs words"),
        (
            {"description": "The nfs mount\nhangs at /mnt/a.b. Then more."},
            "The nfs mount hangs at /mnt/a.b",
        ),
        ({"description": "nfs " * 40}, "nfs " * 24 + "nfs…"),
        ({"doc": "nfs.md"}, "nfs.md"),
        ({"id": "NFS-1", "title": "null"}, "NFS-1"),
    ],
)
def test_a_gap_has_a_title(said: dict[str, str], title: str) -> None:
    """Its own, else the first sentence of its description, cut to a line; else what there is."""
    assert [row[2] for row in media_gaps(entry(**said))] == [title]


def test_a_gap_is_read_whole(tmp_path: Path) -> None:
    """Id, severity, title and status, in the register's order; one without an id is left out."""
    text = """\
gaps:
- {id: B-2, severity: high, title: plex, status: open, found: 2026-99-99}
- {severity: high, title: plex, status: open}
- a note
- {id: A-1, title: plex, status: Accepted}
"""
    register(tmp_path, text)

    assert start_reading_gaps(tmp_path).result() == GapsReading(
        (Gap("B-2", "high", "plex", "open"), Gap("A-1", "unknown", "plex", "accepted"))
    )


@pytest.mark.parametrize("folder", [None, Path("/nowhere")])
def test_without_a_register_there_are_no_gaps(folder: Path | None) -> None:
    """Most people keep no such register, and hear nothing of it."""
    assert start_reading_gaps(folder).result() == GapsReading()


@pytest.mark.parametrize(
    ("content", "note"),
    [
        (b"gaps: [\n", "2: not YAML: did not find expected node content"),
        (b"", "1: gaps: must be a list"),
        (b"gaps: {a: b}\n", "1: gaps: must be a list"),
        (b"gaps: \xff\n", "1: not UTF-8 text"),
    ],
)
def test_a_broken_register_is_a_note(tmp_path: Path, content: bytes, note: str) -> None:
    """What is wrong with the register is said in a line; the dashboard goes on."""
    (tmp_path / "operational.gaps.yaml").write_bytes(content)

    assert start_reading_gaps(tmp_path).result() == GapsReading(
        note=f"operational.gaps.yaml:{note}"
    )


def test_a_register_may_end_its_parser(tmp_path: Path) -> None:
    """What crashes a parser in C, brackets without end, is a note, too."""
    register(tmp_path, "[" * 500_000)

    reading = start_reading_gaps(tmp_path).result()

    assert (reading.gaps, (reading.note or "").partition(":")[0]) == ((), "operational.gaps.yaml")


def test_a_slow_parser_is_not_waited_for(tmp_path: Path) -> None:
    """Past its time limit the register is left for another day, and its parser is ended."""
    register(tmp_path, "".join(big_register()))

    reading = start_reading_gaps(tmp_path).result(timeout_sec=0.01)

    assert reading == GapsReading(note="operational.gaps.yaml: not read within 0.01 s")


def test_a_parser_nobody_asks_is_ended(tmp_path: Path) -> None:
    """A run that ends early leaves no process behind."""
    parser = GapParser(register(tmp_path, "".join(big_register())))
    pending = PendingGaps(None, parser)

    pending.cancel()

    assert (pending.result(), parser._child.poll()) == (GapsReading(), -9)  # noqa: SLF001


def test_a_changed_register_is_read_again(tmp_path: Path) -> None:
    """The cache is of one size and time of change."""
    file = register(tmp_path, entry(title="plex"))
    before = start_reading_gaps(tmp_path).result()
    file.write_text(entry(title="emby"))
    os.utime(file, ns=(1, 1))

    after = start_reading_gaps(tmp_path).result()

    assert [gap.title for gap in (*before.gaps, *after.gaps)] == ["plex", "emby"]


@pytest.mark.parametrize(
    "spoil", ["", "{", "[]", '{"key": 1}', '{"key": [1], "gaps": [[1]]}', "[" * 100_000, "rows"]
)
def test_a_spoilt_cache_is_read_over(tmp_path: Path, cache: Path, spoil: str) -> None:
    """Nobody hears of a cache that is cut off, not ours in form, or holds no gaps."""
    register(tmp_path, entry(title="plex"))
    whole = start_reading_gaps(tmp_path).result()
    (file,) = cache.iterdir()
    kept = file.read_text()
    file.write_text(kept.replace('"GAP-1"', "null") if spoil == "rows" else spoil)

    assert (start_reading_gaps(tmp_path).result(), file.read_text()) == (whole, kept)


def test_the_cache_is_the_users_alone(tmp_path: Path, cache: Path) -> None:
    """Gaps may tell of weak spots: the cache is 0600, in a folder of 0700, with no leftovers."""
    register(tmp_path, entry(title="plex"))
    start_reading_gaps(tmp_path).result()

    modes = [oct(path.stat().st_mode & 0o777) for path in (cache, *cache.iterdir())]
    assert modes == ["0o700", "0o600"]


def test_no_cache_folder_is_no_matter(tmp_path: Path, cache: Path) -> None:
    """Where nothing can be kept, the register is read each time."""
    cache.parent.write_text("a file where the folder should be")
    register(tmp_path, entry(title="plex"))

    assert [len(start_reading_gaps(tmp_path).result().gaps) for _ in range(2)] == [1, 1]


@given(
    st.text() | st.sampled_from(["- ", "gaps:\n"]).flatmap(lambda head: st.text().map(head.__add__))
)
def test_any_register_is_read_or_refused(text: str) -> None:
    """Whatever text stands in the register, it makes gaps or a reason why not."""
    try:
        rows = media_gaps(text)
    except BrokenRegisterError:
        return
    assert all(len(row) == 4 and all(isinstance(field, str) for field in row) for row in rows)
