"""Values: what `@frozen` makes is a frozen dataclass with slots, and nothing else."""

import pickle
from collections.abc import Callable
from copy import copy, deepcopy
from dataclasses import FrozenInstanceError, asdict, dataclass, field, fields, replace
from inspect import signature
from typing import Any, ClassVar

import pytest

from recorder.frozen import frozen


@frozen
class Disk:
    """One of ours."""

    name: str
    size: int = 0
    paths: list[str] = field(default_factory=list)
    secret: str = field(repr=False, default="")


@dataclass(frozen=True, slots=True)
class Standard:
    """The same by the standard library."""

    name: str
    size: int = 0
    paths: list[str] = field(default_factory=list)
    secret: str = field(repr=False, default="")


@frozen
class Place:
    """A value with one field."""

    path: str


@pytest.mark.parametrize(
    "told",
    [
        lambda kind: repr(kind("a", 2)).partition("(")[2],
        lambda kind: asdict(kind("a", paths=["/mnt"])),
        lambda kind: [(one.name, one.type, one.default) for one in fields(kind)],
        lambda kind: kind.__match_args__,
        lambda kind: kind.__slots__,
        lambda kind: kind("a") == kind("a", 0, [], ""),
        lambda kind: [kind("a") == other for other in (kind("b"), kind("a", 1), "a", None)],
        lambda kind: asdict(replace(kind("a", 1), size=3)),
        lambda kind: kind("a").paths is kind("a").paths,
        lambda kind: kind.__doc__ is not None,
        lambda kind: hash(replace(kind("a"), paths=())) == hash(("a", 0, (), "")),
    ],
)
def test_it_does_what_a_dataclass_does(told: Callable[[Any], object]) -> None:
    """A value is told, compared, copied and hashed as one of the standard library's is."""
    assert told(Disk) == told(Standard)


def test_its_call_is_told_before_any_value_is_made() -> None:
    """Who asks how it is called need not have made one."""

    @frozen
    class Later:
        """Of which there is no value yet."""

        name: str
        size: int = 0
        secret: str = field(default="")

    assert str(signature(Later)) == "(name, size=0, secret='')"


def test_what_nobody_asks_of_a_class_is_not_worked_out() -> None:
    """Loading a class compiles nothing: most that a look loads are of no use to it."""

    @frozen
    class Unused:
        """Of which there is no value yet."""

        name: str

    later = {name for name, it in vars(Unused).items() if type(it).__name__ == "_Later"}
    assert later == {"__init__", "__dataclass_fields__", "__dataclass_params__"}
    assert Unused("a") == Unused(name="a")
    later = {name for name, it in vars(Unused).items() if type(it).__name__ == "_Later"}
    assert later == {"__dataclass_fields__", "__dataclass_params__"}


@pytest.mark.parametrize("kind", [Disk, Standard])
@pytest.mark.parametrize("call", [lambda kind: kind(), lambda kind: kind("a", nothing=1)])
def test_it_is_called_with_its_fields(kind: type[Any], call: Callable[[Any], object]) -> None:
    """A field without a default must be given, and what is no field can't be."""
    with pytest.raises(TypeError, match=r"__init__\(\)"):
        call(kind)


def test_nothing_of_it_can_be_set_again() -> None:
    """A value never changes, and holds nothing but its fields."""
    disk: Any = Disk("a", 5)
    with pytest.raises(FrozenInstanceError):
        disk.size = 6
    with pytest.raises(FrozenInstanceError):
        del disk.size
    with pytest.raises(FrozenInstanceError):
        disk.more = 1
    assert disk == Disk("a", 5)
    assert not hasattr(disk, "__dict__")


def through_a_pipe(value: object) -> object:
    """As another process gets it."""
    return pickle.loads(pickle.dumps(value))  # noqa: S301 - our own


@pytest.mark.parametrize("carried", [copy, deepcopy, through_a_pipe])
def test_it_arrives_as_it_was(carried: Callable[[object], object]) -> None:
    """A value may be copied, and handed to another process."""
    for value in (Disk("a", 5, ["/mnt"], "x"), Place("/mnt")):
        assert carried(value) == value


def test_values_are_keys() -> None:
    """Values that are equal are one key; a class of its own makes another value."""
    assert {Place("/mnt"): 1}[Place("/mnt")] == 1
    assert Place("/mnt") != replace(Place("/mnt"), path="/")


class Empty:
    """Without a field."""


class Kept:
    """One field that is no part of what it equals."""

    name: str
    found: int = field(compare=False, default=0)


class Checked:
    """One that has more to do once it is made."""

    name: str

    def __post_init__(self) -> None:
        raise AssertionError


class Shared:
    """One that says something of the class."""

    name: str
    known: ClassVar[int] = 0


class More(Place):
    """One that has another's fields, and more."""

    name: str


@pytest.mark.parametrize("kind", [Empty, Kept, Checked, Shared, More])
def test_what_it_does_not_make_it_refuses(kind: type) -> None:
    """A class that wants more of a dataclass than is made here is told so, not made by half."""
    with pytest.raises(TypeError, match=f"{kind.__name__} is more than @frozen makes"):
        frozen(kind)
