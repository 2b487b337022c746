"""What happens to a host is what its history tells: a script of events, a look after each."""

import json
from collections.abc import Iterator, Sequence

import pytest
from realhosts import images

from stack.container_script import BEGINNING, CONTAINERS, PING
from stack.host_script import BINDINGS, HOSTS, ROOT
from stack.ops import Ops, Thing, bound, facts, of_host
from stack.scripted import HOST, UNKNOWN, Look, Row, Span, Stage, spans_of, until, until_answered

SCRIPT = (*CONTAINERS, *HOSTS)
NUMBER = {step.happens: number for number, step in enumerate(SCRIPT)}
NAMES = ("movies", "music", "books", "films", "comics", "paper-books", "guest", "visitor")
VERSIONS = ("movies:1.9", "movies:1.10", "music:1", "books:1", "films:1", "comics:1")


@pytest.fixture(scope="module")
def stage(ops: Ops, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The host with the script's containers, all well, and never looked at."""
    root = bound(ops.lab, ROOT, BINDINGS)
    made = Stage(ops.at(root), tmp_path_factory.mktemp("script") / "history.db")
    names = [f"lab/{version}" for version in VERSIONS]
    made.lab.hosts[HOST].engine.load({name: images.labels_of(name) for name in names})
    made.clear(NAMES)  # of a run that was ended
    try:
        made.shell(BEGINNING)
        until_answered(PING)(made)
        until("books", "running 0 healthy")(made)
        yield made
    finally:
        made.clear(NAMES)


@pytest.fixture(scope="module")
def first(stage: Stage) -> dict[Thing, str]:
    """What there is to be seen before anything happens: of containers, what their engines say."""
    return {
        **{
            ("service", name, row["name"]): row["state"].split()[0]
            for name in (HOST, "nas")
            for row in stage.lab.truth(name)
        },
        **{("host", name, name): "up" for name in (HOST, "nas")},
        ("endpoint", HOST, "movies"): "ok",
        ("mount", HOST, "/mnt/media"): "ok",
        ("volume", HOST, "pve:/media"): "ok",
    }


@pytest.fixture(scope="module")
def looks(stage: Stage, first: dict[Thing, str]) -> Sequence[Look]:  # noqa: ARG001 - seen before
    """The script played once; a look for each step."""
    return [*stage.play(SCRIPT)]


def test_a_look_prints_what_happened_since_the_one_before(looks: Sequence[Look]) -> None:
    """A line a change with the look's time, not a word where there was none; always exit 0."""
    expected = {step.happens: (0, step.prints, "") for step in SCRIPT}
    assert expected == {
        step.happens: (look.code, look.undated, look.complaints)
        for step, look in zip(SCRIPT, looks, strict=True)
    }


def expected_events(looks: Sequence[Look]) -> list[tuple[str, str, Row]]:
    """All that the script says is recorded, with when and where."""
    told = zip(SCRIPT, looks, strict=True)
    return [(look.at, HOST, row) for step, look in told for row in sorted(step.records)]


def test_the_events_on_record_are_those_of_the_script(stage: Stage, looks: Sequence[Look]) -> None:
    """None is missed, none is invented: the view `event` is the script, to its end."""
    rows = stage.ask('SELECT at, host, kind, name, was, "now", detail FROM event')
    assert expected_events(looks) == sorted((at, where, Row(*row)) for at, where, *row in rows)


def test_the_events_exported_are_those_of_the_script(stage: Stage, looks: Sequence[Look]) -> None:
    """Other programs are given the same."""
    done = stage.ops("media.history.export", "events", "--format", "jsonl", env=stage.environment)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert expected_events(looks) == sorted(
        (row.pop("at"), row.pop("host"), Row(**row)) for row in rows
    )


def test_each_state_lasts_from_the_look_that_saw_it_first_to_the_last(
    stage: Stage, looks: Sequence[Look], first: dict[Thing, str]
) -> None:
    """Every span of every thing on both hosts follows from the script, what was unseen unknown."""
    done = stage.ops("media.history.export", "spans", "--format", "jsonl", env=stage.environment)
    number = {look.at: place for place, look in enumerate(looks)} | {None: None}
    actual = {
        Span(
            (row["kind"], row["host"], row["name"]),
            number[row["first_seen_at"]],
            number[row["last_seen_at"]],
            row["state"],
            row["reason"] if row["state"] == UNKNOWN else None,  # the events tell why it failed
        )
        for row in map(json.loads, done.stdout.splitlines())
    }
    assert spans_of(SCRIPT, first) == actual


def test_a_host_that_was_away_had_no_container_that_had_exited(
    stage: Stage, looks: Sequence[Look], first: dict[Thing, str]
) -> None:
    """As it was then, nothing is known of what lives there, its own word on it or a guess."""
    then = looks[NUMBER["much happens there meanwhile"]].at
    seen = of_host(facts(stage.document("media.status", "--at", then, code=1)), HOST)
    unknown = {
        thing: "unknown host_down"
        if thing[2] in BINDINGS["services"]
        else "undeclared unknown host_down"
        for thing in of_host(first, HOST)
        if thing[0] == "service"
    }
    assert unknown == {thing: words for thing, words in seen.items() if thing[0] == "service"}
