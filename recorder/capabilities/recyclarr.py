"""recyclarr.sync: Recyclarr, run in its container."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from recorder.capabilities.approval import approval_option, approve
from recorder.capabilities.looking import Choice, looking, now, print_json
from recorder.capabilities.recording import history_option
from recorder.errors import ExitCode, RefusedError, UsageError
from recorder.frozen import frozen
from recorder.store.site import Location

if TYPE_CHECKING:
    from recorder.acting.site import Site
    from recorder.acting.sync import Sync, Synced
    from recorder.bindings.stack import HostBinding, Stack

NAME = "recyclarr.sync"
SERVICE = "recyclarr"


@frozen
class Wish:
    """What a person asked for."""

    service: str
    preview: bool


@click.command(NAME)
@looking
@history_option
@click.option("--preview", is_flag=True, help="Recyclarr's own preview: changes nothing.")
@approval_option
def command(choice: Choice, history: Location, *, preview: bool, approved: bool) -> ExitCode:
    """Run `recyclarr sync` in the container of the service called recyclarr, or of --service.

    Shows its plan, and runs it after a yes; with --preview at once. Where its container does not
    run, compose makes one for the run. What it says is shown as it comes. Exits 2 when nothing was
    changed, 4 when it failed, 3 when it went well but the history can't be written.
    """
    from recorder.acting.restart import Refusal  # noqa: PLC0415 - only to run
    from recorder.acting.site import Site  # noqa: PLC0415
    from recorder.collect.ways import make_ready, open_shell  # noqa: PLC0415

    if len(choice.services) > 1 or len(choice.hosts) > 1:
        raise UsageError("one at a time: name one --host and one --service")
    wish = Wish(next(iter(choice.services), SERVICE), preview)
    stack = choice.stack()
    make_ready(stack)
    site = Site(_host(stack, choice, wish), open_shell)
    try:
        return _sync(_planned(stack, site, wish), site, choice, history, approved=approved)
    except Refusal as refusal:
        raise RefusedError([str(refusal)]) from refusal
    finally:
        site.close()


def _host(stack: "Stack", choice: Choice, wish: Wish) -> "HostBinding":
    """Where the service is bound, else the host that was named."""
    bound = {it.name: it.host for it in stack.services}
    home = bound.get(wish.service) or next(iter(choice.hosts), None)
    if home is None:
        raise UsageError(
            f'no binding names "{wish.service}": say where it is, --host NAME and --service NAME'
        )
    return stack.host(home)


def _planned(stack: "Stack", site: "Site", wish: Wish) -> "Sync":
    """What to run. Raises Refusal."""
    from recorder.acting import sync  # noqa: PLC0415 - as above
    from recorder.acting.restart import Refusal  # noqa: PLC0415
    from recorder.acting.site import trouble  # noqa: PLC0415
    from recorder.collect.project import NoProject, ask_engine, ask_project  # noqa: PLC0415

    seen, host = site.look(), site.host
    if why := trouble(seen):
        raise Refusal(why)
    bindings = [it for it in stack.services if it.host == host.name]
    found = sync.wanted(bindings, seen.containers, wish.service)
    try:
        if found and sync.runs(found):
            kind = (seen.host.engine and seen.host.engine.kind) or "docker"
            engine = ask_engine(site.shell(), kind)
            return sync.by_exec(host.name, wish.service, found, engine, preview=wish.preview)
        if host.compose_path is None:
            raise sync.no_way(host.name, wish.service, found)
        project = ask_project(site.shell(), host.compose_path, host.compose_command)
    except NoProject as failure:
        raise Refusal(f"{host.name}: {failure}") from failure
    return sync.by_compose(host.name, wish.service, found, project, preview=wish.preview)


def _sync(
    planned: "Sync", site: "Site", choice: Choice, history: Location, *, approved: bool
) -> ExitCode:
    from recorder.acting.sync import run, summary  # noqa: PLC0415 - as above
    from recorder.capabilities.acting import acting  # noqa: PLC0415
    from recorder.render.recyclarr import plan  # noqa: PLC0415

    tell = _teller(as_json=choice.as_json)
    if planned.preview:
        done = run(planned, site.shell(), tell)
        _show(done, choice, recorded=False)
        return ExitCode.WELL if done.well else ExitCode.ACTION_FAILED
    approve(plan(planned), approved=approved, aside=choice.as_json, ascii_only=choice.ascii_only)
    arguments = ["--host", planned.host, "--service", planned.service]
    with acting(history, NAME, arguments) as act:
        done = run(planned, site.shell(), tell)
        act.note = summary(done.count, done.said, done.trouble)
        act.exit_code = ExitCode.WELL if done.well else ExitCode.ACTION_FAILED
    _show(done, choice, recorded=act.recorded)
    return act.outcome


def _teller(*, as_json: bool) -> Callable[[str], None]:
    """Shows each line as it comes; beside a document only to a person at a terminal."""
    from recorder.render.recyclarr import line  # noqa: PLC0415 - as above

    if as_json and not sys.stderr.isatty():
        return lambda _said: None
    return lambda said: click.echo(line(said), err=as_json)


def _show(done: "Synced", choice: Choice, *, recorded: bool) -> None:
    from recorder.model import Verdict  # noqa: PLC0415 - as above
    from recorder.render import recyclarr as drawing  # noqa: PLC0415
    from recorder.render.document import envelope  # noqa: PLC0415

    if choice.as_json:
        status = Verdict.OK if done.well else Verdict.FAIL
        print_json(envelope(NAME, status, drawing.data(done, recorded=recorded), now()))
    elif not done.well:
        click.echo(f"ops: {drawing.ended(done)}", err=True)
