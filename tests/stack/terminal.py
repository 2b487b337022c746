"""A real terminal on the control machine: tmux, its keys and what it shows."""

import secrets
import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from realhosts.waiting import wait_until

from stack.ops import PROGRAM, Ops

BEFORE = "what stood here before"
# the shell outlives Ctrl-C, and waits to be looked at
AROUND = 'trap : INT; echo "{before}"; {command}; echo "ended $?"; exec sleep 600'


@dataclass(frozen=True, slots=True)
class Terminal:
    """One window in which a program runs."""

    ops: Ops
    socket: str

    def text(self, *, style: bool = False, scrolled: bool = True) -> str:
        """What it shows; with the escapes of its colours, and with what has scrolled away."""
        options = [*(["-e"] if style else []), *(["-S", "-"] if scrolled else [])]
        return self._tmux("capture-pane", "-p", *options)

    def shows(self, text: str, timeout_sec: float = 30) -> str:
        """Wait until it shows that; all it shows."""
        return wait_until(lambda: text in (now := self.text()) and now, text, timeout_sec)

    def output(self) -> str:
        """What the program printed, once it has ended."""
        _, _, behind = self.shows("ended ").partition(f"{BEFORE}\n")
        return behind.partition("ended ")[0]

    def press(self, key: str) -> None:
        """Press a key: "C-c"."""
        self._tmux("send-keys", key)

    def _tmux(self, *arguments: str) -> str:
        return self.ops.lab.run("tmux", "-S", self.socket, *arguments).stdout


@contextmanager
def terminal(
    ops: Ops,
    *arguments: str,
    size: tuple[int, int] = (80, 24),
    env: Mapping[str, str] | None = None,
) -> Iterator[Terminal]:
    """A terminal of that size (columns, rows) that runs the program."""
    socket = str(ops.lab.folder / f"tmux-{secrets.token_hex(4)}")
    command = shlex.join([PROGRAM, *arguments])
    shell = AROUND.format(before=BEFORE, command=command)
    columns, rows = map(str, size)
    new = ["new-session", "-d", "-x", columns, "-y", rows, f"sh -c {shlex.quote(shell)}"]
    started = ops.lab.run(
        "tmux", "-u", "-f", "/dev/null", "-S", socket, *new, root=ops.root, env=env
    )
    assert (started.returncode, started.stderr) == (0, "")
    try:
        yield Terminal(ops, socket)
    finally:
        ops.lab.run("tmux", "-S", socket, "kill-server")
