"""Work done beside a look, in a process of its own.

The store's libraries take as long to load as a quick look takes; on a second core that is no time
at all. The process is forked before anything is loaded and before there are threads, loads and
warms what it needs, and waits for what to work on. It dies with us: our end of its pipe closing is
its end. It does not yield to others (nice): on a busy machine the look would wait for it.
"""

import contextlib
import gc
import os
import pickle
import select
import signal
import sys
from collections.abc import Callable, Iterator
from typing import Generic, NoReturn, TypeVar

from recorder.errors import RecorderError, StoreError
from recorder.signalled import as_signalled

LIMIT_SEC = 60.0  # for one write and a few reads, on a disk that has trouble

A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
Work = Callable[[A], Iterator[B | C]]  # its first yield is the answer, the others may be heard


class Beside(Generic[A, B, C]):
    """One question to a function that another process has made ready."""

    def __init__(self, ready: Callable[[], Work[A, B, C]]) -> None:
        """Fork; the child calls `ready`, which loads what is slow and gives the function."""
        question, ask = os.pipe()
        hear, answer = os.pipe()
        sys.stdout.flush()
        self._asked = False
        self._child = os.fork()
        if self._child == 0:
            os.close(ask)
            os.close(hear)
            _serve(ready, question, answer)
        self._ask, self._hear = os.fdopen(ask, "wb"), os.fdopen(hear, "rb")
        os.close(question)
        os.close(answer)

    def close(self) -> None:
        """Wait for what comes after the answer; end the process, if nobody asked it."""
        for end in (self._ask, self._hear):
            end.close()
        child, self._child = self._child, 0
        if child:
            if not self._asked:
                os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)

    def ask(self, argument: A) -> B:
        """The function's answer for one argument; raises what it raised of our own errors."""
        self._asked = True
        try:
            with self._ask as pipe:
                pickle.dump(argument, pipe)
            if not select.select([self._hear], [], [], LIMIT_SEC)[0]:
                self._asked = False  # nobody will wait for it
                said = f"no answer from the history in {LIMIT_SEC:g} s: is its disk well?"
                raise StoreError(said)
            result = pickle.load(self._hear)  # noqa: S301 - from our own fork
        except (EOFError, BrokenPipeError) as error:
            raise StoreError("the process that records ended before it was done") from error
        if isinstance(result, RecorderError):
            raise result
        return result  # type: ignore[no-any-return]

    def further(self) -> C | None:
        """What comes next behind the answer; None where nothing does."""
        try:
            return pickle.load(self._hear)  # type: ignore[no-any-return] # noqa: S301 - as above
        except EOFError:
            return None


def _serve(
    ready: Callable[[], Callable[[A], Iterator[object]]], question: int, answer: int
) -> NoReturn:
    """The child: one answer, and never back into the program it was forked from."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # sent to the group: whoever asked us tells of it
    try:
        gc.disable()  # it ends before there is much
        with as_signalled():
            work = ready()
        with os.fdopen(question, "rb") as pipe:
            argument = pickle.load(pipe)  # noqa: S301 - from our own parent
        with contextlib.suppress(RecorderError):
            _answer(work(argument), answer)
    except (EOFError, pickle.UnpicklingError, BrokenPipeError):
        pass  # nobody asked, or nobody is left to hear
    except KeyboardInterrupt:
        os._exit(130)
    except MemoryError:  # whoever asked us says that we ended before it was done
        os._exit(1)
    except BaseException:  # noqa: BLE001 - a fault of ours is told, and goes no further than here
        sys.excepthook(*sys.exc_info())
        os._exit(1)
    os._exit(0)


def _answer(steps: Iterator[object], answer: int) -> None:
    """Tell the first result, or why there is none; then take the steps behind it, heard or not."""
    with os.fdopen(answer, "wb") as pipe:
        try:
            result: object = next(steps)
        except RecorderError as error:
            result = error
        pickle.dump(result, pipe)
        pipe.flush()
        for further in steps:
            with contextlib.suppress(BrokenPipeError):
                pickle.dump(further, pipe)
                pipe.flush()
