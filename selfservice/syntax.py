"""What is a rule made of? Its parts that are joined by `and` and `or`, and what it compares.

For those who reason about rules without running them: `selfservice.lint`.
"""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import Literal

import msgspec

from selfservice.expression import Expression, compile_expression, parse

_OPERATORS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "in",
    ast.NotIn: "not in",
}
_WORDS = {"true": True, "false": False, "null": None}

Path = tuple[str, ...]
Constant = str | int | float | bool | None


class Joined(msgspec.Struct, frozen=True):
    """A rule as `and`, `or` or `not` of others; `leaf` where it is none of these."""

    how: Literal["and", "or", "not", "leaf"]
    parts: tuple[Expression, ...] = ()


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """`name` (a path such as `("answers", "reason")`) held against what is written beside it.

    `constants` are the values written there, one or those of a list; `other` is a name beside it.
    `contains`: the name stands on the right of an `in`.
    """

    name: Path
    operator: str
    constants: tuple[Constant, ...] = ()
    other: Path | None = None
    contains: bool = False


@lru_cache(maxsize=4096)
def joined(text: str) -> Joined:
    """How a rule is put together."""
    match parse(text):
        case ast.BoolOp(op=op, values=values):
            return Joined("and" if isinstance(op, ast.And) else "or", tuple(map(_part, values)))
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return Joined("not", (_part(operand),))
        case _:
            return Joined("leaf")


@lru_cache(maxsize=4096)
def tests_for_null(text: str) -> bool:
    """Whether a rule without `and`, `or`, `not` asks if something is there: `has(answers.day)`."""
    match parse(text):
        case ast.Call(func=ast.Name(id="has")):
            return True
        case ast.Compare(left=left, comparators=[right]):
            return any(isinstance(one, ast.Name) and one.id == "null" for one in (left, right))
        case _:
            return False


def comparisons(text: str) -> list[Comparison]:
    """Every comparison of a name with constants, or with another name."""
    nodes = [node for node in ast.walk(parse(text)) if isinstance(node, ast.Compare)]
    both = [(node.left, type(node.ops[0]), node.comparators[0]) for node in nodes]
    return [
        found
        for left, operator, right in both
        for found in (_held(left, operator, right), _held(right, operator, left, swapped=True))
        if found is not None
    ]


def _part(node: ast.expr) -> Expression:
    return compile_expression(ast.unparse(node))


def _held(
    named: ast.expr, operator: type[ast.cmpop], beside: ast.expr, *, swapped: bool = False
) -> Comparison | None:
    name = _path(named)
    if name is None:
        return None
    return Comparison(
        name=name,
        operator=_OPERATORS[operator],
        constants=tuple(_constants(beside)),
        other=_path(beside),
        contains=swapped and operator in {ast.In, ast.NotIn},
    )


def _path(node: ast.expr) -> Path | None:
    match node:
        case ast.Name(id=name) if name not in _WORDS:
            return (name,)
        case ast.Attribute(value=value, attr=name):
            before = _path(value)
            return (*before, name) if before else None
        case _:
            return None


def _constants(node: ast.expr) -> list[Constant]:
    match node:
        case ast.Constant(value=str() | int() | float() | bool() | None as value):
            return [value]
        case ast.Name(id=name) if name in _WORDS:
            return [_WORDS[name]]
        case ast.List(elts=items) | ast.Tuple(elts=items):
            return [one for item in items for one in _constants(item)]
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)):
            return [-value]
        case _:
            return []
