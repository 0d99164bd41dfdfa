"""Are all our structs of types that msgspec can give up again?

msgspec 0.22 keeps the pattern of a text before the item types of a container and, where both stand
in one union, frees the pattern as if it were such a type: the process dies, mostly at its end.
"""

import importlib
import pkgutil
from collections.abc import Iterator, Mapping, Sequence, Set
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import pytest
from msgspec import Meta, Struct

import app
import push
import rtc
import selfservice

PARTS = (app, push, rtc, selfservice)
Patterned = Annotated[str, Meta(pattern="a")]


def ours() -> Iterator[type[Struct]]:
    """Every struct of the parts."""
    for part in PARTS:
        for module in pkgutil.walk_packages(part.__path__, f"{part.__name__}."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)
    names = {part.__name__ for part in PARTS}
    yield from (one for one in below(Struct) if one.__module__.partition(".")[0] in names)


def below(kind: type[Struct]) -> Iterator[type[Struct]]:
    for one in kind.__subclasses__():
        yield one
        yield from below(one)


def is_deadly(found: Any) -> bool:
    """A union of a text with a pattern and a container, here or inside."""
    inside = get_args(found)
    union = get_origin(found) in {Union, UnionType}
    mixed = union and any(map(has_pattern, inside)) and any(map(is_container, inside))
    return mixed or any(map(is_deadly, inside))


def has_pattern(found: Any) -> bool:
    return any(isinstance(one, Meta) and one.pattern for one in get_args(found))


def is_container(found: Any) -> bool:
    bare = get_args(found)[0] if get_origin(found) is Annotated else found
    kind = get_origin(bare) or bare
    return isinstance(kind, type) and issubclass(kind, (Mapping, Sequence, Set)) and kind is not str


def test_no_text_with_a_pattern_shares_a_union_with_a_container() -> None:
    kinds = list(ours())
    assert len(kinds) > 100
    for kind in kinds:
        for name, found in get_type_hints(kind, include_extras=True).items():
            assert not is_deadly(found), f"{kind.__qualname__}.{name}"


@pytest.mark.parametrize(
    "container", [list[int], dict[str, int], tuple[int, ...], tuple[int, int], frozenset[int], list]
)
def test_such_a_union_is_found(container: Any) -> None:
    # Only described: made for real, it would end the run of these tests.
    assert is_deadly(dict[str, Patterned | container])
    assert is_deadly(Patterned | None | Annotated[container, Meta(min_length=1)])
    assert not is_deadly(Annotated[str, Meta(max_length=9)] | container)
    assert not is_deadly(Patterned | str | None)
