"""The elements of a JSON array one by one, as they arrive: a long answer takes no more memory.

What has arrived of an element is parsed anew with each chunk until it is whole, so an element has
a limit of its own.
"""

import codecs
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

ELEMENT_LIMIT = 1024 * 1024  # characters
END = re.compile(r"\s*([,\]])\s*")  # of an element: without it, `1` may be the begin of `12`
DECODER = json.JSONDecoder()


class NoArrayError(ValueError):
    """What arrives is no JSON array."""


class BrokenOffError(NoArrayError):
    """It began as one, and ended before its end."""


def elements(chunks: Iterable[bytes]) -> Iterator[Any]:
    """Each element as soon as it is whole. What follows the array is not read."""
    decode = codecs.getincrementaldecoder("utf-8-sig")("replace").decode
    text = ""
    opened = False
    for chunk in chunks:
        text = (text + decode(chunk)).lstrip()
        if not opened:
            if text[:1] not in ("", "["):
                raise NoArrayError("it does not begin as one")
            opened, text = bool(text), text[1:].lstrip()
        found, rest = _whole_ones(text)
        yield from found
        if rest is None:
            return
        text = rest
        if len(text) > ELEMENT_LIMIT:
            raise NoArrayError("an element without an end")
    raise BrokenOffError("it broke off") if opened else NoArrayError("nothing arrived")


def _whole_ones(text: str) -> tuple[list[Any], str | None]:
    """The elements that are whole, and the text behind them; None where the array ends."""
    found: list[Any] = []
    at = 0
    while True:
        if text.startswith("]", at):
            return found, None
        try:
            element, end = DECODER.raw_decode(text, at)
        except RecursionError as error:
            raise NoArrayError("nested too deep") from error
        except ValueError:  # as far as it has arrived
            return found, text[at:]
        behind = END.match(text, end)
        if behind is None:
            return found, text[at:]
        found.append(element)
        if behind[1] == "]":
            return found, None
        at = behind.end()
