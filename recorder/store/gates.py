"""How the gates stood: a span for as long as one finds the same, so that what is new is told."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from recorder.model import GateChange, GateFinding, GateResult, GateState
from recorder.store.connection import Connection, History, Row
from recorder.store.engine import opened
from recorder.store.rows import seconds, text
from recorder.store.site import Location
from recorder.store.tables import insertion
from recorder.store.things import time_of

BAD = (GateState.FAIL.value, GateState.UNKNOWN.value)
Found = tuple[str, str | None, str, str]  # severity, host, name, what
COLUMNS = "id, gate, title, first_ts, last_ts, state"
NEWEST = "ORDER BY first_ts DESC LIMIT 1"
LAST = f"SELECT {COLUMNS} FROM gate_span WHERE gate = :gate {NEWEST}"  # noqa: S608 - our own
BEFORE = f"SELECT {COLUMNS} FROM gate_span WHERE gate = :gate AND first_ts < :ts {NEWEST}"  # noqa: S608
BEGUN_SINCE = f"""
    SELECT {COLUMNS} FROM gate_span WHERE first_ts > :ts ORDER BY first_ts DESC, gate"""  # noqa: S608
GO_ON = "UPDATE gate_span SET last_ts = :ts, checked = :checked WHERE id = :id"
FINDINGS = """
    SELECT severity, host, name, what FROM gate_finding
    WHERE gate_span_id = :id ORDER BY number"""


def record_gates(place: Location, at: datetime, results: Iterable[GateResult]) -> None:
    """Record what gates found at a time, in one transaction. Raises StoreError.

    A time before the last one, of a clock that was set back, counts as that.
    """
    with opened(place) as history, history.transaction() as db:
        for result in results:
            _keep(db, seconds(at) or 0, result)


def _keep(db: Connection, ts: int, result: GateResult) -> None:
    before = db.first(LAST, {"gate": result.gate})
    found = [_told(finding) for finding in result.findings]
    if before and (before.state, _found(db, before.id)) == (result.state.value, found):
        until = max(ts, before.last_ts)
        db.change(GO_ON, {"id": before.id, "ts": until, "checked": result.checked})
        return
    begin = max(ts, before.last_ts + 1) if before else ts
    span = {
        "gate": result.gate,
        "title": result.title,
        "state": result.state.value,
        "first_ts": begin,
        "last_ts": begin,
        "checked": result.checked,
    }
    span_id = db.scalar(f"{insertion('gate_span', with_key=False)} RETURNING id", span)
    rows = [_row(int(span_id), number, it) for number, it in enumerate(result.findings)]
    if rows:
        db.change_all(insertion("gate_finding"), rows)


def _row(span_id: int, number: int, it: GateFinding) -> dict[str, object]:
    severity, host, name, what = _told(it)
    return {
        "gate_span_id": span_id,
        "number": number,
        "severity": severity,
        "host": host,
        "name": name,
        "what": what,
        "todo": text(it.todo) or "",
    }


def _told(it: GateFinding) -> Found:
    """A finding as it is stored."""
    return str(it.severity), text(it.host), text(it.name) or "", text(it.what) or ""


def _found(db: Connection, span_id: int) -> list[Found]:
    rows = db.rows(FINDINGS, {"id": span_id})
    return [(row.severity, row.host, row.name, row.what) for row in rows]


def gate_changes(history: History, since: datetime) -> tuple[GateChange, ...]:
    """What came to fail after a time, and what passes again; newest first.

    A gate that goes on failing is told of only what it had not found before.
    """
    with history.reading() as db:
        spans = list(db.rows(BEGUN_SINCE, {"ts": seconds(since) or 0}))
        changes = [_change(db, span) for span in spans]
    return tuple(change for change in changes if change)


def _change(db: Connection, span: Row) -> GateChange | None:
    before = db.first(BEFORE, {"gate": span.gate, "ts": span.first_ts})
    known = {one[1:] for one in _found(db, before.id) if one[0] in BAD} if before else set()
    new = [one[1:] for one in _found(db, span.id) if one[0] in BAD and one[1:] not in known]
    healed = before is not None and before.state in BAD and span.state not in BAD
    if not (new or healed):
        return None
    return GateChange(
        time_of(span.first_ts),
        span.gate,
        span.title,
        GateState(before.state) if before else None,
        GateState(span.state),
        tuple(_brief(one) for one in new),
    )


def _brief(found: Sequence[str | None]) -> str:
    host, name, what = found
    where = f"{host}: " if host and host != name else ""
    return f"{where}{name} {what}"
