"""The row of an effect: there before it begins, and complete after it, however it ends."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import click
import pytest
from realhosts.waiting import wait_until

from recorder.capabilities.acting import Act, acting
from recorder.capabilities.history.carrying import carry_out
from recorder.errors import ActionError, ExitCode, FullError, ReadOnlyError, StoreError
from recorder.store.connection import connect
from recorder.store.engine import opened

NAME = "media.stack.restart"
ABOUT = ("--host", "download stack", "--service", "radarr")
Row = tuple[str, str, int | None, str | None]


def rows(history: Path) -> list[Row]:
    """The actions that have an end, and those that have none: ended, arguments, code, note."""
    connection = connect(history)
    found = connection.execute(
        "SELECT CASE WHEN ended_at IS NULL THEN 'under way' ELSE 'ended' END, "
        "arguments, exit_code, note FROM action_log ORDER BY started_ts, capability"
    ).fetchall()
    connection.close()
    return found


@pytest.fixture
def history(tmp_path: Path) -> Path:
    """A history that is not there yet."""
    return tmp_path / "history.db"


ARGUMENTS = "--host 'download stack' --service radarr"


def test_the_row_is_there_while_it_is_under_way(history: Path) -> None:
    """Written before the effect begins, completed after it."""
    with acting(history, NAME, ABOUT) as act:
        assert rows(history) == [("under way", ARGUMENTS, None, None)]
        act.note = "1 of 1 came back"
    assert rows(history) == [("ended", ARGUMENTS, 0, "1 of 1 came back")]
    assert act.outcome is ExitCode.WELL


def test_what_failed_says_so(history: Path) -> None:
    """An exit code that was set, and one that an error brings."""
    with acting(history, NAME) as act:
        act.exit_code, act.note = ExitCode.ACTION_FAILED, "radarr exited (1)"
    with pytest.raises(ActionError):
        _fail(history)
    assert rows(history) == [
        ("ended", "", 4, "radarr exited (1)"),
        ("ended", "", 4, "nas went away; radarr was stopped"),
    ]
    assert act.outcome is ExitCode.ACTION_FAILED


def _fail(history: Path) -> None:
    with acting(history, NAME) as act:
        act.note = "radarr was stopped"
        raise ActionError("nas went away")


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, click.Abort])
def test_ctrl_c_is_told(history: Path, interruption: type[BaseException]) -> None:
    """With the exit code the program ends with."""
    with pytest.raises(interruption), acting(history, NAME):
        raise interruption
    assert rows(history) == [("ended", "", 130, "interrupted")]


def test_our_own_mistake_is_a_failure(history: Path) -> None:
    """The row is complete all the same."""
    with pytest.raises(ZeroDivisionError), acting(history, NAME):
        raise ZeroDivisionError
    assert rows(history) == [("ended", "", 4, "a mistake in the program")]


ACTING = """
import sys
from pathlib import Path
from recorder import cli
from recorder.capabilities.acting import acting
import click, time

@click.command("act")
def act():
    with acting(Path(sys.argv[1]), "media.stack.restart"):
        Path(sys.argv[1]).with_name("begun").touch()
        time.sleep(600)

cli.ops.main = lambda **_: act.main(args=[], standalone_mode=False)
cli.main()
"""


@pytest.mark.parametrize(
    ("number", "code", "row"),
    [
        (signal.SIGINT, 130, ("ended", "", 130, "interrupted")),
        (signal.SIGTERM, 143, ("ended", "", 143, "ended by signal 15")),
        (signal.SIGHUP, 129, ("ended", "", 129, "ended by signal 1")),
        (signal.SIGKILL, -9, ("under way", "", None, None)),
    ],
)
def test_a_signal_is_told(history: Path, number: signal.Signals, code: int, row: Row) -> None:
    """What can be caught ends the row; after SIGKILL it says that it did not end."""
    program = subprocess.Popen(
        [sys.executable, "-c", ACTING, str(history)], stderr=subprocess.DEVNULL
    )
    wait_until((history.with_name("begun")).exists, "the effect to begin")
    os.kill(program.pid, number)
    assert program.wait(60) == code
    assert rows(history) == [row]


SLOW = """
import recorder.capabilities.acting as module
finish = module.finish

def slowly(path, row, done):
    path.with_name("ending").touch()
    time.sleep(1)
    finish(path, row, done)

module.finish = slowly
"""


def test_a_second_ctrl_c_does_not_cut_off_the_row(history: Path) -> None:
    """Whoever is impatient presses it again and again."""
    script = ACTING.replace("cli.ops.main", f"{SLOW}\ncli.ops.main", 1)
    program = subprocess.Popen(
        [sys.executable, "-c", script, str(history)], stderr=subprocess.DEVNULL
    )
    for file in ("begun", "ending"):
        wait_until((history.with_name(file)).exists, file)
        os.kill(program.pid, signal.SIGINT)
    assert program.wait(60) == 130
    assert rows(history) == [("ended", "", 130, "interrupted")]


def _unwritable(monkeypatch: pytest.MonkeyPatch, *which: str) -> None:
    def full(*_: object) -> None:
        raise FullError("no space left")

    for name in which:
        monkeypatch.setattr(f"recorder.capabilities.acting.{name}", full)


def _done(history: Path) -> Act:
    with acting(history, NAME) as act:
        act.note = "it was done"
    assert act.note == "it was done"
    return act


def test_a_history_that_cant_be_written_stops_nobody(
    history: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line says so, and the exit code that it is not recorded."""
    _unwritable(monkeypatch, "begin", "finish", "log")
    assert _done(history).outcome is ExitCode.NOT_RECORDED
    assert capsys.readouterr() == (
        "",
        "ops: not recorded, and done all the same: no space left\n",
    )


def test_an_end_that_cant_be_written_is_told(
    history: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The row stays begun."""
    _unwritable(monkeypatch, "finish")
    assert _done(history).outcome is ExitCode.NOT_RECORDED
    assert capsys.readouterr().err == "ops: its end is not recorded: no space left\n"
    assert rows(history) == [("under way", "", None, None)]


def test_a_history_that_can_be_written_again_holds_the_whole_row(
    history: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What could not be told at its beginning is told at its end."""
    _unwritable(monkeypatch, "begin")
    assert _done(history).outcome is ExitCode.WELL
    assert rows(history) == [("ended", "", 0, "it was done")]


def test_a_failure_is_told_before_that_it_is_not_recorded(
    history: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """4 says more than 3."""
    _unwritable(monkeypatch, "begin", "log")
    with acting(history, NAME) as act:
        act.exit_code = ExitCode.ACTION_FAILED
    assert act.outcome is ExitCode.ACTION_FAILED


def test_a_row_whose_file_was_replaced_meanwhile_is_written_anew(history: Path) -> None:
    """The end of what was done is in the history that is there then."""
    with acting(history, NAME):
        for file in history.parent.glob("history.db*"):
            file.unlink()
    assert rows(history) == [("ended", "", 0, None)]


def test_a_change_to_the_history_is_a_row_before_it_begins(history: Path) -> None:
    """One that failed says so."""
    with opened(history):
        pass

    def fail() -> None:
        assert rows(history) == [("under way", "", None, None)]
        raise StoreError("half of it was deleted")

    with pytest.raises(ActionError, match="half of it"):
        carry_out("media.history.prune", history, fail)
    assert rows(history) == [("ended", "", 4, "half of it was deleted")]


def test_a_change_to_a_history_that_cant_be_noted_is_not_made(
    history: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its row is in the file it changes."""

    def read_only(*_: object) -> None:
        raise ReadOnlyError("may not be written")

    monkeypatch.setattr("recorder.capabilities.acting.begin", read_only)
    with pytest.raises(ActionError, match="may not be written"):
        carry_out("media.history.prune", history, pytest.fail)
    assert not history.exists()
