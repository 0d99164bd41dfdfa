"""What does a rule such as `result.code == "OK" and visits("pay") < 3` mean?

A small subset of Python's expression grammar, read with `ast` and compiled to closures over plain
dicts: literals, dotted look-ups on closed roots, comparisons, and/or/not, + - * / on numbers, + and
- on days, and a closed list of functions. A missing name is null; comparing null with < is false;
arithmetic with null is null. There are no loops, no attributes of Python objects and no other
calls, and the text is bounded before it is parsed, so an author can neither hang nor escape it.
"""

from __future__ import annotations

import ast
import operator
import re
import warnings
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from selfservice.errors import ExpressionError

MAX_LENGTH = 400
MAX_NODES = 100
MAX_DEPTH = 20
ROOTS = frozenset({"answers", "results", "result", "inputs", "lists", "app", "now", "value"})

Scope = dict[str, Any]
"""What a rule may look at: one entry per root, and `visits` (step -> how often entered)."""

_Eval = Callable[[Scope], Any]
_EXACT = 2**53  # beyond it a JSON reader in a browser rounds
_CONSTANTS = {"true": True, "false": False, "null": None}


class Expression:
    """A compiled rule: its text, what it reads, and how to find its value.

    `is_lookup` is true for a bare name such as `answers.card`, which passes a value on as it is.
    """

    __slots__ = ("_evaluate", "is_lookup", "reads", "text", "visits")

    def __init__(
        self,
        text: str,
        evaluate: _Eval,
        *,
        reads: frozenset[tuple[str, ...]] = frozenset(),
        visits: frozenset[str] = frozenset(),
        is_lookup: bool = False,
    ) -> None:
        self.text = text
        self.reads = reads
        self.visits = visits
        self.is_lookup = is_lookup
        self._evaluate = evaluate

    def value(self, scope: Scope) -> Any:
        """The rule's value as JSON would hold it: times as ISO strings, decimals as numbers."""
        found = self._evaluate(scope)
        if isinstance(found, Decimal):
            whole = abs(found) < _EXACT and found == found.to_integral_value()
            return int(found) if whole else float(found)
        return _iso(found) if isinstance(found, date) else found

    def holds(self, scope: Scope) -> bool:
        """Whether the rule is true for this scope."""
        return bool(self._evaluate(scope))


def compile_expression(source: str | int | float | bool | None) -> Expression:
    """Read a rule; a number, boolean or null stands for itself. Raises ExpressionError."""
    if not isinstance(source, str):
        return Expression(str(source), lambda _: source)
    tree = parse(source.strip())
    reader = _Reader()
    evaluate = reader.compile(tree)
    return Expression(
        source.strip(),
        evaluate,
        reads=frozenset(reader.reads),
        visits=frozenset(reader.visits),
        is_lookup=isinstance(tree, ast.Attribute | ast.Name),
    )


def parse(source: str) -> ast.expr:
    """The syntax of a rule, bounded. Raises ExpressionError."""
    _check_text(source)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            tree = ast.parse(source, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError, Warning) as error:
        raise ExpressionError("not a rule that can be read") from error
    for count, (_, depth) in enumerate(_walk(tree), 1):
        if count > MAX_NODES:
            raise ExpressionError(f"more than {MAX_NODES} parts")
        if depth > MAX_DEPTH:
            raise ExpressionError(f"nested deeper than {MAX_DEPTH}")
    return tree


def _check_text(source: str) -> None:
    """Bound what reaches the parser: its own limits are crashes, not errors."""
    if not source:
        raise ExpressionError("empty")
    if len(source) > MAX_LENGTH:
        raise ExpressionError(f"longer than {MAX_LENGTH} characters")
    if "\\" in source or not source.isprintable():
        raise ExpressionError("only printable characters, and no backslash")
    depth = 0
    for character in source:
        depth += (character in "([{") - (character in ")]}")
        if depth > MAX_DEPTH:
            raise ExpressionError(f"nested deeper than {MAX_DEPTH}")


def _walk(tree: ast.expr) -> Iterator[tuple[ast.expr, int]]:
    waiting: list[tuple[ast.AST, int]] = [(tree, 1)]
    while waiting:
        node, depth = waiting.pop()
        if isinstance(node, ast.expr):
            yield node, depth
            depth += 1
        waiting.extend((child, depth) for child in ast.iter_child_nodes(node))


class _Reader:
    """Turns syntax into closures and notes what it reads on the way."""

    def __init__(self) -> None:
        self.reads: set[tuple[str, ...]] = set()
        self.visits: set[str] = set()

    def compile(self, node: ast.expr) -> _Eval:
        match node:
            case ast.Constant(value=value):
                return _constant(value)
            case ast.Name() | ast.Attribute():
                return self._lookup(node)
            case ast.List(elts=items) | ast.Tuple(elts=items):
                parts = [self.compile(item) for item in items]
                return lambda scope: [part(scope) for part in parts]
            case ast.BoolOp(op=op, values=values):
                return self._bool(op, values)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                inner = self.compile(operand)
                return lambda scope: not inner(scope)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                inner = self.compile(operand)
                return lambda scope: _arithmetic(operator.sub, 0, inner(scope))
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _ARITHMETIC:
                act, one, two = _ARITHMETIC[type(op)], self.compile(left), self.compile(right)
                return lambda scope: _arithmetic(act, one(scope), two(scope))
            case ast.Compare():
                return self._compare(node)
            case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
                return self._call(name, args)
            case _:
                raise ExpressionError(f"{type(node).__name__} is not part of the language")

    def _lookup(self, node: ast.Name | ast.Attribute) -> _Eval:
        path = _dotted(node)
        root, names = path[0], path[1:]
        if root in _CONSTANTS and not names:
            return _constant(_CONSTANTS[root])
        if root not in ROOTS:
            raise ExpressionError(
                f"unknown name {root!r}; names start with {', '.join(sorted(ROOTS))}"
            )
        self.reads.add(path)

        def look_up(scope: Scope) -> Any:
            found = scope.get(root)
            for name in names:
                found = found.get(name) if type(found) is dict else None
            return found

        return look_up

    def _bool(self, op: ast.boolop, values: list[ast.expr]) -> _Eval:
        parts = [self.compile(value) for value in values]
        if isinstance(op, ast.And):
            return lambda scope: all(part(scope) for part in parts)
        return lambda scope: any(part(scope) for part in parts)

    def _compare(self, node: ast.Compare) -> _Eval:
        if len(node.ops) != 1 or type(node.ops[0]) not in _COMPARISONS:
            raise ExpressionError("compare two things with == != < <= > >= in, not in")
        test = _COMPARISONS[type(node.ops[0])]
        left, right = self.compile(node.left), self.compile(node.comparators[0])
        return lambda scope: test(left(scope), right(scope))

    def _call(self, name: str, args: list[ast.expr]) -> _Eval:
        if name == "visits":
            return self._visits(args)
        if name == "today":
            _expect(name, args, 0)
            self.reads.add(("now",))
            return lambda scope: _day(scope.get("now"))
        if name not in _FUNCTIONS:
            raise ExpressionError(f"unknown function {name!r}")
        function, count = _FUNCTIONS[name]
        _expect(name, args, count)
        parts = [self.compile(arg) for arg in args]
        return lambda scope: function(*[part(scope) for part in parts])

    def _visits(self, args: list[ast.expr]) -> _Eval:
        match args:
            case [ast.Constant(value=str() as step)]:
                self.visits.add(step)
                return lambda scope: scope["visits"].get(step, 0)
            case _:
                raise ExpressionError('visits takes the name of one step: visits("pay")')


def _dotted(node: ast.expr) -> tuple[str, ...]:
    match node:
        case ast.Name(id=name):
            return (name,)
        case ast.Attribute(value=value, attr=name):
            return (*_dotted(value), name)
        case _:
            raise ExpressionError("only names can be looked into: answers.card.id")


def _constant(value: object) -> _Eval:
    if value is not None and not isinstance(value, str | int | float | bool):
        raise ExpressionError(f"{type(value).__name__} is not part of the language")
    return lambda scope: value


def _expect(name: str, args: list[ast.expr], count: int | None) -> None:
    if count is None and not args:
        raise ExpressionError(f"{name} takes at least one argument")
    if count is not None and len(args) != count:
        raise ExpressionError(f"{name} takes {count} argument{'s' * (count != 1)}")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def _exact(value: Any) -> Any:
    """Floats come from JSON, where 0.1 was meant as a decimal."""
    return Decimal(str(value)) if isinstance(value, float) else value


def _arithmetic(act: Callable[[Any, Any], Any], left: Any, right: Any) -> Any:
    if not (_is_number(left) and _is_number(right)):
        return _on_days(act, left, right)
    try:
        return act(_exact(left), _exact(right))
    except ArithmeticError:
        return None


def _on_days(act: Callable[[Any, Any], Any], left: Any, right: Any) -> Any:
    """A day plus or minus so many days is a day, a day minus a day is days; the rest is null."""
    first, second = _whole_day(left), _whole_day(right)
    if first is None or act not in {operator.add, operator.sub}:
        return None
    if second is not None:
        return (first - second).days if act is operator.sub else None
    if type(right) is not int:
        return None
    try:
        return act(first, timedelta(days=right)).isoformat()
    except OverflowError:
        return None


def _whole_day(value: Any) -> date | None:
    is_day = isinstance(value, str) and re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", value)
    return _date(value) if is_day else None


def _divide(left: Any, right: Any) -> Decimal:
    return Decimal(left) / Decimal(right)


def _pair(left: Any, right: Any) -> tuple[Any, Any]:
    """Both sides in one kind: numbers exact, a time beside a text as times."""
    if isinstance(left, float | Decimal) or isinstance(right, float | Decimal):
        return _exact(left), _exact(right)
    if isinstance(left, datetime) and isinstance(right, str):
        return left, _time(right)
    if isinstance(left, str) and isinstance(right, datetime):
        return _time(left), right
    return left, right


def _equal(left: Any, right: Any) -> bool:
    if isinstance(left, bool) != isinstance(right, bool):
        return False
    one, two = _pair(left, right)
    return bool(one == two)


def _ordered(test: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def compare(left: Any, right: Any) -> bool:
        one, two = _pair(left, right)
        if one is None or two is None:
            return False
        try:
            return bool(test(one, two))
        except (TypeError, ArithmeticError):
            return False

    return compare


def _contains(left: Any, right: Any) -> bool:
    if isinstance(right, str):
        return isinstance(left, str) and left in right
    return isinstance(right, list | tuple | dict) and any(_equal(left, item) for item in right)


def _time(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None


def _date(value: Any) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    try:
        return date.fromisoformat(value[:10]) if isinstance(value, str) else None
    except ValueError:
        return None


def _iso(value: date) -> str:
    return value.isoformat().replace("+00:00", "Z")


def _day(value: Any) -> str | None:
    found = _date(value)
    return found.isoformat() if found else None


def _month(value: Any) -> str | None:
    found = _date(value)
    return found.isoformat()[:7] if found else None


def _days(first: Any, second: Any) -> int | None:
    one, two = _date(first), _date(second)
    return (two - one).days if one and two else None


def _length(value: Any) -> int | None:
    return len(value) if isinstance(value, str | list | tuple | dict) else None


def _lower(value: Any) -> str | None:
    return value.lower() if isinstance(value, str) else None


def _numbers(values: tuple[Any, ...]) -> list[Any]:
    items = values[0] if len(values) == 1 and isinstance(values[0], list) else values
    return [_exact(item) for item in items if _is_number(item)]


def _total(*values: Any) -> Any:
    total: Any = 0
    for number in _numbers(values):
        total = _arithmetic(operator.add, total, number)
    return total


_ARITHMETIC: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: _divide,
}
_COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: _equal,
    ast.NotEq: lambda left, right: not _equal(left, right),
    ast.Lt: _ordered(operator.lt),
    ast.LtE: _ordered(operator.le),
    ast.Gt: _ordered(operator.gt),
    ast.GtE: _ordered(operator.ge),
    ast.In: _contains,
    ast.NotIn: lambda left, right: not _contains(left, right),
}
_FUNCTIONS: dict[str, tuple[Callable[..., Any], int | None]] = {
    "len": (_length, 1),
    "lower": (_lower, 1),
    "days": (_days, 2),
    "month": (_month, 1),
    "first": (lambda value: value[0] if isinstance(value, list) and value else None, 1),
    "has": (lambda value: value is not None, 1),
    "min": (lambda *values: min(_numbers(values), default=None), None),
    "max": (lambda *values: max(_numbers(values), default=None), None),
    "sum": (_total, None),
}
