"""``dataclass`` as the standard library has it, but cheap to define.

The standard decorator compiles six methods for every frozen class: 0.7 ms each, and the
200 classes of a run would take a third of the time a small check needs. Here only the
constructor is compiled, when the first instance is made, since a run makes instances of half
of the classes; the other methods are shared. A frozen class is frozen for the type checker
alone, which also makes its instances cheaper to build.
"""

from __future__ import annotations

from dataclasses import MISSING, fields
from dataclasses import field as field
from dataclasses import replace as replace
from operator import attrgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from dataclasses import dataclass as dataclass
else:
    from dataclasses import dataclass as _standard

    def dataclass(cls=None, *, eq=True, frozen=False, slots=False):
        """See :func:`dataclasses.dataclass`."""
        if cls is None:
            return lambda cls: dataclass(cls, eq=eq, frozen=frozen, slots=slots)
        cls = _standard(cls, init=False, eq=False, repr=False, slots=slots)
        own = vars(cls)
        if "__init__" not in own:
            cls.__init__ = _deferred(cls)
        if "__repr__" not in own:
            cls.__repr__ = _repr
        if eq and "__eq__" not in own:
            cls.__eq__, hashed = _compared(cls)
            cls.__hash__ = hashed if frozen else None
        return cls


def _deferred(cls: Any) -> Callable[..., None]:
    """A constructor that gives way to the real one when it is first called."""

    def __init__(self: Any, /, *args: Any, **named: Any) -> None:  # noqa: N807
        if cls.__init__ is __init__:
            cls.__init__ = _constructor(cls)
        cls.__init__(self, *args, **named)

    return __init__


def _constructor(cls: type) -> Callable[..., None]:
    """The constructor that the standard decorator would write."""
    names: dict[str, Any] = {"_FRESH": object()}
    parameters, lines = [], []
    for each in fields(cls):
        name, value = each.name, each.name
        if each.default_factory is not MISSING:
            names[f"_make_{name}"] = each.default_factory
            value = f"_make_{name}()"
            if each.init:
                parameters.append(f"{name}=_FRESH")
                value += f" if {name} is _FRESH else {name}"
        elif each.default is not MISSING:
            names[f"_default_{name}"] = each.default
            value = name if each.init else f"_default_{name}"
            if each.init:
                parameters.append(f"{name}=_default_{name}")
        elif each.init:
            parameters.append(name)
        else:
            continue
        lines.append(f"self.{name} = {value}")
    if hasattr(cls, "__post_init__"):
        lines.append("self.__post_init__()")
    body = "\n    ".join(lines or ["pass"])
    exec(f"def __init__({', '.join(('self', *parameters))}):\n    {body}", names)  # noqa: S102 - our own names
    constructor: Callable[..., None] = names["__init__"]
    constructor.__qualname__ = f"{cls.__qualname__}.__init__"
    return constructor


def _repr(self: Any) -> str:
    shown = (f"{f.name}={getattr(self, f.name)!r}" for f in fields(self) if f.repr)
    return f"{type(self).__qualname__}({', '.join(shown)})"


def _compared(cls: type) -> tuple[Callable[[Any, object], object], Callable[[Any], int]]:
    """Equality and hash over the fields of a class that count."""
    names = [f.name for f in fields(cls) if f.compare]
    values: Callable[[Any], object] = attrgetter(*names) if names else type

    def equal(self: Any, other: object) -> object:
        if other.__class__ is not self.__class__:
            return NotImplemented
        return values(self) == values(other)

    def hashed(self: Any) -> int:
        return hash(values(self))

    return equal, hashed
