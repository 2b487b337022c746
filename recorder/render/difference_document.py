"""The JSON document of media.diff."""

from datetime import UTC, datetime

from recorder.history.difference import Difference, Side, Space
from recorder.history.net import Unseen
from recorder.model import Verdict
from recorder.render.document import envelope
from recorder.render.things import Object, counts_by_host, events, instant


def difference(it: Difference, *, generated_at: datetime) -> Object:
    """The document of media.diff. A difference is nothing wrong: its status is always ok."""
    counts = [counts_by_host(side.snapshot) for side in (it.before, it.after)]
    data: Object = {
        "before": _side(it.before),
        "after": _side(it.after),
        "events": events(it.events),
        "volumes": [_space(one) for one in it.spaces],
        "counts": {
            host: {"before": counts[0].get(host), "after": counts[1].get(host)}
            for host in counts[1] | counts[0]
        },
        "unknown": [_unseen(one) for one in it.unseen],
    }
    return envelope("media.diff", Verdict.OK, data, generated_at)


def _side(it: Side) -> Object:
    gap: Object = {"until": instant(it.gap_end) if it.gap_end else None}
    return {
        "ts": int(it.snapshot.taken_at.astimezone(UTC).timestamp()),
        "at": instant(it.snapshot.taken_at),
        "asked_at": instant(it.asked_at) if it.asked_at else None,
        "recorded": it.recorded,
        "gap": gap if it.in_gap else None,
    }


def _space(it: Space) -> Object:
    return {
        "host": it.host,
        "name": it.name,
        "free_bytes_before": it.free_before,
        "free_bytes_after": it.free_after,
        "change_bytes": it.change,
        "total_bytes_before": it.total_before,
        "total_bytes_after": it.total_after,
    }


def _unseen(it: Unseen) -> Object:
    return {
        "kind": str(it.key.kind),
        "host": it.key.host,
        "name": it.key.name,
        "before": it.before,
        "after": it.after,
        "reason": str(it.reason) if it.reason else None,
    }
