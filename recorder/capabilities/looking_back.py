"""media.status --history: a window of the past, from the history alone. Loads the store."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo

import click

from recorder.capabilities.awaiting import telling
from recorder.capabilities.looking import Choice, now, print_json, screen
from recorder.errors import ExitCode, UsageError
from recorder.frozen import frozen
from recorder.history.delta import fold
from recorder.history.episode import SETTLING
from recorder.history.filling import filling
from recorder.history.forecast import READ_DAYS
from recorder.history.pools import pools
from recorder.history.retrospect import Retrospect, look_back
from recorder.history.window import Window, parse_window
from recorder.model import Event, Kind, LocalTime
from recorder.store.actions import actions
from recorder.store.changes import transitions
from recorder.store.daily import space_by_day
from recorder.store.engine import History, opened
from recorder.store.prior import prior
from recorder.store.recollection import Named, containers, everything, first_look, recollect
from recorder.store.site import Location

EVENT_DAYS, EVENT_DAYS_NARROWED = 31, 366
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
Thing = tuple[Kind, str, str]


@frozen
class Manner:
    """How it is to be shown."""

    everything: bool
    as_csv: bool
    as_markdown: bool


def window_of(text: str) -> Window:
    """The window a person means. Raises UsageError."""
    try:
        return parse_window(text, datetime.now(UTC), LocalTime())
    except ValueError as error:
        raise UsageError(str(error)) from error


def show(choice: Choice, history: Location, window: Window, manner: Manner) -> ExitCode:
    """Show a window of the past. Raises UsageError, StoreError."""
    if choice.as_json + manner.as_csv + manner.as_markdown > 1:
        raise UsageError("--json, --csv and --md are three forms of one answer: choose one")
    with telling(lambda: _reading(window)), opened(history, writing=False) as engine:
        chosen, notes = _chosen(engine, choice)
        told = retrospect(engine, window, LocalTime(), chosen)
    notes += _absent(chosen or (), told)
    if choice.as_json:
        from recorder.render.retrospect.document import document  # noqa: PLC0415 - only if asked

        print_json(document(told, generated_at=now(), notes=notes))
    elif manner.as_csv or manner.as_markdown:
        from recorder.render.retrospect import sheet  # noqa: PLC0415 - only if asked

        text = sheet.as_csv(told) if manner.as_csv else sheet.as_markdown(told, LocalTime())
        click.echo(text, nl=False)
    else:
        from recorder.render.retrospect.screen import screen as drawn  # noqa: PLC0415

        shown = drawn(
            told,
            tz=LocalTime(),
            notes=notes,
            narrowed=choice.narrowed,
            everything=manner.everything,
        )
        screen(choice).print(shown)
    return ExitCode.WELL


def _reading(window: Window) -> list[str]:
    from recorder.render.progress import reading  # noqa: PLC0415 - only where it takes long

    return reading(window.begin, LocalTime())


def _absent(chosen: Iterable[Named], told: Retrospect) -> tuple[str, ...]:
    """A note of each service asked for that was not there in all of the window. Raw."""
    there = {(it.kind, it.host, it.name) for it in told.accounts}
    asked = (it for it in chosen if it.kind is Kind.SERVICE)
    return tuple(
        f"{it.name} on {it.host} was not there in this time"
        for it in asked
        if (it.kind, it.host, it.name) not in there
    )


def retrospect(
    engine: History, window: Window, zone: tzinfo, chosen: Sequence[Named] | None = None
) -> Retrospect:
    """All that is told of a window; of some things only where they are named. Raises StoreError."""
    only = None if chosen is None else {it.id for it in chosen}
    asked_from = window.begin
    window = _since_recorded(engine, window)
    found = look_back(
        recollect(engine, window.begin, window.end, only, imports_from=asked_from), zone
    )
    wanted = None if chosen is None else {(it.kind, it.host, it.name) for it in chosen}
    events, since = _events(engine, window, wanted)
    days = max(READ_DAYS, (window.end - window.begin).days + 2)
    spaces = space_by_day(engine, window.end, days, (Kind.VOLUME, Kind.MOUNT))
    shown = [it for it in spaces if wanted is None or (it.kind, it.host, it.name) in wanted]
    volumes = pools(shown)
    apps = found.recollection.imported
    imported = [at for app in apps for at in app.times if at >= window.begin]
    return replace(
        found,
        events=events,
        events_from=since,
        spaces=volumes,
        filling=filling(volumes, imported, window),
        prior=tuple(
            it
            for it in prior(engine, asked_from, window.end - SECOND)
            if wanted is None or (it.kind, it.host, it.name) in wanted
        ),
    )


def _since_recorded(engine: History, window: Window) -> Window:
    """The window from the first look of all on, where that lies in it."""
    first = first_look(engine)
    return replace(window, begin=first) if window.begin < first < window.end else window


def _events(
    engine: History, window: Window, wanted: set[Thing] | None
) -> tuple[tuple[Event, ...], datetime | None]:
    """The events, of a long window those of its end; and since when, if not from the beginning."""
    longest = (EVENT_DAYS if wanted is None else EVENT_DAYS_NARROWED) * DAY
    begin = max(window.begin, window.end - longest)
    changed = transitions(engine, begin - SECOND, window.end - SECOND)
    if wanted is not None:
        changed = tuple(it for it in changed if (it.kind, it.host, it.name) in wanted)
    done = actions(engine, begin - SETTLING, window.end) if changed else ()
    return fold(changed, actions=done), begin if begin > window.begin else None


def _chosen(engine: History, choice: Choice) -> tuple[list[Named] | None, tuple[str, ...]]:
    """What was asked for, None for all; and a note of what is bound but was never recorded."""
    if not choice.narrowed:
        return None, ()
    ever = everything(engine)
    missing = _unrecorded_hosts(choice, ever)
    there = [it for it in ever if not choice.hosts or it.host in choice.hosts]
    if choice.services:
        there, more = _of_services(engine, choice, there)
        missing += more
    return there, tuple(f"nothing is recorded of {name} yet" for name in missing)


def _unrecorded_hosts(choice: Choice, ever: Iterable[Named]) -> list[str]:
    """The hosts asked for that only the bindings know. Raises UsageError for an unknown one."""
    known = [it.name for it in ever if it.kind is Kind.HOST]
    missing = [name for name in choice.hosts if name not in known]
    if missing:
        bound = [host.name for host in replace(choice, hosts=(), services=()).stack().hosts]
        for name in missing:
            if name not in bound:
                raise UsageError(f'no host "{name}"{_near(name, [*known, *bound])}')
    return missing


def _of_services(
    engine: History, choice: Choice, there: list[Named]
) -> tuple[list[Named], list[str]]:
    """Services by their own or their container's name, with their endpoints, hosts and imports."""
    found: list[Named] = []
    missing: list[str] = []
    services = [it for it in there if it.kind is Kind.SERVICE]
    for name in choice.services:
        named = [it for it in services if it.name == name]
        if not named:
            ids = containers(engine, name)
            named = [it for it in services if it.id in ids]
        if not named:
            _bound(choice, name, [it.name for it in services])
            missing.append(name)
        found += named
    names = {(it.host, it.name) for it in found}
    homes = {it.host for it in found}
    beside = [
        it
        for it in there
        if (it.kind is Kind.ENDPOINT and (it.host, it.name) in names)
        or (it.kind is Kind.HOST and it.host in homes)
    ]
    apps = [it for it in everything(engine) if it.kind is Kind.IMPORT]
    return [
        *found,
        *beside,
        *(it for it in apps if it.name in {name for _, name in names}),
    ], missing


def _bound(choice: Choice, name: str, known: list[str]) -> None:
    """See that the bindings know a service. Raises UsageError."""
    stack = replace(choice, hosts=(), services=()).stack()
    bound = [service.name for service in stack.services]
    if name not in bound:
        raise UsageError(f'no service "{name}"{_near(name, [*known, *bound])}')


def _near(name: str, known: list[str]) -> str:
    from recorder.bindings.spelling import did_you_mean  # noqa: PLC0415 - only for a mistake

    return did_you_mean(name, known)
