"""The decorator behaves as the standard one does, except that nothing enforces ``frozen``."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable
from typing import Any, ClassVar, Generic, TypeVar

import pytest

from souverain.records import TypedDict, dataclass, field, replace

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Point:
    x: int
    y: int = 0
    label: str = field(default="", compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Line:
    x: int
    y: int = 0


@dataclass(frozen=True)
class Deep(Point):
    z: int = 0


@dataclass(frozen=True, slots=True)
class Empty:
    pass


@dataclass
class Bag:
    items: list[int] = field(default_factory=list)


@dataclass(frozen=True, eq=False)
class Node:
    name: str


@dataclass(frozen=True, slots=True)
class Key:
    name: str
    note: str = ""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Key) and self.name == other.name

    def __hash__(self) -> int:
        return hash(self.name)

    def __repr__(self) -> str:
        return f"<{self.name}>"


@dataclass
class Counted:
    """Also what only the class itself may set."""

    start: int
    steps: list[int] = field(default_factory=list)
    total: int = field(init=False, default=0)
    seen: set[int] = field(init=False, default_factory=set)

    def __post_init__(self) -> None:
        self.total = self.start + sum(self.steps)


class Plain(Counted):
    """Made by the constructor of the class it extends."""


def test_arguments_are_taken_as_the_standard_constructor_takes_them() -> None:
    one, other = Counted(1), Counted(start=1, steps=[2])
    assert (one.total, other.total) == (1, 3)
    one.steps.append(1)
    one.seen.add(1)
    assert Counted(1).steps == []
    assert Counted(1).seen == set()
    assert Plain(2, [3]).total == 5
    with pytest.raises(TypeError, match=r"Counted.__init__\(\) missing 1 required .* 'start'"):
        Counted()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="unexpected keyword argument 'total'"):
        Counted(1, total=2)  # type: ignore[call-arg]


def test_equal_fields_are_equal_and_hash_alike() -> None:
    assert Point(1, 2) == Point(1, 2)
    assert hash(Point(1, 2)) == hash(Point(1, 2))
    assert Point(1, 2) != Point(1, 3)
    assert {Point(1), Point(1), Point(2)} == {Point(1), Point(2)}


def test_fields_left_out_of_comparison_do_not_count() -> None:
    assert Point(1, label="a") == Point(1, label="b")
    assert hash(Point(1, label="a")) == hash(Point(1, label="b"))


def test_other_classes_are_different_even_with_the_same_fields() -> None:
    assert Point(1, 2) != Line(1, 2)
    assert Deep(1, 2) != Point(1, 2)
    assert Deep(1, 2, z=3) == Deep(1, 2, z=3)
    assert Deep(1, 2, z=3) != Deep(1, 2, z=4)


def test_a_class_without_fields() -> None:
    assert Empty() == Empty()
    assert hash(Empty()) == hash(Empty())
    assert repr(Empty()) == "Empty()"


def test_what_may_change_has_no_hash() -> None:
    assert Bag([1]) == Bag([1])
    assert Bag() != Bag([1])
    with pytest.raises(TypeError, match="unhashable"):
        hash(Bag())


def test_identity_where_it_is_asked_for() -> None:
    one = Node("a")
    assert one == one
    assert one != Node("a")
    assert {one: 1}[one] == 1


def test_methods_of_the_class_win() -> None:
    assert Key("a", "x") == Key("a", "y")
    assert hash(Key("a", "x")) == hash(Key("a", "y"))
    assert repr(Key("a")) == "<a>"


def test_the_text_names_the_fields() -> None:
    assert repr(Point(1, label="hidden")) == "Point(x=1, y=0)"
    assert repr(Bag([1])) == "Bag(items=[1])"


def test_the_standard_library_knows_the_fields() -> None:
    assert [each.name for each in dataclasses.fields(Point)] == ["x", "y", "label"]
    assert replace(Point(1, 2), y=3) == Point(1, 3)
    assert dataclasses.asdict(Line(1)) == {"x": 1, "y": 0}


def test_slots_leave_no_room_for_others() -> None:
    with pytest.raises(AttributeError):
        object.__setattr__(Point(1), "other", 1)


Definition = Callable[[Callable[..., Any], Callable[..., Any]], Any]


def _plain(dataclass: Any, field: Any) -> Any:
    @dataclass
    class Made:
        """Has a text."""

        kinds: ClassVar[tuple[str, ...]] = ("a",)
        name: str
        count: int = 1
        parts: list[str] = field(default_factory=list)

    return Made


def _slotted(dataclass: Any, field: Any) -> Any:
    @dataclass(frozen=True, slots=True)
    class Made:
        kinds: ClassVar[tuple[str, ...]] = ("a",)
        name: str
        count: int = 1
        parts: tuple[str, ...] = field(default=(), repr=False, compare=False)

        def twice(self) -> int:
            return self.count * 2

    return Made


def _extended(dataclass: Any, field: Any) -> Any:
    @dataclass(frozen=True, slots=True)
    class Base:
        name: str
        count: int = 1

    @dataclass(frozen=True, slots=True)
    class Made(Base):
        count: int = 2
        parts: tuple[str, ...] = ()

    return Made


def _extended_open(dataclass: Any, field: Any) -> Any:
    @dataclass
    class Base:
        name: str
        count: int = field(default=1)

    class Between(Base):
        pass

    @dataclass(eq=False)
    class Made(Between):
        parts: tuple[str, ...] = ()

    return Made


def _derived(dataclass: Any, field: Any) -> Any:
    @dataclass
    class Made:
        name: str
        count: int = 1
        parts: tuple[str, ...] = field(default=(), hash=False)
        total: int = field(init=False)
        seen: set[str] = field(init=False, default_factory=set)

        def __post_init__(self) -> None:
            self.total = self.count + len(self.parts)

    return Made


def _hashed_by_some(dataclass: Any, field: Any) -> Any:
    @dataclass(frozen=True)
    class Made:
        name: str
        count: int = field(default=1, hash=False)
        parts: Any = field(default_factory=list, compare=False)

    return Made


def _with_own_methods(dataclass: Any, field: Any) -> Any:
    @dataclass(frozen=True, slots=True)
    class Made:  # noqa: PLW1641 - hashed by its fields
        name: str
        count: int = 1
        parts: tuple[str, ...] = ()

        def __eq__(self, other: object) -> bool:
            return isinstance(other, Made) and self.name == other.name

        def __repr__(self) -> str:
            return f"<{self.name}>"

    return Made


def _with_own_hash(dataclass: Any, field: Any) -> Any:
    @dataclass
    class Made:
        name: str
        count: int = 1
        parts: tuple[str, ...] = ()

        def __hash__(self) -> int:
            return 7

    return Made


def _generic(dataclass: Any, field: Any) -> Any:
    @dataclass(frozen=True, slots=True)
    class Made(Generic[T]):
        name: T
        count: int = 1
        parts: tuple[T, ...] = ()

    return Made


DEFINITIONS: tuple[Definition, ...] = (
    _plain,
    _slotted,
    _extended,
    _extended_open,
    _derived,
    _hashed_by_some,
    _with_own_methods,
    _with_own_hash,
    _generic,
)


def _outcome(ask: Callable[[], object]) -> object:
    """What an expression gives, or the kind of its error."""
    try:
        return ask()
    except (TypeError, AttributeError) as error:
        return type(error)


def _seen(cls: Any) -> dict[str, object]:
    """What can be told of a class and of its instances."""
    one, same = cls("a"), cls(name="a", count=cls("a").count)
    other = cls("a", 5, ("x",))
    records = (one, same, other)
    return {
        "names": (cls.__name__, cls.__qualname__, cls.__module__),
        "matched": cls.__match_args__,
        "slots": {slot for each in cls.__mro__ for slot in getattr(each, "__slots__", ())},
        "open": hasattr(one, "__dict__"),
        "of the class": [_outcome(lambda n=n: getattr(cls, n) == 1) for n in ("count", "parts")],
        "fields": [[getattr(one, f.name) for f in dataclasses.fields(one)] for one in records],
        "described": [
            (f.name, f.init, f.repr, f.compare, f.default is dataclasses.MISSING)
            for f in dataclasses.fields(cls)
        ],
        "texts": [repr(one) for one in records],
        "equal": [[one == other for other in records] for one in records],
        "hashed": [_outcome(lambda one=one: hash(one) == hash(same)) for one in records],
        "hash": cls.__hash__ is None,
        "replaced": repr(dataclasses.replace(other, name="b")),
        "as mapping": _outcome(lambda: dataclasses.asdict(other)),
        "wrong": [
            _outcome(lambda: cls()),
            _outcome(lambda: cls("a", name="b")),
            _outcome(lambda: cls("a", unknown=1)),
        ],
        "copied": repr(copy.copy(other)),
    }


@pytest.mark.parametrize("define", DEFINITIONS)
def test_a_class_is_as_the_standard_decorator_makes_it(define: Definition) -> None:
    assert _seen(define(dataclass, field)) == _seen(
        define(dataclasses.dataclass, dataclasses.field)
    )


@pytest.mark.parametrize("define", DEFINITIONS)
def test_records_are_replaced_as_the_standard_function_replaces_them(define: Definition) -> None:
    made = define(dataclass, field)("a", 3, ("x",))
    assert repr(replace(made, name="b")) == repr(dataclasses.replace(made, name="b"))
    assert repr(replace(made)) == repr(made)
    with pytest.raises(TypeError, match="unknown"):
        replace(made, unknown=1)


def test_a_typed_mapping_is_a_mapping() -> None:
    class Shape(TypedDict, total=False):
        name: str

    assert Shape(name="a") == {"name": "a"}
    assert isinstance(Shape(), dict)
