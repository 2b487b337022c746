"""Gates held against stacks made up for the screen of `ops verify`."""

from dataclasses import replace

from gates.made import DOWN, EVIDENCE, STACK, facts, published, running, seen

from recorder.bindings.stack import Addon, HostBinding, Overlap
from recorder.gates import GATES, Facts, hold
from recorder.model import (
    Declared,
    Endpoint,
    EndpointState,
    GateFinding,
    GateResult,
    GateState,
    MountState,
    Reason,
    ServiceState,
)

from .examples import HOSTILE_TEXTS, NOW

WELL = facts(replace(seen(), taken_at=NOW))
BAD = Endpoint(EndpointState.FAILED, "http://192.0.2.209:8989/ping", 502, None, Reason.HTTP_STATUS)
AWAY = replace(DOWN, name="beta")
OVERLAPS = (
    Overlap("overseerr", "radarr", "decommission", "both take requests"),
    Overlap("sonarr", "sonarr", "investigate"),
)
ADDONS = (Addon("a0d7b954_overseerr", "Overseerr", "started"), Addon("sonarr", "Sonarr", "stopped"))


def _ill() -> Facts:
    """Something wrong for each gate, one thing unknown, one thing doubtful."""
    hung = replace(seen().mounts[0], state=MountState.HUNG, detail="no answer in 3 s")
    services = (
        running("radarr", image="hotio/radarr:release"),
        running("sonarr", endpoint=BAD, state=ServiceState.EXITED, exit_code=137),
        running("tinker", declared=Declared.UNDECLARED, image="lab/tinker:0.1"),
    )
    snapshot = replace(seen(*services, mounts=(hung,)), taken_at=NOW)
    beta = HostBinding("beta", ("192.0.2.210",))
    jellyfin = replace(STACK.services[0], name="jellyfin", host="beta", container="jellyfin")
    away = running(
        "jellyfin",
        host="beta",
        state=ServiceState.UNKNOWN,
        reason=Reason.HOST_DOWN,
        endpoint=replace(BAD, state=EndpointState.UNKNOWN, reason=Reason.HOST_DOWN),
    )
    return facts(
        replace(snapshot, hosts=(*snapshot.hosts, AWAY), services=(*snapshot.services, away)),
        replace(
            STACK,
            hosts=(*STACK.hosts, beta),
            services=(*STACK.services, jellyfin),
            overlaps=OVERLAPS,
            addons=ADDONS,
        ),
        replace(EVIDENCE, ports={**EVIDENCE.ports, "tinker": (published(8989),)}),
    )


ILL = _ill()
HELD_WELL, HELD_ILL = hold(GATES, WELL), hold(GATES, ILL)


def hostile(text: str) -> tuple[GateResult, ...]:
    """Gates whose every text comes from somewhere else."""
    finding = GateFinding(GateState.FAIL, text, text + "2", text, text)
    found = (finding, replace(finding, severity=GateState.UNKNOWN, host=None))
    return (GateResult("D106", "ports", 3, "port", found, (text,)),)


HOSTILE = hostile("".join(HOSTILE_TEXTS))
