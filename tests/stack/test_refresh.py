"""media.refresh on real hosts: its three checks against those that stand alone."""

import yaml
from realhosts import Lab

from stack.ops import Break, Ops, rebound


def test_it_says_what_the_checks_say(ops: Ops) -> None:
    """The same findings as media.health.check and media.nfs.verify, from one look."""
    told = ops.document("media.refresh", "--no-write")["data"]["checks"]
    for check, alone in (("health", "media.health.check"), ("nfs", "media.nfs.verify")):
        findings = ops.document(alone)["data"]["findings"]
        assert told[check]["findings"] == findings


def test_the_summary_counts_as_the_dashboard_does(ops: Ops, lab: Lab) -> None:
    """By host, the same numbers; what is parked beside them. Nothing else in the file changes."""
    mine = rebound(ops, "refreshed", lambda bindings: bindings.pop("summary", None))
    file = lab.control.folder / "roots/refreshed/ops/bindings/media.services.yaml"
    before = file.read_text()
    assert mine.document("media.refresh")["data"]["summary_state"] == "written"
    after = file.read_text()
    assert after.startswith(before)
    counts = mine.document("media.status")["data"]["counts"]
    for host, written in yaml.safe_load(after)["summary"].items():
        assert {name: written[name] for name in counts[host]} == counts[host]
    assert mine.document("media.refresh")["data"]["summary_state"] == "unchanged"


def test_a_host_that_is_away_is_not_counted_as_stopped(ops: Ops, lab: Lab, broken: Break) -> None:
    """Its services are unknown in the summary, none of them exited or running."""
    mine = rebound(ops, "refreshed-away", lambda bindings: bindings.pop("summary", None))
    broken("no-route", "download-stack")
    mine.document("media.refresh")
    file = lab.control.folder / "roots/refreshed-away/ops/bindings/media.services.yaml"
    written = yaml.safe_load(file.read_text())["summary"]["download-stack"]
    assert written["unknown"] == written["total"] > 0
    assert written["running"] == written["exited"] == written["error"] == 0
