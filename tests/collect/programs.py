"""The probe run for real: by a shell of choice, as an ordinary user, among programs of our own.

The probe adds the usual folders to PATH; that is taken out of the script's text before it runs, so
that a program can be absent. Where one of them hangs, the probe's limits are shortened too.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from recorder.bindings.stack import HostBinding
from recorder.collect.look import HostLook, read_answer
from recorder.collect.probe import question
from recorder.collect.shell import Answer, Ended

TOOLS = ["cat", "date", "df", "grep", "head", "id", "sed", "sh", "sleep", "stat", "sysctl", "tail"]
TOOLS += ["timeout", "touch", "tr", "wc", "yes"]
NOBODY = 65534
WAIT_SEC = 20
SHELLS = {
    "dash": ["dash", "-s"],
    "bash": ["bash", "--posix", "-s"],
    "busybox": ["busybox", "sh", "-s"],
}
HANGS = "exec sleep 600\n"
IDS = {"radarr": "a" * 64, "sonarr": "b" * 64}


class Machine:
    """A machine with only the programs it was given, besides the usual tools."""

    def __init__(self, folder: Path, shell: str, programs: Mapping[str, str]) -> None:
        self._shell = SHELLS[shell]
        self._bin = folder / "bin"
        self._bin.mkdir()
        for tool in TOOLS:
            found = shutil.which(tool)
            if found and tool not in programs:
                (self._bin / tool).symlink_to(found)
        for name, text in programs.items():
            (self._bin / name).write_text(f"#!/bin/sh\n{text}")
            (self._bin / name).chmod(0o755)
        self.socket = folder / "docker.sock"
        self.edits = {
            b"PATH=$PATH:/usr/local/bin:": b"PATH=$PATH #",
            b"SOCKET=/var/run/docker.sock": f"SOCKET={self.socket}".encode(),
        }
        if any(HANGS in text for text in programs.values()):
            self.edits[b"PATH_LIMIT=3 "] = b"PATH_LIMIT=1 "
            self.edits[b"ENGINE_LIMIT=8 "] = b"ENGINE_LIMIT=1 "

    def listen(self) -> None:
        """Have something in the place of docker's socket."""
        self.socket.touch()
        self.socket.chmod(0o666)

    def ask(
        self,
        paths: Sequence[str] = (),
        *,
        search: bool = False,
        compose: str | None = None,
        **env: str,
    ) -> HostLook:
        """What this machine says of itself."""
        asked = question(paths, search=search, compose=compose)
        script = asked.script
        for text, other in self.edits.items():
            assert text in script
            script = script.replace(text, other)
        command = [shutil.which(self._shell[0]) or "", *self._shell[1:]]
        output = subprocess.run(
            command,
            input=script,
            capture_output=True,
            env={"PATH": str(self._bin), **env},
            timeout=WAIT_SEC,
            check=True,
            user=NOBODY if os.geteuid() == 0 else None,
            group=NOBODY if os.geteuid() == 0 else None,
            extra_groups=[] if os.geteuid() == 0 else None,
        ).stdout
        binding = HostBinding("here", ("127.0.0.1",))
        return read_answer(binding, None, asked, Answer(output, Ended.WHOLE), 0)


def container(name: str) -> str:
    """The line the engine would tell of a running container."""
    return (
        f'{{"id":"{IDS[name]}","name":"/{name}","state":"running","exit_code":0,"restarts":0,'
        f'"project":"media","service":"{name}","oneoff":null}}'
    )


def lists(*names: str) -> str:
    """An engine that lists these containers."""
    ids = " ".join(IDS[name] for name in names)
    told = "\n".join(container(name) for name in names)
    return f"""
case $1 in
    ps) printf '%s\\n' {ids} ;;
    inspect) cat <<'END'
{told}
END
    ;;
    --version) echo 'Docker version 24.0.7, build afdd53b' ;;
esac
"""


def knows(*names: str) -> str:
    """An engine that lists these containers, and knows no others."""
    told = "\n".join(f"{IDS[name]}) echo '{container(name)}' ;;" for name in names)
    ids = " ".join(IDS[name] for name in names)
    return f"""
case $1 in
    ps) printf '%s\\n' {ids} ;;
    inspect)
        for id in "$@"; do
            case $id in
                {told}
                aaaa* | bbbb*) echo "Error: No such container: $id" >&2; failed=1 ;;
            esac
        done
        exit ${{failed:-0}}
        ;;
esac
"""


def socket_lists(*names: str, status: int = 0) -> str:
    """A curl to which the engine's socket lists these containers."""
    told = [{"Id": IDS[name], "Names": [f"/{name}"], "Labels": {"n": '"Id":"'}} for name in names]
    return f"cat <<'END'\n{json.dumps(told, separators=(',', ':'))}\nEND\nexit {status}\n"


def fails(words: str, status: int = 1) -> str:
    """An engine that answers every question with this."""
    return f"cat <<'END' >&2\n{words}\nEND\nexit {status}\n"


def for_root(as_root: str, as_user: str) -> str:
    """An engine that answers root otherwise than anybody else."""
    return f'if [ "$AS_ROOT" ]; then\n{as_root}\nelse\n{as_user}\nfi\n'


SUDO = '[ "$1" = -n ] || exit 64\nshift\nAS_ROOT=yes exec "$@"\n'
SUDO_REFUSES = fails("sudo: a password is required")
DENIED = fails(
    "permission denied while trying to connect to the Docker daemon socket at "
    "unix:///var/run/docker.sock: connect: permission denied"
)
DOWN = fails("Cannot connect to the Docker daemon at unix:///var/run/docker.sock.")
