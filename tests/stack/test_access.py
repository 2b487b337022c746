"""A key that may look and do nothing else, on real hosts: real sshd, sudo and engines.

`ops media.access` prints what to install; root of each host runs it, as a person would.
"""

import shlex
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from realhosts import Lab
from realhosts.machine import Machine
from realhosts.programs import ProgramError
from realhosts.waiting import wait_until

from recorder.collect.boots import read_boots
from recorder.collect.probe import INSTALLED, question, request
from stack.ops import Document, Ops

HOSTS = ("download-stack", "streaming-stack")
USER = "media-recorder"
AT_ONCE = 8
ONLY_LOOKS = "the key here may only look (docs/security.md): log in with one that may do more"
INCLUDE = "Include /etc/ssh/sshd_config.d/*.conf"  # as Debian's own configuration begins
MARK = "0123456789abcdef" * 2
SAID = "media-recorder probe 1: {}\n"
VARYING = {
    "at",
    "clock_offset_sec",
    "duration_ms",
    "free_bytes",
    "free_change_bytes",
    "generated_at",
    "last_seen",
    "latency_ms",
    "load_1min",
    "memory_available_bytes",
    "since",
    "ts",
    "uptime_sec",
}
FLICKERS = "swaparr"  # restarts for ever
# A server that tells whoever reaches it so: perl is part of every Debian.
DOOR = (
    "socket(S,1,1,0);bind(S,pack('Sa*',1,'/run/lab/door'));chmod 0777,'/run/lab/door';listen(S,9);"
)
DOOR += 'while(accept(C,S)){syswrite C,"reached\\n";close C}'


@pytest.fixture(scope="module")
def forced(lab: Lab, ops: Ops) -> Iterator[Ops]:
    """The program, its key on the usual two hosts forced to the probe."""
    for name in HOSTS:
        cell = lab.hosts[name].cell
        cell.shell("mount -o remount,rw /usr/local")
        cell.shell(f"sed -i '1i {INCLUDE}' /etc/ssh/sshd_config")
        _as_root(lab.hosts[name], _printed(ops, name))
    yield ops.at(lab.root("forced", hosts=HOSTS, defaults={"ssh_user": USER}))
    for name in HOSTS:
        _as_root(lab.hosts[name], _printed(ops, name, "--remove"))
        lab.hosts[name].cell.shell("sed -i 1d /etc/ssh/sshd_config")
        lab.hosts[name].cell.shell("mount -o remount,ro /usr/local")


def _printed(ops: Ops, *arguments: str) -> str:
    done = ops("media.access", *arguments)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def _as_root(machine: Machine, script: str) -> None:
    """Run it as a person would: `| ssh YOU@HOST sudo sh`; sshd reads its rules anew by itself."""
    machine.cell.run("sh", stdin=script)
    wait_until(machine.sshd.listens, f"the sshd of {machine.plan.name}")


def _steady(value: Any) -> Any:  # noqa: ANN401 - JSON
    """A document without what is another at each look."""
    if isinstance(value, dict):
        if value.get("name") == FLICKERS:
            return FLICKERS
        return {key: _steady(inner) for key, inner in value.items() if key not in VARYING}
    return [_steady(inner) for inner in value] if isinstance(value, list) else value


def _findings(document: Document) -> Document:
    """A document but for what it says of the container that flickers, and of time passing."""
    data = {key: it for key, it in document["data"].items() if key not in ("changes", "problems")}
    return _steady(data)


def test_a_key_that_may_only_look_sees_all_there_is(ops: Ops, forced: Ops) -> None:
    """The same document, but for times, as by a login that may do anything and reads the engine."""
    assert _findings(forced.document("media.status")) == _findings(ops.document("media.status"))


def test_the_gates_judge_by_it_as_by_any_other(ops: Ops, forced: Ops) -> None:
    """`ops verify` asks more of a host; a forced key answers that too."""
    with ThreadPoolExecutor(2) as pool:
        by_any, by_it = pool.map(lambda each: each.document("verify")["data"], (ops, forced))
    assert _steady(by_it) == _steady(by_any)


def test_a_host_tells_its_boots_by_it_too(lab: Lab, forced: Ops) -> None:
    """What is asked behind a look is answered: the same sections, to the end."""
    assert forced.root is not None
    told = _ssh(lab, "sh -s", stdin=request(MARK, "boots").decode() + "exit 9\n")
    assert told.stdout.endswith(f"\n{MARK} end\n")
    assert f"\n{MARK} wtmp\n" in told.stdout
    assert read_boots(told.stdout.encode(), MARK) == ()


def _ssh(
    lab: Lab, *command: str, options: tuple[str, ...] = (), stdin: str = ""
) -> subprocess.CompletedProcess[str]:
    return lab.run(
        "ssh", *options, f"{USER}@streaming-stack", *command, stdin=stdin, timeout_sec=20
    )


def _look(*words: str, version: str = "1", mark: str = MARK) -> str:
    return f"request='{' '.join([version, mark, 'look', *words])}'\n"


NOT_LOOKS = {
    "a shell": ((), "touch /tmp/executed; id\n", "this key may only look"),
    "a command": (("id",), "", "this key may only look"),
    "a command by a shell": (("sh -c 'touch /tmp/executed; id'",), "", "this key may only look"),
    "a look and a command": (("sh -s; id",), _look("-", "-"), "this key may only look"),
    "another script": (("sh -s",), "touch /tmp/executed; id\n", "this key may only look"),
    "a guarded script": (("sh -s",), "{\ntouch /tmp/executed; id\n}\n", "this key may only look"),
    "a line behind": (("sh -s",), f"id\n{_look('-', '-')}", "this key may only look"),
    "nothing": (("sh -s",), "", "this key may only look"),
    "a substitution": (("sh -s",), _look("-", "-", "/$(touch /tmp/executed)"), "no request"),
    "backquotes": (("sh -s",), _look("-", "-", "/`touch /tmp/executed`"), "no request"),
    "a quote": (("sh -s",), _look("-", "-", "/'; touch /tmp/executed; '"), "no request"),
    "another quote": (("sh -s",), _look("-", "-", '/";touch /tmp/executed;"'), "no request"),
    "a line that goes on": (
        ("sh -s",),
        "request='1 a\ntouch /tmp/executed'\n",
        "this key may only look",
    ),
    "another escape": (("sh -s",), _look("-", "-", "/\\c"), "no request"),
    "a byte too far": (("sh -s",), _look("-", "-", "/\\0400"), "no request"),
    "a star": (("sh -s",), _look("-", "-", "/*"), "no request"),
    "no mark": (("sh -s",), _look("-", "-", mark="x" * 32), "no request"),
    "a short mark": (("sh -s",), _look("-", "-", mark="ab"), "no request"),
    "half a request": (("sh -s",), _look(), "no request"),
    "another search": (("sh -s",), _look("-x", "-"), "no request"),
    "another question": (("sh -s",), f"request='1 {MARK} run id'\n", "another version"),
    "another version": (("sh -s",), _look("-", "-", version="2"), "another version"),
    "endless": (("sh -s",), "request='" + "a" * 200_000, "this key may only look"),
}


def test_whatever_else_is_sent_gives_nothing(lab: Lab, forced: Ops) -> None:
    """No word is answered but why not, and nothing is changed on the host."""
    assert forced.root is not None

    def outcome(name: str) -> tuple[int, str, str]:
        command, sent, _ = NOT_LOOKS[name]
        done = _ssh(lab, *command, options=("-T",), stdin=sent)
        return done.returncode, done.stdout, done.stderr

    with ThreadPoolExecutor(AT_ONCE) as pool:
        outcomes = dict(zip(NOT_LOOKS, pool.map(outcome, NOT_LOOKS), strict=True))
    assert outcomes == {name: (77, "", SAID.format(it[2])) for name, it in NOT_LOOKS.items()}
    assert _made(lab) == ""


def _made(lab: Lab) -> str:
    """What the account made on the host, wherever somebody can."""
    places = "/tmp /var/tmp /dev/shm /run /home /var/lib/media-recorder"
    made = f"find {places} -xdev ( -user {USER} -o -name executed )"
    return lab.hosts["streaming-stack"].cell.run(*made.split())


def test_odd_paths_are_asked_about_and_nothing_more(lab: Lab, forced: Ops) -> None:
    """Letters that mean something to a shell arrive as letters of a path."""
    assert forced.root is not None
    paths = [
        "/$(touch /tmp/executed)",
        "/`id`",
        "/a'b\"c",
        "/new\nline\n",
        "/; id;",
        "/*",
        "/-e \\c",
    ]
    asked = question(paths, search=False)
    done = _ssh(lab, "sh -s", stdin=asked.script.decode())
    for number in range(len(paths)):
        assert f"{asked.mark} asked {number} 1 " in done.stdout
    assert done.stdout.count("No such file or directory") == len(paths)
    assert _made(lab) == ""


def test_its_compose_file_is_all_it_reads_of_files(lab: Lab, forced: Ops) -> None:
    """A request for another file is answered without it: a look tells of no file's inside."""
    assert forced.root is not None
    asked = question(["/"], search=False, compose="/etc/passwd")
    done = _ssh(lab, "sh -s", stdin=asked.script.decode())
    assert f"\n{asked.mark} compose 5\n" in done.stdout
    assert f"{asked.mark} compose 0" not in done.stdout
    assert "root:" not in done.stdout
    assert done.stdout.endswith(f"\n{asked.mark} end\n")


WAYS = (
    "sftp -b /dev/null TARGET",
    "scp /etc/hosts TARGET:/tmp/executed",
    "ssh -tt TARGET",
    "ssh -W 127.0.0.1:22 TARGET",
    "ssh -W localhost:3000 TARGET",
    "ssh -W 192.0.2.209:7878 TARGET",
    "ssh -N -oExitOnForwardFailure=yes -R 127.0.0.1:4444:127.0.0.1:22 TARGET",
    "ssh -N -oExitOnForwardFailure=yes -R 0:127.0.0.1:22 TARGET",
    "ssh -N -oExitOnForwardFailure=yes -R 1:127.0.0.1:22 TARGET",
    "ssh -N -oExitOnForwardFailure=yes -R /tmp/executed:127.0.0.1:22 TARGET",
)


def test_no_other_way_leads_in(lab: Lab, forced: Ops) -> None:
    """No file is copied, no terminal given, no port or socket forwarded or listened at."""
    assert forced.root is not None

    def outcome(way: str) -> tuple[int, str]:
        done = lab.run(*way.replace("TARGET", f"{USER}@streaming-stack").split(), timeout_sec=20)
        return done.returncode, done.stdout

    with ThreadPoolExecutor(AT_ONCE) as pool:
        outcomes = dict(zip(WAYS, pool.map(outcome, WAYS), strict=True))
    assert outcomes == dict.fromkeys(WAYS, (255, ""))
    assert _made(lab) == ""


def test_no_socket_of_the_host_is_reached(lab: Lab, forced: Ops) -> None:
    """Not even one that everybody on the host may use, though a port may be forwarded to."""
    assert forced.root is not None
    machine = lab.hosts["streaming-stack"]
    machine.cell.start("perl", "-e", DOOR, log="/var/log/door.log")
    wait_until(lambda: machine.cell.answers("test", "-S", "/run/lab/door"), "the socket")
    assert _through(lab, "ubuntu", "/run/lab/door") == "reached\n"
    assert _through(lab, USER, "/run/lab/door") == ""
    machine.cell.shell("pkill -f run/lab/door; rm /run/lab/door")


def _through(lab: Lab, user: str, door: str) -> str:
    """What a socket of the host says to whoever logs in as that user."""
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder, "door")
        tunnel = f"ssh -N -L {here}:{door} {user}@streaming-stack & cat; kill $!"
        with subprocess.Popen(
            lab.command(["sh", "-c", tunnel]),
            env=lab.environment(),
            stdin=subprocess.PIPE,  # the tunnel ends with it
            stderr=subprocess.DEVNULL,
        ):
            wait_until(here.exists, "the tunnel")
            with socket.socket(socket.AF_UNIX) as talk:
                talk.settimeout(20)
                talk.connect(str(here))
                return talk.recv(100).decode()


def test_what_is_installed_is_roots(lab: Lab, forced: Ops) -> None:
    """The account can change neither its programs nor the rules nor its own key."""
    assert forced.root is not None
    cell = lab.hosts["streaming-stack"].cell
    files = f"{INSTALLED} {INSTALLED}/* /etc/sudoers.d/media-recorder /var/lib/media-recorder"
    files += " /var/lib/media-recorder/.ssh /var/lib/media-recorder/.ssh/authorized_keys"
    assert cell.shell(f"stat -c '%a %U:%G' {files}").split("\n")[:-1] == [
        "755 root:root",
        "755 root:root",
        "755 root:root",
        "440 root:root",
        "755 root:root",
        "755 root:root",
        "644 root:root",
    ]
    assert "parsed OK" in cell.run("visudo", "-c")
    groups = cell.run("id", "-Gn", USER).split()
    assert groups == [USER]


REFUSED = (
    f"{INSTALLED}/containers ps",
    f"{INSTALLED}/containers ''",
    f"{INSTALLED}/probe",
    "docker ps",
    "docker ps --all --quiet --no-trunc",
    "docker ps --format '{{.Command}}'",
    "docker inspect jellyfin",
    "docker run --rm lab/tinker:0.1 true",
    "docker exec jellyfin env",
    "podman ps",
    f"-E {INSTALLED}/containers",
    f"DOCKER_HOST=tcp://127.0.0.1:1 {INSTALLED}/containers",
    f"sh -c {INSTALLED}/containers",
    "true",
    "-u ubuntu true",
)


def test_sudo_lets_it_list_containers_and_nothing_else(lab: Lab, forced: Ops) -> None:
    """One program without arguments: no engine, no other word, no environment of one's own."""
    assert forced.root is not None
    cell = lab.hosts["streaming-stack"].cell

    def outcome(words: str) -> tuple[int, str]:
        asking = ["runuser", "-u", USER, "--", "sudo", "-n", *shlex.split(words)]
        done = subprocess.run(
            cell.command(asking),
            input=f"{MARK}\n",
            capture_output=True,
            text=True,
            timeout=20,
            check=False,
        )
        return done.returncode, done.stdout[:60]

    with ThreadPoolExecutor(AT_ONCE) as pool:
        outcomes = dict(zip(REFUSED, pool.map(outcome, REFUSED), strict=True))
    assert outcomes == dict.fromkeys(REFUSED, (1, ""))
    code, said = outcome(f"{INSTALLED}/containers")
    assert (code, said.splitlines()[:2]) == (0, ["", f"{MARK} engine docker 0 listed 13"])


def test_environment_does_not_get_by(lab: Lab, forced: Ops) -> None:
    """What a client sends of its environment changes nothing of what is run."""
    assert forced.root is not None
    asked = question(["/"], search=False)
    variables = (
        "PATH=/tmp BASH_ENV=/tmp/x ENV=/tmp/x LD_PRELOAD=/tmp/x.so DOCKER_HOST=tcp://127.0.0.1:1"
    )
    done = _ssh(lab, "sh -s", options=(f"-oSetEnv={variables}",), stdin=asked.script.decode())
    assert f"{asked.mark} engine docker 0 listed 13\n" in done.stdout
    assert done.stdout.endswith(f"\n{asked.mark} end\n")


ACTS = (
    "media.stack.restart --host download-stack --yes",
    "recyclarr.sync --yes",
    "recyclarr.sync --preview",
    "media.backup.create --yes",
    "media.backup.restore radarr --yes",
)


def test_what_acts_says_that_the_key_may_only_look(lab: Lab, forced: Ops) -> None:
    """In one line, before anything is done: exit code 2, and every container as it was."""
    root = lab.root(
        "forced-acts",
        hosts=("download-stack",),
        defaults={"ssh_user": USER},
        changes={"download-stack": {"compose_path": "/home"}},
    )

    def outcome(act: str) -> tuple[int, str, int, bool]:
        done = forced.at(root)(*act.split())
        lines = done.stderr.splitlines()
        return done.returncode, done.stdout, len(lines), ONLY_LOOKS in done.stderr

    before = [it["State"]["StartedAt"] for it in _lasting(lab)]
    with ThreadPoolExecutor(len(ACTS)) as pool:
        outcomes = dict(zip(ACTS, pool.map(outcome, ACTS), strict=True))
    assert outcomes == dict.fromkeys(ACTS, (2, "", 1, True))
    assert [it["State"]["StartedAt"] for it in _lasting(lab)] == before


def _lasting(lab: Lab) -> list[dict[str, Any]]:
    return [it for it in lab.inspect("download-stack") if it["Name"] != f"/{FLICKERS}"]


def test_a_newer_probe_than_the_program_is_told_with_what_to_type(lab: Lab, forced: Ops) -> None:
    """The host counts as probe_failed: not as one without a shell or without containers."""
    cell = lab.hosts["streaming-stack"].cell
    cell.shell(
        f"cp {INSTALLED}/probe /root/kept; sed -i 's/^VERSION=1 /VERSION=2 /' {INSTALLED}/probe"
    )
    try:
        (_, host) = forced.document("media.status")["data"]["hosts"]
    finally:
        cell.shell(f"cp /root/kept {INSTALLED}/probe; rm /root/kept")
    assert (host["state"], host["reason"]) == ("down", "probe_failed")
    assert host["detail"] == "the probe installed there is newer than this program (2, not 1)"
    assert "ops media.access streaming-stack | ssh" in host["hint"]


def test_all_of_it_is_taken_away_again(lab: Lab, ops: Ops, forced: Ops) -> None:
    """No account, no program, no rule stays; and it can be installed again, and once more."""
    assert forced.root is not None
    machine = lab.hosts["download-stack"]
    _as_root(machine, _printed(ops, "download-stack", "--remove"))
    places = f"{INSTALLED} /etc/sudoers.d/media-recorder /var/lib/media-recorder"
    assert machine.cell.shell(f"ls -d {places} 2>/dev/null || true") == ""
    assert not machine.cell.answers("id", USER)
    for _ in range(2):
        _as_root(machine, _printed(ops, "download-stack"))
    assert forced.facts() == ops.facts()


@pytest.mark.parametrize("options", [(), ("--remove",)], ids=["install", "remove"])
def test_an_account_that_was_there_before_is_left_alone(
    lab: Lab, ops: Ops, forced: Ops, options: tuple[str, ...]
) -> None:
    """It is neither given the key nor taken away, and what is installed stays."""
    machine = lab.hosts["download-stack"]
    script = _printed(ops, "download-stack", "--user", "nodocker", *options)
    with pytest.raises(ProgramError, match="nodocker is an account that was not made by"):
        _as_root(machine, script)
    assert machine.cell.answers("id", "nodocker")
    assert forced.facts() == ops.facts()
