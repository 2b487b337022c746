"""A process that records looks until it has done so many or is killed; says each on a line."""

import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[2]), str(Path(__file__).resolve().parents[1])]

from recorder.store.engine import opened  # noqa: E402
from recorder.store.lock import one_look  # noqa: E402
from recorder.store.record import record  # noqa: E402
from recorder.store.retention import tidy  # noqa: E402
from store.stacks import NOON, dark, look  # noqa: E402


def main(path: Path, count: int, first: int) -> None:
    for number in range(first, first + count):
        with one_look(path, wait_sec=60) as held, opened(path) as engine:
            if not held:
                raise SystemExit("it could not be had in a minute")
            snapshot = look() if number % 3 else dark()
            at = NOON + timedelta(seconds=number)
            recorded = record(engine, replace(snapshot, taken_at=at))
            sys.stdout.write(f"{int(recorded.at.timestamp())}\n")
            sys.stdout.flush()
            tidy(engine)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
