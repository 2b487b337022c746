"""What `ops` can do: the one table of capabilities.

`ops/capabilities.yaml`, `ops/bindings/capability_map.yaml`, `ops/plugins/MANIFEST.yaml` and the
launchers beside it are generated from this table (`bin/docs`) and checked against it. A
capability's module is loaded only when it runs or shows its help.
"""

from enum import StrEnum

from recorder.frozen import frozen

PLUGIN = "media"


class Safety(StrEnum):
    READ_ONLY = "read-only"
    MUTATING = "mutating"


class Approval(StrEnum):
    AUTO = "auto"
    MANUAL = "manual"


@frozen
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
    Capability(
        "media.gaps",
        "The open gaps of the operational register that concern media",
        "recorder.capabilities.gaps",
        ("gaps",),
    ),
    Capability(
        "media.diff",
        "What differs between two moments, or between one and now",
        "recorder.capabilities.diff",
        ("history", "changes"),
    ),
    Capability(
        "media.refresh",
        "The three checks from one look, and the binding's summary",
        "recorder.capabilities.refresh",
        ("health", "services", "nfs", "summary"),
        outputs=("stdout", "json", "file"),
    ),
    Capability(
        "media.sql",
        "Ask the history in SQL, or by a saved query; it is only read",
        "recorder.capabilities.sql",
        ("history", "sql"),
        outputs=("table", "csv", "tsv", "md", "jsonl", "json"),
    ),
    Capability(
        "media.access",
        "The script that lets a key look at a host, and do nothing else there",
        "recorder.capabilities.access",
        ("ssh", "security"),
        outputs=("stdout",),
    ),
    Capability(
        "media.stack.restart",
        "Restart the compose services of a host, and wait until they are back",
        "recorder.capabilities.restart",
        ("docker", "compose", "services"),
        Safety.MUTATING,
        Approval.MANUAL,
    ),
    Capability(
        "recyclarr.sync",
        "Run Recyclarr in its container; --preview only shows what it would do",
        "recorder.capabilities.recyclarr",
        ("recyclarr", "docker", "quality"),
        Safety.MUTATING,
        Approval.MANUAL,
    ),
    Capability(
        "media.backup.create",
        "Archives of the services' configuration, checked, the newest kept",
        "recorder.capabilities.backups.create",
        ("backup", "services", "cron"),
        Safety.MUTATING,
        Approval.MANUAL,
        outputs=("stdout", "json", "file"),
    ),
    Capability(
        "media.backup.verify",
        "Whether archives are as they were written, and their databases sound",
        "recorder.capabilities.backups.verify",
        ("backup", "integrity"),
    ),
    Capability(
        "media.backup.restore",
        "Put an archive in the place of a service's configuration",
        "recorder.capabilities.backups.restore",
        ("backup", "services"),
        Safety.MUTATING,
        Approval.MANUAL,
        outputs=("stdout", "file"),
    ),
    Capability(
        "media.history.info",
        "What the history holds: size, growth, noisiest things, coverage, backups",
        "recorder.capabilities.history.info",
        ("history", "storage"),
    ),
    Capability(
        "media.history.check",
        "Whether the history is whole",
        "recorder.capabilities.history.check",
        ("history", "integrity"),
    ),
    Capability(
        "media.history.backup",
        "Copy the history, check the copy, keep the newest",
        "recorder.capabilities.history.backup",
        ("history", "backup", "cron"),
    ),
    Capability(
        "media.history.restore",
        "Put a backup in the place of the history",
        "recorder.capabilities.history.restore",
        ("history", "backup"),
        Safety.MUTATING,
        Approval.MANUAL,
        outputs=("stdout",),
    ),
    Capability(
        "media.history.upgrade",
        "Bring an older history up to this program's schema",
        "recorder.capabilities.history.upgrade",
        ("history",),
        Safety.MUTATING,
        Approval.MANUAL,
        outputs=("stdout",),
    ),
    Capability(
        "media.history.prune",
        "Delete numbers that are past their time, and free their space",
        "recorder.capabilities.history.prune",
        ("history", "storage"),
        Safety.MUTATING,
        Approval.MANUAL,
        outputs=("stdout",),
    ),
    Capability(
        "media.history.repair",
        "Forget what a wrong clock recorded, or save what damage left",
        "recorder.capabilities.history.repair",
        ("history", "integrity"),
        Safety.MUTATING,
        Approval.MANUAL,
        outputs=("stdout",),
    ),
    Capability(
        "media.history.export",
        "States, numbers or events as CSV or lines of JSON",
        "recorder.capabilities.history.export",
        ("history", "export"),
        outputs=("csv", "jsonl", "file"),
    ),
)


def named(name: str) -> Capability | None:
    """The capability of that name."""
    return next((capability for capability in CAPABILITIES if capability.name == name), None)
