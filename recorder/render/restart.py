"""A restart: its plan before, and before and after side by side once it is done."""

import shlex
from collections.abc import Iterable, Sequence

from rich.text import Text

from recorder.acting.advice import next_step
from recorder.acting.carry import Result
from recorder.acting.restart import ABSENT, UNSEEN, Job, Outcome, state_of
from recorder.collect.containers import Container
from recorder.collect.shell import Ended
from recorder.render import marks
from recorder.render.box import Box
from recorder.render.grid import Grid, Row
from recorder.render.plans import Plan
from recorder.render.safe import TEXT_CELLS, safe
from recorder.render.things import Object, instant
from recorder.render.units import duration, plural

MOST_SAID = 5  # lines of what failed commands said


def plan(job: Job, wait_sec: float) -> Plan:
    """What would be done on one host."""
    steps = [f"`{shlex.join(words)}` on {job.host}, in {job.folder}" for words in job.commands]
    steps.append(f"wait up to {duration(wait_sec)} until they run, and are healthy")
    if absent := [it.name for it in job.left if it.why == ABSENT]:
        steps.append(f"left alone, {ABSENT}: {', '.join(absent)}")
    now = [(it.name, state_of(it.before)) for it in job.targets]
    left = [(it.name, f"left alone: {it.why}") for it in job.left if it.why != ABSENT]
    word = "RECREATE" if job.recreate else "RESTART"
    return Plan(
        f"{word} {plural(len(job.targets), 'service')} of {job.host}", (*steps,), (*now, *left)
    )


def screen(result: Result) -> Box:
    """What came of it."""
    rows = [Row(_cells(it)) for it in result.outcomes]
    parts: list[Sequence[Grid]] = [[Grid(rows, gaps=(1, 3, 3))]]
    parts += [[Grid(notes)] for notes in ([*_trouble(result)], [*_steps(result)]) if notes]
    back = sum(it.came_back for it in result.outcomes)
    count = f"{back} of {plural(len(result.outcomes), 'service')} back"
    return Box(f"{safe(result.job.host)}: {count}", parts)


def _cells(it: Outcome) -> tuple[Text, ...]:
    mark = marks.OK if it.came_back else marks.FAIL
    now = state_of(it.after) if it.after or it.why != UNSEEN else it.why
    told = safe(now if it.why in (None, now) else f"{now}: {it.why}", TEXT_CELLS)
    was = f"was {state_of(it.target.before)}"
    style = marks.style(mark)
    return Text(mark, style), Text(safe(it.target.name)), Text(told, style), Text(was)


def _trouble(result: Result) -> Iterable[Row]:
    if result.trouble:
        yield Row((Text(safe(result.trouble, 2 * TEXT_CELLS), "fail"),))
        for line in result.said[-MOST_SAID:]:
            yield Row((Text(safe(line, TEXT_CELLS)),), indent=2)


def _steps(result: Result) -> Iterable[Row]:
    for it in result.outcomes:
        if todo := next_step(result.job, it):
            yield Row((Text(safe(f"{it.target.name}: {todo}", 4 * TEXT_CELLS)),))


def data(results: Sequence[Result], *, recorded: bool) -> Object:
    """The data of the document of media.stack.restart."""
    return {"hosts": [_host(it) for it in results], "recorded": recorded}


def _host(it: Result) -> Object:
    ended = it.end and it.end.ended is Ended.WHOLE
    return {
        "name": it.job.host,
        "folder": it.job.folder,
        "commands": [shlex.join(words) for words in it.job.commands],
        "exit_status": it.end.status if it.end and ended else None,
        "trouble": it.trouble,
        "said": [*it.said],
        "services": [_service(it.job, outcome) for outcome in it.outcomes],
        "left": [{"name": left.name, "why": left.why} for left in it.job.left],
    }


def _service(job: Job, it: Outcome) -> Object:
    return {
        "name": it.target.name,
        "compose_service": it.target.compose_service,
        "came_back": it.came_back,
        "reason": it.why,
        "todo": next_step(job, it),
        "before": _container(it.target.before),
        "after": _container(it.after),
    }


def _container(it: Container | None) -> Object | None:
    if it is None:
        return None
    return {
        "container": it.name,
        "state": str(it.state),
        "health": str(it.health),
        "exit_code": it.exit_code,
        "started_at": instant(it.started_at) if it.started_at else None,
    }
