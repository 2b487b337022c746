"""What a binding means: files in, a whole Stack out."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from recorder.bindings import (
    Addon,
    HealthBinding,
    HostBinding,
    ImportBinding,
    KeyBinding,
    MountBinding,
    Overlap,
    ServiceBinding,
    Stack,
    VolumeBinding,
    load,
)
from recorder.model import Declared

SPINE = Path(__file__).parent / "spine"


def stack(folder: Path, text: str) -> Stack:
    """The stack of a folder whose one file holds this text."""
    (folder / "media.services.yaml").write_text(text)
    return load(folder)


def test_without_a_binding_the_stack_is_this_machine(tmp_path: Path) -> None:
    """A fresh clone shows the machine it stands on, and finds out by itself what is there."""
    name = os.uname().nodename.split(".")[0]
    here = HostBinding(name, (name,), local=True, discover=True)
    machine = Stack(site="this machine, no binding", hosts=(here,))

    assert (load(None), load(tmp_path)) == (machine, machine)


def test_a_host_needs_no_more_than_its_name(tmp_path: Path) -> None:
    """A host is asked under its own name, which ~/.ssh/config may know more about."""
    hosts = (HostBinding("media", ("media",)),)

    assert stack(tmp_path, "hosts:\n  media:\n") == Stack(hosts=hosts, folder=tmp_path)


def test_services_alone_name_their_hosts(tmp_path: Path) -> None:
    """Without hosts: the hosts are those that services run on, in that order."""
    read = stack(tmp_path, "services: {b: {vm: two}, a: {vm: one}, c: {vm: two}}\n")

    assert [host.name for host in read.hosts] == ["two", "one"]


def test_how_often_a_url_is_asked_again_is_its_own_else_the_default(tmp_path: Path) -> None:
    """None is a number, too; where nothing is said it is two."""
    text = """\
services:
  own: {vm: one, port: 1, health: /, health_retries: 0}
  other: {vm: one, port: 2, health: "http://tv.example.net/"}
"""
    said = stack(tmp_path, text), stack(tmp_path, text + "defaults: {health_retries: 5}\n")

    retries = [[it.health.retries for it in read.services if it.health] for read in said]
    assert retries == [[0, 2], [0, 5]]


def test_which_addons_there_are_may_be_unknown(tmp_path: Path) -> None:
    """No file, or one that doesn't say, is not a file that names none."""
    text = "hosts: {here: {connect: local}}\n"
    assert stack(tmp_path, text).addons is None
    (tmp_path / "ha.addons.yaml").write_text("note: nobody looked\n")
    assert stack(tmp_path, text).addons is None
    (tmp_path / "ha.addons.yaml").write_text("addons: []\n")
    assert stack(tmp_path, text).addons == ()


def test_one_file_declares_a_whole_stack(tmp_path: Path) -> None:
    """Every section of media.services.yaml, with each default filled in."""
    text = """\
version: 1
site: cabin
defaults: {health_timeout_sec: 4, ssh_user: ubuntu, ssh_port: 2222, connect_timeout_sec: 2.5,
           compose_command: podman compose}
hosts:
  download-stack: {id: 209, role: media-download, addresses: [192.0.2.209, 198.51.100.9],
                   ssh_user: admin, ssh_port: 22, connect_timeout_sec: 9, discover: yes,
                   compose_path: /opt/stacks/download-stack, compose_command: docker-compose,
                   mounts: [{path: /mnt/media, source: "pve:/media", mode: ro}, {path: /mnt/x}]}
  here: {connect: local, addresses: 127.0.0.1}
services:
  radarr: {vm: download-stack, port: 7878, health: /ping, status: active, category: management,
           dependencies: [sabnzbd]}
  sabnzbd: {vm: download-stack, port: 8080, health: "/api?mode=version&output=json",
            scheme: https, tls_verify: false, health_timeout_sec: 20, status: parked}
  autopulse: {vm: here, port: 2875, health: /, health_reason: localhost_bound}
  jellyfin: {vm: here, port: 8096, health: "https://tv.example.net/health?full=1"}
  watchtower: {vm: here, container: tower, port: null, health: null,
               health_reason: no_http_port, status: stopped}
volumes: [{name: "pve:/media", host: download-stack, path: /mnt/media}]
imports:
  radarr: {api_key: {file: keys/radarr}, url_base: /radarr/}
  second: {service: radarr, app: sonarr, api_key: {env: SECOND_KEY}}
  radarr-4k: {service: radarr}
ports: {download-stack: {7878: radarr}, long-gone: {80: whatever}}
ha_overlaps: {overlaps: [{ha_addon: overseerr, shop_service: jellyseerr,
                          recommendation: decommission, reason: "one is\\n enough"}]}
"""

    assert stack(tmp_path, text) == Stack(
        site="cabin",
        hosts=(
            HostBinding(
                name="download-stack",
                addresses=("192.0.2.209", "198.51.100.9"),
                number=209,
                role="media-download",
                ssh_user="admin",
                ssh_port=22,
                connect_timeout_sec=9.0,
                compose_path="/opt/stacks/download-stack",
                compose_command="docker-compose",
                mounts=(
                    MountBinding("/mnt/media", "pve:/media", "ro"),
                    MountBinding("/mnt/x"),
                ),
                discover=True,
            ),
            HostBinding(
                name="here",
                addresses=("127.0.0.1",),
                local=True,
                ssh_user="ubuntu",
                ssh_port=2222,
                compose_command="podman compose",
                connect_timeout_sec=2.5,
            ),
        ),
        services=(
            ServiceBinding(
                name="radarr",
                host="download-stack",
                container="radarr",
                category="management",
                port=7878,
                health=HealthBinding(7878, "/ping", timeout_sec=4.0),
                dependencies=("sabnzbd",),
            ),
            ServiceBinding(
                name="sabnzbd",
                host="download-stack",
                container="sabnzbd",
                declared=Declared.PARKED,
                port=8080,
                health=HealthBinding(
                    8080,
                    "/api?mode=version&output=json",
                    scheme="https",
                    timeout_sec=20.0,
                    verify_tls=False,
                ),
            ),
            ServiceBinding(
                name="autopulse",
                host="here",
                container="autopulse",
                port=2875,
                health=HealthBinding(2875, timeout_sec=4.0, via_ssh=True),
                health_reason="localhost_bound",
            ),
            ServiceBinding(
                name="jellyfin",
                host="here",
                container="jellyfin",
                port=8096,
                health=HealthBinding(
                    443,
                    "/health?full=1",
                    scheme="https",
                    timeout_sec=4.0,
                    host="tv.example.net",
                ),
            ),
            ServiceBinding(
                name="watchtower",
                host="here",
                container="tower",
                declared=Declared.STOPPED,
                health_reason="no_http_port",
            ),
        ),
        volumes=(VolumeBinding("pve:/media", "download-stack", "/mnt/media"),),
        imports=(
            ImportBinding(
                "radarr",
                "radarr",
                "radarr",
                KeyBinding(file=tmp_path / "keys" / "radarr"),
                "/radarr",
            ),
            ImportBinding("second", "sonarr", "radarr", KeyBinding(env="SECOND_KEY")),
            ImportBinding("radarr-4k", "radarr", "radarr", KeyBinding(env="RADARR_4K_API_KEY")),
        ),
        ports={"download-stack": {7878: "radarr"}, "long-gone": {80: "whatever"}},
        overlaps=(Overlap("overseerr", "jellyseerr", "decommission", "one is enough"),),
        folder=tmp_path,
    )


def test_the_spines_files_fill_what_is_left_out() -> None:
    """A spine's bindings folder works unchanged, keys of its own and stale entries included."""
    assert load(SPINE) == Stack(
        hosts=(
            HostBinding(
                name="attic",
                addresses=("192.0.2.7", "198.51.100.7"),
                number=107,
                role="media-writer",
                ssh_user="keeper",
                ssh_port=22,
                connect_timeout_sec=20.0,
                compose_path="/srv/attic",
                mounts=(MountBinding("/mnt/films", "store:/films", "ro"),),
            ),
            HostBinding(
                name="cellar",
                addresses=("198.51.100.8",),
                number=108,
                role="media-reader",
                ssh_user="root",
                ssh_port=22,
                compose_path="/srv/first",
            ),
            HostBinding(
                name="shed",
                addresses=("192.0.2.9", "198.51.100.9"),
                number=109,
                ssh_user="ubuntu",
                ssh_port=22,
            ),
        ),
        services=(
            ServiceBinding(
                name="sabnzbd",
                host="attic",
                container="sabnzbd",
                category="download",
                port=8080,
                health=HealthBinding(8080, "/api?mode=version&output=json", timeout_sec=7.0),
            ),
            ServiceBinding(
                name="radarr",
                host="attic",
                container="radarr",
                category="management",
                port=7878,
                health=HealthBinding(7878, "/ping", timeout_sec=7.0),
                dependencies=("sabnzbd",),
            ),
            ServiceBinding(
                name="autopulse",
                host="cellar",
                container="autopulse",
                declared=Declared.PARKED,
                category="experimental",
                port=2875,
                health_reason="localhost_bound",
            ),
            ServiceBinding(
                name="watchtower-shed",
                host="shed",
                container="watchtower",
                category="infrastructure",
                health_reason="no_http_port",
            ),
        ),
        ports={"attic": {7878: "radarr"}, "torn-down": {9100: "nobody"}},
        overlaps=(Overlap("sonarr", "sonarr", "investigate", "may be a stale copy"),),
        addons=(
            Addon("a0d7b954_sonarr", "Sonarr", "started"),
            Addon("core_samba", "Samba share", "unknown"),
        ),
        folder=SPINE,
    )


def test_what_a_host_declares_comes_before_what_the_spine_knows(tmp_path: Path) -> None:
    """The spine only fills gaps; an empty list of mounts is a word, too."""
    for file in ("vm.lifecycle.yaml", "ssh.targets.yaml", "tenants/media-stack.yaml"):
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_text((SPINE / file).read_text())

    read = stack(tmp_path, "hosts: {attic: {addresses: 192.0.2.99, ssh_user: me, mounts: []}}\n")

    assert read.hosts == (
        HostBinding(
            name="attic",
            addresses=("192.0.2.99",),
            number=107,
            role="media-writer",
            ssh_user="me",
            ssh_port=22,
            connect_timeout_sec=20.0,
            compose_path="/srv/older",
        ),
    )


@pytest.mark.parametrize("spelled", ["/mnt/media/", "//mnt//media", "/mnt/./media"])
def test_a_path_is_what_the_host_calls_it(tmp_path: Path, spelled: str) -> None:
    """Slashes too many make no other path: of a mount, a volume, or the spine's own mount."""
    (tmp_path / "tenants").mkdir()
    (tmp_path / "tenants" / "media-stack.yaml").write_text(
        f"media: {{vms: {{b: {{hostname: b, nfs_mount: {spelled}}}}}}}\n"
    )
    text = f"""\
hosts: {{a: {{mounts: [{{path: {spelled}}}]}}, b: }}
volumes: [{{name: v, host: a, path: {spelled}}}, {{name: root, host: a, path: //}}]
"""
    read = stack(tmp_path, text)

    mounts = [mount.path for host in read.hosts for mount in host.mounts]
    assert mounts == ["/mnt/media", "/mnt/media"]
    assert [volume.path for volume in read.volumes] == ["/mnt/media", "/"]


def test_merge_keys_and_anchors_are_read(tmp_path: Path) -> None:
    """What services share may be written once; what is said at the service itself wins."""
    text = """\
services:
  one: &shared {vm: media, category: download, status: parked}
  two:
    <<: *shared
    status: stopped
"""
    two = ServiceBinding("two", "media", "two", Declared.STOPPED, "download")

    assert stack(tmp_path, text).service("two") == two


def test_a_word_of_yaml_can_be_a_name(tmp_path: Path) -> None:
    """Names are taken as written: `on` is not true, and 209 is no number."""
    read = stack(tmp_path, "services: {on: {vm: media}, 209: {vm: media}}\n")

    assert [service.name for service in read.services] == ["on", "209"]


def test_importing_the_bindings_loads_no_yaml() -> None:
    """Who reads no binding does not wait for a parser."""
    heavy = "yaml", "platformdirs", "subprocess", "platform"
    script = f"import sys, recorder.bindings; print([m for m in {heavy} if m in sys.modules])"

    printed = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    ).stdout

    assert printed == "[]\n"


@pytest.mark.parametrize("name", ["a-1", "a-2"])
def test_a_number_makes_another_host(tmp_path: Path, name: str) -> None:
    """A host nobody listed is no slip of one that differs in its number."""
    (tmp_path / "vm.lifecycle.yaml").write_text("vms: [{hostname: a-1}]\n")

    assert stack(tmp_path, f"services: {{x: {{vm: {name}}}}}\n").services[0].host == name
