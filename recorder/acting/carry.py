"""A restart carried out: its commands run and listened to, then waited until all is back.

The judgement is by what the host's engine says afterwards, not by what compose said. Where the
host goes away meanwhile it is tried again until the time is up, and what nobody saw is not claimed.
"""

import time
from collections import deque
from collections.abc import Callable, Sequence

from recorder.acting.restart import UNSEEN, Job, Outcome, find, judge
from recorder.acting.site import Site, trouble
from recorder.collect.containers import Container
from recorder.collect.project import script
from recorder.collect.shell import End, Ended, Unreachable
from recorder.collect.streaming import lines
from recorder.frozen import frozen

COMMAND_LIMIT_SEC = 900.0
POLL_SEC = 1.0
STEADY_SEC = 3.0  # that a container must have run
KEPT_LINES = 20
Tell = Callable[[str], None]


@frozen
class Result:
    """What came of a job."""

    job: Job
    outcomes: tuple[Outcome, ...]
    end: End | None  # of its commands; None: they could not be begun
    said: tuple[str, ...]  # the last lines of what they said, raw
    trouble: str | None  # what went wrong besides

    @property
    def well(self) -> bool:
        return self.trouble is None and all(it.came_back for it in self.outcomes)


@frozen
class Clock:
    """How time passes; a test passes its own."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


def carry(job: Job, site: Site, wait_sec: float, tell: Tell, clock: Clock | None = None) -> Result:
    """Do it; `tell` is given a line at a time, raw. Raises nothing but what interrupts it."""
    last: deque[str] = deque(maxlen=KEPT_LINES)

    def heard(line: str) -> None:
        last.append(line)
        tell(line)

    end, wrong = _run(job, site, heard)
    failed = end is not None and end.ended is Ended.WHOLE and end.status != 0
    outcomes, lost = _wait(job, site, 0.0 if failed else wait_sec, tell, clock or Clock())
    back = all(it.came_back for it in outcomes)
    seen_to_the_end = back and not failed and end is not None  # whatever became of the connection
    return Result(job, outcomes, end, tuple(last), None if seen_to_the_end else wrong or lost)


def _run(job: Job, site: Site, tell: Tell) -> tuple[End | None, str | None]:
    """How the commands ended, and what went wrong."""
    what = " && ".join(" ".join(words) for words in job.commands)
    try:
        program = site.shell().start(
            script(job.folder, *job.commands), timeout_sec=COMMAND_LIMIT_SEC
        )
    except Unreachable as failure:
        return None, f"{job.host} went away before anything was done: {failure.detail}"
    with program:
        for line in lines(program):
            tell(line)
    end = program.end
    if end.ended is Ended.TIMEOUT:
        return end, f"`{what}` did not end in {COMMAND_LIMIT_SEC:g} s, and was ended"
    if end.ended is not Ended.WHOLE:
        return end, f"{job.host} went away during `{what}`: what it still did is not known"
    if end.status:
        return end, f"`{what}` failed with exit code {end.status}"
    return end, None


def _wait(
    job: Job, site: Site, wait_sec: float, tell: Tell, clock: Clock
) -> tuple[tuple[Outcome, ...], str | None]:
    """Look until all are back and have run for a moment, or the time is up."""
    began = clock.now()
    since: dict[str, tuple[object, float]] = {}  # when each was first seen in the run it is in
    said: Sequence[str] = ()
    while True:
        seen = site.look()
        lost = trouble(seen)
        outcomes = _outcomes(job, None if lost else seen.containers)
        now = clock.now()
        young = {
            it.target.name
            for it in outcomes
            if now - _first(since, it, now) < STEADY_SEC and it.came_back
        }
        waiting = [f"{it.target.name} ({it.why})" for it in outcomes if not it.came_back]
        limit_sec = wait_sec + (STEADY_SEC if young else 0)
        if now - began >= limit_sec or not (young or waiting):
            return tuple(_unsteady(it) if it.target.name in young else it for it in outcomes), lost
        if waiting != said:
            tell(lost or (f"waiting for {', '.join(waiting)}" if waiting else "all run"))
            said = waiting
        clock.sleep(POLL_SEC)


def _unsteady(it: Outcome) -> Outcome:
    return Outcome(it.target, it.after, "keeps restarting")


def _first(since: dict[str, tuple[object, float]], it: Outcome, now: float) -> float:
    run = it.after and (it.after.created_at, it.after.started_at, it.after.state)
    known = since.get(it.target.name)
    if known is None or known[0] != run:
        known = since[it.target.name] = (run, now)
    return known[1]


def _outcomes(job: Job, containers: Sequence[Container] | None) -> tuple[Outcome, ...]:
    if containers is None:
        return tuple(Outcome(target, None, UNSEEN) for target in job.targets)
    projects = {it.before.project for it in job.targets if it.before}
    own = [
        it
        for it in containers
        if not it.one_off and (it.project in projects or (not projects and it.project))
    ]
    found = find(job.targets, own)
    return tuple(
        Outcome(target, after, judge(target, after))
        for target, after in zip(job.targets, found, strict=True)
    )
