"""The JSON document of media.status --history, and its things as rows."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from recorder.history.forecast import forecast
from recorder.history.percentile import percentile
from recorder.history.retrospect import Account, Retrospect
from recorder.history.standing import standing
from recorder.history.timeline import Spell
from recorder.model import Forecast, SpaceDays, Verdict
from recorder.model.past import Prior
from recorder.render.document import envelope
from recorder.render.things import Object, events, instant
from recorder.store.latency import Latency

CAPABILITY = "media.status"
NO_PERCENTILE = "only averages are kept of longer ago than 30 days"


def document(of: Retrospect, *, generated_at: datetime, notes: Sequence[str] = ()) -> Object:
    """The whole of it; a warning where anything was down."""
    data: Object = {
        "window": {
            "from": instant(of.window.begin),
            "until": instant(of.window.end),
            "seconds": of.window.seconds,
        },
        "site": of.site,
        "coverage": _coverage(of),
        "things": [_thing(it) for it in of.accounts],
        "volumes": [_volume(of, it) for it in of.spaces],
        "latency": [_latency(it) for it in of.recollection.latencies],
        "imports": {
            "apps": [{"app": app, "noun": noun} for app, noun in of.apps],
            "days": [*_days(of)],
            "space_each_bytes": of.filling.each_bytes if of.filling else None,
        },
        "events_from": instant(of.events_from or of.window.begin),
        "events": events(of.events),
        "told_before": [_told_before(it) for it in of.prior],
        "notes": [*notes],
    }
    down = any(it.outages for it in of.accounts)
    return envelope(CAPABILITY, Verdict.WARN if down else Verdict.OK, data, generated_at)


def _told_before(it: Prior) -> Object:
    """What a host told of the time before it was first looked at."""
    return {
        "at": instant(it.at),
        "kind": str(it.kind),
        "host": it.host,
        "name": it.name,
        "what": str(it.what),
        "detail": it.detail,
        "source": str(it.source),
    }


def _coverage(of: Retrospect) -> Object:
    return {
        "observed_sec": of.tally.absent_sec,
        "looks": of.looks,
        "recorded_from": instant(of.recorded_from),
        "recorded_until": instant(of.recorded_until),
        "gaps": [
            {"from": instant(it.begin), "until": instant(it.end), "seconds": it.seconds}
            for it in of.gaps
        ],
    }


def figures(it: Account) -> dict[str, str | int | float | None]:
    """What became of a thing, in figures: a row of a sheet."""
    share, tally = it.tally.available, it.tally
    return {
        "kind": str(it.kind),
        "host": it.host,
        "name": it.name,
        "standing": str(standing(it.newest)) if it.newest else "gone",
        "available_percent": None if share is None else round(100 * share, 6),
        "well_sec": tally.well_sec,
        "ailing_sec": tally.ailing_sec,
        "idle_sec": tally.idle_sec,
        "down_sec": tally.down_sec,
        "unknown_sec": tally.unknown_sec,
        "absent_sec": tally.absent_sec,
        "unobserved_sec": tally.unobserved_sec,
        "outage_count": len(it.outages),
        "longest_outage_sec": it.longest_sec,
        "restarts": it.starts.restarts,
        "exits": it.starts.exits,
        "new_at": _instant(it.new_at),
        "gone_at": _instant(it.gone_at),
    }


def _thing(it: Account) -> Object:
    return {
        **figures(it),
        "outages": [_spell(one) for one in it.outages],
        "ailments": [_spell(one) for one in it.ailments],
        "updates": [{"at": instant(one.at), "change": one.change} for one in it.starts.updates],
    }


def _spell(it: Spell) -> Object:
    return {
        "from": instant(it.begin),
        "until": instant(it.end),
        "seconds": it.seconds,
        "before": it.before,
        "lasting": it.lasting,
        "states": [*it.words],
    }


def _volume(of: Retrospect, it: SpaceDays) -> Object:
    seen = forecast(it.days)
    known = seen if isinstance(seen, Forecast) else None
    return {
        "kind": str(it.kind),
        "host": it.host,
        "name": it.name,
        "free_bytes": it.days[-1].free_bytes if it.days else None,
        "total_bytes": it.days[-1].total_bytes if it.days else None,
        "change_bytes": of.change_bytes(it),
        "slope_bytes_per_day": known.slope_bytes_per_day if known else None,
        "full_in_days": [*known.full_in_days] if known and known.full_in_days else None,
        "trend_since": _day(seen.since),
        "trend_reason": str(seen.reason) if seen.reason else None,
        "days": [
            {
                "day": day.day.isoformat(),
                "free_bytes": day.free_bytes,
                "total_bytes": day.total_bytes,
            }
            for day in it.days
            if day.day >= of.window.begin.date()
        ],
    }


def _latency(it: Latency) -> Object:
    return {
        "host": it.host,
        "name": it.name,
        "answers": it.answers,
        "average_ms": it.average_ms,
        "p50_ms": percentile(it.counts, 50) if it.counts else None,
        "p95_ms": percentile(it.counts, 95) if it.counts else None,
        "most_ms": it.most_ms,
        "reason": None if it.counts else NO_PERCENTILE,
    }


def _days(of: Retrospect) -> Iterator[Object]:
    for day in of.days:
        counts = {app: count for (app, _), count in zip(of.apps, day.counts, strict=True)}
        yield {
            "day": day.date.isoformat(),
            "from": instant(day.part.begin),
            "until": instant(day.part.end),
            "whole": day.whole,
            "counts": counts,
        }


def _instant(at: datetime | None) -> str | None:
    return instant(at) if at else None


def _day(day: object) -> str | None:
    return None if day is None else str(day)
