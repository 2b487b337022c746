"""What gates are told beside the snapshot: published ports, compose files, and retries."""

import json
from dataclasses import replace
from datetime import UTC, date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recorder.bindings.stack import HealthBinding, Stack
from recorder.collect.compose import Composed
from recorder.collect.containers import Published, parse_engine
from recorder.collect.endpoints import ask_again
from recorder.collect.evidence import HostEvidence
from recorder.collect.probe import Section
from recorder.collect.shell import Shell
from recorder.collect.snapshot import Asking, Look, Part
from recorder.model import EndpointState, day_of

from .examples import FakeShell, by, host
from .servers import free_port

TODAY = day_of(date(2026, 2, 16), UTC)
PORTS = {
    "80/tcp": [{"HostIp": "0.0.0.0", "HostPort": "8080"}, {"HostIp": "::", "HostPort": "8080"}],  # noqa: S104
    "53/udp": [{"HostIp": "127.0.0.1", "HostPort": "53"}],
    "81/tcp": None,
}
RADARR = {"name": "/radarr", "state": "running", "network": "bridge", "ports": PORTS}
FOUND = (Published(8080, "tcp", "0.0.0.0"), Published(8080, "tcp", "::"), Published(53, "udp", "127.0.0.1"))  # noqa: S104, E501  # fmt: skip


def ports_of(said: object) -> tuple[Published, ...] | None:
    """What the engine's word on a container's ports is read as."""
    line = json.dumps(RADARR | {"ports": said})
    _, (container,) = parse_engine(Section(("docker", "0", "listed", "1"), (line,)), "h", silent="")
    return container.ports


def test_published_ports_are_those_that_lead_in() -> None:
    """A port that is exposed and not published leads nowhere; without a word nothing is known."""
    assert ports_of(PORTS) == FOUND
    assert ports_of({}) == ports_of(None) == ()
    line = json.dumps({"name": "/radarr"})
    _, (container,) = parse_engine(Section(("docker", "0", "listed", "1"), (line,)), "h", silent="")
    assert (container.ports, container.network) == (None, None)


odd = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda below: (
        st.lists(below, max_size=3)
        | st.dictionaries(st.sampled_from(["HostPort", "HostIp", "80/tcp", ""]), below, max_size=3)
    ),
    max_leaves=12,
)


@given(odd)
def test_odd_ports_are_no_ports(said: object) -> None:
    """Whatever stands there is read, or left out."""
    assert all(0 < it.port <= 99_999 for it in ports_of(said) or ())


def composed_by(script: bytes) -> bytes:
    """The compose file that a script asks for."""
    return script.split(b"'")[1].split()[4]


def test_evidence_is_what_each_host_told() -> None:
    """Of a look that verifies; one that does not asks for no compose file."""

    def says(mark: str) -> str:
        return (
            f"{mark} machine\nclock 1\n{mark} engine docker 0 listed 1\n{json.dumps(RADARR)}\n"
            f"{mark} compose 0 40 compose.yaml\nservices: {{radarr: {{image: a}}}}\n"
        )

    stack = Stack(hosts=(host(compose_path="/opt/media"), host("other")))
    shell = FakeShell(says)
    look = Look(stack, Asking(TODAY, {}, Part.HOSTS, connect=by(shell), verifying=True))
    look.wait()
    told = look.evidence()["download-stack"]
    assert (told.ports, told.networks) == ({"radarr": FOUND}, {"radarr": "bridge"})
    assert told.compose is not None
    assert told.compose.services == (Composed("radarr", None, "a"),)
    assert look.evidence()["other"].compose is None
    assert sorted(map(composed_by, shell.scripts)) == [b"-", b"/opt/media"]
    plain = FakeShell(says)
    Look(stack, Asking(TODAY, {}, Part.HOSTS, connect=by(plain))).wait()
    assert {composed_by(script) for script in plain.scripts} == {b"-"}


def test_a_host_that_was_not_asked_told_nothing() -> None:
    """No evidence is no evidence of nothing."""
    look = Look(Stack(hosts=(host(),)), Asking(TODAY, {}, Part.ENDPOINTS, verifying=True))
    look.wait()
    assert look.evidence() == {"download-stack": HostEvidence()}


@pytest.mark.parametrize("retries", [0, 3])
def test_a_url_that_fails_is_asked_as_often_again_as_bound(retries: int) -> None:
    """And no more often; one that never answers is failed."""
    health = HealthBinding(free_port(), timeout_sec=1.0, retries=retries)
    pauses: list[float] = []

    def nobody() -> Shell:
        raise AssertionError

    asked = ask_again(replace(host(), local=True), health, nobody, pauses.append)
    assert asked.endpoint.state is EndpointState.FAILED
    assert pauses == [1.0] * retries
