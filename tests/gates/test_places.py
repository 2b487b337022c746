"""D107, mounts; D108, endpoints; D110, add-ons."""

from dataclasses import replace

import pytest

from recorder.bindings.stack import Addon, Overlap
from recorder.model import (
    Declared,
    Endpoint,
    EndpointState,
    GateState,
    Mount,
    MountState,
    Reason,
    ServiceState,
)

from .made import RADARR, SEALED, STACK, facts, held, running, seen, told

MOUNT = seen().mounts[0]
MOUNTS: dict[MountState, tuple[Mount, tuple[str, str]]] = {
    MountState.OK: (MOUNT, ("", "")),
    MountState.SLOW: (replace(MOUNT, latency_ms=2100), ("warn", "slow: answered after 2.1 s")),
    MountState.HUNG: (
        replace(MOUNT, detail="no answer in 3 s"),
        ("fail", "hung: no answer in 3 s"),
    ),
    MountState.STALE: (MOUNT, ("fail", "stale")),
    MountState.MISSING: (MOUNT, ("fail", "not mounted: should be pve:/media")),
    MountState.WRONG_SOURCE: (
        replace(MOUNT, source="nas:/x"),
        ("fail", "wrong source: is nas:/x, should be pve:/media"),
    ),
    MountState.WRONG_MODE: (
        replace(MOUNT, mode="ro"),
        ("fail", "wrong mode: is ro, should be rw"),
    ),
    MountState.UNKNOWN: (
        replace(MOUNT, reason=Reason.HOST_DOWN),
        ("unknown", "unknown: host down"),
    ),
}


@pytest.mark.parametrize("state", MountState)
def test_a_mount_is_as_declared_or_says_why_not(state: MountState) -> None:
    """Each state but ok is a finding: slow warns, unknown is unknown, all others fail."""
    mount, (severity, what) = MOUNTS[state]
    result = held("D107", facts(seen(mounts=(replace(mount, state=state),))))
    assert told(result) == ([(severity, "/mnt/media", what)] if severity else [])
    assert all(it.todo and "{" not in it.todo for it in result.findings)


def test_a_mount_nobody_declared_is_no_matter() -> None:
    """What a host was asked to find beside is left out; what is declared and untold is unknown."""
    found = replace(MOUNT, path="/mnt/else", state=MountState.HUNG)
    assert held("D107", facts(seen(mounts=(MOUNT, found)))).state is GateState.PASS
    assert held("D107", facts(seen(mounts=()))).state is GateState.UNKNOWN


def test_mounts_that_a_host_finds_by_itself_are_said_to_be_held_against_nothing() -> None:
    """A host in discover mode declares none: that none is wrong does not say that all are well."""
    finding = replace(STACK, hosts=(replace(STACK.hosts[0], mounts=(), discover=True),))
    result = held("D107", facts(seen(), finding))
    assert (result.checked, result.state) == (0, GateState.PASS)
    assert result.notes[1:] == (
        "alpha finds its mounts by itself: none of them is held against anything",
    )


def answers(endpoint: Endpoint | None, **more: object) -> tuple[str, ...]:
    """What D108 says of radarr with that answer."""
    result = held("D108", facts(seen(running("radarr", endpoint=endpoint, **more),
                                     running("sonarr"))))  # fmt: skip
    return tuple(part for it in result.findings for part in (str(it.severity), it.what, it.todo))


def test_an_endpoint_answers_or_fails_after_its_retries() -> None:
    """What came back, from where, how often it was asked, and where to look."""
    bad = Endpoint(EndpointState.FAILED, "http://192.0.2.209:7878/ping", 502)
    bad = replace(bad, reason=Reason.HTTP_STATUS)
    assert answers(bad) == (
        "fail",
        "http://192.0.2.209:7878/ping answers 502, asked 3 times",
        "see `docker logs radarr` on alpha",
    )
    refused = replace(bad, http_status=None, reason=Reason.REFUSED)
    assert answers(refused, state=ServiceState.EXITED)[1:] == (
        "http://192.0.2.209:7878/ping: connection refused, asked 3 times",
        "it is exited: start it, on alpha: docker start radarr",
    )


def test_an_engine_that_cant_be_read_is_not_asked_for_logs() -> None:
    """What to do is what makes it readable; an endpoint that fails is one all the same."""
    bad = Endpoint(EndpointState.FAILED, "http://192.0.2.209/", reason=Reason.REFUSED)
    radarr = running("radarr", state=ServiceState.UNKNOWN, endpoint=bad)
    result = held("D108", facts(seen(radarr, running("sonarr"), host=SEALED)))
    assert SEALED.engine
    assert [(it.severity, it.todo) for it in result.findings] == [("fail", SEALED.engine.hint)]


def test_an_endpoint_that_could_not_be_asked_is_unknown() -> None:
    """Its host being away is no failure of its own, and no pass."""
    away = Endpoint(EndpointState.UNKNOWN, "http://192.0.2.209/", reason=Reason.HOST_DOWN)
    assert answers(away)[:2] == ("unknown", "was not asked: host down")
    assert answers(None)[:2] == ("unknown", "was not asked")


def test_parked_services_and_those_without_a_url_are_not_asked() -> None:
    """Only active services with a health URL count; one without word of why is named."""
    parked = replace(RADARR, declared=Declared.PARKED)
    silent = replace(STACK.services[1], health=None)
    result = held("D108", facts(stack=replace(STACK, services=(parked, silent))))
    assert (result.checked, result.findings) == (0, ())
    assert result.notes == ("no health URL, and no health_reason for that: sonarr",)


def test_what_is_asked_through_ssh_is_left_out_without_a_login() -> None:
    """And said to be."""
    assert RADARR.health is not None
    inner = replace(RADARR, health=replace(RADARR.health, via_ssh=True))
    stack = replace(STACK, services=(inner, STACK.services[1]))
    result = held("D108", facts(seen(running("sonarr")), stack, logged_in=False))
    assert (result.checked, result.state) == (1, GateState.PASS)
    assert result.notes == ("1 asked through SSH only: left out",)


OVERLAP = Overlap("sonarr-addon", "sonarr", "decommission", "both fetch")
ADDON = Addon("a0d7b954_sonarr_addon", "Sonarr", "started")


@pytest.mark.parametrize(
    ("slug", "found"),
    [
        ("a0d7b954_sonarr-addon", True),
        ("core_sonarr_addon", True),
        ("local_Sonarr-Addon", True),
        ("sonarr-addon", True),
        ("other_sonarr_addon", False),
        ("a0d7b954_", False),
        ("sonarr", False),
    ],
)
def test_a_slug_may_carry_its_repository(slug: str, *, found: bool) -> None:
    """The eight digits of a repository, `core` and `local` are none of the add-on's name."""
    stack = replace(STACK, overlaps=(OVERLAP,), addons=(replace(ADDON, slug=slug),))
    assert (held("D110", facts(stack=stack)).state is GateState.FAIL) is found


def test_an_addon_that_duplicates_a_service_fails_or_warns_as_bound() -> None:
    """Decommission fails; investigate warns; so does one whose service is not active."""
    stack = replace(STACK, overlaps=(OVERLAP,), addons=(ADDON,))
    what = "the add-on (started) duplicates sonarr on alpha: both fetch"
    assert told(held("D110", facts(stack=stack))) == [("fail", ADDON.slug, what)]
    doubtful = replace(stack, overlaps=(replace(OVERLAP, recommendation="investigate"),))
    assert told(held("D110", facts(stack=doubtful))) == [("warn", ADDON.slug, what)]
    gone = replace(stack, overlaps=(replace(OVERLAP, service="gone"),))
    moot = "the add-on (started) may duplicate gone, which is no service of the stack"
    assert told(held("D110", facts(stack=gone))) == [("warn", ADDON.slug, moot)]
    assert held("D110", facts(stack=replace(stack, addons=()))).state is GateState.PASS


def test_which_addons_there_are_must_be_known() -> None:
    """Overlaps that nobody can compare are unknown; without overlaps there is nothing to ask."""
    stack = replace(STACK, overlaps=(OVERLAP,), addons=None)
    assert held("D110", facts(stack=stack)).state is GateState.UNKNOWN
    assert held("D110", facts(stack=replace(stack, overlaps=()))).state is GateState.PASS
