"""What a host's key is forced to, and the script that installs it; no host is needed here."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recorder.bindings.stack import HealthBinding, ImportBinding, KeyBinding, Stack
from recorder.collect.access.installing import (
    Access,
    installer,
    is_account,
    key_line,
    localhost_ports,
    probe,
    public_key,
    remover,
)
from recorder.collect.look import read_answer
from recorder.collect.probe import question, request
from recorder.collect.shell import Answer, Ended
from recorder.model import Declared, Host, Reason

from .conftest import require
from .examples import host, service
from .programs import NOBODY, SHELLS

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAICIySl5EmctYnX3D6zCh9wGlzO61DnlDCFvRAfPBSOQW"
LETTERS = "01 -/\\'\"$`;|&<>(){}*?~#!=\n\t\x00" + "look search boots request set -- media"
requests = st.lists(st.text(LETTERS, max_size=12), max_size=9).map(" ".join)
REFUSALS = ("this key may only look", "no request", "another version")


@pytest.fixture(scope="module")
def forced() -> Iterator[Path]:
    """The program a key is forced to, as a file that everybody may run."""
    with tempfile.TemporaryDirectory(prefix="media-recorder-") as folder:
        Path(folder).chmod(0o755)
        file = Path(folder, "probe")
        file.write_text(probe(host(compose_path="/opt/a stack")))
        yield file


def _ask(
    forced: Path, shell: str, sent: bytes, command: str | None = "sh -s"
) -> subprocess.CompletedProcess[bytes]:
    """Run it as sshd does, as nobody, in a folder where nobody may write."""
    folder = forced.parent / "work"
    folder.mkdir(exist_ok=True)
    folder.chmod(0o777)
    words = [shutil.which(SHELLS[shell][0]) or "", *SHELLS[shell][1:-1], str(forced)]
    root = os.geteuid() == 0
    done = subprocess.run(
        words,
        input=sent,
        capture_output=True,
        cwd=folder,
        env={} if command is None else {"SSH_ORIGINAL_COMMAND": command},
        timeout=20,
        check=False,
        user=NOBODY if root else None,
        group=NOBODY if root else None,
        extra_groups=[] if root else None,
    )
    assert list(folder.iterdir()) == []
    return done


def test_a_forced_key_is_answered_as_a_shell_answers(forced: Path, shell: str) -> None:
    """The same question, whole, the script behind its first line left unread."""
    asked = question(["/", "/nowhere at all"], search=False)
    done = _ask(forced, shell, asked.script)
    look = read_answer(host(), None, asked, Answer(done.stdout, Ended.WHOLE), 0)
    assert {path: space.reply.value for path, space in look.spaces.items()} == {
        "/": "ok",
        "/nowhere at all": "error",
    }
    assert look.entries
    assert done.stderr == b""


def test_a_forced_key_tells_boots(forced: Path, shell: str) -> None:
    """What is asked behind a look is answered as well."""
    mark = "ab" * 16
    done = _ask(forced, shell, request(mark, "boots"))
    assert done.stdout.endswith(f"\n{mark} end\n".encode())
    assert f"\n{mark} journal\n".encode() in done.stdout


@pytest.mark.parametrize("command", [None, "", "id", "sh -s; id", "sh", "/bin/sh -s", "sh -s\nid"])
def test_only_the_one_command_is_answered(forced: Path, command: str | None) -> None:
    """A login, another program, a word more: refused, whatever is sent."""
    done = _ask(
        forced, require("dash").rpartition("/")[2], question([], search=False).script, command
    )
    assert (done.returncode, done.stdout) == (77, b"")


@given(requests.map(str.encode) | st.binary(max_size=80))
@settings(max_examples=40, deadline=None)
def test_any_bytes_are_a_look_or_nothing(forced: Path, sent: bytes) -> None:
    """No bytes make it run one of them, write a file or say more than why not."""
    for line in (sent, b"request='" + sent + b"'\n", request("ab" * 16, "look")[:-2] + sent):
        done = _ask(forced, "dash", line)
        if done.returncode == 0:
            assert done.stdout.endswith(b" end\n")
        else:
            assert (done.returncode, done.stdout) == (77, b"")
            assert done.stderr.decode() in {f"media-recorder probe 1: {it}\n" for it in REFUSALS}


def test_it_tells_the_compose_file_of_the_binding_and_no_other(forced: Path, shell: str) -> None:
    """Its path is in the installed program; another one is passed over, the rest is answered."""
    other = question(["/"], search=False, compose="/etc/passwd")
    told = _ask(forced, shell, other.script).stdout
    assert f"\n{other.mark} compose 5\n".encode() in told
    assert f"{other.mark} asked 0 0".encode() in told
    assert b"root:" not in told
    own = question([], search=False, compose="/opt/a stack")
    assert f"\n{own.mark} compose 3\n".encode() in _ask(forced, shell, own.script).stdout


def _refused(complaint: str) -> Host:
    asked = question([], search=False)
    return read_answer(host(), None, asked, Answer(b"", Ended.CLOSED, complaint), 0).host


@pytest.mark.parametrize(
    ("version", "detail"),
    [
        (0, "the probe installed there is older than this program (0, not 1)"),
        (2, "the probe installed there is newer than this program (2, not 1)"),
        (1, "the probe installed there refused: no request"),
    ],
)
def test_a_probe_of_another_version_says_so(version: int, detail: str) -> None:
    """With what to type, and not as a host without a shell."""
    seen = _refused(f"Banner\nmedia-recorder probe {version}: no request\n")
    assert (seen.reason, seen.detail) == (Reason.PROBE_FAILED, detail)
    assert "ops media.access download-stack | ssh YOU@HOST sudo sh" in (seen.hint or "")
    assert ("upgrade media-recorder here" in (seen.hint or "")) is (version > 1)


def test_ports_of_localhost_that_are_looked_at_may_be_reached() -> None:
    """Endpoints and counted apps that listen there only; no parked one, none of another host."""
    via = HealthBinding(3000, via_ssh=True)
    stack = Stack(
        hosts=(host(),),
        services=(
            service("jellystat", health=via),
            service("parked", health=HealthBinding(3001, via_ssh=True), declared=Declared.PARKED),
            service("open", health=HealthBinding(3002)),
            service("radarr", port=7878, health_reason="localhost_bound"),
            service("sonarr", port=8989, health_reason="localhost_bound"),
        ),
        imports=(ImportBinding("radarr", "radarr", "radarr", KeyBinding(env="K")),),
    )
    assert localhost_ports(stack, host()) == (3000, 7878)
    assert localhost_ports(stack, host("other")) == ()


def test_the_line_of_a_key_forbids_all_but_the_probe() -> None:
    """Forwarding only to named ports of localhost, and then no listening."""
    forced = 'restrict,command="/usr/local/lib/media-recorder/probe"'
    assert key_line(KEY) == f"{forced} {KEY} media-recorder"
    assert key_line(KEY, (3000, 7878)) == (
        f'{forced},port-forwarding,permitlisten="127.0.0.1:1",permitopen="127.0.0.1:3000",'
        f'permitopen="127.0.0.1:7878" {KEY} media-recorder'
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ssh-ed25519",
        "ssh-ed25519 AAAA",
        "ssh-ed25519 !",
        f'command="sh" {KEY}',
        KEY.replace("ssh-ed25519", "ssh-rsa"),
        "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk\n",
    ],
)
def test_what_is_no_public_key_is_refused(text: str) -> None:
    """No option and no line can come in by the key's file, and no private key go out."""
    with pytest.raises(ValueError, match=r"^that is "):
        public_key(text)


def test_a_key_is_installed_without_its_comment() -> None:
    """Which could hold anything."""
    assert public_key(f"{KEY} me@home '\nssh-rsa AAAA\n") == KEY


@pytest.mark.parametrize("name", ["root", "", "-x", "a b", "a;b", "$(id)", "A", "a" * 33, "a\n"])
def test_what_is_no_account_is_refused(name: str) -> None:
    """Nor root, whose key would be forced and whose sudo would not."""
    assert not is_account(name)


@given(st.text(min_size=1, max_size=20), st.text(min_size=1, max_size=20))
@settings(max_examples=30, deadline=None)
def test_names_of_a_binding_stay_names_in_the_script(name: str, compose: str) -> None:
    """Whatever a host, an address or a path is called, the script has the same commands."""
    compose = compose.encode("utf-8", "replace").decode()
    plain = installer(Access(host("HOST", "ADDRESS", compose_path="/PATH"), KEY))
    odd = installer(Access(host(name, name, compose_path=compose), KEY))
    assert odd.count("\n") == plain.count("\n")
    assert odd.count("'") == plain.count("'")
    assert not set(odd.replace(plain, "")) & {"\x00", "\r", "\x1b"}
    assert remover(host(name), "u").count("\n") == remover(host(), "u").count("\n")
