"""A look at a stack with many faults in it at once, and all that it came to."""

import contextlib
import json
import sqlite3
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import yaml
from collect.servers import Behaviour, serving
from realhosts import Lab
from realhosts.waiting import TooLateError, wait_until
from stack.leftovers import ENDS_SEC, remains
from stack.ops import PROGRAM, Document, Facts, Ops, bound, facts

HEALTHY, AWAY = "download-stack", "streaming-stack"
LIMIT_SEC = 2  # to connect, and of a health URL
SPANS = ("host", "service", "endpoint", "mount", "volume")
MEASURED = """
import pathlib, resource, subprocess, sys
code = subprocess.run(sys.argv[2:]).returncode
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
pathlib.Path(sys.argv[1]).write_text(str(peak))
sys.exit(code)
"""


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look came to."""

    document: Document
    code: int
    took_sec: float  # the whole program, from its start to its end
    peak_mib: float
    unlike_well: Facts  # of the healthy host
    lost: frozenset[tuple[object, ...]]  # what was recorded before it and is not any more
    check: str  # what media.history.check complains of
    left: list[str]  # processes of the look, on either side

    @property
    def recorded(self) -> bool:
        return self.document["data"]["snapshot"]["recorded"]

    def words(self, kind: str, key: str) -> set[str]:
        """What is told of the things of a kind that have that name, or are on a host of it."""
        return {
            words
            for (of, host, name), words in facts(self.document).items()
            if of == kind and key in (host, name)
        }


def healthy(ops: Ops) -> Document:
    """The bindings of one host of the lab with all that is on it, and short limits."""
    source = ops.lab.control.folder / "roots" / "usual" / "ops/bindings/media.services.yaml"
    bindings: Document = yaml.safe_load(source.read_text())
    bindings["defaults"] |= {"connect_timeout_sec": LIMIT_SEC, "health_timeout_sec": LIMIT_SEC}
    del bindings["hosts"][AWAY], bindings["ports"][AWAY], bindings["ha_overlaps"]
    services = bindings["services"].items()
    bindings["services"] = {name: it for name, it in services if it["vm"] == HEALTHY}
    return bindings


@contextlib.contextmanager
def standing(lab: Lab, behaviours: Mapping[str, Behaviour]) -> Iterator[dict[str, int]]:
    """Servers on the control machine's loopback that do this; gives their ports."""
    with lab.network(), contextlib.ExitStack() as stack:
        yield {key: stack.enter_context(serving(behave)) for key, behave in behaviours.items()}


def look(ops: Ops, name: str, bindings: Document, well: Facts, env: Mapping[str, str]) -> Looked:
    """Look at a stack and record it, behind a look at the usual one.

    `well` is what is seen of the healthy host on a good day.
    """
    folder = ops.lab.control.home / "faults"
    folder.mkdir(exist_ok=True)
    history, peak = folder / f"{name}.db", folder / f"{name}.peak"
    for file in folder.glob(f"{name}.db*"):
        file.unlink()
    first = ops("media.snapshot", "--db", str(history))
    assert (first.returncode, first.stderr) == (0, "")
    before = recorded(history)
    root = bound(ops.lab, name, bindings)
    measured = (sys.executable, "-c", MEASURED, str(peak), PROGRAM)
    command = (*measured, "media.status", "--json", "--db", str(history))
    began = time.monotonic()
    done = ops.lab.run(*command, root=root, env=env, timeout_sec=120)
    took_sec = time.monotonic() - began
    assert done.stderr == "", done.stderr
    with contextlib.suppress(TooLateError):
        wait_until(lambda: not remains(ops.lab), "the hosts to notice", ENDS_SEC)
    left = remains(ops.lab)
    checked = ops("media.history.check", "--db", str(history))
    document = json.loads(done.stdout)
    seen = facts(document)
    return Looked(
        document,
        done.returncode,
        took_sec,
        int(peak.read_text()) / 1024,
        {thing: seen.get(thing, "not told") for thing in well if seen.get(thing) != well[thing]},
        frozenset(before - recorded(history)),
        "" if checked.returncode == 0 else checked.stdout,
        left,
    )


def recorded(history: object) -> set[tuple[object, ...]]:
    """Every state that began, every look and every import."""
    queries = [f"SELECT '{kind}', entity_id, first_ts, state FROM {kind}_span" for kind in SPANS]  # noqa: S608
    queries += ["SELECT 'look', ts FROM snapshot", "SELECT entity_id, event_id FROM import_event"]
    with contextlib.closing(sqlite3.connect(f"file:{history}?mode=ro", uri=True)) as file:
        return {row for query in queries for row in file.execute(query)}
