"""A record as SQLite writes it, and the numbers of variable length in it. Pure.

The format: https://www.sqlite.org/fileformat2.html, sections 1.6 and 2.1.
"""

import struct

Value = int | float | str | bytes | None
MORE, LOW_BITS = 0x80, 0x7F  # of a byte: whether another follows, and what it holds
INTEGER_BYTES = (0, 1, 2, 3, 4, 6, 8)  # by serial type
REAL, ZERO, ONE, BLOB = 7, 8, 9, 12
LONGEST_VARINT = 9


class BrokenError(Exception):
    """What stands there is no record."""


def varint(content: bytes, at: int) -> tuple[int, int]:
    """The number at an offset, and the offset behind it: seven bits a byte, eight of the ninth."""
    byte = content[at]
    if byte < MORE:
        return byte, at + 1
    value = byte & LOW_BITS
    for offset in range(at + 1, at + LONGEST_VARINT - 1):
        byte = content[offset]
        value = value << 7 | byte & LOW_BITS
        if byte < MORE:
            return value, offset + 1
    value = value << 8 | content[at + LONGEST_VARINT - 1]
    return value - (1 << 64) if value >= 1 << 63 else value, at + LONGEST_VARINT


def record(payload: bytes) -> tuple[Value, ...]:
    """The values of a record. Raises BrokenError where it is none."""
    try:
        values, end = _values(payload)
    except (IndexError, UnicodeDecodeError, struct.error) as error:
        raise BrokenError from error
    if end != len(payload):
        raise BrokenError
    return values


def _values(payload: bytes) -> tuple[tuple[Value, ...], int]:
    """The values, and where the last one ends."""
    end, at = varint(payload, 0)
    place, values = end, []
    while at < end:
        kind, at = varint(payload, at)
        value, place = _value(payload, kind, place)
        values.append(value)
    if at != end:
        raise BrokenError
    return tuple(values), place


def _value(payload: bytes, kind: int, at: int) -> tuple[Value, int]:
    if 0 < kind < REAL:
        end = at + INTEGER_BYTES[kind]
        return int.from_bytes(payload[at:end], "big", signed=True), end
    if kind >= BLOB:
        end = at + (kind - BLOB) // 2
        held = payload[at:end]
        return held.decode() if kind % 2 else held, end
    if kind == REAL:
        return struct.unpack(">d", payload[at : at + 8])[0], at + 8
    if kind in (ZERO, ONE):
        return kind - ZERO, at
    if kind == 0:
        return None, at
    raise BrokenError
