"""Every query the pages show is asked of a recorded example."""

import re
from pathlib import Path

import pytest
from render.asked import recorded

from recorder.bindings.queries import parameters, query_files, shipped_folder
from recorder.store.ask import Question, ask

ROOT = Path(__file__).parents[2]
SQL = re.compile(r"^```sql\n(.*?)^```", re.MULTILINE | re.DOTALL)
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:")
PAGES = sorted((ROOT / "docs").glob("*.md"))
SHOWN = [
    pytest.param(sql, id=f"{page.stem}-{number}")
    for page in PAGES
    for number, sql in enumerate(SQL.findall(page.read_text(encoding="utf-8")))
]


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("cookbook") / "history.db"
    recorded(path)
    return path


@pytest.mark.parametrize("sql", SHOWN)
def test_a_query_in_the_docs_is_answered(history: Path, sql: str) -> None:
    """No view, column or parameter in them that isn't there."""
    given = {one.name: one.default for one in parameters(sql)}
    with ask(history, Question(sql, given)) as answer:
        assert answer.columns
        list(answer.rows)


def test_the_cookbook_holds_every_saved_query() -> None:
    """As it is shipped."""
    page = SQL.findall((ROOT / "docs" / "schema.md").read_text(encoding="utf-8"))
    files = query_files([shipped_folder()])
    assert page == [file.read_text(encoding="utf-8") for file in files.values()]
    assert len(files) >= 12


def test_a_saved_query_says_of_its_times_that_they_are_utc(history: Path) -> None:
    """Without it, a time in CSV is read as the reader's own."""
    told = []
    for file in query_files([shipped_folder()]).values():
        sql = file.read_text(encoding="utf-8")
        given = {one.name: one.default for one in parameters(sql)}
        given |= {"since": "-99 years"} if "since" in given else {}
        with ask(history, Question(sql, given)) as answer:
            told += [value for row in answer.rows for value in row if TIME.match(str(value))]
    assert told
    assert [value for value in told if not str(value).endswith("Z")] == []
