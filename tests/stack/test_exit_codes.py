"""What `ops` tells a script: its exit code, and one line on standard error where it has to."""

import signal

import pytest
from realhosts import Lab
from realhosts.blueprint import DEAD_ADDRESS
from realhosts.waiting import wait_until

from stack.ops import Document, Ops, bound, rebound

LISTS_THEM = "`ops media.service.status` lists them"
USUAL_HOSTS = "hosts: download-stack, streaming-stack"


def test_a_healthy_part_exits_with_0(ops: Ops) -> None:
    """What was not asked for doesn't count: a healthy service beside sick ones is well."""
    document = ops.document("media.status", "--service", "bazarr", code=0)
    assert document["status"] == "ok"
    assert [service["name"] for service in document["data"]["services"]] == ["bazarr"]


@pytest.mark.parametrize("arguments", [(), ("--host", "streaming-stack"), ("--service", "slskd")])
def test_something_wrong_exits_with_1(ops: Ops, arguments: tuple[str, ...]) -> None:
    """It looked, and what it was asked about is not well; no complaint about itself."""
    done = ops("media.status", *arguments)
    assert (done.returncode, done.stderr) == (1, "")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("media.status", "--host", "downlod-stack"),
            f'no host "downlod-stack" (did you mean "download-stack"?); {USUAL_HOSTS}',
        ),
        (("media.nfs.verify", "--vm", "zzz"), f'no host "zzz"; {USUAL_HOSTS}'),
        (
            ("media.service.status", "--service", "radar"),
            f'no service "radar" here (did you mean "radarr"?); {LISTS_THEM}',
        ),
        (
            ("media.status", "--json", "--service", "zzz"),
            f'no service "zzz" here; {LISTS_THEM}',
        ),
    ],
)
def test_an_unknown_name_exits_with_2(ops: Ops, arguments: tuple[str, ...], said: str) -> None:
    """A name that is none is said in one line, with the nearest there is, and nothing is shown."""
    done = ops(*arguments)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"ops: {said}\n")


@pytest.mark.parametrize(
    "arguments",
    [("media.statu",), ("media.status", "--nonsense"), ("--root", "/nowhere", "media.status")],
)
def test_a_wrong_call_exits_with_2(ops: Ops, arguments: tuple[str, ...]) -> None:
    """A capability, an option or a folder that is none is a mistake in the call."""
    done = ops(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr


def test_mistakes_in_the_bindings_exit_with_2(ops: Ops) -> None:
    """Every mistake is one line with file, line and key, and no host is asked."""

    def slip(bindings: Document) -> None:
        bindings["services"]["radarr"]["vm"] = "downlod-stack"
        bindings["services"]["sonarr"]["staus"] = bindings["services"]["sonarr"].pop("status")

    slipped = rebound(ops, "slipped", slip)
    done = slipped("media.status")
    assert (done.returncode, done.stdout) == (2, "")
    host, key = done.stderr.splitlines()
    number = line_of(slipped, "vm: downlod-stack")
    wrong = f'media.services.yaml:{number}: services.radarr.vm: no host "downlod-stack"'
    assert host == f'{wrong} (did you mean "download-stack"?)'
    wrong = f"media.services.yaml:{line_of(slipped, 'staus: active')}: services.sonarr.staus:"
    assert key == f'{wrong} unknown key (did you mean "status"?)'


def line_of(ops: Ops, text: str) -> int:
    """The number of the binding's line that says so."""
    assert ops.root is not None
    lines = (ops.root / "ops/bindings/media.services.yaml").read_text().splitlines()
    return [line.strip() for line in lines].index(text) + 1


def test_ctrl_c_exits_with_130(lab: Lab, ops: Ops) -> None:
    """Interrupted while a host is awaited, it ends at once with a word and without a traceback."""
    hosts = {"hosts": {"away": {"addresses": [DEAD_ADDRESS], "connect_timeout_sec": 60}}}
    root = bound(lab, "away", {"version": 1, **hosts, "services": {}})
    with ops.at(root).start("media.status") as run:
        wait_until(lambda: run.waits_for(DEAD_ADDRESS), "the program to ask the host")
        run.send(signal.SIGINT)
        assert run.end() == (130, "", "\nops: interrupted\n")
