"""D106: no port of a host belongs to two."""

from dataclasses import replace

import pytest

from recorder.bindings.stack import Stack
from recorder.collect.evidence import HostEvidence
from recorder.gates import Facts
from recorder.model import Declared, GateState, ServiceState

from .made import (
    DOWN,
    EVIDENCE,
    RADARR,
    SEALED,
    SONARR,
    STACK,
    UP,
    facts,
    held,
    published,
    running,
    seen,
    told,
)


def stack(*services: object, **more: object) -> Stack:
    return replace(STACK, services=services or STACK.services, **more)  # type: ignore[arg-type]


def publishing(**ports: object) -> HostEvidence:
    return replace(EVIDENCE, ports={**EVIDENCE.ports, **ports})  # type: ignore[arg-type]


TWICE = stack(RADARR, replace(SONARR, port=7878), ports={})
MATRIX = {7878: "sonarr", 8989: "sonarr"}
ROWS: dict[str, tuple[Facts, list[tuple[str, str, str]]]] = {
    "two active services": (
        facts(stack=TWICE, evidence=HostEvidence({"radarr": (), "sonarr": ()})),
        [("fail", "7878", "port 7878 is declared by radarr and sonarr")],
    ),
    "one of the two is parked": (
        facts(
            stack=stack(RADARR, replace(SONARR, port=7878, declared=Declared.PARKED), ports={}),
            evidence=HostEvidence({"radarr": (), "sonarr": ()}),
        ),
        [("warn", "7878", "port 7878 is declared by radarr and sonarr")],
    ),
    "the same port on two hosts": (
        facts(
            stack=stack(RADARR, replace(SONARR, port=7878, host="beta"), ports={}),
            logged_in=False,
        ),
        [],
    ),
    "the matrix gives it to another": (
        facts(stack=stack(ports={"alpha": MATRIX}), logged_in=False),
        [("fail", "radarr", "declares port 7878, which the port matrix gives to sonarr")],
    ),
    "the matrix lacks it": (
        facts(stack=stack(ports={"alpha": {7878: "radarr"}}), logged_in=False),
        [("warn", "sonarr", "declares port 8989, which is not in the port matrix")],
    ),
    "the matrix names what is gone": (
        facts(
            stack=stack(ports={"gone": {1: "x"}, "alpha": {**STACK.ports["alpha"], 9: "gone"}}),
            logged_in=False,
        ),
        [
            ("warn", "gone", "the port matrix names a host that is not in the stack"),
            ("warn", "9", "the port matrix gives port 9 to gone, which is no service"),
        ],
    ),
    "a container publishes another's port": (
        facts(evidence=publishing(radarr=(published(8989), published(8989, "::")))),
        [
            ("fail", "radarr", "publishes port 8989, which is sonarr's"),
            ("fail", "sonarr", "publishes port 8989/tcp, as radarr does"),
        ],
    ),
    "an undeclared one does": (
        facts(
            seen(running("radarr"), running("x", declared=Declared.UNDECLARED)),
            evidence=publishing(x=(published(8989),)),
        ),
        [("fail", "x", "publishes port 8989, which is sonarr's")],
    ),
    "UDP is another port": (
        facts(evidence=publishing(radarr=(published(8989, protocol="udp"),))),
        [],
    ),
    "one that does not run publishes nothing": (
        facts(
            seen(running("radarr", state=ServiceState.EXITED), running("sonarr")),
            evidence=publishing(radarr=(published(8989),)),
        ),
        [],
    ),
    "it could not start for that": (
        facts(
            seen(
                running("radarr"),
                running(
                    "sonarr",
                    state=ServiceState.CREATED,
                    error="Bind for 0.0.0.0:8989 failed: port is already allocated",
                ),
            )
        ),
        [
            (
                "fail",
                "sonarr",
                "could not start: Bind for 0.0.0.0:8989 failed: port is already allocated",
            )
        ],
    ),
    "the engine does not tell what is published": (
        facts(evidence=publishing(radarr=None)),
        [("unknown", "radarr", "what it publishes was not told")],
    ),
}


@pytest.mark.parametrize(("of", "found"), ROWS.values(), ids=ROWS)
def test_a_port_has_one_owner(of: Facts, found: list[tuple[str, str, str]]) -> None:
    """By what is declared, by the port matrix, and by what containers really publish."""
    assert told(held("D106", of)) == found


def test_what_can_not_be_judged_is_said() -> None:
    """A container in its host's own network publishes nothing its engine knows of."""
    hosted = replace(EVIDENCE, ports={"radarr": (), "sonarr": ()}, networks={"radarr": "host"})
    result = held("D106", facts(evidence=hosted))
    assert result.state is GateState.PASS
    assert result.notes == (
        "1 container is in its host's own network, and on what ports no engine knows",
    )
    assert held("D106", facts(logged_in=False)).notes == (
        "what containers really publish was not asked",
    )


def test_an_engine_that_may_not_be_read_says_what_to_type() -> None:
    """Declared ports are judged all the same, and the gate is unknown."""
    result = held("D106", facts(seen(host=SEALED), TWICE))
    assert [it.severity for it in result.findings] == [GateState.FAIL, GateState.UNKNOWN]
    assert result.findings[1].todo == "on alpha: sudo usermod -aG docker $USER"


def test_a_host_of_which_nothing_is_declared_is_left_out() -> None:
    """No service and no port of it is bound, so none of its containers can take one."""
    beta = replace(STACK.hosts[0], name="beta")
    away = replace(DOWN, name="beta")
    snapshot = replace(seen(), hosts=(UP, away))
    two = replace(STACK, hosts=(*STACK.hosts, beta))
    assert held("D106", facts(snapshot, two)).state is GateState.PASS
    bound = replace(two, ports={**two.ports, "beta": {1: "radarr"}})
    assert held("D106", facts(snapshot, bound)).state is GateState.UNKNOWN
