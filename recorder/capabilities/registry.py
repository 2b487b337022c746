"""What `ops` can do: the one table of capabilities.

`ops/capabilities.yaml`, `ops/bindings/capability_map.yaml`, `ops/plugins/MANIFEST.yaml` and the
launchers beside it are generated from this table (`bin/docs`) and checked against it. A
capability's module is loaded only when it runs or shows its help.
"""

from dataclasses import dataclass
from enum import StrEnum

PLUGIN = "media"


class Safety(StrEnum):
    READ_ONLY = "read-only"
    MUTATING = "mutating"


class Approval(StrEnum):
    AUTO = "auto"
    MANUAL = "manual"


@dataclass(frozen=True, slots=True)
class Capability:
    """A registered action: `ops cap run NAME`."""

    name: str
    description: str
    module: str  # holds its click command, called `command`
    tags: tuple[str, ...]
    safety: Safety = Safety.READ_ONLY
    approval: Approval = Approval.AUTO
    lifecycle: str = "active"
    outputs: tuple[str, ...] = ("stdout", "json")
    domain: str = "media"

    @property
    def script(self) -> str:
        """Its launcher's file name."""
        return self.name.replace(".", "-")

    @property
    def command(self) -> str:
        """Its launcher, from the checkout's root."""
        return f"./ops/plugins/{PLUGIN}/bin/{self.script}"


CAPABILITIES = (
    Capability(
        "media.status",
        "The whole stack on one screen: hosts, services, mounts, storage, imports, gaps",
        "recorder.capabilities.status",
        ("dashboard", "health", "storage"),
    ),
    Capability(
        "media.snapshot",
        "Look and record, for cron; silent unless something changed",
        "recorder.capabilities.snapshot",
        ("history", "cron"),
    ),
    Capability(
        "media.health.check",
        "Ask every health endpoint",
        "recorder.capabilities.health",
        ("health", "endpoints"),
    ),
    Capability(
        "media.service.status",
        "Every container: state, health, restarts, image",
        "recorder.capabilities.services",
        ("services", "docker"),
    ),
    Capability(
        "media.nfs.verify",
        "Every declared mount: there, right source, right mode, answering",
        "recorder.capabilities.nfs",
        ("nfs", "mounts"),
    ),
    Capability(
        "media.metrics.today",
        "What Radarr, Sonarr and Lidarr imported in a day",
        "recorder.capabilities.metrics",
        ("imports", "metrics", "radarr"),
    ),
)


def named(name: str) -> Capability | None:
    """The capability of that name."""
    return next((capability for capability in CAPABILITIES if capability.name == name), None)
