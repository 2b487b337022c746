"""What is secret stays where it is: API keys on this side, environments on the hosts."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from realhosts import Lab
from realhosts.control import API_KEY_OF
from realhosts.waiting import wait_until

from recorder.collect.probe import question
from stack.ops import Break, Ops

SECRET = "correct-horse-battery-staple"  # noqa: S105 -- nobody's
CHECKS = (
    "media.status",
    "media.health.check",
    "media.service.status",
    "media.nfs.verify",
    "media.metrics.today",
)


@pytest.mark.parametrize("check", CHECKS)
def test_no_output_holds_a_key(ops: Ops, broken: Break, check: str) -> None:
    """Neither screen nor document nor complaint, with an app that is well and one that is not."""
    broken("killed", "download-stack", "lidarr")
    said = [ops(check), ops(check, "--json")]
    told = "".join(f"{done.stdout}{done.stderr}" for done in said)
    assert [key for key in API_KEY_OF.values() if key in told] == []


def test_a_wrong_key_is_not_told_either(ops: Ops) -> None:
    """A key that is refused, or can't be one, is as secret as a good one."""
    for key in (SECRET, f"{SECRET}\n\x1b[31m{SECRET}"):
        done = ops("media.status", env={"RADARR_API_KEY": key})
        assert done.returncode == 1
        assert SECRET not in done.stdout + done.stderr


def test_no_argument_list_holds_a_key(ops: Ops, broken: Break) -> None:
    """While a key is on its way, no process on this machine carries it in its arguments."""
    broken("silent", "download-stack", "radarr")
    with ops.start("media.status") as run:
        wait_until(lambda: run.talks_to("192.0.2.209", 7878), "the app to be asked")
        lines = arguments()
        assert any("media.status" in line for line in lines)
        assert [line for line in lines if any(key in line for key in API_KEY_OF.values())] == []


def arguments() -> list[str]:
    """The arguments of every process of this machine, those of the lab among them."""
    lines = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                lines.append((entry / "cmdline").read_text(errors="replace"))
            except OSError:  # it has ended
                continue
    return lines


@pytest.fixture
def secretive(lab: Lab) -> Iterator[str]:
    """A container with secrets in its environment, a label of its own and its command."""
    engine = lab.hosts["streaming-stack"].engine
    options = ("--env", f"TOKEN={SECRET}", "--label", f"traefik.auth={SECRET}")
    engine("create", "--name", "secretive", *options, "lab/tinker:0.1", "sleep", "1", SECRET)
    yield "secretive"
    engine("rm", "--force", "secretive")


def test_secrets_of_containers_never_leave_their_host(lab: Lab, ops: Ops, secretive: str) -> None:
    """The host's whole answer tells of the container, and of none of its secrets."""
    assert SECRET in json.dumps(lab.inspect("streaming-stack"))
    script = question(["/mnt/media"], search=True).script.decode()
    answer = lab.run("ssh", "streaming-stack", "sh -s", stdin=script).stdout
    assert f'"/{secretive}"' in answer
    assert SECRET not in answer
    assert SECRET not in ops("media.status", "--json").stdout
