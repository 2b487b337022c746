"""Which host keys are on file, in files that OpenSSH's own programs wrote."""

import base64
import subprocess
from pathlib import Path

import pytest

from recorder.collect.ssh.known_hosts import (
    KnownHosts,
    KnownKey,
    accepts,
    fingerprint,
    host_label,
)

from .conftest import require

ED = base64.b64encode(b"\0\0\0\x0bssh-ed25519 one").decode()
OTHER = base64.b64encode(b"\0\0\0\x0bssh-ed25519 two").decode()


def _known(line: str, label: str) -> bool:
    return KnownHosts([line]).keys(label) == (
        KnownKey("ssh-ed25519", base64.b64decode(ED), revoked=False),
    )


@pytest.mark.parametrize(
    ("names", "label", "found"),
    [
        ("pve", "pve", True),
        ("PVE", "pve", True),
        ("pve", "pve2", False),
        ("pve,192.0.2.1", "192.0.2.1", True),
        ("pve.example.org", "pve", False),
        ("*.example.org", "pve.example.org", True),
        ("*.example.org", "example.org", False),
        ("192.0.2.?", "192.0.2.1", True),
        ("192.0.2.?", "192.0.2.11", False),
        ("*.example.org,!bad.example.org", "good.example.org", True),
        ("*.example.org,!bad.example.org", "bad.example.org", False),
        ("!bad.example.org,*.example.org", "bad.example.org", False),
        ("!pve", "other", False),
        ("[pve]:2222", "[pve]:2222", True),
        ("[pve]:2222", "pve", False),
        ("pve", "[pve]:2222", False),
        ("[*]:2222", "[pve]:2222", True),
        ("[pve]:*", "[pve]:2222", True),
        ("[pv]e", "p", False),
        ("2001:db8::1", "2001:db8::1", True),
    ],
)
def test_names_and_patterns_are_those_of_the_format(names: str, label: str, found: bool) -> None:  # noqa: FBT001
    """Only * and ? are wild, a ! takes back what another pattern gives."""
    assert _known(f"{names} ssh-ed25519 {ED} a comment", label) is found


@pytest.mark.parametrize(
    "line",
    [
        "",
        "# pve ssh-ed25519 " + ED,
        "pve",
        "pve ssh-ed25519",
        "pve ssh-ed25519 !!!",
        f"@cert-authority pve ssh-ed25519 {ED}",
        f"@unheard-of pve ssh-ed25519 {ED}",
        f"|1|nonsense ssh-ed25519 {ED}",
        f"|1|!!|!! ssh-ed25519 {ED}",
        f"|2|eA==|eA== ssh-ed25519 {ED}",
    ],
)
def test_what_is_no_key_of_the_host_is_passed_over(line: str) -> None:
    """Comments, half lines, certificate authorities and markers nobody knows."""
    assert KnownHosts([line]).keys("pve") == ()


def test_a_label_is_a_name_or_a_name_and_port() -> None:
    """As OpenSSH spells it: in small letters, port 22 left out."""
    told = [host_label("PVE", 22), host_label("pve", 2222), host_label("2001:DB8::1", 2222)]
    assert told == ["pve", "[pve]:2222", "[2001:db8::1]:2222"]


@pytest.mark.parametrize(
    ("on_file", "label", "found"),
    [
        (["pve"], "[pve]:2222", ["pve"]),
        (["pve", "[pve]:2222"], "[pve]:2222", ["[pve]:2222"]),
        (["pve", "[pve]:2200"], "[pve]:2222", ["pve"]),
        (["2001:db8::1"], "[2001:db8::1]:2222", ["2001:db8::1"]),
        (["[pve]:2222"], "pve", []),
        (["other"], "[pve]:2222", []),
    ],
)
def test_a_name_stands_for_its_ports(on_file: list[str], label: str, found: list[str]) -> None:
    """Where no line is of the port, the plain name's are taken, as ssh takes them."""
    keys = {name: base64.b64encode(name.encode()).decode() for name in on_file}
    lines = [f"{name} ssh-ed25519 {key}" for name, key in keys.items()]
    assert [key.key.decode() for key in KnownHosts(iter(lines)).acceptable(label)] == found


def test_a_revoked_key_stays_revoked() -> None:
    """Whatever another line, before it or behind it, says."""
    good, bad = f"pve ssh-ed25519 {ED}", f"@revoked * ssh-ed25519 {ED}"
    key, other = base64.b64decode(ED), base64.b64decode(OTHER)
    told = [
        accepts(KnownHosts(lines).keys("pve"), shown)
        for lines, shown in [
            ([good], key),
            ([good], other),
            ([], key),
            ([bad], key),
            ([good, bad], key),
            ([bad, good], key),
            ([bad, f"pve ssh-ed25519 {OTHER}"], other),
        ]
    ]
    assert told == [True, False, False, False, False, False, True]


@pytest.fixture(scope="module")
def made_by_openssh(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes, str]:
    """A key, its file of known hosts with all names hashed, and its fingerprint."""
    keygen = require("ssh-keygen")
    folder = tmp_path_factory.mktemp("keys")
    subprocess.run([keygen, "-q", "-t", "ed25519", "-N", "", "-f", str(folder / "key")], check=True)
    kind, key, _ = (folder / "key.pub").read_text().split(" ", 2)
    known = folder / "known_hosts"
    known.write_text(f"pve,192.0.2.1 {kind} {key}\n[nas.example]:2222 {kind} {key}\n")
    subprocess.run([keygen, "-q", "-H", "-f", str(known)], check=True, capture_output=True)
    printed = subprocess.run(
        [keygen, "-l", "-f", str(folder / "key.pub")], check=True, capture_output=True
    )
    return known, base64.b64decode(key), printed.stdout.decode().split()[1]


@pytest.mark.parametrize(
    ("name", "port", "found"),
    [
        ("pve", 22, True),
        ("PVE", 22, True),
        ("192.0.2.1", 22, True),
        ("nas.example", 2222, True),
        ("nas.example", 22, False),
        ("pve", 2222, False),
        ("elsewhere", 22, False),
    ],
)
def test_hashed_names_are_found(
    made_by_openssh: tuple[Path, bytes, str],
    name: str,
    port: int,
    found: bool,  # noqa: FBT001 - a column of the table
) -> None:
    """Names that ssh-keygen -H has hashed are the same hosts."""
    known, key, _ = made_by_openssh
    text = known.read_text()
    expected = (KnownKey("ssh-ed25519", key, revoked=False),) if found else ()
    assert "pve" not in text
    assert KnownHosts(text.splitlines()).keys(host_label(name, port)) == expected


def test_a_fingerprint_is_spelled_as_ssh_spells_it(
    made_by_openssh: tuple[Path, bytes, str],
) -> None:
    """So that a person can compare the two."""
    _, key, printed = made_by_openssh
    assert fingerprint(key) == printed
