"""Text from hosts and apps is data: it neither changes the screen nor ends the run."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from realhosts import Lab, hostile

from stack.ops import Facts, Ops, facts
from stack.screens import flaws

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
