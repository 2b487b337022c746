"""Which word was meant. A guess is offered only where it is a good one."""

from collections.abc import Iterable

SAME_KEY = 0.83  # one letter off in six; a key nobody knows is otherwise taken for someone else's
SAME_NAME = 0.6  # a name nobody knows is wrong in any case, so a fair guess helps


def near_miss(word: str, known: Iterable[str]) -> str | None:
    """The known word this unknown one is a slip of: a letter off, or two swapped.

    Words that differ in their digits only (`media-1`, `media-2`) are two words.
    """
    return _nearest(word, known, SAME_KEY)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The end of a mistake's line: ` (did you mean "…"?)`, or nothing."""
    guess = _nearest(word, known, SAME_NAME)
    return f" (did you mean {quoted(guess)}?)" if guess else ""


def quoted(text: str, limit: int = 60) -> str:
    """Text from a file as one harmless line: in quotes, cut, and nothing in it obeyed."""
    cut = text if len(text) <= limit else text[: limit - 1] + "…"
    return f'"{plain(cut)}"'


def plain(text: str) -> str:
    """Text with every control or invisible character written as its code."""
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in text
    )


def _nearest(word: str, known: Iterable[str], least: float) -> str | None:
    likeness = {other: _likeness(word, other) for other in known}
    best = max(likeness, key=likeness.__getitem__, default=None)
    return best if best is not None and likeness[best] >= least else None


def _likeness(one: str, other: str) -> float:
    """From 0, nothing in common, to 1, the same letters."""
    one, other = one.casefold(), other.casefold()
    if one != other and _without_digits(one) == _without_digits(other):
        return 0
    if sorted(one) == sorted(other):
        return 1
    from difflib import SequenceMatcher  # noqa: PLC0415 - only for a mistake

    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.ratio() if matcher.real_quick_ratio() >= SAME_NAME else 0


def _without_digits(word: str) -> str:
    return "".join(char for char in word if not char.isdigit())
