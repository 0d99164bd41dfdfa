"""What does each key of the flow language take, and what does it mean? Read off the structs.

For the reference and the schema of editors, so that neither can differ from what is loaded.
"""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from itertools import pairwise
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from msgspec import Meta, Struct
from msgspec.structs import FieldInfo, fields

from selfservice import language
from selfservice.duration import written
from selfservice.expression import Expression
from selfservice.language import Seconds
from selfservice.pattern import Pattern
from selfservice.template import Template

_WORDS: list[tuple[Any, str]] = [
    (language.Name, "name"),
    (language.Target, "step"),
    (language.Text, "text"),
    (language.ActionName, "action"),
    (language.Option, "option"),
    (language.Country, "country"),
    (language.Next, "[next](#next)"),
    (Expression, "rule"),
    (Template, "text with `{names}`"),
    (Seconds, "duration"),
    (Pattern, "pattern"),
    (language.MediaType, "type of files"),
    (bool, "`true` or `false`"),
    (int, "whole number"),
    (str, "text"),
    (Any, "anything"),
    (dict[str, Any], "mapping"),
    (Annotated[datetime, Meta(tz=True)], "time with its zone"),
]
_MAPPINGS = {"[]": "list of mappings", ".<name>": "mappings by name"}


class Key(Struct, frozen=True, kw_only=True):
    """One key: its path in what is described, such as `on_error.then`."""

    path: str
    takes: str
    default: str
    meaning: str


def meaning(kind: type) -> str:
    """What a struct is for, as its docstring says."""
    return " ".join((kind.__doc__ or "").split())


def keys(kind: type[Struct], before: str = "") -> Iterator[Key]:
    """Every key that the struct takes, with those of the structs in it."""
    hints = get_type_hints(kind, include_extras=True)
    tag = kind.__struct_config__
    if tag.tag_field and before:
        yield Key(path=before + tag.tag_field, takes=f"`{tag.tag}`", default="required", meaning="")
    for one in fields(kind):
        yield from _key(kind, one, hints[one.name], before)


def _key(kind: type[Struct], one: FieldInfo, hint: Any, before: str) -> Iterator[Key]:
    path, says = before + one.encode_name, said(kind, one.name)
    default, plain = _default(one), _plain(hint)
    parts = [] if hint == language.Next or _is_fields(hint) else list(_parts(hint))
    if plain or not parts:
        yield Key(path=path, takes=plain or _takes(hint), default=default, meaning=says)
    else:
        of_part = meaning(parts[0][1]) if len(parts) == 1 else "One of these, by its `type`."
        takes = _MAPPINGS.get(parts[0][0], "mapping")
        yield Key(path=path, takes=takes, default=default, meaning=says or of_part)
    for suffix, part in parts:
        yield from keys(part, f"{path}{suffix}.")


def _parts(hint: Any, suffix: str = "") -> Iterator[tuple[str, type[Struct]]]:
    """The structs in a type, with what stands between the key and theirs: `[]` of a list."""
    origin, arguments = get_origin(hint), get_args(hint)
    if isinstance(hint, type) and issubclass(hint, Struct):
        yield suffix, hint
    elif origin is Annotated:
        yield from _parts(arguments[0], suffix)
    elif origin in {Union, UnionType}:
        for one in arguments:
            yield from _parts(one, suffix)
    elif origin is tuple:
        yield from _parts(arguments[0], suffix + "[]")
    elif origin is dict:
        yield from _parts(arguments[1], suffix + ".<name>")


def parts_of(hint: Any) -> list[type[Struct]]:
    """The structs that a type names."""
    return [part for _, part in _parts(hint)]


def _is_fields(hint: Any) -> bool:
    """Whether these are the fields of a form, which have a section of their own."""
    tags = [part.__struct_config__.tag_field for _, part in _parts(hint)]
    return len(tags) > 3 and all(tags)


def _plain(hint: Any) -> str:
    """What a key takes beside structs; nothing where it takes only those."""
    if _is_fields(hint):
        return "[fields](#fields)"
    if hint == language.Next or not list(_parts(hint)):
        return _takes(hint)
    if get_origin(hint) in {Union, UnionType}:
        return " or ".join(_takes(one) for one in get_args(hint) if _is_plain(one))
    return ""


def _is_plain(hint: Any) -> bool:
    return hint is not NoneType and not list(_parts(hint))


def _takes(hint: Any) -> str:
    """A type in the words of an author."""
    for known, word in _WORDS:
        if hint == known:
            return word
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Literal:
        return ", ".join(f"`{one}`" for one in arguments)
    if origin in {Union, UnionType}:
        return " or ".join(_takes(one) for one in arguments if one is not NoneType)
    if origin is tuple:
        return f"list of {_takes(arguments[0])}"
    if origin is dict:
        return f"{_takes(arguments[0])}: {_takes(arguments[1])}"
    if origin is Annotated:
        unit = "characters" if arguments[0] is str else "of them"
        return _takes(arguments[0]) + _bounds(arguments[1:], unit)
    return "mapping" if isinstance(hint, type) and issubclass(hint, Struct) else str(hint)


def _bounds(metas: tuple[Any, ...], unit: str) -> str:
    meta = next((one for one in metas if isinstance(one, Meta)), Meta())
    if meta.ge is not None and meta.le is not None:
        return f", {meta.ge} to {meta.le}"
    if meta.min_length is not None and meta.max_length is not None:
        return f", {meta.min_length} to {meta.max_length} {unit}"
    if meta.max_length is not None:
        return f", at most {meta.max_length} {unit}"
    return ""


def _default(one: FieldInfo) -> str:
    if one.required:
        return "required"
    value = one.default_factory() if callable(one.default_factory) else one.default
    match value:
        case Seconds():
            return f"`{written(value)}`"
        case bool():
            return f"`{str(value).lower()}`"
        case int() | str():
            return f"`{value}`"
        case tuple() if value:
            return f"`[{', '.join(map(str, value))}]`"
        case _:
            return "none"


def said(kind: type, name: str) -> str:
    """What stands under a field of the struct, or of the one that it extends."""
    for one in kind.__mro__:
        if one.__module__ in sys.modules and (
            found := _docs(one.__module__).get((one.__name__, name))
        ):
            return found
    return ""


@cache
def _docs(module: str) -> dict[tuple[str, str], str]:
    """Class and field -> the text under the field."""
    if not module.startswith("selfservice"):
        return {}
    tree = ast.parse(inspect.getsource(sys.modules[module]))
    found: dict[tuple[str, str], str] = {}
    for node in tree.body:
        body = node.body if isinstance(node, ast.ClassDef) else []
        for field, after in pairwise(body):
            match field, after:
                case (
                    ast.AnnAssign(target=ast.Name(id=name)),
                    ast.Expr(value=ast.Constant(value=str() as text)),
                ) if isinstance(node, ast.ClassDef):
                    found[node.name, name] = " ".join(text.split())
    return found
