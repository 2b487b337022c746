"""Process 1 of a cell: holds its namespaces open and buries its orphans.

Run as a script, with `--lab FOLDER --cell NAME` for all to see in the process list: that line is
how a lab is found again, after a crash too. When this process dies, the kernel ends everything
else in the cell.
"""

import os
import signal


def bury() -> None:
    """Collect every child that has ended."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
    while True:
        signal.sigwait({signal.SIGCHLD})
        bury()
