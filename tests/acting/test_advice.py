"""What to type next for each service that did not come back."""

from dataclasses import replace

import pytest

from recorder.acting.advice import next_step
from recorder.acting.restart import GONE, SAME, UNSEEN, Outcome
from recorder.collect.containers import Container
from recorder.model import ServiceState

from .made import COMPOSE, JOB, RADARR, again, container, ended

WAS = container()
ANEW = "up -d --force-recreate --no-deps radarr"
CASES = {
    "back": (again(WAS), None, None),
    "ended": (ended(WAS, 1, 60), "exited (1)", "see `docker logs media-radarr-1` on alpha"),
    "created": (
        again(WAS, state=ServiceState.CREATED),
        "created",
        "see what `docker start media-radarr-1` says on alpha",
    ),
    "gone": (
        None,
        GONE,
        "see what `docker compose up -d --no-deps radarr` says on alpha, in /srv/media",
    ),
    "untouched": (
        WAS,
        SAME,
        "see what `docker compose restart radarr` says on alpha, in /srv/media",
    ),
    "unseen": (None, UNSEEN, "see `ops media.service.status --host alpha`"),
}


@pytest.mark.parametrize(("after", "why", "told"), CASES.values(), ids=CASES)
def test_a_service_that_is_not_back_has_a_next_step(
    after: Container | None, why: str | None, told: str | None
) -> None:
    """Its logs, what compose says of it, or a look once its host answers; none where it is back."""
    assert next_step(JOB, Outcome(RADARR, after, why)) == told


def test_a_next_step_is_the_command_that_was_planned() -> None:
    """Made anew where it was to be, and by sudo where the plan used that."""
    job = replace(
        JOB, compose=("sudo", "-n", *COMPOSE), engine=("sudo", "-n", "docker"), recreate=True
    )
    told = f"see what `sudo -n docker compose {ANEW}` says on alpha, in /srv/media"
    assert next_step(job, Outcome(RADARR, WAS, SAME)) == told
    logs = "see `sudo -n docker logs media-radarr-1` on alpha"
    assert next_step(job, Outcome(RADARR, ended(WAS, 1, 60), "exited (1)")) == logs
