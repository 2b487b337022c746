"""A restart carried out: how long is waited, and what is claimed in the end."""

from recorder.acting.carry import STEADY_SEC, Clock, Result, carry
from recorder.model import Health

from .made import AWAY, DOWN, JOB, RADARR, Scene, again, container, ended, seen

BACK = again(container())
STARTING = again(container(), health=Health.STARTING)


class Time:
    """A clock that only sleep moves on."""

    def __init__(self) -> None:
        self.sec = 0.0

    def now(self) -> float:
        return self.sec

    def sleep(self, sec: float) -> None:
        self.sec += sec


def _carry(scene: Scene, wait_sec: float = 30) -> tuple[Result, float, list[str]]:
    time, told = Time(), []
    result = carry(JOB, scene, wait_sec, told.append, Clock(time.now, time.sleep))  # type: ignore[arg-type]
    return result, time.sec, told


def _why(result: Result) -> str | None:
    [outcome] = result.outcomes
    return outcome.why


def test_it_is_waited_until_all_is_back() -> None:
    """And has run so for a moment; what the commands said is told as it comes."""
    scene = Scene(seen(STARTING), seen(STARTING), seen(BACK), said=("Restarting radarr",))
    result, sec, told = _carry(scene)
    assert (result.well, _why(result), sec) == (True, None, STEADY_SEC)
    assert told == ["Restarting radarr", "waiting for radarr (not healthy yet)", "all run"]
    assert scene.scripts[0].endswith(b"cd /srv/media && docker compose restart radarr\n")


def test_what_is_not_back_in_time_is_named() -> None:
    """By how it is then."""
    result, sec, _ = _carry(Scene(seen(ended(container(), 1, 60))), wait_sec=5)
    assert (result.well, _why(result), result.trouble, sec) == (False, "exited (1)", None, 5)


def test_what_starts_again_and_again_is_not_back() -> None:
    """Though it runs each time somebody looks."""
    runs = [seen(again(container(), sec)) for sec in range(60, 120)]
    result, sec, _ = _carry(Scene(*runs), wait_sec=10)
    assert (_why(result), sec) == ("keeps restarting", 10 + STEADY_SEC)


def test_commands_that_failed_are_trouble_though_all_runs() -> None:
    """It is not waited for long: their words tell why."""
    result, sec, _ = _carry(Scene(seen(BACK), status=1, said=("no such image",)))
    assert result.trouble == "`docker compose restart radarr` failed with exit code 1"
    assert (result.well, result.said, sec <= STEADY_SEC) == (False, ("no such image",), True)


def test_a_host_that_goes_away_is_tried_again() -> None:
    """Where all is back in the end, all is well, whatever became of the connection."""
    result, _, told = _carry(Scene(AWAY, AWAY, seen(BACK), status=None))
    assert (result.well, result.trouble) == (True, None)
    assert told[0] == f"alpha is down: {DOWN.detail}"


def test_of_a_host_that_stays_away_nothing_is_claimed() -> None:
    """Neither that it was restarted nor that it was not."""
    result, sec, _ = _carry(Scene(AWAY, status=None), wait_sec=5)
    assert (_why(result), result.outcomes[0].after, sec) == ("not seen since", None, 5)
    told = "alpha went away during `docker compose restart radarr`: what it still did is not known"
    assert result.trouble == told


def test_a_host_that_is_gone_before_it_begins() -> None:
    """Nothing was done, and that is said."""
    scene = Scene(seen(RADARR.before))
    scene.gone = True
    result, _, _ = _carry(scene, wait_sec=0)
    assert (_why(result), scene.scripts, result.end) == ("was not restarted", [], None)
    assert result.trouble == "alpha went away before anything was done: timed out after 5 s"
