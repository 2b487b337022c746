"""Every mistake is found in one pass and told in a line: `file:line: where: what`."""

from pathlib import Path

import pytest

from recorder.bindings import load
from recorder.errors import BindingError, ExitCode

HEAD = "hosts: {media: , attic: }\nservices:\n  radarr: {vm: media, port: 7878}\n"
HEX_KEY = "0123456789abcdef0123456789abcdef"
NO_KEY_HERE = "put the key in the environment or a 0600 file: {env: NAME} or {file: PATH}"

# What is written after HEAD, so from line 4 on, and the line it earns.
IN_ITS_PLACE = [
    ("  x: {vm: medai}", '4: services.x.vm: no host "medai" (did you mean "media"?)'),
    ("  x: {vm: mars}", '4: services.x.vm: no host "mars"'),
    ("  x: {port: 80}", "4: services.x.vm: missing"),
    ("  x:", "4: services.x.vm: missing"),
    ("  x: media", '4: services.x: must be a mapping, not "media"'),
    ("  x: {vm: 209}", "4: services.x.vm: must be text, not 209 (put it in quotes)"),
    ("  x: {vm: [media]}", "4: services.x.vm: must be text, not a list"),
    ('  x: {vm: ""}', "4: services.x.vm: must be a line of text, and holds nothing"),
    (
        '  x: {vm: "\\e[31m"}',
        "4: services.x.vm: must be a line of text, and holds a control or invisible character",
    ),
    ('  "x\\n": {vm: media}', "4: services.x\\n: a name must be printable text"),
    (
        "  x: {vm: media, helath: /}",
        '4: services.x.helath: unknown key (did you mean "health"?)',
    ),
    ("  x: {vm: media, ports: 1}", '4: services.x.ports: unknown key (did you mean "port"?)'),
    (
        "  x: {vm: media, status: actve}",
        (
            '4: services.x.status: must be active, parked or stopped, not "actve"'
            ' (did you mean "active"?)'
        ),
    ),
    (
        "  x: {vm: media, category: [a]}",
        "4: services.x.category: must be text, not a list",
    ),
    (
        "  x:\n    vm: media\n    port: 70000",
        "6: services.x.port: must be a whole number from 1 to 65535, not 70000",
    ),
    (
        "  x: {vm: media, port: 080}",
        '4: services.x.port: must be a whole number from 1 to 65535, not "080"',
    ),
    (
        '  x: {vm: media, port: "80"}',
        '4: services.x.port: must be a whole number from 1 to 65535, not "80"',
    ),
    (
        "  x: {vm: media, health: /ping}",
        "4: services.x.health: is a path, so the service needs a port:",
    ),
    (
        "  x: {vm: media, port: 80, health: ping}",
        "4: services.x.health: must be a path that begins with a slash, or a whole http(s) URL",
    ),
    (
        "  x: {vm: media, health: 'http://h:99999/'}",
        "4: services.x.health: must be a path that begins with a slash, or a whole http(s) URL",
    ),
    (
        f"  x: {{vm: media, health: 'http://me:{HEX_KEY}@h/'}}",
        "4: services.x.health: must not hold a user or a password",
    ),
    (
        "  x: {vm: media, port: 80, health: /a b}",
        '4: services.x.health: must not hold a space: "/a b"',
    ),
    (
        "  x: {vm: media, health_reason: vpn}",
        (
            "4: services.x.health_reason: must be no_http_port, auth_gated, localhost_bound"
            ' or vpn_network_mode, not "vpn"'
        ),
    ),
    (
        "  x: {vm: media, scheme: ftp}",
        '4: services.x.scheme: must be http or https, not "ftp"',
    ),
    (
        "  x: {vm: media, tls_verify: maybe}",
        '4: services.x.tls_verify: must be true or false, not "maybe"',
    ),
    (
        "  x: {vm: media, health_timeout_sec: .inf}",
        "4: services.x.health_timeout_sec: must be seconds, up to 600, not .inf",
    ),
    (
        "  x: {vm: media, health_retries: 11}",
        "4: services.x.health_retries: must be a whole number from 0 to 10, not 11",
    ),
    (
        "  x: {vm: media, health_timeout_sec: 0}",
        "4: services.x.health_timeout_sec: must be seconds, up to 600, not 0",
    ),
    (
        "  x: {vm: media, dependencies: [radar]}",
        '4: services.x.dependencies: no service "radar" (did you mean "radarr"?)',
    ),
    (
        "  x: {vm: media, dependencies: [{a: b}]}",
        "4: services.x.dependencies: must be text, not a mapping",
    ),
    (
        "  x: {vm: media, container: radarr}",
        '4: services.x.container: services.radarr claims "radarr" on media too, on line 3',
    ),
    ("  radarr: {vm: attic}", "4: services.radarr: said twice, first on line 3"),
    ("  x: {vm: media, vm: attic}", "4: services.x.vm: said twice, first on line 4"),
    ("  x: {vm: media, note: *nobody}", "4: services.x.note: *nobody refers to nothing before it"),
    ("  x: {vm: media, note: &x [*x]}", "4: services.x.note[0]: *x refers to itself"),
    ("  x: {<<: 3, vm: media}", "4: services.x.<<: takes a mapping or a list of mappings"),
    ("  x: {vm: media, [a]: b}", "4: services.x: a key must be a word, not a list"),
    (
        "  x: {vm: !!python/object:os.system media}",
        (
            '4: services.x.vm: the tag "!!python/object:os.system" is not read here:'
            " write the value itself"
        ),
    ),
    ("volumes: {a: b}", "4: volumes: must be a list, not a mapping"),
    ("volumes: [/mnt]", '4: volumes[0]: must be a mapping, not "/mnt"'),
    ("volumes: [{name: a, host: media}]", "4: volumes[0].path: missing"),
    (
        "volumes: [{name: a, host: medai, path: /}]",
        '4: volumes[0].host: no host "medai" (did you mean "media"?)',
    ),
    (
        "volumes: [{name: a, host: media, path: mnt}]",
        '4: volumes[0].path: must begin with a slash, not "mnt"',
    ),
    (
        "volumes: [{name: a, host: media, path: /mnt/../srv}]",
        '4: volumes[0].path: must not hold "..": "/mnt/../srv"',
    ),
    (
        "volumes:\n- {name: a, host: media, path: /a}\n- {name: a, host: media, path: /b}",
        '6: volumes[1].name: "a" is declared twice',
    ),
    ("volume: []", '4: volume: unknown key (did you mean "volumes"?)'),
    (
        "imports: {radarr: {service: sonar}}",
        '4: imports.radarr.service: no service "sonar"',
    ),
    (
        "imports: {radarr: {app: plex}}",
        '4: imports.radarr.app: must be radarr, sonarr or lidarr, not "plex"',
    ),
    (f"imports: {{radarr: {{api_key: {HEX_KEY}}}}}", f"4: imports.radarr.api_key: {NO_KEY_HERE}"),
    ("imports: {radarr: {api_key: 12345}}", f"4: imports.radarr.api_key: {NO_KEY_HERE}"),
    (
        f"imports: {{radarr: {{api_key: {{env: {HEX_KEY}}}}}}}",
        f"4: imports.radarr.api_key: {NO_KEY_HERE}",
    ),
    (
        "imports: {radarr: {api_key: {env: A, file: b}}}",
        f"4: imports.radarr.api_key: {NO_KEY_HERE}",
    ),
    (
        "imports: {radarr: {api_key: {file: ~nobody-of-this-name/key}}}",
        (
            "4: imports.radarr.api_key.file: begins with a ~ that is nobody's home here:"
            " write the whole path"
        ),
    ),
    (
        "imports: {radarr: {api_key: {env: a-b}}}",
        (
            "4: imports.radarr.api_key.env: must be the name of an environment variable,"
            " as in RADARR_API_KEY"
        ),
    ),
    (
        "imports: {radarr: {url_base: radarr}}",
        '4: imports.radarr.url_base: must begin with a slash, as in "/radarr"',
    ),
    (
        "ports: {gone: {http: radarr}}",
        "4: ports.gone.http: a port is a whole number from 1 to 65535, not http",
    ),
    ("ports: {gone: {80: [a]}}", "4: ports.gone.80: must be text, not a list"),
    (
        "ha_overlaps: {overlaps: [{ha_addon: a, shop_service: b, recommendation: keep}]}",
        (
            "4: ha_overlaps.overlaps[0].recommendation: must be decommission or investigate,"
            ' not "keep"'
        ),
    ),
    ("version: one", '4: version: must be a whole number from 1 to 999999, not "one"'),
    ("site: [home]", "4: site: must be text, not a list"),
    ("defaults: {shh_user: me}", '4: defaults.shh_user: unknown key (did you mean "ssh_user"?)'),
    ("defaults: 3", "4: defaults: must be a mapping, not 3"),
    ("---\na: b", "4: a second document begins here; only one is read"),
    ("\tx: y", "4: not YAML: a tab, where only spaces may stand: indent with spaces"),
    ("x: " + "[" * 200_000, "4: nested deeper than 50 levels"),
]

WHOLE_FILES = [
    (b"", "1: the file is empty"),
    (b"# nothing yet\n", "1: the file is empty"),
    (b"- a\n- b\n", "1: must be a mapping of keys, not a list"),
    (b"site: home\n", "1: names no host: add hosts: or services:"),
    (b"site: home\nhosts: {caf\xe9: }\n", "2: not UTF-8 text: byte 0xe9"),
    (b"site: home\nhosts: {a\x00: }\n", "2: not YAML: the character \\x00"),
    (
        b"hosts: {media: {user: me}}\n",
        '1: hosts.media.user: unknown key (did you mean "ssh_user"?)',
    ),
    (
        b"hosts: {media: {connect: lokal}}\n",
        '1: hosts.media.connect: must be ssh or local, not "lokal" (did you mean "local"?)',
    ),
    (
        b"hosts: {media: {addresses: [-oProxyCommand=x]}}\n",
        '1: hosts.media.addresses: must be a name or an IP address, not "-oProxyCommand=x"',
    ),
    (
        b"hosts: {media: {id: vm-9}}\n",
        '1: hosts.media.id: must be a whole number from 0 to 999999999, not "vm-9"',
    ),
    (b"hosts: {media: {discover: 1}}\n", "1: hosts.media.discover: must be true or false, not 1"),
    (
        b"hosts: {media: {mounts: [{path: /a, mode: rx}]}}\n",
        '1: hosts.media.mounts[0].mode: must be rw or ro, not "rx"',
    ),
    (
        b"hosts: {media: {mounts: [{path: /a}, {path: /a}]}}\n",
        '1: hosts.media.mounts[1].path: "/a" is declared twice on this host',
    ),
    (
        b"hosts: {media: {mounts: [{path: /mnt/a}, {path: //mnt//a/}]}}\n",
        '1: hosts.media.mounts[1].path: "/mnt/a" is declared twice on this host',
    ),
    (
        b"hosts: {media: {mounts: [{path: /mnt/..}]}}\n",
        '1: hosts.media.mounts[0].path: must not hold "..": "/mnt/.."',
    ),
    (
        b"services: {x: {vm: a}}\nimports: {x: {app: radarr}}\n",
        "2: imports.x.service: services.x has no port to ask",
    ),
    (
        b"services: {x: {vm: a, port: 1}}\nimports: {x: }\n",
        "2: imports.x.app: missing: say radarr, sonarr or lidarr",
    ),
]


def mistakes(folder: Path) -> tuple[str, ...]:
    with pytest.raises(BindingError) as caught:
        load(folder)
    assert caught.value.exit_code is ExitCode.USAGE
    return caught.value.lines


@pytest.mark.parametrize(("text", "line"), IN_ITS_PLACE, ids=[line for _, line in IN_ITS_PLACE])
def test_a_mistake_is_told_at_its_line(tmp_path: Path, text: str, line: str) -> None:
    """A mistake earns exactly one line: file, line, key, what is wrong, what was meant."""
    (tmp_path / "media.services.yaml").write_text(f"{HEAD}{text}\n")

    assert mistakes(tmp_path) == (f"media.services.yaml:{line}",)


@pytest.mark.parametrize(("content", "line"), WHOLE_FILES, ids=[line for _, line in WHOLE_FILES])
def test_a_file_that_cannot_be_meant_is_refused(tmp_path: Path, content: bytes, line: str) -> None:
    """A file that is empty, is no text, or names nothing to look at is told as a mistake."""
    (tmp_path / "media.services.yaml").write_bytes(content)

    assert mistakes(tmp_path) == (f"media.services.yaml:{line}",)


def test_all_mistakes_come_at_once(tmp_path: Path) -> None:
    """One pass finds them all, in the order of the files and their lines."""
    (tmp_path / "media.services.yaml").write_text(
        """\
hosts:
  media: {id: 209}
services:
  radarr: {vm: medai, prot: 7878}
  lidarr: {host: media}
  sonarr: {vm: media, dependencies: [radar, prowlarr], status: on}
imports:
  sonarr: {api_key: not-telling}
site: [home]
"""
    )
    (tmp_path / "ssh.targets.yaml").write_text("ssh:\n  targets:\n  - {id: media, port: ssh}\n")
    (tmp_path / "vm.lifecycle.yaml").write_text("vms: [\n")

    assert mistakes(tmp_path) == (
        'media.services.yaml:4: services.radarr.prot: unknown key (did you mean "port"?)',
        'media.services.yaml:4: services.radarr.vm: no host "medai" (did you mean "media"?)',
        'media.services.yaml:5: services.lidarr.host: unknown key (did you mean "vm"?)',
        "media.services.yaml:5: services.lidarr.vm: missing",
        "media.services.yaml:6: services.sonarr.status: must be text, not on (put it in quotes)",
        (
            'media.services.yaml:6: services.sonarr.dependencies: no service "radar"'
            ' (did you mean "radarr"?)'
        ),
        'media.services.yaml:6: services.sonarr.dependencies: no service "prowlarr"',
        "media.services.yaml:8: imports.sonarr.service: services.sonarr has no port to ask",
        f"media.services.yaml:8: imports.sonarr.api_key: {NO_KEY_HERE}",
        "media.services.yaml:9: site: must be text, not a list",
        (
            "ssh.targets.yaml:3: ssh.targets[0].port:"
            ' must be a whole number from 1 to 65535, not "ssh"'
        ),
        "vm.lifecycle.yaml:2: not YAML: a [ or { is opened and not closed",
    )


@pytest.mark.parametrize("text", [text for text, _ in IN_ITS_PLACE if HEX_KEY in text])
def test_a_key_in_the_file_is_not_shown(tmp_path: Path, text: str) -> None:
    """What stands where no secret may stand is never repeated."""
    (tmp_path / "media.services.yaml").write_text(f"{HEAD}{text}\n")

    assert [line for line in mistakes(tmp_path) if HEX_KEY in line] == []


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """A folder where a file should be, or no right to read it, is a line like any other."""
    (tmp_path / "media.services.yaml").mkdir()

    assert mistakes(tmp_path) == ("media.services.yaml:1: cannot be read: Is a directory",)


def test_a_slip_of_a_host_the_spine_knows_is_told(tmp_path: Path) -> None:
    """Where services decide which hosts there are, a near-miss of a known host is a slip."""
    (tmp_path / "media.services.yaml").write_text("services: {x: {vm: downlod-stack}}\n")
    (tmp_path / "vm.lifecycle.yaml").write_text("vms: [{hostname: download-stack}]\n")

    assert mistakes(tmp_path) == (
        (
            'media.services.yaml:1: services.x.vm: no host "downlod-stack"'
            ' (did you mean "download-stack"?)'
        ),
    )
