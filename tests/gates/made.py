"""A stack and looks at it, made up for the tests of the gates."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from recorder.bindings.stack import HealthBinding, HostBinding, MountBinding, ServiceBinding, Stack
from recorder.collect.compose import Composed, ComposeFile
from recorder.collect.containers import Published
from recorder.collect.evidence import HostEvidence
from recorder.gates import GATES, Facts, hold
from recorder.model import (
    Declared,
    Endpoint,
    EndpointState,
    Engine,
    GateResult,
    Host,
    HostState,
    Mount,
    MountState,
    Reason,
    Service,
    ServiceState,
    Snapshot,
    Trigger,
)

NOON = datetime(2026, 2, 16, 12, tzinfo=UTC)
MEDIA = MountBinding("/mnt/media", "pve:/media")
HOST = HostBinding("alpha", ("192.0.2.209",), compose_path="/opt/stacks/media", mounts=(MEDIA,))
RADARR = ServiceBinding("radarr", "alpha", "radarr", port=7878, health=HealthBinding(7878, "/ping"))
SONARR = replace(RADARR, name="sonarr", container="sonarr", port=8989, health=HealthBinding(8989))
STACK = Stack(
    hosts=(HOST,), services=(RADARR, SONARR), ports={"alpha": {7878: "radarr", 8989: "sonarr"}}
)

UP = Host("alpha", HostState.UP, engine=Engine("docker", readable=True))
DOWN = Host("alpha", HostState.DOWN, reason=Reason.TIMEOUT, detail="timed out after 5 s")
SEALED = replace(
    UP,
    engine=Engine(
        "docker",
        readable=False,
        reason=Reason.PERMISSION_DENIED,
        hint="on alpha: sudo usermod -aG docker $USER",
    ),
)


def running(name: str, **more: object) -> Service:
    """A container that runs and answers, of the image its compose file names."""
    it = Service(
        name,
        "alpha",
        name,
        Declared.ACTIVE,
        ServiceState.RUNNING,
        image=f"lab/{name}:1",
        project="media",
        compose_service=name,
        endpoint=Endpoint(EndpointState.OK, f"http://192.0.2.209/{name}", 200),
    )
    return replace(it, **more)  # type: ignore[arg-type]


def seen(*services: Service, host: Host = UP, **parts: object) -> Snapshot:
    """A look at the stack: both services and the mount well, but for what is given."""
    mount = Mount("alpha", "/mnt/media", MountState.OK, "pve:/media", "pve:/media", "rw", "rw")
    picture = Snapshot(
        NOON,
        100,
        Trigger.PERSON,
        "home",
        hosts=(host,),
        services=services or (running("radarr"), running("sonarr")),
        mounts=(mount,),
    )
    return replace(picture, **parts)  # type: ignore[arg-type]


def published(port: int, address: str = "0.0.0.0", protocol: str = "tcp") -> Published:  # noqa: S104
    return Published(port, protocol, address)


COMPOSE = ComposeFile(
    "compose.yaml",
    "media",
    (Composed("radarr", None, "lab/radarr:1"), Composed("sonarr", "sonarr", "lab/sonarr:1")),
)
EVIDENCE = HostEvidence(
    {"radarr": (published(7878),), "sonarr": (published(8989),)},
    {"radarr": "bridge", "sonarr": "bridge"},
    COMPOSE,
)


def facts(
    snapshot: Snapshot | None = None,
    stack: Stack = STACK,
    evidence: HostEvidence = EVIDENCE,
    *,
    logged_in: bool = True,
) -> Facts:
    """What a gate judges by; all is well but for what is given."""
    by_host: Mapping[str, HostEvidence] = {"alpha": evidence} if logged_in else {}
    return Facts(stack, snapshot or seen(), by_host, logged_in=logged_in)


def held(gate: str, of: Facts) -> GateResult:
    """What the gate of that number finds."""
    (result,) = hold([it for it in GATES if it.number == gate], of)
    return result


def told(result: GateResult) -> list[tuple[str, str, str]]:
    """Each finding: how bad, of what, what."""
    return [(str(it.severity), it.name, it.what) for it in result.findings]
