"""Text from hosts and apps is data: it neither changes the screen nor ends the run."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from realhosts import Lab, hostile

from stack.ops import Facts, Ops, bound, facts
from stack.screens import flaws
from stack.terminal import terminal

CHECKS = (
    ("media.status",),
    ("media.status", "--service", "hostile-markup", "--service", "hostile-error"),
    ("media.health.check",),
    ("media.service.status",),
    ("media.nfs.verify",),
    ("media.metrics.today", "--sample", "20"),
)


@pytest.fixture(scope="module", autouse=True)
def meant_harm(lab: Lab, well: Facts) -> Iterator[None]:  # noqa: ARG001 -- looked at before
    """Hostile containers on one host, hostile titles in one app."""
    try:
        lab.cause("hostile", "streaming-stack")
        for text in hostile.TEXTS.values():
            lab.history("radarr").add(text, datetime.now(UTC))
        yield
    finally:
        lab.heal("hostile", "streaming-stack")
        lab.seed_histories()


@pytest.mark.parametrize("columns", [60, 80, 120])
@pytest.mark.parametrize("check", CHECKS, ids=" ".join)
def test_the_screen_stays_whole(ops: Ops, check: tuple[str, ...], columns: int) -> None:
    """No escape, no line too wide, no box broken; it ends as any look does."""
    done = ops(*check, env={"COLUMNS": str(columns)})
    assert (done.returncode in (0, 1), done.stderr) == (True, "")
    assert flaws(done.stdout, columns) == []


@pytest.fixture
def found(lab: Lab, ops: Ops) -> Ops:
    """The program with a host that is shown as found: hostile labels are its headings."""
    host = {"addresses": ["192.0.2.210"], "ssh_user": "ubuntu", "discover": True}
    return ops.at(bound(lab, "found", {"version": 1, "hosts": {"it": host}, "services": {}}))


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_hostile_labels_are_shown_escaped(found: Ops, columns: int) -> None:
    """What would move the cursor, colour a line or begin a new one is shown as its code."""
    shown = found("media.status", env={"COLUMNS": str(columns)}).stdout
    assert flaws(shown, columns) == []
    assert "\\x1b[2J\\x1b[31mred" in shown
    assert "[red]radarr[/red]" in shown
    assert "first\\nsecond\\r\\nthird" in shown


def test_boxes_close_on_a_real_terminal(found: Ops) -> None:
    """A terminal draws hostile text as wide as the program reckons."""
    with terminal(found, "media.status") as window:
        output = window.output()
    edges = [line for line in output.splitlines() if line[:1] in "┌│└" and line[-1:] not in "┐│┘"]
    assert "hostile-emoji" in output
    assert edges == []


def test_hostile_containers_are_seen_as_what_they_are(lab: Lab, ops: Ops, well: Facts) -> None:
    """Each is one line of the list, its labels to the letter; nobody else's line changes."""
    document = ops.document("media.status")
    there = {it["container"]: it for it in document["data"]["services"] if it["host"] != "download"}
    actual = {text: there[f"hostile-{name}"]["project"] for name, text in hostile.TEXTS.items()}
    assert actual == {text: text for text in hostile.TEXTS.values()}
    listed = {row["name"] for row in lab.truth("streaming-stack")} & set(hostile.names())
    others = {thing: words for thing, words in facts(document).items() if thing[2] not in listed}
    assert listed == set(hostile.names())
    assert others | {("import", "", "radarr"): "ok 6"} == well


def test_hostile_titles_are_counted_and_told(ops: Ops) -> None:
    """A title is told to the letter, and counts as one import."""
    document = ops.document("media.metrics.today", "--sample", "20", code=0)
    radarr = document["data"]["imports"]["radarr"]
    assert radarr["count"] == 6 + len(hostile.TEXTS)
    assert set(hostile.TEXTS.values()) <= {each["title"] for each in radarr["titles"]}


@pytest.mark.parametrize("check", CHECKS, ids=" ".join)
def test_documents_are_printable(ops: Ops, check: tuple[str, ...]) -> None:
    """A JSON document holds nothing that a terminal would obey, whatever is in it."""
    lines = ops(*check, "--json").stdout.splitlines()
    assert [line for line in lines if not line.isascii() or not line.isprintable()] == []
