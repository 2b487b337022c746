"""A restart planned and judged: what is done, what is left alone, and what came back."""

import pytest

from recorder.acting.restart import ABSENT, Job, Left, Refusal, Target, find, judge, plan, state_of
from recorder.collect.containers import Container
from recorder.model import Declared, Health, ServiceState

from .made import COMPOSE, PROJECT, RADARR, again, binding, container, ended

JOB = container("job", state=ServiceState.EXITED, exit_code=0)
HERE = (container(), JOB)
BOUND = (binding("radarr"),)


def _plan(
    containers: tuple[Container, ...] = HERE,
    bindings: tuple[object, ...] = BOUND,
    named: tuple[str, ...] = (),
    *,
    recreate: bool = False,
) -> Job:
    return plan("alpha", PROJECT, containers, bindings, named=named, recreate=recreate)  # type: ignore[arg-type]


def test_all_of_a_project_is_restarted() -> None:
    """By the binding's names, else the containers'."""
    assert _plan() == Job(
        "alpha",
        "/srv/media",
        ((*COMPOSE, "restart", "radarr", "job"),),
        (Target("radarr", "radarr", HERE[0]), Target("media-job-1", "job", JOB)),
        (),
        COMPOSE,
        ("docker",),
    )


def test_other_projects_and_one_off_containers_are_not_touched() -> None:
    """Nor what compose did not make."""
    others = (
        container("radarr", name="other", project="home"),
        container("radarr", name="run", one_off=True),
        container("radarr", name="alone", project=None),
    )
    assert [it.name for it in _plan((*HERE, *others)).targets] == ["radarr", "media-job-1"]


@pytest.mark.parametrize("declared", [Declared.PARKED, Declared.STOPPED])
def test_what_is_not_wanted_is_left_alone_unless_named(declared: Declared) -> None:
    """A restart of all starts nothing that the binding wants stopped."""
    bindings = (binding("radarr", declared),)
    made = _plan(bindings=bindings)
    assert made.commands == ((*COMPOSE, "restart", "job"),)
    assert made.left == (Left("radarr", str(declared)),)
    assert _plan(bindings=bindings, named=("radarr",)).commands == (
        (*COMPOSE, "restart", "radarr"),
    )


def test_what_has_no_container_is_made_by_recreate_alone() -> None:
    """A restart makes none, and says so."""
    left = _plan((JOB,)).left
    assert left == (Left("radarr", "no container; --recreate makes one"),)
    assert _plan((JOB,), recreate=True).targets[0] == Target("radarr", "radarr", None)


def test_recreate_makes_anew_what_the_plan_names_alone() -> None:
    """Of a host, of one service, and beside what is parked: never more than that."""
    anew = (*COMPOSE, "up", "-d", "--force-recreate", "--no-deps")
    parked = (binding("radarr", Declared.PARKED),)
    assert _plan(recreate=True).commands == ((*anew, "radarr", "job"),)
    assert _plan(named=("radarr",), recreate=True).commands == ((*anew, "radarr"),)
    assert _plan(bindings=parked, recreate=True).commands == ((*anew, "job"),)


def test_what_is_bound_there_and_not_in_the_compose_file_is_named() -> None:
    """However it runs; where services are named it is no matter."""
    bindings = (*BOUND, binding("plex"), binding("tdarr", Declared.PARKED))
    plex = container("plex", project="home")
    left = (Left("plex", ABSENT), Left("tdarr", ABSENT))
    assert _plan((*HERE, plex), bindings).left == left
    assert _plan((*HERE, plex), bindings, named=("radarr",)).left == ()


@pytest.mark.parametrize("name", ["movies", "radarr", "media-radarr-1"])
def test_a_service_is_named_by_any_of_its_names(name: str) -> None:
    """The binding's, the compose file's, the container's."""
    made = _plan(bindings=(binding("movies", container="media-radarr-1"),), named=(name,))
    assert [it.name for it in made.targets] == ["movies"]


def test_a_service_that_is_not_there_is_refused() -> None:
    """With the name that was meant."""
    with pytest.raises(Refusal) as refused:
        _plan(named=("radar",))
    told = 'alpha: no service "radar" in /srv/media (did you mean "radarr"?)'
    assert str(refused.value) == told


def test_nothing_to_restart_is_refused() -> None:
    """And why."""
    with pytest.raises(Refusal, match=r"nothing to restart in /srv/media \(radarr: no container"):
        _plan((), named=("radarr",))


WAS = container()
CASES = {
    "started anew": (WAS, again(WAS), None),
    "made anew": (WAS, again(WAS, created_at=again(WAS).started_at), None),
    "new": (None, WAS, None),
    "healthy": (WAS, again(WAS, health=Health.HEALTHY), None),
    "ended well again": (ended(WAS, 0), ended(WAS, 0, 60), None),
    "the same run": (WAS, WAS, "was not restarted"),
    "gone": (WAS, None, "no container"),
    "ended": (WAS, ended(WAS, 0, 60), "exited (0)"),
    "failed": (ended(WAS, 0), ended(WAS, 3, 60), "exited (3)"),
    "created": (WAS, again(WAS, state=ServiceState.CREATED), "created"),
    "restarting": (WAS, again(WAS, state=ServiceState.RESTARTING), "restarting"),
    "not yet": (WAS, again(WAS, health=Health.STARTING), "not healthy yet"),
    "unhealthy": (WAS, again(WAS, health=Health.UNHEALTHY), "unhealthy"),
}


@pytest.mark.parametrize(("before", "after", "why"), CASES.values(), ids=CASES)
def test_what_is_back(before: Container | None, after: Container | None, why: str | None) -> None:
    """Another run of it that runs and is healthy; or one that ends well, as before."""
    assert judge(Target("radarr", "radarr", before), after) == why


def test_a_container_is_found_by_its_name_else_by_its_service() -> None:
    """Two of one service are two, whatever they are called afterwards."""
    one, two = container(name="a"), container(name="b")
    targets = [Target("a", "radarr", one), Target("b", "radarr", two)]
    third = container(name="c")
    assert find(targets, [third, two]) == [third, two]
    assert find(targets, [two]) == [None, two]
    assert find([RADARR], [container("sonarr")]) == [None]


def test_a_state_is_told_in_words() -> None:
    """With its exit code where it has ended."""
    told = [None, WAS, again(WAS, health=Health.HEALTHY), ended(WAS, 137)]
    assert [state_of(it) for it in told] == [
        "no container",
        "running",
        "running, healthy",
        "exited (137)",
    ]
