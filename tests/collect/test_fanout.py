"""Many waits side by side on a bounded number of threads."""

import threading

import pytest

from recorder.collect.fanout import FanOut

WAIT_SEC = 10


def test_tasks_run_side_by_side() -> None:
    """As many at once as there may be threads."""
    together = threading.Barrier(8, timeout=WAIT_SEC)
    pool = FanOut(8)
    futures = [pool.submit(together.wait) for _ in range(8)]
    assert sorted(future.result(WAIT_SEC) for future in futures) == list(range(8))


def test_no_more_run_than_there_may_be_threads() -> None:
    """The others wait their turn, and get it."""
    pool = FanOut(3)
    lock, running, most = threading.Lock(), 0, 0

    def task() -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        threading.Event().wait(0.001)
        with lock:
            running -= 1

    for future in [pool.submit(task) for _ in range(50)]:
        future.result(WAIT_SEC)
    assert most <= 3


def test_tasks_start_in_the_order_given() -> None:
    """Who is asked for first is asked first."""
    started: list[int] = []
    pool = FanOut(1)
    futures = [pool.submit(lambda number=number: started.append(number)) for number in range(100)]  # type: ignore[misc]
    for future in futures:
        future.result(WAIT_SEC)
    assert started == list(range(100))


def test_a_pool_that_ran_dry_takes_up_new_tasks() -> None:
    """Threads that found nothing to do are gone; those that are needed later are made anew."""
    before = threading.active_count()
    pool = FanOut(2)
    for round_ in range(20):
        assert pool.submit(lambda round_=round_: round_).result(WAIT_SEC) == round_  # type: ignore[misc]
        for thread in threading.enumerate()[before:]:
            thread.join(WAIT_SEC)


def test_a_task_that_fails_fails_alone() -> None:
    """Its error is its result; the next task runs."""

    def fail() -> None:
        raise ValueError("on purpose")

    pool = FanOut(1)
    failed, well = pool.submit(fail), pool.submit(lambda: "well")
    with pytest.raises(ValueError, match="on purpose"):
        failed.result(WAIT_SEC)
    assert well.result(WAIT_SEC) == "well"


def test_a_task_that_never_ends_keeps_nothing_alive() -> None:
    """Its thread is a daemon: the program may end without it."""
    for_ever = threading.Event()
    pool = FanOut(1)
    begun = pool.submit(threading.current_thread)
    pool.submit(for_ever.wait)
    assert begun.result(WAIT_SEC).daemon
    for_ever.set()
