"""Values: frozen dataclasses with slots, made in a fraction of the time.

`@frozen` is `@dataclass(frozen=True, slots=True)`, and what it makes is a dataclass to `replace`,
`fields`, `asdict` and `match`. The standard library's own compiles the text of six methods a class,
which for the classes of one look takes longer than the rest of its modules take to load
(`bench/startup` prints both). Here a class has its fields' slots, and a few functions that all of
them share. Its `__init__` is compiled when its first value is made, and what `dataclasses` knows of
it is worked out when that is asked for: of most classes a look loads, neither ever is.
"""

from collections.abc import Callable, Mapping
from dataclasses import (
    KW_ONLY,
    MISSING,
    Field,
    FrozenInstanceError,
    InitVar,
    dataclass,
    field,
    fields,
)
from operator import attrgetter
from typing import Any, ClassVar, TypeVar, dataclass_transform

T = TypeVar("T")
FIELDS, PARAMS = "__dataclass_fields__", "__dataclass_params__"
GIVEN_LATER = object()  # stands for what a default's factory makes


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(cls: type[T]) -> type[T]:
    """Make a class a value: its annotations are its fields, none of which can be set again.

    Raises TypeError for what it does not make: no fields, or more than plain ones.
    """
    annotations = cls.__annotations__
    names = tuple(annotations)
    own = {name: it for name, it in vars(cls).items() if name not in ("__dict__", "__weakref__")}
    defaults = {name: own.pop(name) for name in names if name in own}
    plain = all(map(_is_plain, (*annotations.values(), *defaults.values())))
    if not plain or not names or hasattr(cls, FIELDS) or hasattr(cls, "__post_init__"):
        raise TypeError(f"{cls.__qualname__} is more than @frozen makes: take @dataclass")
    alike, hashed = _alike(attrgetter(*names))
    own |= SHARED | {
        "__slots__": names,
        "__match_args__": names,
        "__eq__": alike,
        "__hash__": hashed,
        "__init__": _Later(lambda made: _init(made, defaults)),
        FIELDS: _Later(lambda made: getattr(_standard(made, annotations, defaults), FIELDS)),
        PARAMS: _Later(lambda made: getattr(_standard(made, annotations, defaults), PARAMS)),
    }
    kind: Any = type(cls)
    made: type[T] = kind(cls.__name__, cls.__bases__, own)
    made.__qualname__ = cls.__qualname__
    return made


def _is_plain(told: object) -> bool:
    """Whether an annotation or a default is that of a field like any other."""
    if isinstance(told, Field):
        return told.init and told.compare and told.kw_only is not True
    return told is not KW_ONLY and getattr(told, "__origin__", told) not in (ClassVar, InitVar)


class _Later:
    """What a class has once it is asked for."""

    def __init__(self, make: Callable[[type], object]) -> None:
        self._make = make

    def __set_name__(self, owner: type, name: str) -> None:
        self._owner, self._name = owner, name

    def __get__(self, value: object, _: type) -> object:
        setattr(self._owner, self._name, self._make(self._owner))
        return getattr(self._owner if value is None else value, self._name)


def _init(made: type, defaults: Mapping[str, Any]) -> Callable[..., None]:
    """Its __init__, which sets each field by its slot: past __setattr__, which refuses."""
    names: dict[str, Any] = {"GIVEN_LATER": GIVEN_LATER}
    parameters, steps = ["self"], []
    for name in made.__slots__:  # type: ignore[attr-defined]
        given, value, default = name, name, defaults.get(name, MISSING)
        if isinstance(default, Field):
            factory, default = default.default_factory, default.default
            if factory is not MISSING:
                names[f"_make_{name}"], default = factory, GIVEN_LATER
                value = f"_make_{name}() if {name} is GIVEN_LATER else {name}"
        if default is not MISSING:
            names[f"_default_{name}"] = default
            given = f"{name}=_default_{name}"
        names[f"_set_{name}"] = vars(made)[name].__set__
        parameters.append(given)
        steps.append(f" _set_{name}(self, {value})")
    text = "\n".join([f"def __init__({', '.join(parameters)}):", *steps])
    exec(text, names)  # noqa: S102 - our own text, of our own fields
    init: Callable[..., None] = names["__init__"]
    init.__qualname__ = f"{made.__qualname__}.__init__"
    init.__module__ = made.__module__
    return init


def _standard(made: type, annotations: Mapping[str, Any], defaults: Mapping[str, Any]) -> type:
    """The standard library's own of the same fields, for what it knows of them."""
    told = {"__annotations__": annotations, "__module__": made.__module__, "__doc__": made.__doc__}
    same = type(made.__name__, (), {**defaults, **told})
    return dataclass(frozen=True, init=False, repr=False, eq=False)(same)


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
    return [getattr(self, name) for name in self.__slots__]


def _set_state(self: Any, state: list[object]) -> None:  # noqa: ANN401
    for name, value in zip(self.__slots__, state, strict=True):
        object.__setattr__(self, name, value)


SHARED = {
    "__setattr__": _set,
    "__delattr__": _delete,
    "__repr__": _repr,
    "__getstate__": _state,
    "__setstate__": _set_state,
}
