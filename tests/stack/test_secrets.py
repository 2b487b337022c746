"""What is secret stays where it is: API keys on this side, environments on the hosts."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from realhosts import Lab
from realhosts.control import API_KEY_OF
from realhosts.waiting import wait_until
from store.servers import Server

from recorder.collect.probe import question
from stack.ops import PROGRAM, Break, Document, Ops, rebound

ROOT = Path(__file__).resolve().parents[2]
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


SAMPLED_SEC = 0.03
IN_QUERY = "query-secret-7c41"
IN_USERINFO = "userinfo-secret-90b2"
IN_BINDING = "binding-secret-11d8"
OF_SERVER = "server-secret-33f0"
WRONG_KEY = "wrong-key-of-nobody-5e5e"
ON_SERVER = ("media.status", "media.history.backup")
SAID_AFTER = (
    "media.status --json",
    "media.status --at now",
    "media.status --history 1d --json",
    "media.status --history 1d --csv",
    "media.health.check",
    "media.history.export spans --format jsonl",
    "media.history.export events",
    "media.history.backup",
    "media.access streaming-stack",
    "verify",
)


@pytest.fixture
def keyed(ops: Ops) -> Ops:
    """The program; three endpoints are asked with a key in their URL, and one of them fails."""

    def put_keys(bindings: Document) -> None:
        services = bindings["services"]
        services["jellyseerr"]["health"] += f"?apikey={IN_QUERY}"
        services["slskd"]["health"] += f"?{IN_QUERY}&token={IN_QUERY}"
        services["jellystat"]["health"] += f"?key={IN_QUERY}"
        bindings["imports"]["lidarr"]["api_key"] = {"env": "LIDARR_API_KEY"}

    return rebound(ops, "keyed", put_keys)


@pytest.fixture
def by_server(server: Server, tmp_path: Path) -> Iterator[dict[str, str]]:
    """Where a site is of a user whose password is asked for, and stands in the URL."""
    site = f"host={server.folder}&site=locked"  # by a socket: the lab has a network of its own
    with server.as_admin("media") as admin:
        admin.execute(f"CREATE ROLE locked LOGIN PASSWORD '{OF_SERVER}'")
        admin.execute("CREATE SCHEMA locked AUTHORIZATION locked")
        yield {
            "MEDIA_RECORDER_DB": f"postgresql://locked:{OF_SERVER}@/media?{site}",
            "XDG_STATE_HOME": str(tmp_path),
            "PYTHONPATH": str(ROOT),
        }
        admin.execute("DROP OWNED BY locked CASCADE")
        admin.execute("DROP ROLE locked")


def _secrets(lab: Lab) -> set[str]:
    identity = (lab.control.home / ".ssh" / "id_ed25519").read_text()
    private = max(identity.splitlines()[2:-2], key=len)  # a line of the key's second half
    return {*API_KEY_OF.values(), SECRET, IN_QUERY, WRONG_KEY, OF_SERVER, private}


@pytest.mark.usefixtures("secretive")
def test_nothing_that_a_look_leaves_behind_holds_a_secret(
    lab: Lab, keyed: Ops, by_server: dict[str, str], server: Server, tmp_path: Path
) -> None:
    """Neither files nor output nor processes, on either side: history, backups, exports, errors.

    In a file or on a server: its database and its log neither.
    """
    secrets = _secrets(lab)
    database = tmp_path / "history.db"
    env = {"MEDIA_RECORDER_DB": str(database)}
    with _watched(lab, secrets) as seen:
        said = [keyed("media.status", env=env)]
        said.append(keyed("media.status", env={**env, "LIDARR_API_KEY": WRONG_KEY}))
        said += [_with_driver(lab, keyed, word, by_server) for word in ON_SERVER]
    with ThreadPoolExecutor(3) as pool:
        said += pool.map(lambda words: keyed(*words.split(), env=env), SAID_AFTER)
    text = "".join(f"{done.stdout}{done.stderr}" for done in said)
    assert "secretive" in text
    assert "/api/v1/status?apikey=***" in text
    assert "slskd" in text
    assert _within(secrets, text.encode()) == []
    assert said[2].stderr == said[3].stderr == ""  # recorded, and backed up
    places = (tmp_path, server.folder)
    left = [file for place in places for file in place.rglob("*") if file.is_file()]
    assert len(list(tmp_path.rglob("*.db"))) == 3  # the history, its backup, and the site's
    assert [file.name for file in left if _within(secrets, file.read_bytes())] == []
    logs = [file for host in lab.hosts.values() for file in (host.folder / "log").rglob("*.log")]
    assert logs
    assert [str(log) for log in logs if _within(secrets, log.read_bytes())] == []
    assert seen == []


def _with_driver(
    lab: Lab, ops: Ops, capability: str, env: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """The program with these tests' own Python, which has a server's driver."""
    program = (sys.executable, "-P", "-m", "recorder", capability)
    return lab.run(*program, root=ops.root, env=env, timeout_sec=120)


def _within(secrets: set[str], data: bytes) -> list[str]:
    return [secret for secret in secrets if secret.encode() in data]


@contextmanager
def _watched(lab: Lab, secrets: set[str]) -> Iterator[list[str]]:
    """The processes of both sides that hold a secret in their arguments or environment.

    But for the program's own, whose environment is where a person put it.
    """
    found: list[str] = []
    over = threading.Event()
    cells = [lab.cell, *(host.cell for host in lab.hosts.values())]
    spaces = {Path(f"/proc/{cell.pid}/ns/pid").readlink() for cell in cells}

    def watch() -> None:
        while not over.wait(SAMPLED_SEC):
            for entry in Path("/proc").glob("[0-9]*"):
                try:
                    if (entry / "ns/pid").readlink() not in spaces:
                        continue
                    line = (entry / "cmdline").read_bytes()
                    own = b"" if PROGRAM.encode() in line or b"recorder" in line else b"?"
                    held = line + (own and (entry / "environ").read_bytes())
                except OSError:
                    continue
                if _within(secrets, held):
                    found.append(line.decode(errors="replace"))

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        yield found
    finally:
        over.set()
        watching.join()


def test_no_program_that_is_started_inherits_a_key(lab: Lab, ops: Ops) -> None:
    """What SSH's own config has run beside us gets the environment without it."""
    config = lab.control.home / ".ssh" / "config"
    before, told = config.read_text(), lab.control.folder / "inherited"
    asking = f'Match exec "env >{told}"\n'
    try:
        config.write_text(f"{asking}Host *\n{before}")
        ops("media.status")
    finally:
        config.write_text(before)
    inherited = told.read_text()
    told.unlink()
    assert "SPINE_ROOT=" in inherited
    assert [key for key in API_KEY_OF.values() if key in inherited] == []


def test_no_mistake_repeats_a_secret(ops: Ops) -> None:
    """A binding that holds one is told without it."""

    def put_secrets(bindings: Document) -> None:
        bindings["services"]["jellyfin"]["health"] = f"http://me:{IN_USERINFO}@192.0.2.210/"
        bindings["services"]["navidrome"]["health"] = f"/a b?key={IN_QUERY}"
        bindings["imports"]["radarr"]["api_key"] = IN_BINDING

    done = rebound(ops, "indiscreet", put_secrets)("media.status")
    assert done.returncode == 2
    for name in ("jellyfin.health", "navidrome.health", "radarr.api_key"):
        assert name in done.stderr
    said = (done.stdout + done.stderr).encode()
    assert _within({IN_USERINFO, IN_QUERY, IN_BINDING}, said) == []
