"""The program, and the one host that it is told of: the emulated client of a real NFS server."""

import json
import os
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from faults.ending import recorded, told
from realhosts.emulated.pair import PATH, SOURCE, Pair
from realhosts.waiting import wait_until
from stack.ops import PROGRAM, Document, Facts, facts

from recorder.store.backup import check

HOST = "player"
LOOK_SEC = 120
ENDS_SEC = 60
QUESTION = "media-recorder"  # in the command line of a question to a path
Running = subprocess.Popen[str]


@dataclass(frozen=True, slots=True)
class Look:
    """What a look at the client said, and what it cost."""

    code: int
    document: Document
    seconds: float

    @property
    def facts(self) -> Facts:
        """Each thing it saw, in words."""
        return facts(self.document)

    def about(self, kind: str) -> Document:
        """The one thing of that kind: "hosts", "mounts", "volumes"."""
        (thing,) = self.document["data"][kind]
        return dict(thing)


@dataclass(frozen=True, slots=True)
class Player:
    """The program with a history of its own, as a user starts it who may enter the client."""

    pair: Pair
    folder: Path
    looks: list[int | None] = field(default_factory=list)  # the times of those in its history

    def __post_init__(self) -> None:
        """Write down what should be."""
        host = {
            "addresses": ["127.0.0.1"],
            "ssh_port": self.pair.client.port,
            "ssh_user": "ubuntu",
            "connect_timeout_sec": 30,  # an emulated machine is in no hurry to shake hands
            "mounts": [{"path": PATH, "source": SOURCE, "mode": "rw"}],
        }
        volume = {"name": SOURCE, "host": HOST, "path": PATH}
        bindings = {"version": 1, "hosts": {HOST: host}, "services": {}, "volumes": [volume]}
        path = self.folder / "ops" / "bindings" / "media.services.yaml"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(bindings))

    def look(self) -> Look:
        """What media.status says, recorded."""
        began = time.monotonic()
        with self.start() as running:
            return self.ended(running, began)

    def ended(self, running: Running, began: float) -> Look:
        """What a look said that began then, when it has ended."""
        said, complaints = running.communicate(timeout=LOOK_SEC)
        assert complaints == ""
        self.looks.append(told(said))
        return Look(running.returncode, json.loads(said), time.monotonic() - began)

    def does_no_harm(self) -> None:
        """Every look of its own is in the history, which is whole; nothing runs on either side."""
        assert set(self.looks) <= set(recorded(self.history))
        assert check(self.history) == ()
        wait_until(lambda: not self.left(), "what the looks started to end", ENDS_SEC)

    def left(self) -> list[str]:
        """What runs of any look, on this machine and on the client."""
        return self.left_here() + self.pair.on_client(QUESTION, "sh -s")

    def left_here(self) -> list[str]:
        """What runs of its own on this machine."""
        return [str(process) for process in Path("/proc").glob("[0-9]*") if self._began(process)]

    def _began(self, process: Path) -> bool:
        try:
            return os.fsencode(self.history) in (process / "environ").read_bytes()
        except OSError:  # it has ended
            return False

    @property
    def history(self) -> Path:
        """Where its looks are recorded."""
        return self.folder / "history.db"

    def start(self) -> Running:
        """Begin a look."""
        return self._started("media.status", "--json")

    def transitions(self) -> list[tuple[str, str]]:
        """What became of the mount, look by look, as the history has it."""
        query = "SELECT was, now FROM event WHERE kind = 'mount' ORDER BY at"
        with self._started("media.sql", query, "--json") as asking:
            said, _ = asking.communicate(timeout=LOOK_SEC)
        return [(row["was"], row["now"]) for row in json.loads(said)["data"]["rows"]]

    def _started(self, *arguments: str) -> Running:
        return subprocess.Popen(
            [PROGRAM, *arguments],
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def _environment(self) -> Mapping[str, str]:
        return {
            **os.environ,
            "HOME": str(self.pair.home),
            "SPINE_ROOT": str(self.folder),
            "MEDIA_RECORDER_DB": str(self.history),
        }
