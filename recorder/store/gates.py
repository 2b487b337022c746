"""How the gates stood: a span for as long as one finds the same, so that what is new is told."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from recorder.model import GateChange, GateFinding, GateResult, GateState
from recorder.store.connection import reading, transaction
from recorder.store.engine import opened
from recorder.store.library import sa
from recorder.store.rows import seconds, text
from recorder.store.site import Location
from recorder.store.tables import gate_finding, gate_span
from recorder.store.things import time_of

BAD = (GateState.FAIL.value, GateState.UNKNOWN.value)
Found = tuple[str, str | None, str, str]  # severity, host, name, what


def record_gates(place: Location, at: datetime, results: Iterable[GateResult]) -> None:
    """Record what gates found at a time, in one transaction. Raises StoreError.

    A time before the last one, of a clock that was set back, counts as that.
    """
    with opened(place) as engine, transaction(engine) as db:
        for result in results:
            _keep(db, seconds(at) or 0, result)


def _keep(db: sa.Connection, ts: int, result: GateResult) -> None:
    columns = gate_span.c
    before = db.execute(
        sa.select(columns.id, columns.last_ts, columns.state)
        .where(columns.gate == result.gate)
        .order_by(columns.first_ts.desc())
        .limit(1)
    ).first()
    found = [_told(finding) for finding in result.findings]
    if before and (before.state, _found(db, before.id)) == (result.state.value, found):
        same = sa.update(gate_span).where(columns.id == before.id)
        db.execute(same.values(last_ts=max(ts, before.last_ts), checked=result.checked))
        return
    begin = max(ts, before.last_ts + 1) if before else ts
    added = sa.insert(gate_span).returning(columns.id)
    span_id = db.execute(
        added.values(
            gate=result.gate,
            title=result.title,
            state=result.state.value,
            first_ts=begin,
            last_ts=begin,
            checked=result.checked,
        )
    ).scalar_one()
    rows = [_row(int(span_id), number, it) for number, it in enumerate(result.findings)]
    if rows:
        db.execute(sa.insert(gate_finding), rows)


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


def _found(db: sa.Connection, span_id: int) -> list[Found]:
    columns = gate_finding.c
    rows = db.execute(
        sa.select(columns.severity, columns.host, columns.name, columns.what)
        .where(columns.gate_span_id == span_id)
        .order_by(columns.number)
    )
    return [(row.severity, row.host, row.name, row.what) for row in rows]


def gate_changes(engine: sa.Engine, since: datetime) -> tuple[GateChange, ...]:
    """What came to fail after a time, and what passes again; newest first.

    A gate that goes on failing is told of only what it had not found before.
    """
    with reading(engine) as db:
        spans = db.execute(
            sa.select(gate_span)
            .where(gate_span.c.first_ts > (seconds(since) or 0))
            .order_by(gate_span.c.first_ts.desc(), gate_span.c.gate)
        ).all()
        changes = [_change(db, span) for span in spans]
    return tuple(change for change in changes if change)


def _change(db: sa.Connection, span: sa.Row[tuple[object, ...]]) -> GateChange | None:
    before = db.execute(
        sa.select(gate_span)
        .where(gate_span.c.gate == span.gate, gate_span.c.first_ts < span.first_ts)
        .order_by(gate_span.c.first_ts.desc())
        .limit(1)
    ).first()
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
