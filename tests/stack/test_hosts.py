"""A host that can't be looked at says why; everything else is as complete as ever."""

import pytest
from faults.proving import proves_each
from faults.row import Row
from realhosts import Lab
from realhosts.blueprint import DEAD_ADDRESS

from stack.conftest import IMPATIENT_SEC
from stack.ops import Break, Document, Facts, Ops, bound, changed, down, facts, of_host, wrong

AWAY = "unknown host_down"
BEHIND_SSH = {("endpoint", "streaming-stack", "jellystat"): AWAY}  # reached through its sshd
TIMED_OUT_MS = IMPATIENT_SEC * 1000
SPARE_MS = 3000  # for a machine with much else to do

DOWNLOAD, STREAMING, NAS = "192.0.2.209", "192.0.2.210", "192.0.2.211"
MANY = 6  # hosts that are off at once
CROWD = {  # ways into the lab's hosts as hosts of their own: binding, host, engine, its service
    "well": ({"addresses": [DOWNLOAD]}, "up", "readable", "running healthy"),
    "wrong-user": (
        {"addresses": [DOWNLOAD], "ssh_user": "stranger"},
        "down auth_failed",
        "not asked",
        AWAY,
    ),
    "no-shell": (
        {"addresses": [DOWNLOAD], "ssh_user": "nologin"},
        "down no_shell",
        "not asked",
        AWAY,
    ),
    "false-shell": (
        {"addresses": [DOWNLOAD], "ssh_user": "falseshell"},
        "down no_shell",
        "not asked",
        AWAY,
    ),
    "noisy": ({"addresses": [DOWNLOAD], "ssh_user": "noisy"}, "up", "readable", "running healthy"),
    "flood": (
        {"addresses": [DOWNLOAD], "ssh_user": "flood"},
        "down probe_failed",
        "not asked",
        AWAY,
    ),
    "no-docker": (
        {"addresses": [DOWNLOAD], "ssh_user": "nodocker"},
        "up",
        "unreadable permission_denied",
        "unknown permission_denied",
    ),
    "by-sudo": (
        {"addresses": [DOWNLOAD], "ssh_user": "sudoer"},
        "up",
        "readable",
        "running healthy",
    ),
    "podman": ({"addresses": [NAS], "ssh_user": "sudoer"}, "up", "readable", "missing"),
    "podman-of-others": (
        {"addresses": [NAS], "ssh_user": "nodocker"},
        "up",
        "unreadable permission_denied",
        "unknown permission_denied",
    ),
    "jumped": ({"addresses": ["inner"]}, "up", "unreadable no_engine", "unknown no_engine"),
    "by-command": (
        {"addresses": ["inner-by-command"]},
        "up",
        "unreadable no_engine",
        "unknown no_engine",
    ),
    "second-address": (
        {"addresses": [DEAD_ADDRESS, DOWNLOAD]},
        "up",
        "readable",
        "running healthy",
    ),
    "stranger-first": (  # the first address answers, as somebody else
        {"addresses": ["127.0.0.1", DOWNLOAD]},
        "up",
        "readable",
        "running healthy",
    ),
    "nowhere": ({"addresses": ["203.0.113.9"]}, "down no_route", "not asked", AWAY),
    "closed": ({"addresses": [DOWNLOAD], "ssh_port": 2222}, "down refused", "not asked", AWAY),
    "nameless": ({"addresses": ["no-such-name"]}, "down name_not_found", "not asked", AWAY),
    **{
        f"off-{number}": ({"addresses": [DEAD_ADDRESS]}, "down timeout", "not asked", AWAY)
        for number in range(MANY)
    },
}


@pytest.fixture(scope="module")
def crowd(lab: Lab, ops: Ops) -> Ops:
    """The program with every host of the crowd bound, one service and one mount on each."""
    return ops.at(
        bound(
            lab,
            "crowd",
            {
                "version": 1,
                "defaults": {"connect_timeout_sec": IMPATIENT_SEC, "ssh_user": "ubuntu"},
                "hosts": {
                    name: {**binding, "mounts": [{"path": "/mnt/downloads"}]}
                    for name, (binding, *_) in CROWD.items()
                },
                "services": {
                    f"of-{name}": {"vm": name, "container": "gluetun", "port": None}
                    for name in CROWD
                },
            },
        )
    )


def expected_of(name: str) -> Facts:
    """What should be seen of one host of the crowd."""
    binding, state, engine, service = CROWD[name]
    mounted = "ok rw" if DOWNLOAD in binding["addresses"] else "missing"
    return {
        ("host", name, ""): state,
        ("engine", name, ""): engine,
        ("service", name, f"of-{name}"): service,
        ("mount", name, "/mnt/downloads"): mounted if state == "up" else AWAY,
    }


def declared(some: Facts) -> Facts:
    """Without the containers that no line of the binding names."""
    return {thing: words for thing, words in some.items() if "undeclared" not in words}


def host(document: Document, name: str) -> Document:
    """What a document says of one host."""
    return next(it for it in document["data"]["hosts"] if it["name"] == name)


@pytest.mark.parametrize("name", [name for name in CROWD if not name.startswith("off-")])
def test_each_way_into_a_host(crowd: Ops, name: str) -> None:
    """Every way in, good or bad, ends in its own state and reason."""
    document = crowd.document("media.status", "--host", name)
    assert expected_of(name) == declared(facts(document))


def test_all_ways_at_once(crowd: Ops) -> None:
    """Asked together they end as each alone, in the time of the slowest, not of their sum."""
    document = crowd.document("media.status")
    seen = declared(facts(document))
    assert {name: expected_of(name) for name in CROWD} == {
        name: of_host(seen, name) for name in CROWD
    }
    assert document["data"]["snapshot"]["duration_ms"] < TIMED_OUT_MS + SPARE_MS
    assert TIMED_OUT_MS + SPARE_MS < MANY * TIMED_OUT_MS
    assert host(document, "second-address")["address"] == DOWNLOAD


@pytest.mark.usefixtures("harmless")
@proves_each("off", "no-route", "sshd-stopped", "sshd-silent", "key-changed", "key-unknown")
def test_a_host_that_does_not_let_us_in(
    row: Row, broken: Break, impatient: Ops, well: Facts
) -> None:
    """It is down for its own reason and costs its limit once; the other host is complete."""
    broken(row.key, "streaming-stack")
    document = impatient.document("media.status", code=row.exit_code)
    reason = row.shown["host"].removeprefix("down ")
    expected = down(well, "streaming-stack", reason, endpoints=row.shown.get("endpoint"))
    assert changed(expected, BEHIND_SSH) == facts(document)
    assert wrong(document, "host") == ["streaming-stack"]
    assert document["data"]["snapshot"]["duration_ms"] < row.bound_sec * 1000


@pytest.mark.parametrize("fault", ["key-changed", "key-unknown"])
def test_known_hosts_is_never_written(broken: Break, ops: Ops, fault: str) -> None:
    """A key that isn't on file is refused, and the file stays as it is, byte for byte."""
    known = ops.lab.control.known_hosts
    broken(fault, "streaming-stack")
    before = known.read_bytes(), known.stat().st_mtime_ns
    ops("media.status")
    assert before == (known.read_bytes(), known.stat().st_mtime_ns)


@pytest.mark.parametrize(
    ("fault", "command"),
    [
        ("key-changed", f"ssh-keygen -R {STREAMING}; ssh ubuntu@{STREAMING}"),
        ("key-unknown", f"ssh ubuntu@{STREAMING}"),
    ],
)
def test_a_refused_key_comes_with_what_to_type(
    broken: Break, ops: Ops, fault: str, command: str
) -> None:
    """The screen shows the key's fingerprint and the very line that heals it."""
    broken(fault, "streaming-stack")
    key = ops.lab.hosts["streaming-stack"].cell.run(
        "ssh-keygen", "-l", "-f", "/etc/ssh/ssh_host_ed25519_key.pub"
    )
    shown = ops("media.status").stdout
    assert command in shown
    assert key.split()[1] in "".join(shown.replace("│", "").split())  # it may take two lines


def test_apps_of_a_host_that_is_off_are_not_counted_as_zero(
    broken: Break, impatient: Ops, well: Facts
) -> None:
    """What was imported there is unknown: nobody could ask."""
    broken("off", "download-stack")
    imports = {("import", "", app): "unknown host_down" for app in ("radarr", "sonarr", "lidarr")}
    expected = down(well, "download-stack", "timeout", endpoints=AWAY) | imports
    assert expected == impatient.facts()


def test_everything_down_at_once_costs_one_limit(
    broken: Break, impatient: Ops, well: Facts
) -> None:
    """Two hosts that are away cost what one costs."""
    broken("off", "download-stack")
    broken("sshd-silent", "streaming-stack")
    document = impatient.document("media.status")
    imports = {("import", "", app): "unknown host_down" for app in ("radarr", "sonarr", "lidarr")}
    expected = down(well, "download-stack", "timeout", endpoints=AWAY) | imports
    expected = changed(down(expected, "streaming-stack", "timeout"), BEHIND_SSH)
    assert expected == facts(document)
    assert document["data"]["snapshot"]["duration_ms"] < TIMED_OUT_MS + SPARE_MS
