"""The checks show one part of the look each; their documents keep what the schemas promise."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jsonschema
import pytest
from realhosts import Lab
from realhosts.lab import IMPORTED_NOW

from stack.ops import Break, Document, Ops
from stack.screens import flaws

SCHEMAS = Path(__file__).resolve().parents[2] / "docs" / "schema"
CHECKS = (
    "media.status",
    "media.health.check",
    "media.service.status",
    "media.nfs.verify",
    "media.metrics.today",
)
LATE = datetime(2026, 1, 10, 23, 30, tzinfo=UTC)  # in Berlin it is the next day already


def imports(document: Document) -> dict[str, tuple[str, object, object]]:
    """What a document of media.metrics.today says of each app."""
    seen = document["data"]["imports"]
    return {app: (it["state"], it["count"], it["reason"]) for app, it in seen.items()}


def expect(**others: tuple[str, object, object]) -> dict[str, tuple[str, object, object]]:
    """What it should say, with other words for some apps."""
    return {app: ("ok", count, None) for app, count in IMPORTED_NOW.items()} | others


@pytest.mark.parametrize("check", CHECKS)
def test_documents_keep_their_schema(ops: Ops, broken: Break, check: str) -> None:
    """With one host away and one well, `--json` is what docs/schema promises."""
    broken("no-route", "download-stack")
    document = json.loads(ops(check, "--json").stdout)
    schema = json.loads((SCHEMAS / f"{check}.json").read_text())
    jsonschema.validate(document, schema, jsonschema.Draft202012Validator)
    assert document["capability"] == check


@pytest.mark.parametrize("check", CHECKS)
def test_screens_are_whole(ops: Ops, check: str) -> None:
    """What goes to a file fits 80 columns, in closed boxes, without a single escape."""
    done = ops(check, env={"TERM": "xterm-256color", "FORCE_COLOR": "1"})
    assert flaws(done.stdout) == []


@pytest.mark.parametrize("check", CHECKS)
def test_ascii_is_ascii(ops: Ops, check: str) -> None:
    """`--ascii` draws with nothing else, and says no less."""
    assert ops(check, "--ascii").stdout.isascii()


def test_health_check(lab: Lab, ops: Ops) -> None:
    """Every health URL, and nothing else, is told of; one that fails makes it exit with 1."""
    document = ops.document("media.health.check")
    asked = [it["name"] for it in document["data"]["services"]]
    bound = [each.name for host in lab.hosts for each in lab.services(host) if each.health]
    assert set(bound) - {"syncthing"} == set(asked)
    assert document["data"]["endpoints"] == {"ok": 15, "failed": 1, "unknown": 0}
    assert [it["name"] for it in document["data"]["findings"]] == ["slskd"]


def test_health_check_of_a_part(ops: Ops) -> None:
    """`--vm` and `--service` narrow it, and its exit code with it."""
    document = ops.document("media.health.check", "--vm", "streaming-stack", code=0)
    assert document["data"]["endpoints"] == {"ok": 6, "failed": 0, "unknown": 0}
    document = ops.document("media.health.check", "--service", "slskd", "--service", "radarr")
    assert document["data"]["endpoints"] == {"ok": 1, "failed": 1, "unknown": 0}


def test_service_status_of_a_part(lab: Lab, ops: Ops) -> None:
    """One host's list holds its containers, one service's list holds that one."""
    document = ops.document("media.service.status", "--vm", "streaming-stack")
    names = sorted(it["container"] for it in document["data"]["services"])
    assert names == sorted(row["name"] for row in lab.truth("streaming-stack"))
    document = ops.document("media.service.status", "--service", "node-exporter", code=0)
    seen = [(it["host"], it["name"]) for it in document["data"]["services"]]
    assert seen == [
        ("download-stack", "node-exporter-download"),
        ("streaming-stack", "node-exporter-streaming"),
    ]


def test_nfs_verify(ops: Ops) -> None:
    """Every declared mount is judged; a host whose mounts are well exits with 0."""
    document = ops.document("media.nfs.verify")
    states = {(it["host"], it["path"]): it["state"] for it in document["data"]["mounts"]}
    assert states == {
        ("download-stack", "/mnt/media"): "ok",
        ("download-stack", "/mnt/downloads"): "ok",
        ("download-stack", "/mnt/archive"): "wrong_mode",
        ("download-stack", "/mnt/backup"): "missing",
        ("streaming-stack", "/mnt/media"): "ok",
    }
    assert ops("media.nfs.verify", "--vm", "streaming-stack").returncode == 0


def test_space_is_that_of_the_host(lab: Lab, ops: Ops) -> None:
    """Free and total bytes are what `stat -f` says on the host itself."""
    document = ops.document("media.status")
    mount = next(it for it in document["data"]["mounts"] if it["path"] == "/mnt/archive")
    said = lab.hosts["download-stack"].cell.run("stat", "-f", "-c", "%S %b %a", "/mnt/archive")
    size, blocks, free = map(int, said.split())
    assert (mount["free_bytes"], mount["total_bytes"]) == (size * free, size * blocks)


def test_metrics_of_another_day(lab: Lab, ops: Ops) -> None:
    """`--date` counts that day's imports, `--sample` names the newest of them."""
    long_ago = lab.history("radarr").events()[0]
    date = long_ago["date"][:10]
    arguments = ("media.metrics.today", "--date", date, "--tz", "utc", "--sample", "3")
    document = ops.document(*arguments, code=0)
    assert imports(document) == dict.fromkeys(IMPORTED_NOW, ("ok", 1, None))
    titles = [each["title"] for each in document["data"]["imports"]["radarr"]["titles"]]
    assert titles == ["Radarr Long Ago"]
    assert "Radarr Long Ago" in ops(*arguments).stdout


def test_metrics_sample_is_the_newest_first(lab: Lab, ops: Ops, seeded: None) -> None:  # noqa: ARG001
    """Of many titles the last imported come first, as many as asked for."""
    lab.history("radarr").add("The Newest", datetime.now(UTC) + timedelta(seconds=1))
    shown = ops("media.metrics.today", "--sample", "2").stdout
    assert shown.index("The Newest") < shown.index("Radarr Title 6")
    assert "Radarr Title 5" not in shown


@pytest.mark.parametrize(
    ("zone", "date", "count"),
    [("utc", "2026-01-10", 1), ("utc", "2026-01-11", 0), ("local", "2026-01-11", 1)],
)
def test_metrics_know_whose_midnight(
    *,
    lab: Lab,
    ops: Ops,
    seeded: None,  # noqa: ARG001
    zone: str,
    date: str,
    count: int,
) -> None:
    """A day begins at midnight in the zone asked for."""
    lab.history("radarr").add("Late", LATE)
    arguments = ("media.metrics.today", "--date", date, "--tz", zone)
    document = ops.document(*arguments, code=0, env={"TZ": "Europe/Berlin"})
    assert imports(document)["radarr"] == ("ok", count, None)


def test_metrics_with_a_wrong_key(ops: Ops) -> None:
    """A refused key is unknown, not zero, and it exits with 1."""
    document = ops.document("media.metrics.today", env={"RADARR_API_KEY": "wrong"})
    assert imports(document) == expect(radarr=("unknown", None, "auth_failed"))


def test_metrics_without_a_key(ops: Ops) -> None:
    """A key that isn't set is worth a hint, no alarm."""
    document = ops.document("media.metrics.today", code=0, env={"RADARR_API_KEY": ""})
    assert imports(document) == expect(radarr=("unknown", None, "no_key"))
    assert "export RADARR_API_KEY" in ops("media.metrics.today", env={"RADARR_API_KEY": ""}).stdout


def test_metrics_with_a_key_for_all_to_read(lab: Lab, ops: Ops) -> None:
    """A key file that others may read is not read, and the screen says what to type."""
    file = lab.control.key_file("sonarr")
    file.chmod(0o644)
    try:
        document = ops.document("media.metrics.today", code=0)
        shown = ops("media.metrics.today").stdout
    finally:
        file.chmod(0o600)
    assert imports(document) == expect(sonarr=("unknown", None, "no_key"))
    assert f"chmod 600 {file}" in shown


@pytest.fixture
def seeded(lab: Lab) -> Iterator[None]:
    """Histories that a test may add to."""
    yield
    lab.seed_histories()
