"""Restarts made up for the screens: one of which something does not come back, and hostile ones."""

from dataclasses import replace

from acting.made import again, container, ended
from rich.console import Group, RenderableType

from recorder.acting.carry import Result
from recorder.acting.restart import ABSENT, Job, Left, Outcome, Target
from recorder.collect.shell import End, Ended
from recorder.model import Health
from recorder.render import plans, restart

from . import examples as made

RADARR = Target("radarr", "radarr", container())
BAZARR = Target("bazarr", "bazarr", container("bazarr", health=Health.UNHEALTHY))
SLSKD = Target("slskd", "slskd", ended(container("slskd"), 137))
COMPOSE = ("docker", "compose")
JOB = Job(
    "download-stack",
    "/opt/stacks/download-stack",
    ((*COMPOSE, "restart", "radarr", "bazarr", "slskd"),),
    (RADARR, BAZARR, SLSKD),
    (
        Left("plex", ABSENT),
        Left("readarr", "parked"),
        Left("soularr", "no container; --recreate makes one"),
    ),
    COMPOSE,
    ("docker",),
)
RESTARTED = Result(
    JOB,
    (
        Outcome(RADARR, again(container()), None),
        Outcome(BAZARR, again(container("bazarr"), health=Health.HEALTHY), None),
        Outcome(SLSKD, ended(container("slskd"), 1, 60), "exited (1)"),
    ),
    End(Ended.WHOLE, 0),
    ("Restarting radarr ... done",),
    None,
)
AWAY = Result(
    JOB,
    tuple(Outcome(it, None, "not seen since") for it in JOB.targets),
    End(Ended.CLOSED, None),
    ("Restarting radarr ... done", "Restarting bazarr ..."),
    "download-stack went away during `docker compose restart radarr bazarr slskd`: what it still "
    "did is not known",
)
BAD = made.HOSTILE_TEXTS[0]
HOSTILE_JOB = replace(
    JOB,
    host=BAD,
    folder=BAD,
    commands=(("docker", BAD),),
    engine=(BAD,),
    compose=(BAD,),
    targets=(Target(BAD, BAD, container(BAD)),),
    left=(Left(BAD, BAD),),
)
HOSTILE = Result(
    HOSTILE_JOB,
    (Outcome(HOSTILE_JOB.targets[0], None, BAD),),
    None,
    made.HOSTILE_TEXTS[:3],
    BAD,
)


def planned(job: Job = JOB) -> RenderableType:
    return plans.screen(restart.plan(job, 120))


def done(*results: Result) -> RenderableType:
    return Group(*(restart.screen(it) for it in results))
