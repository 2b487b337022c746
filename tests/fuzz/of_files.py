"""What people's files hold: bindings, the gaps register, caches, ssh's config, keys, mounts."""

import contextlib
import os
import re
import shlex
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from unittest import mock

import yaml

from recorder.bindings import gap_cache, load
from recorder.bindings.kept import stack_of
from recorder.bindings.register import STATUSES, TITLE_CHARS, BrokenRegisterError, media_gaps
from recorder.bindings.spelling import plain
from recorder.bindings.stack import KeyBinding, Stack
from recorder.bindings.summary import BOM, KEY, with_summary
from recorder.collect.access.installing import is_account, public_key
from recorder.collect.arr import NoKeyError, read_key
from recorder.collect.ssh.blocks import read_blocks
from recorder.collect.ssh.config import Said, SshOptions, parse_jump, parse_resolved
from recorder.collect.ssh.keys import KeyFiles
from recorder.collect.ssh.known_hosts import accepts, fingerprint, host_label
from recorder.collect.ssh.shelf import Shelf
from recorder.errors import BindingError, UsageError
from recorder.model import Gap
from recorder.render.gaps import screen
from recorder.store.location import filesystem_of, read_mac_mounts, read_mountinfo

from .target import MEMORY, Target, chosen, drawn, harmless, one_line, text

FOLDER = Path(__file__).parent
SPINE = FOLDER.parent / "bindings" / "spine"
SPINE_FILES = sorted(str(file.relative_to(SPINE)) for file in SPINE.rglob("*.yaml"))
SERVICES = "media.services.yaml"
LINE = re.compile(r"[\w./-]+\.yaml:[1-9][0-9]*: \S.*")
SUMMARY = {"download-stack": {"total": 3, "running": 2}, "on": {"total": 1}}
AS_TEXT = {host: {key: str(n) for key, n in told.items()} for host, told in SUMMARY.items()}
TEXT_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
MOST_PORT = 65535
LEAST_KEY = 8
ED25519 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFBxOZTsVGpNvNBFzQ5hnNAJBFvHK2ceOHkrp2FOaKbF"


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir=MEMORY) as made:
        yield Path(made)


def bindings(data: bytes) -> None:
    """A file of the bindings: which one, the first byte says."""
    which, content = chosen(data, len(SPINE_FILES))
    with folder() as here:
        for name in {SPINE_FILES[which], SERVICES}:
            (here / name).parent.mkdir(exist_ok=True)
            (here / name).write_bytes((SPINE / name).read_bytes())
        (here / SPINE_FILES[which]).write_bytes(content)
        try:
            whole(load(here))
        except BindingError as error:
            mistakes(error.lines)


def mistakes(lines: Sequence[str]) -> None:
    """Fails where a line is not one of a mistake, with its file and line."""
    assert [line for line in lines if not (LINE.fullmatch(line) and line.isprintable())] == []


def whole(stack: Stack) -> None:
    """Fails where a stack names what it does not hold, or what can't be."""
    hosts = {host.name for host in stack.hosts}
    assert {it.host for it in (*stack.services, *stack.volumes)} <= hosts
    assert {it.service for it in stack.imports} <= {it.name for it in stack.services}
    for host in stack.hosts:
        assert host.addresses
        assert host.connect_timeout_sec > 0
        assert all(mount.mode in ("rw", "ro") for mount in host.mounts)
    ports = [host.ssh_port for host in stack.hosts]
    ports += [it.port for service in stack.services if (it := service.health)]
    ports += [service.port for service in stack.services]
    assert all(port is None or 0 < port <= MOST_PORT for port in ports)
    for service in stack.services:
        if service.health:
            assert service.health.path.startswith("/")
            assert service.health.timeout_sec > 0


def summary(data: bytes) -> None:
    """A binding that is given its summary: it says the same, but for that; or is left alone."""
    try:
        data.decode()
        done = with_summary(data, SUMMARY)
    except (UnicodeDecodeError, UsageError):
        return
    assert done.startswith(BOM) == data.startswith(BOM)
    assert with_summary(done, SUMMARY) == done
    assert yaml.load(done.decode("utf-8-sig"), Loader=TEXT_LOADER)[KEY] == AS_TEXT  # noqa: S506 - text only


def gaps(data: bytes) -> None:
    """The register of gaps, and what is drawn of it."""
    try:
        found = media_gaps(text(data))
    except BrokenRegisterError as error:
        mistakes([f"register.yaml:{error.line}: {plain(error.why)}"])
        return
    for _, _, title, status in found:
        assert len(title) <= TITLE_CHARS
        assert status in STATUSES
    harmless(drawn(screen(tuple(Gap(*row) for row in found), None, None)), len(data))


def caches(data: bytes) -> None:
    """What is kept to be quicker, damaged: the gaps' or the bindings'. It is no cache then."""
    kind, content = chosen(data, 2)
    with folder() as here, mock.patch.dict(os.environ, {"XDG_CACHE_HOME": str(here)}):
        _gaps_kept(here, content) if kind == 0 else _stack_kept(content)


def _gaps_kept(here: Path, content: bytes) -> None:
    at = gap_cache.Stamp("/x.yaml", 1, 2)
    gap_cache.keep(at, (Gap("G-1", "high", "a title", "open"),))
    (kept,) = (here / gap_cache.PROGRAM).iterdir()
    kept.write_bytes(content)
    for gap in gap_cache.recall(at) or ():
        assert all(isinstance(it, str) for it in (gap.id, gap.severity, gap.title, gap.status))


def _stack_kept(content: bytes) -> None:
    stack = load(SPINE)
    cache = Path(os.environ["XDG_CACHE_HOME"], gap_cache.PROGRAM)
    assert stack_of(SPINE) == stack
    for kept in cache.iterdir():
        kept.write_bytes(content)
    assert stack_of(SPINE) == stack


def ssh(data: bytes) -> None:
    """What `ssh -G` says, a jump host, a config's blocks, and a known_hosts file."""
    said = text(data)
    options = parse_resolved(said, SshOptions("h", 22, "me", (), ()))
    assert 0 < options.port <= MOST_PORT
    other = Said("h", said).of("other")
    assert other is None or len(other) <= len(said) + 10 * said.count("\n") + 10
    name, _, port = parse_jump(said)
    assert port is None or 0 < port <= MOST_PORT
    assert "@" not in name
    with folder() as here:
        (here / "known_hosts").write_bytes(data)
        known = Shelf().known_hosts((here / "known_hosts",))
    for label in (host_label("h", 2222), host_label("H", 22)):
        keys = known.acceptable(label)
        for key in keys:
            assert accepts(keys, key.key) != any(it.revoked for it in keys if it.key == key.key)
            assert fingerprint(key.key).startswith("SHA256:")
        assert not accepts(keys, b"another key")
    with folder() as here:
        file = here / "config"
        file.write_bytes(re.sub(rb"[/~]", b"_", data))  # what it includes is beside it
        blocks = read_blocks([file])
        for address in ("192.0.2.9", "nas.example", "-oops"):
            alike = blocks.alike(address) if blocks else None
            assert alike is None or address != "-oops"


def keys(data: bytes) -> None:
    """API keys and public keys: one that is used is a plain word, and no complaint tells it."""
    said = text(data)
    with folder() as here:
        file = here / "key"
        file.write_bytes(data)
        file.chmod(0o600)
        for binding in (KeyBinding(env="K"), KeyBinding(file=file)):
            try:
                key = read_key(binding, {"K": said})
                assert key.isascii()
                assert key.isprintable()
                assert key == key.strip() != ""
            except NoKeyError as error:
                untold(said.strip(), f"{error.detail} {error.hint}")
        file.with_name("key.pub").write_bytes(data)
        public = KeyFiles().public(file)
        assert public is None or isinstance(public, bytes)
    assert not is_account(said) or said.isascii()
    try:
        line = public_key(said)
    except ValueError as error:
        one_line(str(error))
    else:
        assert len(shlex.split(line)) == 2
        assert public_key(line) == line


def untold(key: str, told: str) -> None:
    """Fails where a key is told; one that a word of any message may hold is none."""
    assert len(key) < LEAST_KEY or key not in told


def mounts(data: bytes) -> None:
    """What this machine says is mounted, here and on a Mac."""
    said = data.decode("utf-8", "surrogateescape")
    for read in (read_mountinfo, read_mac_mounts):
        found = read(said)
        assert len(found) <= said.count("\n") + 1
        kind = filesystem_of("/var/lib/history.db", found)
        assert kind is None or kind in [it for _, it in found]


_REGISTER = (
    b"gaps:\n- {id: G-1, title: 'a: disk. More', severity: high, status: open, tags: [nfs]}\n"
    b"- {id: G-2, description: jellyfin is slow, status: accepted}\n- {id: G-3, status: closed}\n"
)
_SUMMARIES = [
    b"hosts: {a: {}}\nsummary: # mine\n  x: 1 # y\n\nb: 2\n",
    b"# c\n  a: 1\n",
    b"{a: 1, summary: {x: [1]}, b: 2}\n",
    b"a: &x {b: 1}\r\nsummary: *x\r\n",
    b"\xef\xbb\xbf---\nhosts: {}\n...\n# after\n",
    b"a: |\n  text\nupdated: 2026-02-36\nmany:\n- 1\n- [2, 3]\n",
]
_RESOLVED = (
    b"hostname %h.example\nport 2222\nuser me\nproxyjump a@b:23\nproxycommand nc -X %p %%n\n"
    b'identityfile ~/.ssh/x\nuserknownhostsfile "~/.ssh/a b" /etc/known\nidentityagent $SOCK\n'
    b"globalknownhostsfile /a folder/known ~/more\nidentitiesonly yes\nhostkeyalias none\nhost h\n"
)
_KNOWN = f"h {ED25519}\n@revoked [h]:2222,!x*,*.y {ED25519}\n*,!z {ED25519}\n"
_KNOWN += f"|1|eA==|eA== {ED25519}\n@cert-authority * {ED25519}\n# a comment\n"
_CONFIG = b'Host nas "*.example" !192.0.2.*\n  Port 22\nInclude conf* "%d"\nHost=*\n'


def _cached() -> list[bytes]:
    """The two as they are kept."""
    with folder() as here, mock.patch.dict(os.environ, {"XDG_CACHE_HOME": str(here)}):
        gap_cache.keep(gap_cache.Stamp("/x.yaml", 1, 2), (Gap("G-1", "high", "title", "open"),))
        stack_of(SPINE)
        files = sorted((here / gap_cache.PROGRAM).iterdir())
        kept = [bytes([number]) + file.read_bytes() for number, file in enumerate(files)]
    return [*kept, b"\0[]", b"\0{}"]


_OURS = (
    b"version: 1\ndefaults: {health_timeout_sec: 2}\nhosts:\n  nas: {addresses: [192.0.2.9]}\n"
    b"services:\n  radarr: {vm: nas, port: 7, health: 'https://a.example:1/b?c', status: active}\n"
    b"  gone: {vm: nas, port: 80, health: /x, health_reason: localhost_bound, status: parked}\n"
    b"volumes: [{name: v, host: nas, path: /mnt}]\n"
    b"imports: {radarr: {service: radarr, api_key: {env: RADARR_API_KEY}}}\n"
    b"ports: {nas: {7878: radarr}}\n"
    b"ha_overlaps: {overlaps: [{ha_addon: a, shop_service: radarr, recommendation: investigate}]}\n"
)
_BROKEN = [
    _OURS.replace(b"a.example:1", b"a.example:99999"),
    b"a: 1\n\tb: 2\n",
    b"a: @b\n",
    b"a: 'b\n",
    b"a: b: c\n",
    b"- a\nb: c\n",
    b"a: [1, *x]\n",
]
_BINDINGS = [
    *(bytes([n]) + (SPINE / name).read_bytes() for n, name in enumerate(SPINE_FILES)),
    *(bytes([SPINE_FILES.index(SERVICES)]) + it for it in (_OURS, *_BROKEN)),
]
TARGETS = {
    "bindings": Target(
        bindings,
        lambda: _BINDINGS,
        examples=30,
    ),
    "summary": Target(summary, lambda: [*_SUMMARIES, (SPINE / SERVICES).read_bytes()]),
    "gaps": Target(
        gaps,
        lambda: [
            _REGISTER,
            _REGISTER.replace(b"disk", b"x" * 200),
            b"gaps: {}",
            b"gaps: [&a [*a]]",
        ],
    ),
    "caches": Target(caches, _cached, examples=20),
    "ssh": Target(ssh, lambda: [_RESOLVED, _KNOWN.encode(), _CONFIG, b"ssh://me@[2001:db8::1]:23"]),
    "keys": Target(keys, lambda: [b"0123456789abcdef\n", ED25519.encode() + b" me@here\n", b" "]),
    "mounts": Target(
        mounts,
        lambda: [
            b"36 35 98:0 /mnt1 /mnt\\0402 rw,noatime master:1 - ext3 /dev/root rw\n",
            b"//me@nas/x on /Volumes/x (smbfs, nodev)\n/dev/disk1 on / (apfs, local)\n",
        ],
    ),
}
