"""Where the history lies, as a person names it."""

from pathlib import Path

import pytest

from recorder.errors import UsageError
from recorder.store.location import VARIABLE, history_place
from recorder.store.site import Site

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


@pytest.mark.parametrize(
    "given",
    [
        "postgresql+psycopg://u:hush@h/db",
        "postgresql:/u:hush@h/db",
        "postgresql:u:hush@h/db",
        "mysql://u:hush@h/db",
        "postgresql://u:1?hush@h/db",
        "postgresql://u:1/hush@h/db",
        "postgresql://u:1#hush@h/db",
        "postgresql://u:hush@h,i/db",
        "postgresql://u:hush@h:1,i:2/db",
    ],
)
def test_a_url_of_another_kind_is_no_path(given: str) -> None:
    """It is refused in a line, and never shown: it may hold a password."""
    with pytest.raises(UsageError) as caught:
        history_place(given, {}, lambda: "home")

    [line] = caught.value.lines
    assert "hush" not in line


def test_a_scheme_may_be_in_any_letters_and_a_path_have_a_colon() -> None:
    """A URL's scheme is the same in capitals; what begins with a dot or a slash is a path."""
    url = "POSTGRESQL://u:hush@h/db?site=home"

    told = [str(history_place(given, {}, str)) for given in (url, "./postgresql:/a.db", "a:b.db")]

    assert told == [
        "postgresql://u@h/db?site=home",
        str(Path.cwd() / "postgresql:/a.db"),
        str(Path.cwd() / "a:b.db"),
    ]


def test_of_a_url_s_options_only_those_without_secrets_are_shown() -> None:
    """A list of what may be; all of them are for the server, as they were written."""
    url = (
        "postgresql://u@h/db?sslmode=require&PASSWORD=hush&oauth_client_secret=hush"
        "&options=-c%20x.y%3Dhush&password=a+b&site=home"
    )

    site = history_place(url, {}, str)

    assert isinstance(site, Site)
    assert str(site) == "postgresql://u@h/db?sslmode=require&site=home"
    assert site.url == (
        "postgresql://u@h/db?sslmode=require&PASSWORD=hush&oauth_client_secret=hush"
        "&options=-c%20x.y%3Dhush&password=a%2Bb"
    )
