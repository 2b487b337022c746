"""`ops verify`: the gates, side by side, from one look."""

import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from recorder.capabilities.looking import Choice, finish, now, print_json, screen
from recorder.capabilities.recording import PATIENCE_SEC, history_option
from recorder.errors import BusyError, ExitCode, StoreError, UsageError
from recorder.store.site import Location

if TYPE_CHECKING:
    from recorder.bindings.stack import Stack
    from recorder.collect.snapshot import Look, Part
    from recorder.gates import Facts, Gate
    from recorder.model import GateResult


@click.command("verify")
@click.argument("names", nargs=-1, metavar="[GATE]...")
@click.option("--json", "as_json", is_flag=True, help="One JSON object: docs/json.md.")
@click.option("--ascii", "ascii_only", is_flag=True, help="Draw with ASCII only.")
@click.option("--no-login", is_flag=True, help="Log in to no host: only the gates that need none.")
@click.option("--no-record", is_flag=True, help="Show, and leave the history as it is.")
@history_option
@click.pass_context
def command(
    ctx: click.Context,
    history: Location,
    names: tuple[str, ...],
    *,
    as_json: bool,
    ascii_only: bool,
    no_login: bool,
    no_record: bool,
) -> ExitCode:
    """Hold the stack against its binding: the gates D106 to D110, or those that are named.

    Each finding says what is wrong, where, and what to do: docs/gates.md. What they find is
    recorded, unless it is told without logging in. Exits 0 when every gate passes, 1 when one
    fails, or can't be judged; 3 when all pass and that could not be recorded.
    """
    gates = _named(names, no_login=no_login)
    choice = Choice(ctx.find_object(Path), (), (), as_json=as_json, ascii_only=ascii_only)
    facts = _facts(choice, gates, logged_in=not no_login)
    from recorder.gates import hold  # noqa: PLC0415 - only to run

    results = hold(gates, facts)
    recording = not (no_record or no_login)
    trouble = _record(history, facts, results) if recording else None
    _show(choice, facts, results, recorded=recording and trouble is None)
    if trouble:
        click.echo(f"ops: not recorded: {trouble}", err=True)
    if not all(result.passes for result in results):
        return ExitCode.WRONG
    return ExitCode.NOT_RECORDED if trouble else ExitCode.WELL


def _named(names: Sequence[str], *, no_login: bool) -> "list[Gate]":
    """The gates of those names, in the order of their numbers; all where none is named."""
    import difflib  # noqa: PLC0415 - only to run

    from recorder.gates import GATES  # noqa: PLC0415

    known = {gate.number: gate for gate in GATES}
    for name in names:
        gate = known.get(name.upper())
        if gate is None:
            near = difflib.get_close_matches(name.upper(), known, n=1)
            hint = f' (did you mean "{near[0]}"?)' if near else ""
            raise UsageError(f'no gate "{name}"{hint}; gates: {", ".join(known)}')
        if no_login and gate.logs_in:
            raise UsageError(f"{gate.number} asks hosts: leave out --no-login")
    wanted = {name.upper() for name in names} or known.keys()
    some = [gate for gate in GATES if gate.number in wanted]
    return [gate for gate in some if not (no_login and gate.logs_in)]


def _facts(choice: Choice, gates: "Sequence[Gate]", *, logged_in: bool) -> "Facts":
    """What the gates judge by: the stack, and as much of a look as they need."""
    from recorder.bindings import load  # noqa: PLC0415 - only to run
    from recorder.gates import Facts  # noqa: PLC0415

    if choice.folder is None:
        raise UsageError("there is no binding to hold the stack against: see docs/bindings.md")
    stack = load(choice.folder)
    look = _look(stack, _parts(gates, logged_in=logged_in), logged_in=logged_in)
    snapshot = finish(look, choice)
    return Facts(stack, snapshot, look.evidence(), logged_in=logged_in)


def _parts(gates: "Sequence[Gate]", *, logged_in: bool) -> "Part":
    from recorder.collect.snapshot import Part  # noqa: PLC0415 - only to run

    numbers = {gate.number for gate in gates}
    parts = Part(0)
    if logged_in and numbers & {"D106", "D107", "D109"}:
        parts |= Part.HOSTS
    return parts | Part.ENDPOINTS if "D108" in numbers else parts


def _look(stack: "Stack", parts: "Part", *, logged_in: bool) -> "Look":
    from recorder.collect.snapshot import (  # noqa: PLC0415 - only to run
        Asking,
        Look,
    )
    from recorder.collect.ways import Opener, make_ready, no_way_in  # noqa: PLC0415
    from recorder.model import LocalTime, day_of  # noqa: PLC0415

    today = day_of(datetime.now(LocalTime()).date(), LocalTime())
    asked = stack if logged_in else _without_ssh(stack)
    connect = Opener() if logged_in else no_way_in
    make_ready(asked)
    return Look(asked, Asking(today, os.environ, parts, verifying=True, connect=connect))


def _without_ssh(stack: "Stack") -> "Stack":
    """The stack without the endpoints that are asked through SSH."""
    services = (
        replace(it, health=None) if it.health and it.health.via_ssh else it for it in stack.services
    )
    return replace(stack, services=tuple(services))


def _record(
    history: Location, facts: "Facts", results: "Sequence[GateResult]"
) -> StoreError | None:
    """Record what the gates found; why not, where that fails."""
    from recorder.store.gates import record_gates  # noqa: PLC0415 - the store
    from recorder.store.lock import one_look  # noqa: PLC0415

    try:
        with one_look(history, PATIENCE_SEC) as ours:
            if not ours:
                return BusyError("another look is under way")
            record_gates(history, facts.snapshot.taken_at, results)
    except StoreError as error:
        return error
    return None


def _show(
    choice: Choice, facts: "Facts", results: "Sequence[GateResult]", *, recorded: bool
) -> None:
    if choice.as_json:
        from recorder.render.gates_document import gates as told  # noqa: PLC0415 - only to tell

        print_json(told(results, facts.snapshot, recorded=recorded, generated_at=now()))
        return
    from recorder.model import LocalTime  # noqa: PLC0415 - only to draw
    from recorder.render.gates import screen as drawn  # noqa: PLC0415

    screen(choice).print(drawn(results, facts.snapshot, tz=LocalTime()))
