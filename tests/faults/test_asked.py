"""Everything that is asked, in every trouble: a look at all that is quick, one at the slow.

These have a healthy host in them, whose picture must be complete. What only looks like trouble has
a look of its own, at which nothing is wrong. Each is recorded behind a look at the usual hosts.
"""

import contextlib
import itertools
import os
import socket
import tempfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from cli.test_recording import Machine
from collect.servers import (
    Behaviour,
    answering,
    blurting,
    hanging_up,
    make_certificate,
    over_tls,
    saying,
    silent,
    trickling,
)
from realhosts import Lab
from realhosts.blueprint import DEAD_ADDRESS
from realhosts.blueprint import host as planned
from realhosts.waiting import wait_until
from stack.ops import Break, Document, Facts, Ops, of_host

from faults.behaviours import (
    OK,
    Counted,
    blurting_for_ever,
    endless_history,
    event,
    for_ever,
    history,
    replying,
    silent_for_ever,
    ten_gigabytes,
)
from faults.looking import AWAY, HEALTHY, Looked, healthy, look, standing
from faults.matrix import BY_KEY
from faults.names import name_server
from faults.proving import proves, proves_each
from faults.relays import cut_after, every_second, relaying, slow_after
from faults.row import Row

BEHIND = "nas"  # the host that relays lead to
HERE = "control"  # runs what is asked by URL, as its stand-in engine says
ADDRESS = planned(BEHIND).address
LOCALHOST = "127.0.0.1"
MEGABYTE = 1024 * 1024
FULL_PORT, NO_SESSIONS_PORT = 2223, 2224
OWN_SETTINGS = ("Port", "PidFile", "MaxStartups", "MaxSessions")
BAD_REQUEST = b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"


def to_sshd(spoil: object) -> Behaviour:
    return relaying(ADDRESS, 22, spoil)


QUICK_SSHDS: dict[str, Behaviour] = {
    "sshd-trickles": to_sshd(slow_after(0)),
    "sshd-shuts": blurting(b""),
    "sshd-floods": blurting_for_ever(b"Have you heard the news?\r\n" * 1000),
    "sshd-floods-a-line": blurting_for_ever(b"x" * 65536),
    "not-sshd": replying(BAD_REQUEST),
    "sshd-cut": to_sshd(cut_after(6000)),
}
BENIGN_SSHDS = {"sshd-every-second": every_second(to_sshd(iter))}
QUICK_HOSTS: dict[str, Document] = {
    "sshd-full": {"addresses": [ADDRESS], "ssh_port": FULL_PORT},
    "sshd-no-sessions": {"addresses": [ADDRESS], "ssh_port": NO_SESSIONS_PORT},
    "nologin": {"addresses": [ADDRESS], "ssh_user": "nologin"},
    "falseshell": {"addresses": [ADDRESS], "ssh_user": "falseshell"},
    "name-unknown": {"addresses": ["nobody.example"]},
    "name-silent": {"addresses": ["silent.example"]},
}
SLOW_SSHDS = {"answer-trickles": relaying(planned(HEALTHY).address, 22, slow_after(5000))}
SLOW_HOSTS: dict[str, Document] = {"flood": {"addresses": [ADDRESS], "ssh_user": "flood"}}
MOST_MIB = 256  # of memory
MOST_TAKEN_BYTES = 32 * MEGABYTE  # of an answer that nobody wants; much of it stays in the kernel
COUNTED = {key: Counted() for key in ("url-redirects", "url-10-gb", "url-continues")}
QUICK_URLS: dict[str, Behaviour] = {
    "url-silent": silent,
    "url-closes": hanging_up,
    "url-trickles": trickling(b"HTTP/1.1 200 OK\r\nX-Slow: "),
    "url-continues": COUNTED["url-continues"].sending(
        lambda: itertools.repeat(b"HTTP/1.1 100 Continue\r\n\r\n" * 1000)
    ),
    "url-long-header": saying(b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 10 * MEGABYTE),
    "url-many-headers": for_ever(b"X-More: yes\r\n" * 1000, b"HTTP/1.1 200 OK\r\n"),
    "url-not-http": blurting(b"220 ready\r\n"),
}
BENIGN_URLS: dict[str, Behaviour] = {
    "url-body-trickles": trickling(b"HTTP/1.1 200 OK\r\n\r\n"),
    "url-redirects": COUNTED["url-redirects"].sending(
        lambda: iter([b"HTTP/1.1 302 Found\r\nLocation: /health\r\nContent-Length: 0\r\n\r\n"])
    ),
    "url-10-gb": COUNTED["url-10-gb"].sending(ten_gigabytes),
}
NAMED_URLS = {
    "url-name-unknown": "http://nobody.example/health",
    "url-name-silent": "http://silent.example/health",
}
QUICK_TLS: dict[str, Behaviour] = {"tls-none": replying(BAD_REQUEST), "tls-silent": silent}
NOW = datetime.now(UTC).replace(microsecond=0)
QUICK_APPS: dict[str, Behaviour] = {
    "radarr-html": answering("200 OK", b"<!doctype html><title>Login</title>"),
    "radarr-500": answering("500 Internal Server Error", b'{"message": "database is locked"}'),
    "radarr-truncated": answering("200 OK", b"[" + event(1, NOW)[:99]),
    "radarr-object": answering("200 OK", b'{"page": 1, "records": []}'),
    "radarr-wrong-types": answering(
        "200 OK", b"[" + event(1, NOW).replace(b'"id": 1}', b'"id": "1"}') + b"]"
    ),
    "radarr-nested": answering("200 OK", b"[" * 100_000),
}
BENIGN_APPS: dict[str, Behaviour] = {
    "radarr-50000": saying(history(50_000, NOW)),
    "radarr-clock": saying(history(3, NOW + timedelta(hours=1))),
    "radarr-clock-behind": saying(history(3, NOW - timedelta(hours=1))),
}
SLOW_APPS: dict[str, Behaviour] = {
    "radarr-endless": endless_history(NOW),
    "radarr-trickles": trickling(OK + b"\r\n["),
    "radarr-silent": silent_for_ever,
}


def certificates(folder: Path) -> dict[str, Path]:
    """A certificate for each way of being wrong, its key in the same file."""
    return {
        "tls-self-signed": make_certificate(folder / "own.pem", LOCALHOST),
        "tls-expired": make_certificate(folder / "expired.pem", LOCALHOST, days=-1),
        "tls-other-name": make_certificate(folder / "other.pem", "192.0.2.99"),
    }


def evening() -> str:
    """A time zone in which it is past six, so that today has 50,000 seconds and an hour left."""
    return f"LAB{datetime.now(UTC).hour - 18:+d}"


def with_hosts(bindings: Document, hosts: Mapping[str, Document]) -> None:
    for key, host in hosts.items():
        own = {"ssh_user": "admin", "mounts": [{"path": "/mnt/media"}]}
        bindings["hosts"][key] = {**own, **host}
        bindings["services"][f"of-{key}"] = {"vm": key, "container": "syncthing", "port": None}


def with_url(bindings: Document, key: str, url: str, port: int | None = None) -> None:
    bindings["hosts"][HERE] = {"connect": "local"}
    bindings["services"][key] = {"vm": HERE, "port": port, "health": url}


def with_urls(bindings: Document, ports: Mapping[str, int], scheme: str = "http") -> None:
    for key, port in ports.items():
        with_url(bindings, key, f"{scheme}://{LOCALHOST}:{port}/health", port)


def with_apps(bindings: Document, ports: Mapping[str, int]) -> None:
    with_urls(bindings, ports)
    for key in ports:
        bindings["imports"][key] = {"service": key, "api_key": {"env": "RADARR_API_KEY"}}


def relayed(ports: Mapping[str, int]) -> dict[str, Document]:
    return {key: {"addresses": [LOCALHOST], "ssh_port": port} for key, port in ports.items()}


@contextlib.contextmanager
def known(lab: Lab) -> Iterator[None]:
    """Know the keys of the sshds that relays lead to, by the relays' address."""
    file = lab.control.known_hosts
    was = file.read_text()
    keys = [lab.hosts[name].sshd.public_key for name in (BEHIND, HEALTHY)]
    file.write_text(was + "".join(f"{LOCALHOST} {key}\n" for key in keys))
    try:
        yield
    finally:
        file.write_text(was)


@contextlib.contextmanager
def unwilling_sshds(lab: Lab) -> Iterator[None]:
    """Two more real sshds: one that others keep busy, and one that opens no sessions."""
    cell = lab.hosts[BEHIND].cell
    settings = {FULL_PORT: "MaxStartups 1:100:1", NO_SESSIONS_PORT: "MaxSessions 0"}
    usual = cell.run("cat", "/etc/ssh/sshd_config")
    try:
        for port, setting in settings.items():
            lines = [line for line in usual.splitlines() if line.split()[0] not in OWN_SETTINGS]
            own = [f"Port {port}", f"PidFile /run/sshd-{port}.pid", setting]
            cell.run("tee", f"/run/sshd-{port}.conf", stdin="\n".join([*own, *lines, ""]))
            program = ("/usr/sbin/sshd", "-D", "-e", "-f", f"/run/sshd-{port}.conf")
            cell.start(*program, log=f"/run/sshd-{port}.log")
            wait_until(partial(cell.answers, "test", "-s", f"/run/sshd-{port}.pid"), "an sshd")
        with lab.network():
            held = socket.create_connection((ADDRESS, FULL_PORT))
        with held:
            assert held.recv(4) == b"SSH-"
            yield
    finally:
        cell.shell("".join(f"kill $(cat /run/sshd-{port}.pid)\n" for port in settings))
        cell.shell("rm -f /run/sshd-*")


@pytest.fixture(scope="module")
def well(ops: Ops) -> Facts:
    """What is seen of the healthy host on a good day."""
    return of_host(ops.facts(), HEALTHY)


@contextlib.contextmanager
def quick_faults(lab: Lab, folder: Path, bindings: Document) -> Iterator[dict[str, str]]:
    """All that costs no more than the limits of 2 seconds; gives the variables of a look at it."""
    made = certificates(folder)
    trusted = lab.control.folder / "trusted.pem"
    trusted.write_text(made["tls-expired"].read_text() + made["tls-other-name"].read_text())
    secured = {key: over_tls(answering("200 OK"), path) for key, path in made.items()}
    with (
        unwilling_sshds(lab),
        name_server(lab),
        standing(lab, QUICK_SSHDS) as sshds,
        standing(lab, QUICK_URLS) as urls,
        standing(lab, QUICK_TLS | secured) as tls,
        standing(lab, QUICK_APPS) as apps,
    ):
        with_hosts(bindings, relayed(sshds) | QUICK_HOSTS)
        with_urls(bindings, urls)
        with_urls(bindings, tls, "https")
        for key, url in NAMED_URLS.items():
            with_url(bindings, key, url)
        with_apps(bindings, apps)
        yield {"SSL_CERT_FILE": str(trusted), "TZ": evening()}


@contextlib.contextmanager
def slow_faults(lab: Lab, bindings: Document) -> Iterator[dict[str, str]]:
    """All that costs the limit of a whole answer."""
    with standing(lab, SLOW_SSHDS) as sshds, standing(lab, SLOW_APPS) as apps:
        with_hosts(bindings, relayed(sshds) | SLOW_HOSTS)
        with_apps(bindings, apps)
        yield {"TZ": evening()}


@contextlib.contextmanager
def benign_faults(lab: Lab, bindings: Document) -> Iterator[dict[str, str]]:
    """All that looks like a fault and is none."""
    with (
        standing(lab, BENIGN_SSHDS) as sshds,
        standing(lab, BENIGN_URLS) as urls,
        standing(lab, BENIGN_APPS) as apps,
    ):
        without_mounts: Document = {"mounts": []}
        with_hosts(bindings, {key: it | without_mounts for key, it in relayed(sshds).items()})
        with_urls(bindings, urls)
        with_apps(bindings, apps)
        yield {"TZ": evening()}


def look_at(ops: Ops, name: str, bindings: Document, well: Facts, env: Mapping[str, str]) -> Looked:
    """Look at them; what is asked by URL is run by this machine's engine, and so is well."""
    running = [key for key, it in bindings["services"].items() if it["vm"] == HERE]
    with tempfile.TemporaryDirectory() as folder:
        machine = Machine(Path(folder))
        machine.runs(**dict.fromkeys(running, "running"))
        path, containers = f"{folder}/bin:{os.environ['PATH']}", f"{folder}/containers"
        return look(ops, name, bindings, well, {**env, "PATH": path, "CONTAINERS": containers})


@pytest.fixture(scope="module")
def quick(lab: Lab, ops: Ops, well: Facts, tmp_path_factory: pytest.TempPathFactory) -> Looked:
    """A look at every quick fault."""
    bindings, folder = healthy(ops), tmp_path_factory.mktemp("certificates")
    with known(lab), quick_faults(lab, folder, bindings) as env:
        return look_at(ops, "quick", bindings, well, env)


@pytest.fixture(scope="module")
def slow(lab: Lab, ops: Ops, well: Facts) -> Looked:
    """A look at every slow fault."""
    bindings = healthy(ops)
    with known(lab), slow_faults(lab, bindings) as env:
        return look_at(ops, "slow", bindings, well, env)


@pytest.fixture(scope="module")
def benign(lab: Lab, ops: Ops) -> Looked:
    """A look at a stack that has nothing else in it than what looks like a fault and is none."""
    limits = healthy(ops)["defaults"]
    bindings = {"version": 1, "defaults": limits, "hosts": {}, "services": {}, "imports": {}}
    with known(lab), benign_faults(lab, bindings) as env:
        return look_at(ops, "benign", bindings, {}, env)


def is_as_promised(row: Row, looked: Looked) -> None:
    """In time, with its state and reason and what is unknown behind it, by its exit code."""
    is_shown(row, looked)
    assert row.says in details(looked.document, row.key)
    assert looked.took_sec < row.bound_sec
    assert (looked.code, is_wrong(looked.document, row)) == (row.exit_code, bool(row.exit_code))
    does_no_harm(looked)


def is_wrong(document: Document, row: Row) -> bool:
    """Whether what the row is about is among what the exit code 1 is for."""
    kinds = {"service" if kind == "endpoint" else kind for kind in row.shown}
    found = [it for it in document["data"]["findings"] if it["kind"] in kinds]
    return any(row.key in (it["host"], it["name"]) for it in found)


def is_shown(row: Row, looked: Looked) -> None:
    """It has its state and reason, and what is behind it is unknown."""
    assert {kind: looked.words(kind, row.key) for kind in row.shown} == {
        kind: {words} for kind, words in row.shown.items()
    }


def does_no_harm(looked: Looked) -> None:
    """What is well is whole, nothing recorded is lost or left behind, memory is bounded."""
    assert looked.unlike_well == {}
    assert (looked.recorded, looked.lost, looked.check) == (True, frozenset(), "")
    assert looked.left == []
    assert looked.peak_mib < MOST_MIB


def details(document: Document, key: str) -> str:
    """All that is said in words of what has that name."""
    seen = document["data"]
    told = [it["detail"] for it in seen["hosts"] if it["name"] == key]
    told += [
        it["endpoint"]["detail"] for it in seen["services"] if it["name"] == key and it["endpoint"]
    ]
    told += [it["detail"] for name, it in seen["imports"].items() if name == key]
    return "; ".join(filter(None, told))


@proves_each(*BENIGN_SSHDS, *BENIGN_URLS, *BENIGN_APPS)
def test_what_only_looks_like_trouble(row: Row, benign: Looked) -> None:
    """It is told as it is, nothing is wrong, and it is asked and read no longer than need be."""
    is_as_promised(row, benign)
    is_spared(row)


@proves_each(*QUICK_SSHDS, *QUICK_HOSTS)
def test_a_host_in_trouble(row: Row, quick: Looked) -> None:
    """It is down for its own reason, in time, and what is on it is unknown."""
    is_as_promised(row, quick)


@proves_each(*SLOW_SSHDS, *SLOW_HOSTS)
def test_a_host_whose_answer_does_not_come(row: Row, slow: Looked) -> None:
    """It costs the limit of an answer, once."""
    is_as_promised(row, slow)


@proves_each(
    *QUICK_URLS, *QUICK_TLS, *NAMED_URLS, "tls-self-signed", "tls-expired", "tls-other-name"
)
def test_an_endpoint_in_trouble(row: Row, quick: Looked) -> None:
    """It failed for its own reason, in time, and is asked and read no longer than need be."""
    is_as_promised(row, quick)
    is_spared(row)


def is_spared(row: Row) -> None:
    """A server was asked once, and got rid of little of what it would say."""
    assert COUNTED.get(row.key, Counted()).requests <= 1
    assert COUNTED.get(row.key, Counted()).sent_bytes < MOST_TAKEN_BYTES


@proves_each(*QUICK_APPS)
def test_an_app_in_trouble(row: Row, quick: Looked) -> None:
    """What could be counted is, and nothing else counts as none."""
    is_as_promised(row, quick)


@proves_each(*SLOW_APPS)
def test_an_app_whose_answer_does_not_come(row: Row, slow: Looked) -> None:
    """It costs the limit of an answer, once."""
    is_as_promised(row, slow)


@proves("everything")
def test_everything_at_once(lab: Lab, ops: Ops, well: Facts, broken: Break, tmp_path: Path) -> None:
    """It costs what the slowest costs, and each fault is told as alone."""
    row, bindings = BY_KEY["everything"], healthy(ops)
    broken("engine-hung", AWAY)
    with_hosts(bindings, {AWAY: {"addresses": [planned(AWAY).address], "ssh_user": "ubuntu"}})
    with_hosts(bindings, {"gone": {"addresses": [DEAD_ADDRESS]}})
    with (
        known(lab),
        slow_faults(lab, bindings),
        benign_faults(lab, bindings),
        quick_faults(lab, tmp_path, bindings) as env,
    ):
        looked = look_at(ops, "everything", bindings, well, env)
    for key in (*QUICK_SSHDS, *QUICK_HOSTS, *QUICK_URLS, *QUICK_TLS, *NAMED_URLS, *QUICK_APPS):
        is_shown(BY_KEY[key], looked)
    for key in (*SLOW_SSHDS, *SLOW_HOSTS, *SLOW_APPS):
        is_shown(BY_KEY[key], looked)
    for key in (*BENIGN_SSHDS, *BENIGN_URLS, *BENIGN_APPS):
        is_shown(BY_KEY[key], looked)
    assert looked.words("host", "gone") == {"down timeout"}
    assert looked.words("engine", AWAY) == {"unreadable engine_down"}
    assert looked.took_sec < row.bound_sec
    assert looked.code == row.exit_code
    does_no_harm(looked)
