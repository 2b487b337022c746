"""A look leaves nothing behind, however it ends: no process on any host, none on this side."""

import signal
from contextlib import ExitStack

import pytest
from realhosts import Lab
from realhosts.waiting import wait_until

from stack.leftovers import ENDS_SEC, HERE, remains
from stack.ops import Break, Ops, bound, processes


@pytest.fixture
def held(lab: Lab, ops: Ops, broken: Break) -> Ops:
    """The program with an engine that never answers, a ProxyCommand, and its own machine."""
    broken("engine-hung", "streaming-stack")
    hosts = {
        "streaming-stack": {"addresses": ["192.0.2.210"], "ssh_user": "ubuntu"},
        "by-command": {"addresses": ["inner-by-command"]},
        "here": {"connect": "local"},
    }
    return ops.at(bound(lab, "held", {"version": 1, "hosts": hosts, "services": {}}))


def test_a_look_leaves_nothing(lab: Lab, ops: Ops) -> None:
    """When it has ended, so has everything it started, behind jump hosts too."""
    everything = ops.at(lab.control.folder / "roots" / "everything")
    assert everything("media.status").returncode == 1
    wait_until(lambda: not remains(lab), "the hosts to notice", ENDS_SEC)


def test_a_look_cut_short_leaves_nothing(lab: Lab, held: Ops) -> None:
    """Interrupted, ended, hung up or killed amid its questions, it leaves none of them for good."""
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL)
    asked = lab.hosts["streaming-stack"].cell.pid

    def questions() -> bool:
        on_host = [line for line in processes(asked, ["docker ps"]) if line.startswith("timeout")]
        return len(on_host) == len(signals)

    with ExitStack() as stack:
        histories = [lab.control.home / "held" / f"{number}.db" for number in signals]
        looks = [held.start("media.status", "--db", str(history)) for history in histories]
        runs = [stack.enter_context(look) for look in looks]
        wait_until(questions, "every look to be held by the engine")
        for run, number in zip(runs, signals, strict=True):
            run.send(number)
        ends = [run.end() for run in runs]
    assert ends == [
        (130, "", "\nops: interrupted\n"),
        *((code, "", "") for code in (143, 129, 137)),
    ]
    wait_until(lambda: not remains(lab), "the hosts to notice", ENDS_SEC)


def test_a_command_to_a_jump_host_that_is_off_goes_with_the_look(
    lab: Lab, ops: Ops, broken: Break
) -> None:
    """A ProxyCommand that still knocks when its time is up is ended, not left knocking."""
    broken("off", "download-stack")
    hosts = {"by-command": {"addresses": ["inner-by-command"], "connect_timeout_sec": 1}}
    away = ops.at(bound(lab, "away-by-command", {"version": 1, "hosts": hosts, "services": {}}))
    assert away.facts()[("host", "by-command", "")] == "down timeout"
    wait_until(lambda: not processes(lab.cell.pid, HERE), "the command to end", 5)
