"""What a thing of a window is called: its name, and its host where another has that name too."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Protocol, TypeVar


class Placed(Protocol):
    """Something that has a name on a host."""

    @property
    def host(self) -> str: ...
    @property
    def name(self) -> str: ...


T = TypeVar("T", bound=Placed)


def told_apart(among: Iterable[T]) -> Callable[[T], str]:
    """How to call each of them. Raw: text from hosts."""
    names = Counter(it.name for it in among)
    return lambda it: f"{it.name}@{it.host}" if names[it.name] > 1 else it.name
