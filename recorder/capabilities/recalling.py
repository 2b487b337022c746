"""A moment of the past as a picture, for media.status --at. Loads the store."""

from datetime import datetime, tzinfo

from recorder.capabilities.foreseeing import brought_up, foresee
from recorder.capabilities.missing import last_free, last_known
from recorder.capabilities.remembered import Remembered
from recorder.render.past import Past
from recorder.store.as_of import as_of
from recorder.store.engine import opened
from recorder.store.site import Location


def recall_moment(place: Location, at: datetime, zone: tzinfo) -> Remembered:
    """The stack as it was at a time, from the history alone. Raises StoreError."""
    with opened(place, writing=False) as engine:
        moment = as_of(engine, at)
        snapshot = moment.snapshot
        outlooks = brought_up(foresee(engine, snapshot.taken_at), snapshot)
    past = Past(
        as_it_was=True,
        last_free=dict(last_free(snapshot, moment)),
        last_known=dict(last_known(snapshot, moment)),
        outlooks=outlooks,
    )
    asked, seen = (f"{time.astimezone(zone):%Y-%m-%d %H:%M:%S}" for time in (at, snapshot.taken_at))
    notes = [f"as it was at {asked}: what the snapshot of {seen} saw"]
    if moment.gap:
        end = moment.gap.end
        until = f"until {end.astimezone(zone):%Y-%m-%d %H:%M:%S}" if end else "since then"
        notes.append(f"nobody looked {until}: what happened in between is not known")
    return Remembered(snapshot, past, recorded=True, notes=tuple(notes))
