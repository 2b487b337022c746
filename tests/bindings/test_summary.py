"""The binding's summary is written, and every byte outside it stays."""

import stat
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from recorder.bindings.summary import with_summary, write_summary
from recorder.errors import UsageError

SUMMARY = {"download-stack": {"total": 3, "running": 2}, "on": {"total": 1}}
BLOCK = """summary:
  download-stack:
    total: 3
    running: 2
  'on':
    total: 1
"""
FLOW = '{"download-stack": {"total": 3, "running": 2}, "on": {"total": 1}}'
FILE = "media.services.yaml"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("hosts: {a: {}}\n", f"hosts: {{a: {{}}}}\n{BLOCK}"),
        ("hosts: {a: {}}", f"hosts: {{a: {{}}}}\n{BLOCK.removesuffix(chr(10))}"),
        ("hosts: {a: {}}\n\n# the end\n", f"hosts: {{a: {{}}}}\n\n# the end\n{BLOCK}"),
        ("---\nhosts: {}\n...\n# after\n", f"---\nhosts: {{}}\n{BLOCK}...\n# after\n"),
        ("a: 1\nsummary: {}\nb: 2\n", f"a: 1\n{BLOCK}b: 2\n"),
        ("a: 1\nsummary:\nb: 2\n", f"a: 1\n{BLOCK}b: 2\n"),
        ("updated: 2026-02-36\n", f"updated: 2026-02-36\n{BLOCK}"),  # no date, and not ours to mend
        ("a: 1\nsummary: # mine\n  x: 1 # y\n\n# of b\nb: 2\n", f"a: 1\n{BLOCK}\n# of b\nb: 2\n"),
        ("summary:\n  x:\n    - 1\n    - [2,\n      3]\nb: 2\n", f"{BLOCK}b: 2\n"),
        ("a: &x {b: 1}\nsummary: *x\n", f"a: &x {{b: 1}}\n{BLOCK}"),
        ("  a: 1\n  summary: 0\n  b: 2\n", "  a: 1\n  {}  b: 2\n".format(
            BLOCK.replace("\n", "\n  ").removesuffix("  "))),
        ("# c\n  a: 1\n", "# c\n  a: 1\n" + "".join(f"  {line}\n" for line in BLOCK.splitlines())),
        ("{a: 1, summary: {x: [1]}, b: 2}\n", f"{{a: 1, summary: {FLOW}, b: 2}}\n"),
        ('{"a": 1}', f'{{"a": 1, "summary": {FLOW}}}'),
        ("{a: 1, # one\n}\n", f'{{a: 1, "summary": {FLOW}, # one\n}}\n'),
    ],
)  # fmt: skip
def test_only_the_section_changes(before: str, after: str) -> None:
    """Wherever it stands and however it is written; with CRLF and a byte order mark too."""
    assert with_summary(before.encode(), SUMMARY).decode() == after
    if "\n" not in before:
        return  # it does not show how its lines end
    windows = [text.replace("\n", "\r\n").encode("utf-8-sig") for text in (before, after)]
    assert with_summary(windows[0], SUMMARY) == windows[1]


@pytest.mark.parametrize(
    "before",
    [
        "summary: &x\n  a: 1\nports: *x\n",  # another section says the same by an alias
        "? summary\n: {a: 1}\nhosts: {}\n",
        "note: |\n  the last line of this text has no end",  # and would get one
    ],
)
def test_what_would_change_more_is_refused(before: str) -> None:
    """One line with what to type; nothing is made of it."""
    with pytest.raises(UsageError, match="give it a line `summary:` of its own"):
        with_summary(before.encode(), SUMMARY)


SCALARS = st.sampled_from(["1", "'it''s'", '"q # q"', "plain words", "2026-02-16", "~", "é — 日"])
VALUES = st.one_of(
    SCALARS,
    st.sampled_from(
        ["{x: 1, y: [2, 3]} # flow", "[a,\n  b]", "|\n  text\n\n  more", ">-\n  folded\n  text"]
    ),
    st.lists(SCALARS, min_size=1).map(lambda some: "".join(f"\n- {one}" for one in some)),
    st.lists(SCALARS, min_size=1).map(
        lambda some: "".join(f"\n  k{number}: {one}  # c" for number, one in enumerate(some))
    ),
    SCALARS.map(lambda one: f"&anchor {one}"),
)
ASIDE = st.sampled_from(["# a comment\n", "\n", "  # indented\n", "#summary: {}\n"])
OLD = st.sampled_from(["", " {}", " {a: {total: 1}}", "\n  a: {total: 1}", "\n  a:\n    total: 9"])


@st.composite
def sections(draw: st.DrawFn) -> list[str]:
    """Lines of top keys and what stands between them."""
    made = []
    for number in range(draw(st.integers(0, 4))):
        made += draw(st.lists(ASIDE, max_size=2))
        made.append(f"key{number}: {draw(VALUES)}\n".replace("&anchor", f"&a{number}"))
    return made


@given(before=sections(), old=OLD, after=sections(), crlf=st.booleans(), bom=st.booleans())
def test_any_binding_keeps_its_bytes(
    before: list[str], old: str, after: list[str], *, crlf: bool, bom: bool
) -> None:
    """What stands before and behind the section is in the new file, byte for byte."""
    after = [line.replace("key", "late").replace("&a", "&b") for line in after]
    ends = "\r\n" if crlf else "\n"
    head, tail, section = (
        text.replace("\n", ends) for text in ("".join(before), "".join(after), BLOCK)
    )
    mark = "\ufeff" if bom else ""
    content = f"{mark}{head}summary:{old}\n{tail}".replace("\r\n", "\n").replace("\n", ends)
    written = with_summary(content.encode(), SUMMARY)
    assert written.decode() == f"{mark}{head}{section}{tail}"
    assert with_summary(written, SUMMARY) == written


def test_the_file_is_replaced_with_its_mode_and_through_links(tmp_path: Path) -> None:
    """A link in the bindings folder stays one; the file it leads to keeps its mode."""
    real = tmp_path / "dotfiles.yaml"
    real.write_text("hosts: {}\n")
    real.chmod(0o640)
    folder = tmp_path / "bindings"
    folder.mkdir()
    (folder / FILE).symlink_to(real)
    assert write_summary(folder, SUMMARY) is True
    assert (folder / FILE).is_symlink()
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert yaml.safe_load(real.read_text()) == {"hosts": {}, "summary": SUMMARY}
    assert [path.name for path in folder.iterdir()] == [FILE]


def test_nothing_is_written_where_nothing_changed(tmp_path: Path) -> None:
    """A summary that says the same, however it is written, is left as it is."""
    file = tmp_path / FILE
    file.write_text(f"summary: {FLOW} # mine\nhosts: {{}}\n")
    before = file.stat()
    assert write_summary(tmp_path, SUMMARY) is False
    assert (file.stat().st_ino, file.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
