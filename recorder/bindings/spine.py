"""What the spine's own files know of a host, for what `media.services.yaml` leaves out.

Those files serve others too. So they are read leniently, and only the entries of our own hosts are
looked at: a mistake elsewhere in them is none of our business.
"""

from collections.abc import Mapping
from pathlib import Path

from recorder.bindings.entry import Entry, Kind
from recorder.bindings.files import open_file
from recorder.bindings.folder import ADDONS, COMPOSE_TARGETS, LIFECYCLE, SSH_TARGETS, TENANT
from recorder.bindings.mistakes import Mistakes
from recorder.bindings.section import NUMBERS, PORTS, Section
from recorder.bindings.stack import Addon, MountBinding
from recorder.bindings.storage import MODES, whole_path
from recorder.frozen import frozen

GONE = (("decommissioned",), ("abandoned",))
TAILSCALE_ONLY = "tailscale_required"


@frozen
class HostFacts:
    """What is known of one host."""

    addresses: tuple[str, ...] = ()
    number: int | None = None
    role: str | None = None
    ssh_user: str | None = None
    ssh_port: int | None = None
    connect_timeout_sec: float | None = None
    compose_path: str | None = None
    mounts: tuple[MountBinding, ...] = ()


@frozen
class Spine:
    """The entries of each file, by the name of the host they are about."""

    vms: Mapping[str, Section]
    targets: Mapping[str, Section]
    composes: Mapping[str, Section]
    tenants: Mapping[str, Section]
    ssh_defaults: Section
    nfs: Section
    addons: tuple[Addon, ...] | None
    blank: Section

    @property
    def names(self) -> frozenset[str]:
        """The hosts it has heard of."""
        return frozenset((*self.vms, *self.targets, *self.composes, *self.tenants))

    def facts(self, host: str) -> HostFacts:
        vm = self.vms.get(host, self.blank)
        compose = self.composes.get(host, self.blank)
        tenant = self.tenants.get(host, self.blank)
        named = (*vm.peek("ssh_target"), *compose.peek("ssh_target"), host)
        target = next((self.targets[name] for name in named if name in self.targets), self.blank)
        return HostFacts(
            addresses=_addresses(target) or _texts(vm, "lan_ip", "tailscale_ip"),
            number=vm.whole("id", *NUMBERS) or tenant.whole("id", *NUMBERS),
            role=vm.text("role") or tenant.text("role"),
            ssh_user=target.text("user") or vm.text("ssh_user"),
            ssh_port=target.whole("port", *PORTS),
            connect_timeout_sec=target.seconds("connect_timeout_sec"),
            compose_path=_compose_path(compose, host) or tenant.text("compose_path"),
            mounts=self._mounts(tenant),
        )

    def _mounts(self, tenant: Section) -> tuple[MountBinding, ...]:
        path = whole_path(tenant, "nfs_mount")
        if path is None:
            return ()
        mode = tenant.choice("nfs_mode", MODES) or "rw"
        return (MountBinding(path, self.nfs.text("source"), mode),)


def read_spine(folder: Path, mistakes: Mistakes) -> Spine:
    """Read those of the spine's files that stand in the bindings folder."""
    blank = Section(Entry(Kind.MAPPING, 1), "", "", mistakes)

    def opened(name: str) -> Section:
        return open_file(folder, name, mistakes, strict=False) or blank

    ssh = opened(SSH_TARGETS).section("ssh")
    media = opened(TENANT).section("media")
    return Spine(
        vms=_vms(opened(LIFECYCLE)),
        targets=_targets(ssh),
        composes=dict(opened(COMPOSE_TARGETS).sections("targets")),
        tenants={name: vm for _, vm in media.sections("vms") for name in vm.peek("hostname")},
        ssh_defaults=ssh.section("defaults"),
        nfs=media.section("nfs"),
        addons=_addons(open_file(folder, ADDONS, mistakes, strict=False)),
        blank=blank,
    )


def _vms(lifecycle: Section) -> dict[str, Section]:
    """VMs by hostname. A name may have been used before: the VM that still lives has it."""
    vms: dict[str, Section] = {}
    for vm in lifecycle.listed("vms"):
        for name in vm.peek("hostname"):
            if name not in vms or vms[name].peek("status") in GONE:
                vms[name] = vm
    return vms


def _targets(ssh: Section) -> dict[str, Section]:
    """SSH targets by id, and by alias where no id is called so."""
    targets: dict[str, Section] = {}
    aliases: dict[str, Section] = {}
    for target in ssh.listed("targets"):
        targets |= dict.fromkeys(target.peek("id"), target)
        aliases |= dict.fromkeys(target.peek("aliases"), target)
    return aliases | targets


def _addresses(target: Section) -> tuple[str, ...]:
    """On the LAN first, unless the target's policy lets only Tailscale in."""
    tailscale = _texts(target, "tailscale_ip")
    if tailscale and target.text("access_policy") == TAILSCALE_ONLY:
        return tailscale
    return _texts(target, "host", "tailscale_ip")


def _texts(section: Section, *keys: str) -> tuple[str, ...]:
    found = (section.text(key) for key in keys)
    return tuple(dict.fromkeys(text for text in found if text is not None))


def _compose_path(compose: Section, host: str) -> str | None:
    """Where the stack called like the host is, else the first one."""
    paths = {stack.text("name"): stack.text("path") for stack in compose.listed("stacks")}
    return paths.get(host) or next(iter(paths.values()), None)


def _addons(file: Section | None) -> tuple[Addon, ...] | None:
    if file is None or not file.given("addons"):
        return None
    return tuple(
        Addon(slug, addon.text("name") or slug, addon.text("state") or "unknown")
        for addon in file.listed("addons")
        if (slug := addon.text("slug", required=True))
    )
