"""What the history says of itself, what is planned for it, and what is taken out of it."""

import csv
import io
import json
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from recorder.render import document, examination, history_document, plans
from recorder.render.extract import Format, lines
from recorder.render.lines import tell
from recorder.render.screen import screen
from recorder.store.extract import Extract
from recorder.store.figures import Later, Pruned, Reach
from recorder.store.values import Backup, Salvaged

from .examples import HOSTILE_TEXTS, NOW, TZ
from .histories import BEGIN, FIRST, FOLDER, NEWEST, YEARS, copy, hostile
from .screens import Stream, drawn

HISTORY = FOLDER / "history.db"
SCHEMAS = Path(__file__).parents[2] / "docs" / "schema"
DOCUMENTS = {
    "years": history_document.census(YEARS, generated_at=NOW),
    "first": history_document.census(FIRST, generated_at=NOW),
    **{
        f"hostile {number}": history_document.census(hostile(text), generated_at=NOW)
        for number, text in enumerate(HOSTILE_TEXTS)
    },
    "whole": history_document.examination(HISTORY, (), generated_at=NOW),
    "broken": history_document.examination(HISTORY, HOSTILE_TEXTS, generated_at=NOW),
    "copied": history_document.backup(copy(timedelta()), 7, generated_at=NOW),
}


def validator(made: document.Object) -> Draft202012Validator:
    schema: dict[str, Any] = json.loads((SCHEMAS / f"{made['capability']}.json").read_text())
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


@pytest.mark.parametrize("made", DOCUMENTS.values(), ids=DOCUMENTS)
def test_every_document_obeys_its_schema(made: document.Object) -> None:
    """What --json prints is what docs/schema promises."""
    assert [*validator(made).iter_errors(json.loads(document.as_json(made)))] == []


@pytest.mark.parametrize("name", ["years", "broken", "copied"])
def test_no_key_may_be_left_out_or_added(name: str) -> None:
    """A schema that would let a key vanish promises nothing."""
    made: Any = DOCUMENTS[name]
    promise = validator(made)
    for key in made:
        assert not promise.is_valid({k: v for k, v in made.items() if k != key}), key
    for key in made["data"]:
        data = {k: v for k, v in made["data"].items() if k != key}
        assert not promise.is_valid(made | {"data": data}), key
    assert not promise.is_valid(made | {"more": 1})


def test_a_history_without_a_backup_is_a_warning_and_a_fault_a_failure() -> None:
    """The verdicts of the documents."""
    told = {name: made["status"] for name, made in DOCUMENTS.items()}
    assert (told["years"], told["first"]) == ("ok", "warn")
    assert (told["whole"], told["broken"], told["copied"]) == ("ok", "fail", "ok")


def test_a_check_tells_a_fault_a_line_whatever_it_holds() -> None:
    """Whole is one line; what SQLite says of a damaged file can't move the cursor."""
    faults = ("service 3: the span from 5 overlaps the one before", "\x1b[2J wrong # of entries")
    assert examination.lines(HISTORY, ()) == [f"✓ {HISTORY} is whole"]
    assert unfolded(examination.lines(HISTORY, faults)) == (
        "✗ service 3: the span from 5 overlaps the one before\n✗ \\x1b[2J wrong # of entries\n"
    )


def unfolded(told: Sequence[str], *, ascii_only: bool = False) -> str:
    stream = Stream()
    tell(screen(stream, {"COLUMNS": "20"}, ascii_only=ascii_only), told)
    return stream.text


def test_a_result_is_never_folded() -> None:
    """A path or a command is copied as it stands, however narrow the terminal."""
    line = f"put {HISTORY}.replaced-20260216T030200Z back: `ops media.history.restore é`"
    assert unfolded([line, "two"]) == f"{line}\ntwo\n"
    assert unfolded(["✓ é"], ascii_only=True) == "+ \\xe9\n"


PLANS = {
    plans.restore(
        HISTORY,
        copy(timedelta(hours=10)),
        Reach(BEGIN, NEWEST - timedelta(hours=10), 1559),
        TZ,
        there=True,
        newest=NEWEST,
    ): """\
┌─ RESTORE ────────────────────────────────────────────────────────────────────┐
│  · put                                                                       │
│    /home/ann/.local/state/media-recorder/history.db.backups/20260216T030200Z │
│    .db (33M, 1,559 snapshots up to Mon 16 Feb 2026 03:59) in the place of    │
│    /home/ann/.local/state/media-recorder/history.db                          │
│  · keep the file that is there as history.db.replaced-TIME, beside it        │
│  · what was recorded after that, up to Mon 16 Feb 2026 13:59, is then only   │
│    in the old file                                                           │
└──────────────────────────────────────────────────────────────────────────────┘
""",
    plans.drop_after(HISTORY, NEWEST, Later(1, 2, 30_000, NOW), TZ): """\
┌─ DROP LATER ─────────────────────────────────────────────────────────────────┐
│  · make a verified backup of                                                 │
│    /home/ann/.local/state/media-recorder/history.db                          │
│  · forget all that was recorded after Mon 16 Feb 2026 13:59, up to Mon 16    │
│    Feb 2026 14:02: 1 snapshot, 2 spans, 30,000 samples                       │
└──────────────────────────────────────────────────────────────────────────────┘
""",
}


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.title)
def test_a_plan_says_what_would_be_lost(plan: plans.Plan) -> None:
    """Before a person agrees they read what goes, and where it stays."""
    assert drawn(plans.screen(plan)) == PLANS[plan]


def test_what_was_done_is_told_with_the_way_back() -> None:
    """A line each, paths whole, so that they can be copied."""
    backup = Backup(Path("/b/1.db"), NOW, 9)
    assert [
        [*told]
        for told in (
            plans.restored(Path("/h"), backup, Path("/h.replaced")),
            plans.restored(Path("/h"), backup, None),
            plans.upgraded(Path("/h"), Path("/h.before")),
            plans.pruned(Path("/h"), Pruned((("sample", 1200), ("snapshot", 0)), 9 << 20, 4 << 20)),
            plans.pruned(Path("/h"), Pruned((("sample", 0),), 4 << 20, 5 << 20)),
            plans.dropped(Path("/h"), NEWEST, backup, TZ),
            plans.salvaged(Salvaged(Path("/h.saved"), 5123, ("sample",))),
        )
    ] == [
        ["/h is now what /b/1.db holds", "what was there before is /h.replaced"],
        ["/h is now what /b/1.db holds"],
        ["/h has this program's schema", "a checked copy of it as it was is /h.before"],
        ["deleted: 1,200 samples", "/h is 4M, 5M given back"],
        ["nothing was past its time", "/h is 5M"],
        [
            "/h is as it was at Mon 16 Feb 2026 13:59",
            "as it was before: /b/1.db; to have that back: `ops media.history.restore /b/1.db`",
        ],
        [
            "5,123 rows saved into /h.saved",
            "not all could be read of: sample",
            "to use it: `ops media.history.restore /h.saved`",
        ],
    ]


@given(st.text(), st.integers() | st.none())
def test_what_is_taken_out_can_be_read_back(text: str, number: int | None) -> None:
    """JSON keeps every text; CSV shows control characters as their codes."""

    def taken(form: Format) -> str:
        return "".join(lines(Extract(("name", "value"), iter([(text, number)])), form))

    told = taken(Format.JSONL)
    assert told.isascii()
    assert told.count("\n") == 1
    assert json.loads(told) == {"name": text, "value": number}

    table = taken(Format.CSV)
    assert not {*table} & {chr(code) for code in (*range(9), *range(11, 32), *range(127, 160))}
    header, row = csv.reader(io.StringIO(table, newline=""))
    assert header == ["name", "value"]
    shown = "".join(
        char.encode("unicode_escape").decode() if char < " " or "\x7f" <= char < "\xa0" else char
        for char in text
    )
    assert row == [shown, "" if number is None else str(number)]


def test_an_extract_without_rows_still_names_its_columns() -> None:
    """An empty table is a table."""
    empty = Extract(("at", "name"), iter([]))
    assert [*lines(empty, Format.CSV)] == ["at,name\n"]
    assert [*lines(empty, Format.JSONL)] == []
