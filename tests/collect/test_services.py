"""Which container serves which line of the binding."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from recorder.collect.containers import Container
from recorder.collect.services import match, seen_services, undeclared_services, unseen_services
from recorder.model import (
    Declared,
    Endpoint,
    EndpointState,
    Health,
    Reason,
    Service,
    ServiceState,
)

from .examples import service

NOON = datetime(2026, 2, 16, 12, tzinfo=UTC)
EXITED = ServiceState.EXITED


def _container(
    name: str, label: str | None = None, project: str | None = "media", **more: object
) -> Container:
    """A running container that compose made, where it has a label."""
    made = Container(
        name,
        ServiceState.RUNNING,
        Health.NONE,
        exit_code=0,
        oom_killed=False,
        restart_count=0,
        created_at=NOON,
        started_at=NOON,
        finished_at=None,
        image=f"lab/{name}:1",
        image_id="sha256:1",
        image_version="1",
        project=project if label else None,
        compose_service=label,
        one_off=False,
        error=None,
    )
    return replace(made, **more)  # type: ignore[arg-type]


RADARR = _container("radarr", "radarr")


@pytest.mark.parametrize(
    ("bindings", "containers", "found"),
    [
        pytest.param(["radarr"], [_container("radarr")], {"radarr": "radarr"}, id="by its name"),
        pytest.param(
            ["radarr"],
            [_container("media-radarr-1", "radarr")],
            {"radarr": "media-radarr-1"},
            id="by its compose label",
        ),
        pytest.param(
            ["radarr"],
            [_container("media-radarr-run-1", "radarr", one_off=True)],
            {},
            id="compose run is not the service",
        ),
        pytest.param(
            ["radarr"],
            [_container("abc123_radarr", "radarr")],
            {"radarr": "abc123_radarr"},
            id="recreated, still by its temporary name",
        ),
        pytest.param(
            ["radarr"],
            [_container("abc123_radarr", "radarr", state=EXITED), RADARR],
            {"radarr": "radarr"},
            id="recreated, the old one not yet gone",
        ),
        pytest.param(
            ["radarr"],
            [
                _container("a-radarr-1", "radarr", "a", state=EXITED),
                _container("b-radarr-1", "radarr", "b"),
            ],
            {"radarr": "b-radarr-1"},
            id="in two projects: the one that runs",
        ),
        pytest.param(
            ["radarr"],
            [_container("m-radarr-1", "radarr"), _container("m-radarr-2", "radarr")],
            {"radarr": "m-radarr-1"},
            id="replicas: the first",
        ),
        pytest.param(
            ["radarr"],
            [_container("other", "radarr"), _container("radarr", "something")],
            {"radarr": "radarr"},
            id="a name counts more than a label",
        ),
        pytest.param(
            ["radarr", "sonarr"],
            [_container("radarr", "sonarr")],
            {"radarr": "radarr"},
            id="one container serves one line",
        ),
        pytest.param(["radarr"], [_container("tinker")], {}, id="somebody else's"),
        pytest.param(
            ["radarr"], [_container("radarr-old"), _container("Radarr")], {}, id="no part of a name"
        ),
    ],
)
def test_a_service_is_found_by_name_then_by_label(
    bindings: list[str], containers: list[Container], found: dict[str, str]
) -> None:
    """The container's own name decides; the label speaks for those that are left over."""
    matched = match([service(name) for name in bindings], containers)
    assert {name: container.name for name, container in matched.items()} == found


def test_a_container_named_otherwise_is_found_by_the_name_the_binding_gives() -> None:
    """`container: watchtower` of the line `watchtower-download`; the label may be either name."""
    binding = service("watchtower-download", container="watchtower")
    for container in (
        _container("watchtower"),
        _container("m-watchtower-1", "watchtower"),
        _container("x", "watchtower-download"),
    ):
        assert match([binding], [container]) == {"watchtower-download": container}


def test_a_declared_service_is_told_whole() -> None:
    """What the container says and what the binding says, and the endpoint beside them."""
    endpoint = Endpoint(EndpointState.OK, "u", 200, 3)
    binding = service("radarr", category="management")
    died = replace(RADARR, state=EXITED, exit_code=137, oom_killed=True, error="no space left")
    assert seen_services([binding], [died], {"radarr": endpoint}) == (
        Service(
            "radarr",
            "download-stack",
            "radarr",
            Declared.ACTIVE,
            EXITED,
            category="management",
            health=Health.NONE,
            exit_code=137,
            oom_killed=True,
            restart_count=0,
            created_at=NOON,
            started_at=NOON,
            image="lab/radarr:1",
            image_id="sha256:1",
            image_version="1",
            project="media",
            compose_service="radarr",
            error="no space left",
            endpoint=endpoint,
        ),
    )


@pytest.mark.parametrize("state", ServiceState)
def test_an_exit_code_is_told_once_there_is_one(state: ServiceState) -> None:
    """Engines say 0 for a container that runs; that is no exit code."""
    (seen,) = seen_services([service("radarr")], [replace(RADARR, state=state)], {})
    never_ended = (ServiceState.RUNNING, ServiceState.PAUSED, ServiceState.CREATED)
    assert seen.exit_code == (None if state in never_ended else 0)


def test_a_service_without_a_container_is_missing() -> None:
    """Declared, engine readable, no such container."""
    (seen,) = seen_services([service("radarr", declared=Declared.PARKED)], [], {})
    assert seen == Service(
        "radarr", "download-stack", "radarr", Declared.PARKED, ServiceState.MISSING
    )


def test_without_an_engine_each_service_is_unknown() -> None:
    """Unknown, with the reason, in the binding's order; an endpoint that answered is kept."""
    endpoint = Endpoint(EndpointState.OK, "u", 200, 3)
    bindings = [service("sonarr"), service("radarr", category="management")]
    reason = Reason.PERMISSION_DENIED
    unknown = ServiceState.UNKNOWN
    assert unseen_services(bindings, reason, {"radarr": endpoint}) == (
        Service("sonarr", "download-stack", "sonarr", Declared.ACTIVE, unknown, reason=reason),
        Service(
            "radarr",
            "download-stack",
            "radarr",
            Declared.ACTIVE,
            unknown,
            category="management",
            reason=reason,
            endpoint=endpoint,
        ),
    )


def test_containers_no_line_names_are_undeclared() -> None:
    """They are shown by their own names; by compose project where there is no binding at all."""
    containers = [RADARR, _container("m-radarr-2", "radarr"), _container("tinker")]

    def told(*, by_project: bool) -> list[tuple[str, Declared, str | None]]:
        seen = undeclared_services(
            "download-stack", [service("radarr")], containers, by_project=by_project
        )
        return [(one.name, one.declared, one.category) for one in seen]

    undeclared = Declared.UNDECLARED
    assert told(by_project=False) == [
        ("m-radarr-2", undeclared, None),
        ("tinker", undeclared, None),
    ]
    assert told(by_project=True) == [
        ("m-radarr-2", undeclared, "media"),
        ("tinker", undeclared, "no project"),
    ]


def test_a_state_that_no_engine_is_known_to_have_is_unknown_and_says_so() -> None:
    """Unknown is never without a reason."""
    odd = _container("radarr", state=ServiceState.UNKNOWN)
    (seen,) = seen_services([service("radarr")], [odd], {})
    assert (seen.state, seen.reason) == (ServiceState.UNKNOWN, Reason.PROBE_FAILED)
