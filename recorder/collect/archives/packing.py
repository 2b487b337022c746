"""Pack one folder: on its host, or with the archive sent here."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from recorder.collect.archives.excluded import find_test
from recorder.collect.archives.receiving import receive
from recorder.collect.archives.script import Failed, Heard, number_of
from recorder.collect.shell import Shell
from recorder.frozen import frozen
from recorder.model.archive import (
    Archive,
    Copied,
    Database,
    Folder,
    Packed,
    parse_archive,
    stem_of,
)

LIMIT_SEC = 4 * 3600.0
_SUM = re.compile(r"[0-9a-f]{64}")
Tell = Callable[[str], None]


@frozen
class Order:
    """How a folder is to be packed."""

    base: str  # the shelf on its host; where it is sent here, the place to work in
    here: Path | None  # the shelf on this machine it is sent to
    stop: bool
    excluded: Sequence[str]  # as patterns


def pack(shell: Shell, folder: Folder, order: Order, at: datetime, tell: Tell) -> Packed:
    """Pack a folder; what goes wrong is a value too, and leaves nothing that looks whole."""
    said = _Said(folder.label)
    arguments = [
        order.base,
        folder.label,
        stem_of(folder.label, at),
        folder.path,
        folder.container or "-",
        "stop" if order.stop else "-",
        "send" if order.here else "keep",
        *find_test(order.excluded),
    ]
    trouble = None
    try:
        with Heard(shell, "pack", arguments, LIMIT_SEC) as heard:
            for word, rest in heard.words():
                tell(f"{folder.label}: {word} {rest}")
                said.take(word, rest)
                if order.here and word == "archive" and said.archive:
                    sent = heard.bytes_behind(said.archive.size_bytes)
                    receive(order.here, said.archive, said.checksum, sent)
    except Failed as failure:
        trouble = str(failure)
    except OSError as failure:
        trouble = f"{failure.filename or order.here}: {failure.strerror}"
    return said.packed(folder, trouble)


class _Said:
    """What a packing program said so far."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._databases: list[Database] = []
        self._notes: list[str] = []
        self._files = 0
        self._left_stopped = False
        self.archive: Archive | None = None
        self.checksum = ""

    def take(self, word: str, rest: str) -> None:
        """One line of it."""
        if word == "database":
            how, _, file = rest.partition(" ")
            if how in tuple(Copied):
                file, _, detail = file.partition(": ")
                self._databases.append(Database(file, Copied(how), detail or None))
        elif word == "archive":
            name, size, self.checksum, files = (*rest.split(" "), "", "", "", "")[:4]
            size_bytes, count = number_of(size), number_of(files)
            if size_bytes is not None and count is not None and _SUM.fullmatch(self.checksum):
                self.archive = parse_archive(self._label, name, size_bytes)
                self._files = count
        elif word == "note":
            self._notes.append(rest)
        elif word == "cleared":
            self._notes.append(f"cleared {rest}")
        elif word == "left-stopped":
            self._left_stopped = True
            self._notes.append(f"{rest} was stopped and could not be started again: start it")

    def packed(self, folder: Folder, trouble: str | None) -> Packed:
        """What became of the folder; an archive that was begun and failed is none."""
        if trouble is None and self.archive is None:
            trouble = "its host said nothing of an archive"
        return Packed(
            folder,
            None if trouble else self.archive,
            self._files,
            trouble,
            tuple(self._databases),
            tuple(self._notes),
            left_stopped=self._left_stopped,
        )
