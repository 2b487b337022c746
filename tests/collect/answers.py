"""Answers of real hosts, kept as files, and what each of them says: `answers/NAME.txt` and `.json`.

An answer that was misread in the field becomes one more file. Its first line says what was asked,
`asked: {"paths": ["/mnt/media"]}`, with `"ended": "timeout"` where it was cut short; what follows
is the answer as it came. `cd tests && PYTHONPATH=.. python -m collect.answers` writes the expected
values anew; read the difference before committing it.
"""

import json
import re
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from recorder.bindings.stack import HostBinding
from recorder.collect.look import read_answer
from recorder.collect.probe import Question
from recorder.collect.shell import Answer, Ended

FOLDER = Path(__file__).parent / "answers"
HOST = HostBinding("download-stack", ("192.0.2.209",))
NAMES = sorted(path.stem for path in FOLDER.glob("*.txt"))


def seen_in(name: str) -> dict[str, object]:
    """Everything a captured answer was taken to say; our own clock showed the host's time."""
    text = (FOLDER / f"{name}.txt").read_bytes()
    first, _, output = text.partition(b"\n")
    asked = json.loads(first.removeprefix(b"asked: "))
    begun = re.search(rb"^([0-9a-f]{32}) machine\nclock (\d+)\n", output, re.MULTILINE)
    if begun is None:
        raise ValueError(f"{name}.txt has no section machine")
    question = Question(begun[1].decode(), tuple(asked["paths"]), b"")
    answer = Answer(output, Ended(asked.get("ended", "whole")))
    look = read_answer(HOST, "192.0.2.209", question, answer, float(begun[2]))
    whole: dict[str, object] = json.loads(json.dumps(asdict(look), default=_spelled))
    return whole


def _spelled(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else getattr(value, "value", str(value))


def expected(name: str) -> dict[str, object]:
    """What the answer says, as a person has read it."""
    whole: dict[str, object] = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    return whole


def main() -> None:
    """Write what is seen now."""
    for name in NAMES:
        text = json.dumps(seen_in(name), indent=1, ensure_ascii=False) + "\n"
        (FOLDER / f"{name}.json").write_text(text, "utf-8")


if __name__ == "__main__":
    main()
