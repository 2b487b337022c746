"""The JSON document of `ops verify`."""

from collections.abc import Sequence
from datetime import datetime

from recorder.model import GateFinding, GateResult, Snapshot, gates_verdict
from recorder.render.document import envelope
from recorder.render.things import Object, instant


def gates(
    results: Sequence[GateResult],
    snapshot: Snapshot,
    *,
    generated_at: datetime,
    recorded: bool = False,
) -> Object:
    """The document of `ops verify`; a gate that is unknown fails it."""
    data: Object = {
        "at": instant(snapshot.taken_at),
        "duration_ms": snapshot.duration_ms,
        "site": snapshot.site,
        "recorded": recorded,
        "gates": [_gate(result) for result in results],
    }
    return envelope("verify", gates_verdict(results), data, generated_at)


def _gate(it: GateResult) -> Object:
    return {
        "gate": it.gate,
        "title": it.title,
        "state": str(it.state),
        "passes": it.passes,
        "checked": it.checked,
        "findings": [_finding(one) for one in it.findings],
        "notes": [*it.notes],
    }


def _finding(it: GateFinding) -> Object:
    return {
        "severity": str(it.severity),
        "host": it.host,
        "name": it.name,
        "what": it.what,
        "todo": it.todo,
    }
