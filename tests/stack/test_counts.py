"""The numbers of media.status are those of the hosts' own engines and of the apps."""

import pytest
from realhosts import Lab
from realhosts.blueprint import USUAL_HOSTS, Fate, Service
from realhosts.lab import IMPORTED_NOW

from stack.ops import FLICKERING, Break, Document, Facts, Ops, changed


@pytest.fixture(scope="module")
def seen(ops: Ops) -> Document:
    """One look at the usual hosts."""
    return ops.document("media.status")["data"]


def on(seen: Document, host: str) -> list[Document]:
    """The services of one host."""
    return [service for service in seen["services"] if service["host"] == host]


@pytest.mark.parametrize("host", USUAL_HOSTS)
def test_every_container_is_on_the_list_once(lab: Lab, seen: Document, host: str) -> None:
    """What `docker ps -a` names is listed, each name once, beside what is declared and missing."""
    expected = sorted(row["name"] for row in lab.truth(host))
    actual = sorted(it["container"] for it in on(seen, host) if it["state"] != "missing")
    assert expected == actual


@pytest.mark.parametrize("host", USUAL_HOSTS)
def test_states_are_those_of_the_engine(lab: Lab, seen: Document, host: str) -> None:
    """A container is in the state and of the image that `docker ps -a` says."""
    expected = {row["name"]: (row["state"], row["image"]) for row in lab.truth(host)}
    actual = {
        it["container"]: (it["state"], it["image"])
        for it in on(seen, host)
        if it["state"] != "missing"
    }
    for name in FLICKERING:
        expected.pop(name, None)
        actual.pop(name, None)
    assert expected == actual


@pytest.mark.parametrize("host", USUAL_HOSTS)
def test_counts_are_those_of_the_engine(lab: Lab, seen: Document, host: str) -> None:
    """Total is `docker ps -a` and what is missing; running and exited are its own, less the ill."""
    rows = lab.truth(host)
    plan = {each.container_name: each for each in lab.services(host)}
    missing = [each for each in plan.values() if each.fate is Fate.MISSING]
    running = [row["name"] for row in rows if row["state"] == "running"]
    well = [name for name in running if not ill(plan[name])]
    exited = [row for row in rows if row["state"] in ("exited", "created", "paused")]
    expected = {
        "total": len(rows) + len(missing),
        "running": len(well),
        "exited": len(exited),
        "error": len(rows) + len(missing) - len(well) - len(exited),
        "unknown": 0,
    }
    assert expected == seen["counts"][host]


def ill(service: Service) -> bool:
    """Whether it runs and is not well, by the blueprint."""
    failing = service.check is False or "bad-gateway" in (service.health or "")
    return failing or service.name in FLICKERING


def test_every_endpoint_is_asked(lab: Lab, well: Facts) -> None:
    """Each health URL of the binding has an answer: sixteen, one of them a 502."""
    expected = {
        ("endpoint", host, each.name): "failed 502 http_status"
        if "bad-gateway" in (each.health or "")
        else "ok 200"
        for host in USUAL_HOSTS
        for each in lab.services(host)
        if each.health and each.declared == "active"
    }
    assert len(expected) == 16
    assert expected == {thing: words for thing, words in well.items() if thing[0] == "endpoint"}


def test_imports_are_what_the_apps_hold(seen: Document) -> None:
    """Today's imports are counted by app; what was only grabbed, or long ago, is not."""
    actual = {app: (it["count"], it["state"]) for app, it in seen["imports"].items()}
    assert {app: (count, "ok") for app, count in IMPORTED_NOW.items()} == actual


def test_a_recreated_container_is_still_the_same_service(lab: Lab, ops: Ops, well: Facts) -> None:
    """A container made anew takes the old one's place: no second line, nothing undeclared."""
    before = {row["id"] for row in lab.truth("download-stack") if row["name"] == "qbittorrent"}
    with lab.fault("recreated", "download-stack", "qbittorrent"):
        pass
    after = {row["id"] for row in lab.truth("download-stack") if row["name"] == "qbittorrent"}
    assert before != after
    assert well == ops.facts()


@pytest.mark.parametrize(
    ("fault", "words"),
    [("killed", "exited (137)"), ("paused", "paused"), ("removed", "missing")],
)
def test_a_change_on_a_host_is_seen_at_once(
    broken: Break, ops: Ops, well: Facts, fault: str, words: str
) -> None:
    """What happened to one container since the last look changes that line alone."""
    broken(fault, "download-stack", "qbittorrent")
    assert changed(well, {("service", "download-stack", "qbittorrent"): words}) == ops.facts()
