"""Running a program to its end: its output, or an error that quotes what it said."""

import subprocess
from collections.abc import Mapping, Sequence

PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
ENVIRONMENT = {"PATH": PATH, "HOME": "/root", "LANG": "C.UTF-8"}
TIMEOUT_SEC = 60.0


class ProgramError(Exception):
    """A program failed, or did not end in its time."""


def run(
    argv: Sequence[str],
    *,
    stdin: str | bytes = b"",
    env: Mapping[str, str] = ENVIRONMENT,
    timeout_sec: float = TIMEOUT_SEC,
) -> str:
    """Standard output of the program; ProgramError unless it exits with 0."""
    sent = stdin.encode() if isinstance(stdin, str) else stdin
    try:
        done = subprocess.run(
            argv, input=sent, capture_output=True, env=env, timeout=timeout_sec, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as trouble:
        raise ProgramError(f"{' '.join(argv)}: {trouble}") from trouble
    if done.returncode:
        said = (done.stderr or done.stdout).decode(errors="replace").strip()
        raise ProgramError(f"{' '.join(argv)}: exit {done.returncode}: {said}")
    return done.stdout.decode(errors="replace")


def answers(argv: Sequence[str], *, timeout_sec: float = TIMEOUT_SEC) -> bool:
    """Whether the program exits with 0."""
    try:
        run(argv, timeout_sec=timeout_sec)
    except ProgramError:
        return False
    return True
