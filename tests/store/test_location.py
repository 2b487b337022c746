"""Where the history lies, as a person names it."""

from pathlib import Path

import pytest

from recorder.errors import UsageError
from recorder.store.location import VARIABLE, history_place

NOBODY_S = "~nobody-of-this-name/history.db"


def test_the_option_goes_before_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    """--db, then $MEDIA_RECORDER_DB; a `~` is the home of who asks."""
    monkeypatch.setenv("HOME", "/home/media")
    environ = {VARIABLE: "~/of-the-variable.db"}

    told = [history_place("~/given.db", environ, str), history_place(None, environ, str)]

    assert told == [Path("/home/media/given.db"), Path("/home/media/of-the-variable.db")]


@pytest.mark.parametrize("by", ["--db", VARIABLE])
def test_a_home_that_nobody_has_is_refused(by: str) -> None:
    """A `~name` without such a user is told in a line, as the place was given."""
    given = NOBODY_S if by == "--db" else None

    with pytest.raises(UsageError) as caught:
        history_place(given, {VARIABLE: NOBODY_S}, str)

    assert caught.value.lines == (
        f"{by} {NOBODY_S}: the ~ is nobody's home here: write the whole path",
    )
