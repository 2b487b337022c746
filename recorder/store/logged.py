"""A file's pages as its write-ahead log has them, worked out without opening either. Pure.

The log's format and checksums: https://www.sqlite.org/fileformat2.html, section 4.
"""

import struct
from collections.abc import Iterator

HEADER_BYTES, FRAME_BYTES = 32, 24
LITTLE, BIG = 0x377F0682, 0x377F0683  # magic numbers: the byte order of the checksums
WORD = 0xFFFFFFFF

Sums = tuple[int, int]


def with_log(content: bytes, log: bytes, page_bytes: int) -> bytes:
    """The file as a checkpoint of its log would leave it; what is behind damage in a log is not."""
    pages = bytearray(content)
    pending: list[tuple[int, bytes]] = []
    for number, size, page in _frames(log, page_bytes):
        pending.append((number, page))
        if not size:
            continue  # its transaction goes on
        missing = size * page_bytes - len(pages)
        pages.extend(bytes(max(missing, 0)))
        for at, held in pending:
            pages[(at - 1) * page_bytes : at * page_bytes] = held
        del pages[size * page_bytes :]
        pending.clear()
    return bytes(pages)


def _frames(log: bytes, page_bytes: int) -> Iterator[tuple[int, int, bytes]]:
    """Of each sound frame the page's number, of the last of a transaction the pages of the file."""
    if len(log) < HEADER_BYTES:
        return
    magic, _, size, _, *salts, one, two = struct.unpack(">8I", log[:HEADER_BYTES])
    if magic not in (LITTLE, BIG) or size != page_bytes:
        return
    order = "<" if magic == LITTLE else ">"
    sums = _summed(log[: HEADER_BYTES - 8], (0, 0), order)
    if sums != (one, two):
        return
    for at in range(
        HEADER_BYTES, len(log) - FRAME_BYTES - page_bytes + 1, FRAME_BYTES + page_bytes
    ):
        head = log[at : at + FRAME_BYTES]
        page = log[at + FRAME_BYTES : at + FRAME_BYTES + page_bytes]
        number, commit, *salted, one, two = struct.unpack(">6I", head)
        sums = _summed(head[:8] + page, sums, order)
        if salted != salts or sums != (one, two) or number == 0:
            return
        yield number, commit, page


def _summed(content: bytes, sums: Sums, order: str) -> Sums:
    one, two = sums
    words = struct.unpack(f"{order}{len(content) // 4}I", content)
    for first, second in zip(words[::2], words[1::2], strict=True):
        one = (one + first + two) & WORD
        two = (two + second + one) & WORD
    return one, two
