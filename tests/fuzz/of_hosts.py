"""What hosts say: answers to a look, of boots, of projects, of archives, of what is listened to."""

import contextlib
import json
import re
import shlex
import tempfile
from collections.abc import Iterable
from copy import copy
from dataclasses import replace
from datetime import UTC, timedelta
from itertools import pairwise
from pathlib import Path

from recorder.acting.sync import KEY, LAST_CHARS, Sync, run, summary
from recorder.bindings.stack import (
    HostBinding,
    MountBinding,
    ServiceBinding,
    Stack,
    VolumeBinding,
)
from recorder.collect.archives.packing import Order, pack
from recorder.collect.archives.receiving import PARTIAL, SUM
from recorder.collect.archives.restoring import Place, fetch, restore
from recorder.collect.archives.script import Failed
from recorder.collect.archives.shelf import archives, check
from recorder.collect.archives.sources import find_sources
from recorder.collect.assemble import mounts_of, services_of, volumes_of
from recorder.collect.boots import SAME_BOOT, ask_boots
from recorder.collect.compose import TEXT_LIMIT, WHY, parse_compose
from recorder.collect.evidence import evidence_of
from recorder.collect.look import HostLook, read_answer
from recorder.collect.probe import Question, Section, only_looks, refusal
from recorder.collect.project import SERVICE, NoProject, ask_engine, ask_project, script
from recorder.collect.shell import Answer, Ended, Reading
from recorder.collect.streaming import LINE_LIMIT_BYTES, Opening, complaint_of, lines
from recorder.gates.facts import Facts
from recorder.gates.held import GATES, hold
from recorder.gates.images import matches
from recorder.history.difference import Side
from recorder.history.difference import difference as differs
from recorder.model import (
    Declared,
    Host,
    HostState,
    MountState,
    Service,
    ServiceState,
    Snapshot,
    Trigger,
    VolumeState,
)
from recorder.model.archive import Archive, Folder, parse_archive
from recorder.render import difference, gates, recyclarr, services
from recorder.render.document import as_json, status
from recorder.render.safe import TEXT_CELLS, safe
from recorder.render.status import dashboard

from .said import Said, Saying
from .target import MARK, NOW, Target, chosen, drawn, harmless, in_pieces, one_line, text

ANSWERS = Path(__file__).parents[1] / "collect" / "answers"
BOOTS = ANSWERS.parent / "boots"
MOUNTS = (MountBinding("/mnt/media", "pve:/media"), MountBinding("/mnt/dead"))
HOST = HostBinding("h", ("192.0.2.9",), mounts=MOUNTS, compose_path="/opt/s", discover=True)
SERVICES = (
    ServiceBinding("radarr", "h", "radarr", category="management", port=7878),
    ServiceBinding("sonarr", "h", "sonarr", config=("/srv/sonarr", "/srv/more")),
)
VOLUMES = (VolumeBinding("media", "h", "/mnt/media"), VolumeBinding("srv", "h", "/srv"))
PORTS = {"h": {7878: "radarr", 8989: "sonarr"}}
STACK = Stack(hosts=(HOST,), services=SERVICES, volumes=VOLUMES, ports=PORTS)
ENDS = (Ended.WHOLE, *(it for it in Ended if it is not Ended.WHOLE))
MOST_SECONDS = 10**15
MOST_BYTES = (1 << 63) - 1
SHA = "0" * 64
IMAGE = ("lscr.io/linuxserver/radarr:5.2", "sha256:" + "a" * 64, "5.2")
RADARR = Service("radarr", "h", "radarr", Declared.ACTIVE, ServiceState.RUNNING)
GOOD = Snapshot(
    NOW - timedelta(hours=1),
    1,
    Trigger.PERSON,
    "home",
    (Host("h", HostState.UP, boot_id="0" * 36, uptime_sec=9),),
    (replace(RADARR, image=IMAGE[0], image_id=IMAGE[1], image_version=IMAGE[2]),),
)


def answer(data: bytes) -> None:
    """A host's answer to a look: read, put together, drawn on every screen, told as JSON."""
    kind, said = chosen(data, 2 * len(ENDS))
    shown, ended = divmod(kind, len(ENDS))
    asked = Question(MARK, ("/mnt/media", "/mnt/dead", "/srv"), b"", "/opt/s")
    look = read_answer(
        HOST, "192.0.2.9", asked, Answer(said, ENDS[ended], text(said)[-500:]), 1771246900.0
    )
    seen = Snapshot(
        NOW,
        1,
        Trigger.PERSON,
        "home",
        (look.host,),
        services_of(STACK.services, HOST, look, {}),
        mounts_of(HOST, look),
        volumes_of(STACK.volumes, HOST, look),
    )
    well_told(seen)
    if shown:
        _further(seen, look, len(data))
        return
    harmless(drawn(dashboard(seen, tz=UTC)), len(data))
    told = as_json(status(seen, generated_at=NOW))
    assert told.isascii()
    harmless(told, len(data))
    json.loads(told)


def _further(seen: Snapshot, look: HostLook, read: int) -> None:
    """The other screens of a look: services, what differs from a good one, and the gates."""
    plain = drawn(services.screen(seen), ascii_only=True)
    assert plain.isascii()
    harmless(plain, read)
    harmless(drawn(difference.screen(differs(Side(GOOD), Side(seen)), tz=UTC)), read)
    results = hold(GATES, Facts(STACK, seen, {"h": evidence_of(look)}))
    for result in results:
        assert all(it.what and it.todo for it in result.findings)
    harmless(drawn(gates.screen(results, seen, tz=UTC)), read)


def well_told(seen: Snapshot) -> None:
    """Fails where something is not as it should be and nothing says why, or a number is insane."""
    for host in seen.hosts:
        assert (host.state is HostState.UP) == (host.reason is None)
        assert host.state is HostState.UP or host.detail
        assert host.engine is None or host.engine.readable or host.engine.reason
        sane(MOST_SECONDS, host.uptime_sec)
        sane(MOST_BYTES, host.memory_total_bytes, host.memory_available_bytes)
    for service in seen.services:
        assert (service.state is ServiceState.UNKNOWN) == (service.reason is not None)
    for mount in seen.mounts:
        assert (mount.state is MountState.UNKNOWN) == (mount.reason is not None)
        sane(MOST_BYTES, mount.free_bytes, mount.total_bytes, mount.latency_ms)
    for volume in seen.volumes:
        assert (volume.state is VolumeState.UNKNOWN) == (volume.reason is not None)
        assert (volume.state is VolumeState.OK) == (volume.total_bytes is not None)
        assert volume.used_percent is None or 0 <= volume.used_percent <= 100
        sane(MOST_BYTES, volume.free_bytes, volume.total_bytes)


def sane(most: int, *numbers: int | None) -> None:
    for number in numbers:
        assert number is None or 0 <= number <= most


def boots(data: bytes) -> None:
    """A host's own record of when it booted."""
    times = [boot.at for boot in ask_boots(Said(data))]
    assert times == sorted(times)
    assert all(later - one > SAME_BOOT for one, later in pairwise(times))
    assert len(times) <= data.count(b"\n") + 1


def project(data: bytes) -> None:
    """What a host says of its compose project, and how its engine is reached."""
    ended, said = chosen(data, len(ENDS))
    shell = Said(said, ended=ENDS[ended])
    words: Iterable[str] = ()
    with no_project():
        words = ask_engine(shell, "docker")
    with no_project():
        found = ask_project(shell, "/opt/s/compose.yaml", "docker compose")
        assert all(SERVICE.fullmatch(name) for name in found.services)
        words = (*found.compose, "restart", *found.services)
    if words:  # whatever they are, they reach the host as these words
        *_, last = script("/opt/s", tuple(words)).decode().partition(" && ")
        assert shlex.split(last) == [*words]


@contextlib.contextmanager
def no_project() -> Iterable[None]:
    try:
        yield
    except NoProject as why:
        one_line(str(why))


def shelf(data: bytes) -> None:
    """What a host says of its archives, of a check of them, and of what there is to pack."""
    shell = Said(data)
    with failed():
        found = archives(shell, "~/media-backups")
        for one in found:
            well_named(one)
        for checked in check(shell, "h", "~/media-backups", found[:9]):
            sane(MOST_BYTES, checked.files, checked.databases)
            assert len(checked.trouble or "") <= len(data) + 100
    with failed():
        folders, nothing = find_sources(shell, STACK.services)
        assert {it.service for it in (*folders, *nothing)} == {"radarr", "sonarr"}


@contextlib.contextmanager
def failed() -> Iterable[None]:
    try:
        yield
    except Failed as why:
        harmless(safe(str(why), TEXT_CELLS), 0)


def well_named(one: Archive) -> None:
    """Fails where an archive's name could lead out of its shelf, or is not its own."""
    assert parse_archive(one.label, one.name, one.size_bytes) == one
    assert "/" not in one.label + one.name
    assert one.label not in (".", "..")
    sane(MOST_BYTES, one.size_bytes)


def packing(data: bytes) -> None:
    """What a host says while it packs a folder, sends an archive, or puts one back."""
    way, said = chosen(data, 4)
    shell = Said(said)
    folder = Folder("h", "radarr", "radarr", "/config", "radarr")
    archive = Archive("radarr", "radarr-20260216T140200Z.tar.gz", NOW, 5)
    with tempfile.TemporaryDirectory() as made:
        here = Path(made)
        if way < 2:
            order = Order("~/media-backups", here if way else None, stop=False, excluded=())
            packed = pack(shell, folder, order, NOW, lambda _: None)
            assert (packed.archive is None) == (packed.trouble is not None)
            if packed.archive:
                well_named(packed.archive)
                sane(MOST_BYTES, packed.files)
        elif way == 2:
            with failed():
                fetch(shell, "~/media-backups", archive, here)
        else:
            place = Place("/config", "radarr")
            restored = restore(shell, archive.name, place, base="~/b", at=NOW, tell=lambda _: None)
            sane(MOST_BYTES, restored.files)
        kept = [file.relative_to(here) for file in here.rglob("*") if file.is_file()]
    for file in kept:  # on its shelf, whole, and with its sum beside it
        assert file.parent == Path("radarr")
        assert not file.name.endswith(PARTIAL)
        assert file.name.endswith(SUM) or file.with_name(file.name + SUM) in kept


def listened(data: bytes) -> None:
    """What a program that is listened to says, after what its login says."""
    opening = Opening()
    for said in in_pieces(b"hello\n" + opening.mark + b"\n" + data):
        heard_anew = copy(opening)
        assert b"".join(map(heard_anew.after, said)) == data
    for pieces in in_pieces(data):
        reading = Reading(MARK.encode())
        ends = {reading.add(piece) for piece in pieces}
        whole = b"\n" + MARK.encode() + b"\n" in b"\n" + data
        assert (Ended.WHOLE in ends) == whole
        assert reading.answer(Ended.CLOSED, data).output == data
    heard = [*lines(Saying(data))]
    assert sum(map(len, heard)) <= len(data)
    assert max(map(len, heard), default=0) <= LINE_LIMIT_BYTES
    assert len(complaint_of(data)) <= len(data)
    refused = refusal(text(data))
    assert (refused is None) == (only_looks(text(data)) is None)
    synced(data)


def synced(data: bytes) -> None:
    """A run of Recyclarr that says this: shown harmless, kept without what may be a key."""
    words = ("recyclarr", "sync")
    shown: list[str] = []
    sync = Sync("h", "recyclarr", "recyclarr", "/", words, words, preview=False)
    done = run(sync, Said(data), shown.append)
    assert tuple(shown[-len(done.said) :]) == done.said
    harmless("\n".join(map(recyclarr.line, shown)), len(data))
    kept = summary(done.count, done.said, done.trouble)
    assert len(kept) <= LAST_CHARS + 200
    assert not re.search(r"[0-9a-fA-F]{32}", KEY.sub("", kept))


def compose(data: bytes) -> None:
    """A compose file, and its images beside those that run."""
    kind, rest = chosen(data, 8)
    words = (str(kind) if kind in map(int, WHY) else "0", str(len(rest)), "compose.yaml")
    found = parse_compose(Section(words, tuple(text(rest).split("\n"))), "/opt/s")
    if found.trouble:
        one_line(found.trouble)
        assert not found.services
    for service in found.services:
        for told in (service.name, service.container, service.image):
            assert told is None or len(told) <= TEXT_LIMIT
        if service.image:
            matches("lscr.io/linuxserver/radarr:5.2", service.image)
            matches(service.image, service.image)


def _marked(file: Path) -> bytes:
    """An answer that a host gave, under our mark."""
    _, _, output = file.read_bytes().partition(b"\n")
    return re.sub(rb"\b[0-9a-f]{32}(?= )", MARK.encode(), output)


def _answers() -> list[bytes]:
    given = [_marked(file) for file in sorted(ANSWERS.glob("*.txt"))]
    first = [bytes([4 * (n % 2)]) + it for n, it in enumerate(given)]
    rest = [bytes([4 * kind]) + it for kind in range(2) for it in (_COMPOSED, _MAC)]
    late = b"\2" + given[0][: len(given[0]) // 2]  # no more of it in time
    mute = b"\1Last login: Mon Feb 16 from 192.0.2.1\nThis account is not available.\n"
    return [*first, *rest, late, mute, b"\3" + given[0], *_REFUSALS]


def _said(*parts: str) -> bytes:
    """Sections behind our mark: each its words, then its lines."""
    return "".join(f"\n{MARK} {part}\n" for part in (*parts, "end")).encode()


_COMPOSE = "name: media\nx-c: &c {image: 'a:1'}\nservices:\n  radarr:\n    <<: *c\n"
_COMPOSE += "    image: ghcr.io/a/radarr:${TAG:-5}\n    container_name: radarr\n  sonarr: *c\n"
_RUNS = """{"name": "/radarr", "state": "running", "image": "ghcr.io/a/radarr:5.3",
 "project": "media", "image_id": "sha256:b", "version": "5.3.0", "service": "radarr",
 "network": "bridge", "created": "2026-02-16T10:00:00.123456789Z", "exit_code": 0,
 "oom_killed": false,
 "ports": {"7878/tcp": [{"HostIp": "0.0.0.0", "HostPort": "7879"}], "1/udp": null}}"""
_STOPS = '{"name": "déjà-vu", "state": "frozen", "error": "port is already allocated"}'
_LONG = b"\0services: {a: {image: %b}}" % (b"x" * 600)
_COMPOSED = _said(
    "machine\nclock 1",
    f"compose 0 {len(_COMPOSE)} c.yaml\n{_COMPOSE}",
    f"engine docker 0 listed 2\n{' '.join(_RUNS.split())}\n{_STOPS}",
)
_MAC = _said("machine\nclock 1771246920\nbooted { sec = 1771160520, usec = 1 }")
_REFUSALS = [b"\1media-recorder probe %d: what it says\n" % version for version in (0, 1, 2, 10**6)]
_BOOTS = _said(  # on days that there are none
    "wtmp\nreboot   system boot  6.1.0-18-amd64   Mon Feb 31 10:00:00 2026   still running",
    f"journal\n -1 {'a' * 32} Mon 2026-13-09 10:00:00 UTC—Mon 2026-02-16 12:00:00 UTC",
)
_PROJECTS = [
    _said("way sudo -n", "project\nmedia", "services\nradarr\nsonarr\nno; name"),
    _said("way ", "services\nradarr"),
    _said("no-folder\ncd: no such file or directory"),
    _said("no-engine 1\nCannot connect to the Docker daemon"),
    _said("no-compose\ndocker-compose"),
    _said("broken 15\nservices.radarr: additional property"),
]
_NAME = b"radarr-20260216T140200Z"
_SHELVES = [
    b"shelved radarr %b.tar.gz 1234\nchecked %b.tar.gz good 12 2\n" % (_NAME, _NAME),
    b"shelved radarr %b.unsure.tar.gz 9\nchecked %b.unsure.tar.gz bad\n" % (_NAME, _NAME),
    b"shelved radarr %b.tar.gz 9\nunchecked %b.tar.gz no sqlite3\n" % (_NAME, _NAME),
    b"source 0 radarr running /config\nsource 1 - - -\n",
    b"failed no space\nspace 1000000 2\n",
    b"space much little\n",
    b"shelved radarr radarr-20260216T140200Z.tar.gz " + b"9" * 5000 + b"\n",  # too much for int()
    b"media-recorder probe 1: it may only look\n\xff",
    b"sh: not found\n\xff",
]
_HELLO = b"archive radarr-20260216T140200Z.tar.gz 5 %b 3\nhello" % (
    b"2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
)
_PACKINGS = [
    b"\0database copied radarr.db\ndatabase unsure a.db: locked\nnote left out\ncleared /x\n"
    b"left-stopped radarr\narchive radarr-20260216T140200Z.tar.gz 5 " + SHA.encode() + b" 3\n",
    b"\1" + _HELLO,
    b"\1" + _HELLO[:-1],
    b"\2" + _HELLO,
    b"\3unpacked 12\naside /config.before\ncleared /y\nleft-stopped radarr\n",
    b"\3unpacked " + b"9" * 5000 + b"\n",
    b"\3failed it would write outside the folder\n",
]
_LISTENED = [
    b"a line\r\nanother\n",
    MARK.encode() + b"\n",
    b"[ERR] api_key=0123456789abcdef0123456789abcdef at http://me:word@radarr\n",
    b"media-recorder probe 2: another version\n\xff",
    b"x" * 300,
]
TARGETS = {
    "answer": Target(answer, _answers, examples=40),
    "boots": Target(boots, lambda: [_BOOTS, *(it.read_bytes() for it in BOOTS.glob("*.txt"))]),
    "project": Target(
        project, lambda: [b"\0" + it for it in _PROJECTS] + [b"\1two\nlines", *_REFUSALS]
    ),
    "shelf": Target(shelf, lambda: _SHELVES),
    "packing": Target(packing, lambda: _PACKINGS),
    "listened": Target(listened, lambda: _LISTENED),
    "compose": Target(
        compose, lambda: [b"\0" + _COMPOSE.encode(), _LONG, b"\3", b"\0: [", b"\0a: 1"]
    ),
}
