"""media.stack.restart: the services of a host, started anew by compose."""

import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

import click

from recorder.capabilities.approval import approval_option, approve
from recorder.capabilities.looking import Choice, looking, now, print_json, screen
from recorder.capabilities.recording import history_option
from recorder.errors import ExitCode, RefusedError, UsageError
from recorder.store.site import Location

if TYPE_CHECKING:
    from recorder.acting.carry import Result
    from recorder.acting.restart import Job
    from recorder.acting.site import Site
    from recorder.bindings.stack import HostBinding, Stack

NAME = "media.stack.restart"
WAIT_SEC = 120.0


@click.command(NAME)
@looking
@history_option
@click.option(
    "--recreate", is_flag=True, help="Make their containers anew: compose up --force-recreate."
)
@click.option(
    "--wait",
    "wait_sec",
    type=click.FloatRange(min=0),
    default=WAIT_SEC,
    show_default=True,
    metavar="SECONDS",
    help="How long services may take to come back.",
)
@approval_option
def command(
    choice: Choice, history: Location, wait_sec: float, *, recreate: bool, approved: bool
) -> ExitCode:
    """Restart the compose services of a host: all of them, or those named.

    Shows its plan, and does it after a yes. What the binding parks or stops is left alone unless
    it is named. Waits until everything runs, and is healthy. Exits 2 when nothing was changed, 4
    when something did not come back, 3 when all did but the history can't be written.
    """
    from recorder.collect.ways import make_ready  # noqa: PLC0415 - only to run

    if not choice.narrowed:
        raise UsageError("say what to restart: --host NAME, or --service NAME")
    stack = choice.stack()
    make_ready(stack)
    planned = _planned(stack, choice, recreate=recreate)
    try:
        return _restart(planned, choice, history, wait_sec, approved=approved)
    finally:
        for _, site in planned:
            site.close()


def _planned(stack: "Stack", choice: Choice, *, recreate: bool) -> "list[tuple[Job, Site]]":
    """A job for each host, or every reason why there is none."""
    from recorder.acting.restart import Refusal  # noqa: PLC0415 - as above
    from recorder.collect.fanout import FanOut  # noqa: PLC0415

    pool = FanOut()
    asked = [
        pool.submit(partial(_job, stack, host, choice.services, recreate=recreate))
        for host in _hosts(stack, choice)
    ]
    jobs, refusals = [], []
    for task in asked:
        try:
            jobs.append(task.result())
        except Refusal as refusal:
            refusals.append(str(refusal))
    if refusals:
        raise RefusedError(refusals)
    return jobs


def _hosts(stack: "Stack", choice: Choice) -> "Sequence[HostBinding]":
    """The hosts it is about; a service that no binding names needs its host named."""
    known = {it.name: it.host for it in stack.services}
    for name in choice.services:
        if name not in known and not choice.hosts:
            raise UsageError(f'no binding names "{name}" there: say where it is, --host NAME')
    return stack.hosts


def _job(
    stack: "Stack", host: "HostBinding", services: Sequence[str], *, recreate: bool
) -> "tuple[Job, Site]":
    """What to do on a host. Raises Refusal."""
    from recorder.acting.restart import Refusal, plan  # noqa: PLC0415 - as above
    from recorder.acting.site import Site, trouble  # noqa: PLC0415
    from recorder.bindings.folder import SERVICES  # noqa: PLC0415
    from recorder.collect.project import NoProject, ask_project  # noqa: PLC0415
    from recorder.collect.ways import open_shell  # noqa: PLC0415

    if host.compose_path is None:
        todo = f"write it under hosts: {host.name}: in {SERVICES}"
        raise Refusal(f"{host.name}: its binding names no compose_path: {todo}")
    site = Site(host, open_shell)
    seen = site.look()
    if why := trouble(seen):
        raise Refusal(why)
    try:
        project = ask_project(site.shell(), host.compose_path, host.compose_command)
    except NoProject as failure:
        raise Refusal(f"{host.name}: {failure}") from failure
    bindings = [it for it in stack.services if it.host == host.name]
    named = [it for it in services if _is_here(it, stack, host)]
    if services and not named:
        raise Refusal(f"{host.name}: none of the services named is there")
    job = plan(host.name, project, seen.containers, bindings, named=named, recreate=recreate)
    return job, site


def _is_here(name: str, stack: "Stack", host: "HostBinding") -> bool:
    """Whether a service is looked for on a host: where it is bound, else on each that was named."""
    homes = {it.name: it.host for it in stack.services}
    return homes.get(name, host.name) == host.name


def _restart(
    planned: "Sequence[tuple[Job, Site]]",
    choice: Choice,
    history: Location,
    wait_sec: float,
    *,
    approved: bool,
) -> ExitCode:
    from recorder.acting.carry import carry  # noqa: PLC0415 - as above
    from recorder.capabilities.acting import acting  # noqa: PLC0415
    from recorder.render import restart as drawing  # noqa: PLC0415

    plans = [drawing.plan(job, wait_sec) for job, _ in planned]
    approve(*plans, approved=approved, aside=choice.as_json, ascii_only=choice.ascii_only)
    results: list[Result] = []
    with acting(history, NAME, _arguments([job for job, _ in planned])) as act:
        for job, site in planned:
            act.note = _note(results, job)
            results.append(carry(job, site, wait_sec, _teller(job.host)))
        act.note = _note(results)
        act.exit_code = ExitCode.WELL if all(it.well for it in results) else ExitCode.ACTION_FAILED
    _show(results, choice, recorded=act.recorded)
    return act.outcome


def _arguments(jobs: "Sequence[Job]") -> list[str]:
    hosts = [word for job in jobs for word in ("--host", job.host)]
    services = [word for job in jobs for it in job.targets for word in ("--service", it.name)]
    return [*hosts, *services, *(["--recreate"] if jobs[0].recreate else [])]


def _note(results: "Sequence[Result]", under_way: "Job | None" = None) -> str:
    """What came of it so far, for the history."""
    told = []
    for it in results:
        back = sum(one.came_back for one in it.outcomes)
        away = [f"{one.target.name}: {one.why}" for one in it.outcomes if not one.came_back]
        count = f"{it.job.host}: {back} of {len(it.outcomes)} back"
        told.append("; ".join([count, *away, *([it.trouble] if it.trouble else [])]))
    if under_way:
        told.append(f"{under_way.host}: begun, not seen to its end")
    return ". ".join(told)


def _teller(host: str) -> Callable[[str], None]:
    """Tells a person at a terminal how far it is."""
    from recorder.render.safe import TEXT_CELLS, safe  # noqa: PLC0415 - as above

    if not sys.stderr.isatty():
        return lambda _line: None
    return lambda line: click.echo(f"{safe(host)}: {safe(line, TEXT_CELLS)}", err=True)


def _show(results: "Sequence[Result]", choice: Choice, *, recorded: bool) -> None:
    from recorder.model import Verdict  # noqa: PLC0415 - as above
    from recorder.render import restart as drawing  # noqa: PLC0415
    from recorder.render.document import envelope  # noqa: PLC0415

    if choice.as_json:
        status = Verdict.OK if all(it.well for it in results) else Verdict.FAIL
        print_json(envelope(NAME, status, drawing.data(results, recorded=recorded), now()))
        return
    for it in results:
        screen(choice).print(drawing.screen(it))
