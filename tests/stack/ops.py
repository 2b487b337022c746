"""The `ops` program as a user starts it: `bin/ops` on the control machine of the lab.

What it says as JSON is read into `Facts`: one line of words for each thing it saw. What changes
by itself from look to look (times, loads, free space) is left out, so two looks can be compared
whole: `expected == actual`.
"""

import json
import os
import signal
import subprocess
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import yaml
from realhosts import Lab
from realhosts.waiting import wait_until

PROGRAM = str(Path(__file__).resolve().parents[2] / "bin" / "ops")
Thing = tuple[str, str, str]  # kind, host, name
Facts = dict[Thing, str]
Document = dict[str, Any]
Break = Callable[..., None]  # fault, host, service or container
Change = Callable[[Document], object]
SIGNALLED = 128  # and the signal's number: what a shell tells of a program that a signal ended
ESTABLISHED, SYN_SENT = "01", "02"
FLICKERING = ("swaparr",)  # restarts for ever: running at one moment, restarting at the next


@dataclass(frozen=True, slots=True)
class Ops:
    """The program, on the control machine of a lab; `root` None has the usual two hosts bound."""

    lab: Lab
    root: Path | None = None

    def at(self, root: Path) -> "Ops":
        """The same program with other bindings."""
        return Ops(self.lab, root)

    def __call__(
        self, *arguments: str, env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run it to its end, its output not a terminal."""
        return self.lab.run(PROGRAM, *arguments, root=self.root, env=env, timeout_sec=120)

    def document(
        self, *arguments: str, code: int = 1, env: Mapping[str, str] | None = None
    ) -> Document:
        """What it says with `--json`, having ended with that exit code and no other word."""
        done = self(*arguments, "--json", env=env)
        assert (done.returncode, done.stderr) == (code, ""), done.stdout[-2000:]
        return json.loads(done.stdout)

    def facts(self, *arguments: str, code: int = 1) -> Facts:
        """What media.status saw."""
        return facts(self.document("media.status", *arguments, code=code))

    def start(self, *arguments: str) -> "Running":
        """Start it and go on."""
        return Running(
            subprocess.Popen(
                self.lab.command([PROGRAM, *arguments]),
                env=self.lab.environment(self.root),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        )


@dataclass(frozen=True, slots=True)
class Running:
    """The program while it runs; leave the `with` block and it does not."""

    entering: subprocess.Popen[str]  # enters the control machine, starts the program, awaits it

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.entering.poll() is None:
            self.send(signal.SIGKILL)
        self.entering.communicate()

    @property
    def pid(self) -> int:
        """The program's own process id, as this machine counts."""
        children = Path(f"/proc/{self.entering.pid}/task/{self.entering.pid}/children")
        return int(wait_until(children.read_text, "the program to start").split()[0])

    def send(self, number: signal.Signals) -> None:
        """Send it a signal, as a terminal or another program does."""
        os.kill(self.pid, number)

    def end(self, within_sec: float = 60) -> tuple[int, str, str]:
        """Wait for its end: exit code as a shell tells it, output, complaints.

        Interrupted while a module is loaded, Python may end itself by that signal instead of with
        our exit code; to a shell both are 130.
        """
        output, complaints = self.entering.communicate(timeout=within_sec)
        code = self.entering.returncode
        return code if code >= 0 else SIGNALLED - code, output, complaints

    def waits_for(self, address: str) -> bool:
        """Whether it knocks at a door where nobody answers."""
        return any(
            far.startswith(_hex(address)) and state == SYN_SENT
            for far, state in self._connections()
        )

    def talks_to(self, address: str, port: int) -> bool:
        """Whether it has a connection to that port."""
        return (f"{_hex(address)}:{port:04X}", ESTABLISHED) in self._connections()

    def _connections(self) -> list[tuple[str, str]]:
        """The far end and the state of each TCP connection of its machine: proc(5)."""
        lines = Path(f"/proc/{self.pid}/net/tcp").read_text().splitlines()[1:]
        return [(line.split()[2], line.split()[3]) for line in lines]


def _hex(address: str) -> str:
    return "".join(f"{int(part):02X}" for part in reversed(address.split(".")))


def facts(document: Document) -> Facts:
    """Each thing a document of media.status tells of, in words."""
    seen = document["data"]
    return {
        **{("host", it["name"], ""): _words(it["state"], it["reason"]) for it in seen["hosts"]},
        **{("engine", it["name"], ""): _engine(it["engine"]) for it in seen["hosts"]},
        **{("service", it["host"], it["name"]): _service(it) for it in seen["services"]},
        **{
            ("endpoint", it["host"], it["name"]): _endpoint(it["endpoint"])
            for it in seen["services"]
            if it["endpoint"]
        },
        **{
            ("mount", it["host"], it["path"]): _words(it["state"], it["reason"], it["mode"])
            for it in seen["mounts"]
        },
        **{
            ("volume", it["host"], it["name"]): _words(it["state"], it["reason"])
            for it in seen["volumes"]
        },
        **{
            ("import", "", name): _words(it["state"], it["reason"], it["count"])
            for name, it in seen["imports"].items()
        },
    }


def wrong(document: Document, kind: str) -> list[str]:
    """What the exit code 1 is for, of that kind: names in order."""
    return [it["name"] for it in document["data"]["findings"] if it["kind"] == kind]


def of_host(some: Facts, *hosts: str) -> Facts:
    """The facts about those hosts and what is on them."""
    return {thing: words for thing, words in some.items() if thing[1] in hosts}


def without_host(some: Facts, *hosts: str) -> Facts:
    """The facts about everything else."""
    return {thing: words for thing, words in some.items() if thing[1] not in hosts}


def down(well: Facts, host: str, reason: str, *, endpoints: str | None = None) -> Facts:
    """`well`, had that host not let us in: nothing on it is known, and no word is "missing".

    `endpoints` are the words for its endpoints; None where they answer by themselves.
    """
    told = {"service": "unknown host_down", "mount": "unknown host_down"}
    told |= {"volume": "unknown host_down", "host": f"down {reason}", "engine": "not asked"}
    told |= {"endpoint": endpoints} if endpoints else {}
    return without_host(well, host) | {
        thing: told.get(thing[0], words)
        for thing, words in of_host(well, host).items()
        if "undeclared" not in words
    }


def changed(well: Facts, differences: Mapping[Thing, str]) -> Facts:
    """`well` with other words for things that are in it."""
    assert set(differences) <= set(well)
    return {**well, **differences}


def rebound(ops: Ops, name: str, change: Change) -> Ops:
    """The program with the usual bindings changed by `change`, which is given them as objects."""
    source = ops.lab.control.folder / "roots" / "usual" / "ops/bindings/media.services.yaml"
    bindings = yaml.safe_load(source.read_text())
    change(bindings)
    return ops.at(bound(ops.lab, name, bindings))


def bound(lab: Lab, name: str, bindings: Mapping[str, Any]) -> Path:
    """A root with those bindings."""
    root = lab.control.folder / "roots" / name
    path = root / "ops" / "bindings" / "media.services.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(dict(bindings), allow_unicode=True, sort_keys=False))
    return root


def processes(pid_of_cell: int, words: Iterable[str]) -> list[str]:
    """Command lines with any of the words, of processes in the cell whose process 1 that is."""
    space = Path(f"/proc/{pid_of_cell}/ns/pid").readlink()
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            if (entry / "ns/pid").readlink() != space:
                continue
            line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if any(word in line for word in words):
            found.append(line.strip())
    return found


def _words(*words: object) -> str:
    return " ".join(str(word) for word in words if word is not None)


def _engine(engine: Document | None) -> str:
    if engine is None:
        return "not asked"
    return "readable" if engine["readable"] else f"unreadable {engine['reason']}"


def _service(it: Document) -> str:
    undeclared = "undeclared" if it["declared"] == "undeclared" else None
    if it["name"] in FLICKERING and it["state"] in ("running", "restarting"):
        return _words(undeclared, "flickers")
    health = it["health"] if it["health"] != "none" else None
    code = None if it["exit_code"] is None else f"({it['exit_code']})"
    return _words(undeclared, it["state"], code, it["reason"], health)


def _endpoint(it: Document) -> str:
    return _words(it["state"], it["http_status"], it["reason"])
