"""Values: frozen dataclasses with slots, made in a third of the time.

`@frozen` is `@dataclass(frozen=True, slots=True)`, and what it makes is a dataclass to `replace`,
`fields`, `asdict` and `match`. The standard library's own compiles the text of six methods a class,
which for the classes of one look takes longer than the rest of its modules take to load
(`bench/startup` prints both). Here only `__init__` is compiled; the others are the same few
functions for every class, told which fields it has.
"""

from collections.abc import Callable
from dataclasses import MISSING, Field, FrozenInstanceError, dataclass, field, fields
from operator import attrgetter
from typing import Any, TypeVar, dataclass_transform

T = TypeVar("T")
GIVEN_LATER = object()  # stands for what a default's factory makes


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(cls: type[T]) -> type[T]:
    """Make a class a value: its annotations are its fields, none of which can be set again.

    Raises TypeError for what it does not make: no fields, or more than plain ones.
    """
    made: Any = dataclass(init=False, repr=False, eq=False, slots=True)(cls)
    names = [one.name for one in fields(made)]
    plain = all(one.init and one.compare and not one.kw_only for one in fields(made))
    if not plain or names != [*made.__slots__] or not names or hasattr(made, "__post_init__"):
        raise TypeError(f"{cls.__qualname__} is more than @frozen makes: take @dataclass")
    made.__dataclass_params__.frozen = True
    made.__init__ = _init(made)
    made.__setattr__, made.__delattr__, made.__repr__ = _set, _delete, _repr
    made.__eq__, made.__hash__ = _alike(attrgetter(*names))
    made.__getstate__, made.__setstate__ = _state, _set_state
    return made  # type: ignore[no-any-return] # dataclass() made it from cls


def _init(made: Any) -> Callable[..., None]:  # noqa: ANN401 - a dataclass
    """Its __init__, which sets each field by its slot: past __setattr__, which refuses."""
    names: dict[str, Any] = {"GIVEN_LATER": GIVEN_LATER}
    parameters, steps = ["self"], []
    for one in fields(made):
        name, value = one.name, one.name
        names[f"_set_{name}"] = made.__dict__[name].__set__
        if one.default_factory is not MISSING:
            names[f"_make_{name}"] = one.default_factory
            value = f"_make_{name}() if {name} is GIVEN_LATER else {name}"
            name = f"{name}=GIVEN_LATER"
        elif one.default is not MISSING:
            names[f"_default_{name}"] = one.default
            name = f"{name}=_default_{name}"
        parameters.append(name)
        steps.append(f" _set_{one.name}(self, {value})")
    text = "\n".join([f"def __init__({', '.join(parameters)}):", *steps])
    exec(text, names)  # noqa: S102 - our own text, of our own fields
    init: Callable[..., None] = names["__init__"]
    init.__qualname__ = f"{made.__qualname__}.__init__"
    return init


def _alike(
    values: Callable[[Any], object],
) -> tuple[Callable[[Any, object], bool], Callable[[Any], int]]:
    """Equality and hash of a class, by its fields' values."""

    def __eq__(self: Any, other: Any) -> bool:  # noqa: N807, ANN401 - of any such class
        return (
            values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented
        )

    def __hash__(self: Any) -> int:  # noqa: N807, ANN401
        return hash(values(self))

    return __eq__, __hash__


def _set(_self: object, name: str, _value: object) -> None:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _delete(_self: object, name: str) -> None:
    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _repr(self: Any) -> str:  # noqa: ANN401
    shown: list[Field[Any]] = [one for one in fields(self) if one.repr]
    told = ", ".join(f"{one.name}={getattr(self, one.name)!r}" for one in shown)
    return f"{type(self).__qualname__}({told})"


def _state(self: Any) -> list[object]:  # noqa: ANN401
    return [getattr(self, one.name) for one in fields(self)]


def _set_state(self: Any, state: list[object]) -> None:  # noqa: ANN401
    for one, value in zip(fields(self), state, strict=True):
        object.__setattr__(self, one.name, value)
