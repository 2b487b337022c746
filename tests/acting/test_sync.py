"""A run of Recyclarr: what is run where, and what is kept of what it said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recorder.acting.restart import Refusal
from recorder.acting.sync import Synced, by_compose, by_exec, run, summary, wanted

from .made import PROJECT, Scene, binding, container, seen

IT = container("recyclarr")
SUDO = ("sudo", "-n", "docker")
SYNC = by_exec("alpha", "recyclarr", IT, SUDO, preview=True)
KEY = "0123456789abcdef0123456789ABCDEF"


def test_it_is_run_in_the_container_that_runs() -> None:
    """As this user may, and as a person would type it."""
    inside = (*SUDO, "exec", "-i", "media-recyclarr-1")
    assert SYNC.command == (*inside, "recyclarr", "sync", "--preview")
    assert SYNC.words[-4:] == ("sh", "recyclarr", "sync", "--preview")


def test_compose_runs_it_without_what_it_depends_on() -> None:
    """Named as in the compose file."""
    named = container("job", name="recyclarr")
    made = by_compose("alpha", "recyclarr", named, PROJECT, preview=False)
    options = ("run", "--rm", "-T", "--no-deps", "job", "sync")
    assert (made.words, made.container) == (("docker", "compose", *options), None)
    with pytest.raises(Refusal, match='alpha: no service "recyclarr" in /srv/media'):
        by_compose("alpha", "recyclarr", None, PROJECT, preview=False)


def test_a_service_is_found_by_its_binding_else_by_its_own_name() -> None:
    """An undeclared one by its container's name, or its compose service."""
    bound = [binding("sync", container="media-recyclarr-1")]
    assert wanted(bound, [IT], "sync") == IT
    assert wanted([], [IT], "recyclarr") == IT
    assert wanted([], [IT], "media-recyclarr-1") == IT
    assert wanted(bound, [IT], "other") is None


@pytest.mark.parametrize(
    ("status", "trouble"),
    [
        (0, None),
        (7, "recyclarr failed with exit code 7"),
        (None, "alpha went away meanwhile: what it still did is not known"),
    ],
)
def test_how_it_ended_is_told(status: int | None, trouble: str | None) -> None:
    """Each line as it comes, and its own exit code."""
    told: list[str] = []
    done = run(SYNC, Scene(seen(), status=status, said=("one", "two")), told.append)  # type: ignore[arg-type]
    assert done == Synced(SYNC, ("one", "two"), 2, status, trouble)
    assert told == ["one", "two"]


def test_the_note_is_the_last_line_without_keys() -> None:
    """The number of lines, and what it said at last."""
    assert summary(0, []) == "0 lines"
    assert summary(3, ["a", "Done!", " "]) == "3 lines, the last: Done!"
    told = summary(1, [f"GET http://ann:pw@radarr/api?apikey=secret&x={KEY}"], "it failed")
    assert told == "it failed; 1 line, the last: GET http://***radarr/api?apikey=***"


@given(st.text(max_size=30), st.text(alphabet="0123456789abcdef", min_size=32, max_size=40))
def test_no_key_is_ever_in_a_note(around: str, key: str) -> None:
    """Wherever it stands in a line."""
    assert key not in summary(1, [f"{around}{key}{around}"])
