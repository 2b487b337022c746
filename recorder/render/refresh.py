"""The screen and the document of media.refresh: three checks of one look, and the summary."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, tzinfo
from enum import StrEnum

from rich.console import Group
from rich.text import Text

from recorder.bindings.summary import Summary
from recorder.frozen import frozen
from recorder.model import (
    Declared,
    EndpointState,
    MountState,
    Snapshot,
    Verdict,
    count,
    findings,
    verdict,
)
from recorder.render import marks, parts, things
from recorder.render.box import Plain
from recorder.render.closing import named
from recorder.render.document import envelope, taken
from recorder.render.grid import Grid, Row
from recorder.render.safe import TEXT_CELLS, safe
from recorder.render.things import Object
from recorder.render.units import elapsed, plural, seconds, stamp

WELL = (MountState.OK, MountState.SLOW)
PASS, FAIL = "PASS", "FAIL"


class Fate(StrEnum):
    """What became of the summary."""

    WRITTEN = "written"
    UNCHANGED = "unchanged"
    NOT_WANTED = "not_wanted"  # --no-write
    NO_BINDING = "no_binding"
    FAILED = "failed"


@frozen
class Section:
    """The summary, where it stands, and what became of it."""

    counts: Summary
    fate: Fate
    file: str | None = None
    reason: str | None = None  # why it could not be written


@frozen
class Check:
    """One of the three, with its part of the look and how long that took to answer."""

    name: str
    part: Snapshot
    well: int  # of `total`
    total: int
    what: str  # is counted: "16 of 17 endpoints answer"
    took_ms: int

    @property
    def verdict(self) -> Verdict:
        return verdict(findings(self.part))

    @property
    def passed(self) -> bool:
        return self.verdict is not Verdict.FAIL


def checks(snapshot: Snapshot, hosts_ms: int, endpoints_ms: int) -> tuple[Check, ...]:
    """Health, services and NFS, each by when the last answer of its part of the look had come."""
    health, mounts = parts.endpoints(snapshot), parts.mounts(snapshot)
    contained = tuple(replace(service, endpoint=None) for service in snapshot.services)
    services = parts.services(replace(snapshot, services=contained))  # endpoints are the first's
    answers = [service.endpoint for service in health.services if service.endpoint]
    answering = sum(answer.state is EndpointState.OK for answer in answers)
    wrong = {(one.host, one.name) for one in findings(services) if one.kind == "service"}
    unseen = {(it.host, it.name) for it in services.services if it.state == "unknown"}
    well = len(services.services) - len(wrong | unseen)
    mounted = sum(mount.state in WELL for mount in mounts.mounts)
    return (
        Check("health", health, answering, len(answers), "endpoints answer", endpoints_ms),
        Check("services", services, well, len(services.services), "as they should be", hosts_ms),
        Check("nfs", mounts, mounted, len(mounts.mounts), "mounts well", hosts_ms),
    )


def counts_of(snapshot: Snapshot) -> Summary:
    """By host: the counts of the dashboard, and how many are meant to be parked or stopped."""
    return {host.name: _counts(snapshot, host.name) for host in snapshot.hosts}


def _counts(snapshot: Snapshot, host: str) -> Mapping[str, int]:
    services = snapshot.on(host)
    counts = count(services)
    declared = [service.declared for service in services]
    return {
        "total": counts.total,
        "running": counts.running,
        "exited": counts.exited,
        "error": counts.error,
        "unknown": counts.unknown,
        "parked": declared.count(Declared.PARKED),
        "stopped": declared.count(Declared.STOPPED),
    }


def screen(snapshot: Snapshot, done: Sequence[Check], section: Section, *, tz: tzinfo) -> Group:
    """A line a check, below it what is wrong, and what became of the summary."""
    told = (stamp(snapshot.taken_at, tz), safe(snapshot.site), seconds(snapshot.duration_ms))
    header = Text.assemble(("REFRESH", "heading"), *(f"   {part}" for part in told))
    lines = [row for check in done for row in _check(check)]
    failed = [check.name for check in done if not check.passed]
    mark = marks.OF_VERDICT[Verdict.FAIL] if failed else marks.OK
    words = f"{mark} {len(failed)} of {len(done)} failed" if failed else f"{mark} all passed"
    closing = [Row((_summary(section),)), Row((Text(words, marks.style(mark)),))]
    return Group(Plain([Grid([Row((header,))])]), Plain([Grid(lines)]), Plain([Grid(closing)]))


def _check(check: Check) -> Iterable[Row]:
    mark = marks.OK if check.passed else marks.OF_VERDICT[Verdict.FAIL]
    word = PASS if check.passed else FAIL
    told = f"{check.well} of {check.total} {check.what}" if check.total else "nothing to check"
    head = Text(f"{mark} {word}", marks.style(mark))
    yield Row((head, Text(check.name, "name"), Text(told), Text(elapsed(check.took_ms), "quiet")))
    for one in findings(check.part):
        sign = marks.OF_VERDICT[one.severity]
        where = f"   {safe(one.host)}" if one.host and one.kind in ("service", "endpoint") else ""
        yield Row((Text(f"{sign} {named(check.part, one)}{where}", marks.style(sign)),), 8)


def _summary(section: Section) -> Text:
    file = safe(section.file or "", TEXT_CELLS)
    match section.fate:
        case Fate.WRITTEN:
            return Text(f"summary of {plural(len(section.counts), 'host')} written to {file}")
        case Fate.UNCHANGED:
            return Text(f"summary in {file} is as it was: not written", "quiet")
        case Fate.NOT_WANTED:
            return Text("summary not written: --no-write", "quiet")
        case Fate.NO_BINDING:
            return Text("no summary: there is no binding to write it to", "quiet")
        case Fate.FAILED:
            reason = safe(section.reason or "", 2 * TEXT_CELLS)
            return Text(f"{marks.WARN} summary not written: {reason}", "warn")


def document(
    snapshot: Snapshot, done: Sequence[Check], section: Section, *, generated_at: datetime
) -> Object:
    """The document of media.refresh."""
    worst = verdict(one for check in done for one in findings(check.part))
    data: Object = {
        "snapshot": taken(snapshot),
        "checks": {
            check.name: {
                "passed": check.passed,
                "well": check.well,
                "total": check.total,
                "duration_ms": check.took_ms,
                "findings": [things.finding(one) for one in findings(check.part)],
            }
            for check in done
        },
        "summary": {host: dict(counts) for host, counts in section.counts.items()},
        "summary_state": str(section.fate),
        "summary_file": section.file,
        "summary_reason": section.reason,
    }
    return envelope("media.refresh", worst, data, generated_at)
