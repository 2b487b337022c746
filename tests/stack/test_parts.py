"""Engines, mounts and endpoints that fail on a host that is up: that part is unknown, no other."""

import pytest
from faults.matrix import BY_KEY
from faults.proving import proves, proves_each
from faults.row import Row
from realhosts import Lab
from realhosts.waiting import wait_until

from stack.conftest import IMPATIENT_SEC
from stack.ops import (
    Break,
    Document,
    Facts,
    Ops,
    changed,
    facts,
    of_host,
    processes,
    rebound,
    without_host,
    wrong,
)

SPARE_MS = 3000
PATH_LIMIT_MS = 3000  # the probe's own, for a path
DOWNLOAD = "192.0.2.209"
QUESTION = "media-recorder -- /mnt"  # how the probe's question to a path ends


def blind(well: Facts, host: str, reason: str) -> Facts:
    """`well`, had that host's engine not told: no container is known there, all else is."""
    return without_host(well, host) | {
        thing: {"engine": f"unreadable {reason}", "service": f"unknown {reason}"}.get(
            thing[0], words
        )
        for thing, words in of_host(well, host).items()
        if "undeclared" not in words
    }


def is_blind_there(row: Row, ops: Ops, well: Facts) -> None:
    """A look knows no container of the host; all else of it is there."""
    document = ops.document("media.status", code=row.exit_code)
    host = next(it for it in document["data"]["hosts"] if it["name"] == "streaming-stack")
    reason = row.shown["engine"].removeprefix("unreadable ")
    assert blind(well, "streaming-stack", reason) == facts(document)
    assert wrong(document, "engine") == ["streaming-stack"]
    assert document["data"]["snapshot"]["duration_ms"] < row.bound_sec * 1000
    assert host["uptime_sec"] > 0
    assert host["engine"]["detail"]


@pytest.mark.usefixtures("harmless")
@proves_each("engine-stopped", "engine-killed", "engine-hung")
def test_an_engine_that_does_not_answer(row: Row, broken: Break, ops: Ops, well: Facts) -> None:
    """Its containers are unknown, never missing; the host, its mounts and endpoints are there."""
    broken(row.key, "streaming-stack")
    is_blind_there(row, ops, well)


@pytest.mark.usefixtures("harmless")
@proves("engine-restarting")
def test_an_engine_that_restarts_during_a_look(
    broken: Break, lab: Lab, ops: Ops, well: Facts
) -> None:
    """That look knows no container; the next one behind the restart knows them all again."""
    broken("engine-restarting", "streaming-stack")
    is_blind_there(BY_KEY["engine-restarting"], ops, well)
    host = lab.hosts["streaming-stack"]
    wait_until(host.engine.answers, "the engine to be back by itself")
    host.engine.settle(host.plan.services)
    assert well == ops.facts()


def test_an_engine_that_may_not_be_read(ops: Ops, well: Facts) -> None:
    """Its containers are unknown, and the screen says what makes the engine readable."""

    def as_nodocker(bindings: Document) -> None:
        bindings["hosts"]["streaming-stack"]["ssh_user"] = "nodocker"

    them = rebound(ops, "nodocker", as_nodocker)
    assert blind(well, "streaming-stack", "permission_denied") == them.facts()
    shown = them("media.status").stdout
    assert "permission denied" in shown
    assert "usermod -aG docker" in shown


def test_a_hung_mount(broken: Break, ops: Ops, well: Facts) -> None:
    """It costs its limit and is hung, with its volume unknown; all else is there."""
    broken("mount-hung", "download-stack")
    hung = changed(
        well,
        {
            ("mount", "download-stack", "/mnt/media"): "hung rw",
            ("volume", "download-stack", "pve:/media"): "unknown path_hung",
        },
    )
    document = ops.document("media.status")
    assert hung == facts(document)
    assert document["data"]["snapshot"]["duration_ms"] < PATH_LIMIT_MS + SPARE_MS


def test_a_hung_mount_is_asked_once(broken: Break, ops: Ops, lab: Lab) -> None:
    """While a question to it hangs no look puts another, nor waits again for the answer."""
    broken("mount-hung", "download-stack")
    cell = lab.hosts["download-stack"].cell.pid
    ops("media.nfs.verify")
    first = processes(cell, [QUESTION])
    again = [ops.document("media.nfs.verify") for _ in range(2)]
    assert len(first) == 1
    assert first == processes(cell, [QUESTION])
    assert max(each["data"]["snapshot"]["duration_ms"] for each in again) < PATH_LIMIT_MS
    assert [mount["state"] for each in again for mount in each["data"]["mounts"][:1]] == [
        "hung"
    ] * 2


def test_a_mount_heals_by_itself(lab: Lab, ops: Ops, well: Facts) -> None:
    """The first look after its server is back sees it well."""
    with lab.fault("mount-hung", "download-stack"):
        assert ops.facts()[("mount", "download-stack", "/mnt/media")] == "hung rw"
    assert well == ops.facts()


@pytest.mark.parametrize(
    ("fault", "service", "endpoint"),
    [("silent", "running", "failed timeout"), ("killed", "exited (137)", "failed refused")],
)
def test_an_endpoint_that_does_not_answer(
    *, broken: Break, impatient: Ops, well: Facts, fault: str, service: str, endpoint: str
) -> None:
    """It failed, with its own reason, and holds up nothing but the end."""
    broken(fault, "streaming-stack", "navidrome")
    document = impatient.document("media.status")
    differences = {
        ("service", "streaming-stack", "navidrome"): service,
        ("endpoint", "streaming-stack", "navidrome"): endpoint,
    }
    assert changed(well, differences) == facts(document)
    assert document["data"]["snapshot"]["duration_ms"] < IMPATIENT_SEC * 1000 + SPARE_MS


def test_an_endpoint_behind_a_host_that_forbids_forwarding(
    broken: Break, ops: Ops, well: Facts
) -> None:
    """What listens on localhost only can't be asked then, which is not the same as failed."""
    broken("no-forwarding", "streaming-stack")
    jellystat = ("endpoint", "streaming-stack", "jellystat")
    assert well[jellystat] == "ok 200"
    assert changed(well, {jellystat: "unknown forwarding_denied"}) == ops.facts()


@pytest.mark.parametrize(
    ("binding", "words"),
    [
        pytest.param({"port": 22, "health": "/"}, "failed bad_answer", id="no-http"),
        pytest.param({"port": 8096, "health": "/", "scheme": "https"}, "failed tls", id="no-tls"),
        pytest.param({"port": 8096, "health": "/nothing"}, "failed 404 http_status", id="404"),
        pytest.param({"port": 1, "health": "/"}, "failed refused", id="refused"),
        pytest.param({"port": None, "health": f"http://{DOWNLOAD}:7878/ping"}, "ok 200", id="url"),
        pytest.param(
            {"port": 1, "health": "/", "health_reason": "localhost_bound"},
            "failed refused",
            id="refused-through-ssh",
        ),
    ],
)
def test_what_an_endpoint_may_answer(ops: Ops, well: Facts, binding: Document, words: str) -> None:
    """Whatever speaks there, or does not, the endpoint says so and nothing else changes."""

    def ask(bindings: Document) -> None:
        bindings["services"]["homarr"] |= {"health_reason": None, **binding}

    asked = rebound(ops, "asked", ask)
    assert well | {("endpoint", "streaming-stack", "homarr"): words} == asked.facts()
