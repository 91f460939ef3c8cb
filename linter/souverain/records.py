"""``dataclass``, ``field``, ``replace`` and ``TypedDict`` as Python has them, but cheap to define.

The standard decorator takes 0.3 ms to look at a class and 0.7 ms to compile its methods, which
for the 200 classes of a run is half of a small check. Here only the constructor is compiled,
when the first instance is made, since a run makes instances of half of the classes; the other
methods are shared. A frozen class is frozen for the type checker alone, which also makes its
instances cheaper to build. Annotations are taken for text, as PEP 563 leaves them.
"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_NONE: Any = object()


class _Field:
    __slots__ = ("compare", "default", "default_factory", "hash", "init", "repr")

    def __init__(
        self,
        *,
        default: Any = _NONE,
        default_factory: Any = _NONE,
        init: bool = True,
        repr: bool = True,  # noqa: A002
        hash: bool | None = None,  # noqa: A002
        compare: bool = True,
    ) -> None:
        self.default = default
        self.default_factory = default_factory
        self.init = init
        self.repr = repr
        self.hash = compare if hash is None else hash
        self.compare = compare


_REQUIRED = _Field()


def _dataclass(
    cls: Any = None, *, eq: bool = True, frozen: bool = False, slots: bool = False
) -> Any:
    if cls is None:
        return lambda cls: _dataclass(cls, eq=eq, frozen=frozen, slots=slots)
    content = dict(vars(cls))
    fields: dict[str, _Field] = {}
    for base in cls.__mro__[:0:-1]:
        fields.update(getattr(base, "__record__", ()))
    own = _own_fields(cls, content)
    if slots:
        cls = _slotted(cls, content, own, [name for name in own if name not in fields])
    else:
        _set_defaults(cls, own)
    fields.update(own)
    cls.__record__ = fields
    cls.__match_args__ = tuple([name for name, each in fields.items() if each.init])  # type: ignore[misc]
    cls.__dataclass_fields__ = _AsStandard()
    if "__init__" not in content:
        cls.__init__ = _deferred(cls)
    if "__repr__" not in content:
        cls.__repr__ = _repr
    if eq and "__eq__" not in content:
        cls.__eq__ = _equal([name for name, each in fields.items() if each.compare])
    if eq and content.get("__hash__") is None:
        hashed = [name for name, each in fields.items() if each.hash]
        cls.__hash__ = _hash(hashed) if frozen else None
    return cls


def _own_fields(cls: type, content: Mapping[str, Any]) -> dict[str, _Field]:
    """The fields that the body of a class annotates."""
    own = {}
    for name, kind in cls.__annotations__.items():
        if not kind.startswith("ClassVar"):
            value = content.get(name, _NONE)
            if value is _NONE:
                own[name] = _REQUIRED
            else:
                own[name] = value if isinstance(value, _Field) else _Field(default=value)
    return own


def _slotted(
    cls: type, content: dict[str, Any], own: Mapping[str, _Field], slots: Sequence[str]
) -> Any:
    """The class again, with slots: they can only be given to a class that is made."""
    for name in (*own, "__dict__", "__weakref__"):
        content.pop(name, None)
    content["__slots__"] = slots
    content["__qualname__"] = cls.__qualname__
    return type(cls)(cls.__name__, cls.__bases__, content)


def _set_defaults(cls: type, own: Mapping[str, _Field]) -> None:
    """Puts defaults where :func:`field` stands in the body of a class."""
    for name, each in own.items():
        if each.default is not _NONE:
            setattr(cls, name, each.default)
        elif each is not _REQUIRED:
            delattr(cls, name)


def _deferred(cls: Any) -> Callable[..., None]:
    """A constructor that gives way to the real one when it is first called."""

    def __init__(self: Any, /, *args: Any, **named: Any) -> None:  # noqa: N807
        if cls.__init__ is __init__:
            cls.__init__ = _constructor(cls)
        cls.__init__(self, *args, **named)

    return __init__


def _constructor(cls: Any) -> Callable[..., None]:
    """The constructor that the standard decorator would write."""
    names: dict[str, Any] = {"_FRESH": object()}
    parameters, lines = [], []
    fields: Mapping[str, _Field] = cls.__record__
    for name, each in fields.items():
        value = name
        if each.default_factory is not _NONE:
            names[f"_make_{name}"] = each.default_factory
            value = f"_make_{name}()"
            if each.init:
                parameters.append(f"{name}=_FRESH")
                value += f" if {name} is _FRESH else {name}"
        elif each.default is not _NONE:
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
    shown = (
        f"{name}={getattr(self, name)!r}" for name, each in self.__record__.items() if each.repr
    )
    return f"{type(self).__qualname__}({', '.join(shown)})"


def _values(names: Sequence[str]) -> Callable[[Any], object]:
    """What tells equal records: of those without fields, their class."""
    return attrgetter(*names) if names else type


def _equal(names: Sequence[str]) -> Callable[[Any, object], object]:
    values = _values(names)

    def equal(self: Any, other: object) -> object:
        if other.__class__ is not self.__class__:
            return NotImplemented
        return values(self) == values(other)

    return equal


def _hash(names: Sequence[str]) -> Callable[[Any], int]:
    values = _values(names)

    def hashed(self: Any) -> int:
        return hash(values(self))

    return hashed


def _replace(record: Any, /, **changes: Any) -> Any:
    for name in record.__match_args__:
        if name not in changes:
            changes[name] = getattr(record, name)
    return type(record)(**changes)


class _AsStandard:
    """The fields as the standard library has them, once something of it asks."""

    def __get__(self, record: object, cls: Any) -> object:
        from dataclasses import field, make_dataclass

        fields: list[tuple[str, Any, Any]] = []
        for name, each in cls.__record__.items():
            given = {key: getattr(each, key) for key in _Field.__slots__}
            given = {key: value for key, value in given.items() if value is not _NONE}
            fields.append((name, object, field(**given)))
        same: Any = make_dataclass(cls.__name__, fields, init=False, repr=False, eq=False)
        cls.__dataclass_fields__ = same.__dataclass_fields__
        return cls.__dataclass_fields__


if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
    from dataclasses import field as field
    from dataclasses import replace as replace
    from typing import TypedDict as TypedDict
else:
    dataclass, field, replace = _dataclass, _Field, _replace

    class TypedDict(dict):
        """A mapping: nobody but the type checker looks at its keys."""

        def __init_subclass__(cls, total=True):
            pass
