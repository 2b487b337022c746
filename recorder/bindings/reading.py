"""The binding files of a folder, made into one Stack; or every mistake in them, in one pass."""

import os
from pathlib import Path

from recorder.bindings.audits import read_overlaps, read_ports
from recorder.bindings.files import open_file
from recorder.bindings.folder import SERVICES
from recorder.bindings.hosts import read_defaults, read_hosts
from recorder.bindings.imports import read_imports
from recorder.bindings.mistakes import Mistakes
from recorder.bindings.section import Section
from recorder.bindings.services import read_services
from recorder.bindings.spine import read_spine
from recorder.bindings.stack import HostBinding, Stack
from recorder.bindings.storage import read_volumes

TOP_KEYS = (
    "defaults",
    "description",
    "ha_overlaps",
    "hosts",
    "imports",
    "jellyfin_plugins",
    "naming_aliases",
    "note",
    "notes",
    "operating_model",
    "owner",
    "ports",
    "services",
    "site",
    "status",
    "summary",
    "updated",
    "updated_at",
    "version",
    "volumes",
    "vpn_policy",
)
VERSIONS = (1, 999_999)
NO_BINDING = "this machine, no binding"  # in the place of a site's name


def load(folder: Path | None) -> Stack:
    """The stack a bindings folder declares; this machine where there is no binding.

    Raises BindingError with one line a mistake.
    """
    if folder is None:
        return this_machine()
    mistakes = Mistakes(SERVICES)
    root = open_file(folder, SERVICES, mistakes)
    if root is None:
        mistakes.raise_any()
        return this_machine()
    stack = _stack(root, folder, mistakes)
    mistakes.raise_any()
    return stack


def this_machine() -> Stack:
    """The stack of somebody who has declared nothing: what this machine runs and mounts."""
    name = os.uname().nodename.partition(".")[0] or "this-machine"
    here = HostBinding(name, (name,), local=True, discover=True)
    return Stack(site=NO_BINDING, hosts=(here,))


def _stack(root: Section, folder: Path, mistakes: Mistakes) -> Stack:
    root.check_keys(TOP_KEYS)
    root.whole("version", *VERSIONS)
    if not root.given("hosts") and not root.given("services"):
        root.wrong("", "names no host: add hosts: or services:")
    spine = read_spine(folder, mistakes)
    defaults = read_defaults(root, spine)
    services = read_services(root, spine.names, defaults)
    named = dict.fromkeys(service.host for service in services)
    hosts = read_hosts(root, named, spine, defaults)
    return Stack(
        site=root.text("site") or "home",
        hosts=hosts,
        services=services,
        volumes=read_volumes(root, [host.name for host in hosts]),
        imports=read_imports(root, {service.name: service for service in services}, folder),
        ports=read_ports(root),
        overlaps=read_overlaps(root),
        addons=spine.addons,
        folder=folder,
    )
