"""The decorator behaves as the standard one does, except that nothing enforces ``frozen``."""

from __future__ import annotations

import dataclasses

import pytest

from souverain.records import dataclass, field, replace


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
