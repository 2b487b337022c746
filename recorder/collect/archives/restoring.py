"""Put an archive in the place of a folder, on the host it lies on or another it is sent to."""

import base64
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from recorder.collect.archives.receiving import SUM, receive
from recorder.collect.archives.script import Failed, Heard, number_of, quoted
from recorder.collect.shell import Ended, Shell
from recorder.frozen import frozen
from recorder.model.archive import STAMP, Archive, Restored

LIMIT_SEC = 4 * 3600.0
PIECE_BYTES = 1024 * 1024
PIECE_LIMIT_SEC = 120.0
INCOMING = ".incoming"


@frozen
class Place:
    """Where an archive is to be unpacked."""

    folder: str
    container: str | None  # that uses the folder, and is stopped meanwhile where it runs


def restore(
    shell: Shell,
    archive: str,
    place: Place,
    *,
    base: str,
    at: datetime,
    tell: Callable[[str], None],
) -> Restored:
    """Unpack an archive that lies on the host in a folder's place; what was there is kept aside.

    `base` is where its program works meanwhile.
    """
    stamp = at.astimezone(UTC).strftime(STAMP)
    arguments = [base, archive, place.folder, place.container or "-", stamp]
    done = Restored(place.folder)
    try:
        with Heard(shell, "restore", arguments, LIMIT_SEC) as heard:
            for word, rest in heard.words():
                tell(f"{word} {rest}")
                done = _further(done, word, rest)
    except Failed as failure:
        return replace(done, aside=None, trouble=str(failure), certain=failure.certain)
    return done


def _further(done: Restored, word: str, rest: str) -> Restored:
    """What became of a restore, with one more line that was said of it."""
    files = number_of(rest)
    if word == "unpacked" and files is not None:
        return replace(done, files=files)
    if word == "aside":
        return replace(done, aside=rest)
    if word == "cleared":
        return replace(done, notes=(*done.notes, f"cleared {rest}"))
    if word == "left-stopped":
        note = f"{rest} was stopped and could not be started again: start it"
        return replace(done, notes=(*done.notes, note), left_stopped=True)
    return done


def fetch(shell: Shell, base: str, archive: Archive, here: Path) -> Path:
    """Have an archive of a host's shelf sent to a folder of this machine; it there.

    Raises Failed, OSError.
    """
    place = f"{base}/{archive.label}/{archive.name}"
    with Heard(shell, "send", [place], LIMIT_SEC) as heard:
        for word, rest in heard.words():
            name, size, checksum = (*rest.split(" "), "", "", "")[:3]
            count_bytes = number_of(size)
            if word == "archive" and name == archive.name and count_bytes is not None:
                receive(here, archive, checksum, heard.bytes_behind(count_bytes))
    return here / archive.label / archive.name


def send(shell: Shell, base: str, archive: Path) -> str:
    """Send an archive of this machine, and its checksum, to a host; its path there.

    The seam carries scripts, so it goes as text, a piece after the other. Raises Failed, OSError.
    """
    for path in (archive, archive.with_name(archive.name + SUM)):
        place = f"{base}/{INCOMING}/{path.name}"
        _run(shell, f"umask 077; mkdir -p {_folder(place)} && : >{quoted(place)}\n".encode())
        with path.open("rb") as file:
            while piece := file.read(PIECE_BYTES):
                text = base64.encodebytes(piece)
                _run(shell, b"base64 -d >>%b <<'END'\n%bEND\n" % (quoted(place).encode(), text))
    return f"{base}/{INCOMING}/{archive.name}"


def forget(shell: Shell, base: str, name: str) -> None:
    """Take away what was sent. Raises Failed."""
    place = quoted(f"{base}/{INCOMING}/{name}")
    folder = quoted(f"{base}/{INCOMING}")
    _run(shell, f"rm -f {place} {place}.sha256; rmdir {folder} 2>/dev/null; :\n".encode())


def _folder(place: str) -> str:
    return quoted(place.rpartition("/")[0])


def _run(shell: Shell, work: bytes) -> None:
    mark = os.urandom(16).hex().encode()
    script = b"%b[ $? -eq 0 ] && printf '\\nwell\\n'\nprintf '\\n%b\\n'\n" % (work, mark)
    answer = shell.run(script, until=mark, timeout_sec=PIECE_LIMIT_SEC)
    if answer.ended is not Ended.WHOLE or b"\nwell\n" not in answer.output:
        raise Failed("the archive could not be sent to the host: is its disk full?")
