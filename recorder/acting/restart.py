"""A restart, planned from what a host says and judged by what it says after: pure.

What the binding parks or stops is left alone. A container came back when it is another run of it,
runs, is healthy where it has a check, and has run so for a moment; or when it is one that ended
well before, and did again.
"""

from collections.abc import Collection, Iterator, Sequence

from recorder.bindings.spelling import did_you_mean
from recorder.bindings.stack import ServiceBinding
from recorder.collect.containers import Container
from recorder.collect.project import Project
from recorder.collect.services import match
from recorder.frozen import frozen
from recorder.model import Declared, Health, ServiceState

Words = tuple[str, ...]
# of the services named alone: `down` would take what is left alone, a dependency would start it
ANEW = ("up", "-d", "--force-recreate", "--no-deps")


ABSENT = "not in the compose file"
GONE = "no container"
SAME = "was not restarted"
UNSEEN = "not seen since"


class Refusal(Exception):  # noqa: N818 - said before anything is stopped
    """Why nothing is done, in a line."""


@frozen
class Target:
    """A service that is restarted."""

    name: str  # as the history has it
    compose_service: str
    before: Container | None  # None: it has no container yet


@frozen
class Left:
    """A service of the project, or bound to its host, that is left alone."""

    name: str
    why: str


@frozen
class Job:
    """What is done on one host."""

    host: str
    folder: str
    commands: tuple[Words, ...]  # one after the other
    targets: tuple[Target, ...]
    left: tuple[Left, ...]
    compose: Words  # that runs compose in the folder, sudo's included
    engine: Words  # the same of its engine
    recreate: bool = False


@frozen
class Outcome:
    """What became of a service."""

    target: Target
    after: Container | None  # None: it has no container, or nobody could look
    why: str | None  # it did not come back; None: it did

    @property
    def came_back(self) -> bool:
        return self.why is None


def plan(
    host: str,
    project: Project,
    containers: Sequence[Container],
    bindings: Sequence[ServiceBinding],
    *,
    named: Collection[str] = (),
    recreate: bool = False,
) -> Job:
    """What to do on a host; `bindings` are its services, `named` those a person wants, else all.

    Raises Refusal.
    """
    own = in_project(containers, project.name)
    known = [*_candidates(project, own, bindings, containers)]
    targets: list[Target] = []
    left: list[Left] = []
    if named:
        known = _chosen(known, named, host, project)
    else:
        there = {target.name for target, _ in known}
        left = [Left(it.name, ABSENT) for it in bindings if it.name not in there]
    for target, declared in known:
        why = _left_alone(target, declared, named=bool(named), recreate=recreate)
        if why:
            left.append(Left(target.name, why))
        else:
            targets.append(target)
    if not targets:
        raise Refusal(f"{host}: nothing to restart in {project.folder}{_because(left)}")
    services = tuple(dict.fromkeys(target.compose_service for target in targets))
    how = ANEW if recreate else ("restart",)
    commands = ((*project.compose, *how, *services),)
    return Job(
        host=host,
        folder=project.folder,
        commands=commands,
        targets=tuple(targets),
        left=tuple(left),
        compose=project.compose,
        engine=project.engine,
        recreate=recreate,
    )


def in_project(containers: Sequence[Container], project: str | None) -> list[Container]:
    """The containers of a project, but for those `compose run` made."""
    return [it for it in containers if project and it.project == project and not it.one_off]


def _candidates(
    project: Project,
    own: Sequence[Container],
    bindings: Sequence[ServiceBinding],
    everything: Sequence[Container],
) -> Iterator[tuple[Target, Declared]]:
    """Every container of the project, and every service of its file that has none."""
    by_container = {it.name: name for name, it in match(bindings, everything).items()}
    declared = {it.name: it.declared for it in bindings}
    for service in project.services:
        runs = [it for it in own if it.compose_service == service]
        for it in runs:
            name = by_container.get(it.name, it.name)
            yield Target(name, service, it), declared.get(name, Declared.UNDECLARED)
        if not runs:
            bound = next((it for it in bindings if service in (it.name, it.container)), None)
            name = bound.name if bound else service
            yield Target(name, service, None), bound.declared if bound else Declared.UNDECLARED


def _chosen(
    known: Sequence[tuple[Target, Declared]], named: Collection[str], host: str, project: Project
) -> list[tuple[Target, Declared]]:
    names = {name for target, _ in known for name in _names(target)}
    for name in named:
        if name not in names:
            hint = did_you_mean(name, names)
            raise Refusal(f'{host}: no service "{name}" in {project.folder}{hint}')
    return [pair for pair in known if _names(pair[0]) & {*named}]


def _names(target: Target) -> set[str]:
    container = {target.before.name} if target.before else set()
    return {target.name, target.compose_service} | container


def _left_alone(target: Target, declared: Declared, *, named: bool, recreate: bool) -> str | None:
    if declared in (Declared.PARKED, Declared.STOPPED) and not named:
        return str(declared)
    if target.before is None and not recreate:
        return "no container; --recreate makes one"
    return None


def _because(left: Sequence[Left]) -> str:
    return f" ({', '.join(f'{it.name}: {it.why}' for it in left)})" if left else ""


def find(targets: Sequence[Target], containers: Sequence[Container]) -> list[Container | None]:
    """The container of each target as it is now: of its name, else the next of its service."""
    free = {it.name: it for it in containers}
    found = [free.pop(it.before.name, None) if it.before else None for it in targets]
    for place, target in enumerate(targets):
        if found[place] is None:
            same = [it for it in free.values() if it.compose_service == target.compose_service]
            found[place] = free.pop(same[0].name) if same else None
    return found


def judge(target: Target, after: Container | None) -> str | None:
    """Why a service is not back; None where it is, if it stays so."""
    before = target.before
    if after is None:
        return GONE
    if before and (before.created_at, before.started_at) == (after.created_at, after.started_at):
        return SAME
    if _ended_well(after) and before and _ended_well(before):
        return None
    if after.state is not ServiceState.RUNNING:
        return state_of(after)
    if after.health in (Health.UNHEALTHY, Health.STARTING):
        return "unhealthy" if after.health is Health.UNHEALTHY else "not healthy yet"
    return None


def _ended_well(it: Container) -> bool:
    return it.state is ServiceState.EXITED and it.exit_code == 0


def state_of(it: Container | None) -> str:
    """A container's state in words: "running, healthy", "exited (137)"."""
    if it is None:
        return GONE
    if it.state is ServiceState.RUNNING:
        return "running" if it.health is Health.NONE else f"running, {it.health}"
    ended = it.state in (ServiceState.EXITED, ServiceState.DEAD)
    return f"{it.state} ({it.exit_code})" if ended and it.exit_code is not None else str(it.state)
