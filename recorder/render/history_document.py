"""The JSON documents of what the history says of itself."""

from collections.abc import Sequence
from datetime import datetime

from recorder.model import Verdict
from recorder.render.document import envelope
from recorder.render.things import Object, instant
from recorder.store.figures import Census, Coverage, CrashLoop, Noise
from recorder.store.site import Location
from recorder.store.values import Backup, Stretch


def census(it: Census, *, generated_at: datetime) -> Object:
    """The document of media.history.info; a history without a verified backup is a warning."""
    data: Object = {
        "path": str(it.path),
        "size_bytes": it.size_bytes,
        "free_bytes": it.free_bytes,
        "schema": {"revision": it.schema, "made_by": it.made_by},
        "things": [
            {"kind": str(one.kind), "now": one.now, "ever": one.ever, "spans": one.spans}
            for one in it.populations
        ],
        "tables": [
            {"name": one.table, "rows": one.rows, "kept_days": one.kept_days} for one in it.rows
        ],
        "growth": {
            "bytes_per_year": it.growth.bytes_a_year,
            "measured_days": it.growth.measured_days,
            "reason": it.growth.reason,
        },
        "window_days": it.window_days,
        "noisiest": [_noise(one) for one in it.noisiest],
        "crash_loops": [_crash_loop(one) for one in it.crash_loops],
        "coverage": {"all": _coverage(it.coverage), "window": _coverage(it.recently)},
        "backups": [_backup(one) for one in it.backups],
    }
    status = Verdict.OK if it.backups else Verdict.WARN
    return envelope("media.history.info", status, data, generated_at)


def examination(path: Location, faults: Sequence[str], *, generated_at: datetime) -> Object:
    """The document of media.history.check."""
    data: Object = {"path": str(path), "faults": [*faults]}
    status = Verdict.FAIL if faults else Verdict.OK
    return envelope("media.history.check", status, data, generated_at)


def backup(made: Backup, kept: int, *, generated_at: datetime) -> Object:
    """The document of media.history.backup; `kept`: how many there are now, this one included."""
    data: Object = {"backup": _backup(made), "kept": kept}
    return envelope("media.history.backup", Verdict.OK, data, generated_at)


def _backup(it: Backup) -> Object:
    return {"path": str(it.path), "at": instant(it.made_at), "size_bytes": it.size_bytes}


def _noise(it: Noise) -> Object:
    return {
        "kind": str(it.kind),
        "host": it.host or None,
        "name": it.name,
        "spans": it.spans,
        "unseen": it.unseen,
    }


def _crash_loop(it: CrashLoop) -> Object:
    return {
        "host": it.host,
        "name": it.name,
        "restarts": it.restarts,
        "worst_day": it.worst_day.isoformat(),
        "worst_day_restarts": it.worst_day_restarts,
        "lasting": it.lasting,
    }


def _coverage(it: Coverage) -> Object:
    return {
        "since": instant(it.since),
        "until": instant(it.until),
        "snapshots": it.snapshots,
        "observed_sec": it.observed_sec,
        "observed_percent": None if it.percent is None else round(it.percent, 3),
        "gap_count": it.gap_count,
        "longest_gaps": [_gap(one) for one in it.gaps],
    }


def _gap(it: Stretch) -> Object:
    return {"from": instant(it.begin), "until": instant(it.end) if it.end else None}
