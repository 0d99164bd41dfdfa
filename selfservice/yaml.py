"""How does the text of a flow become plain values, safely?

YAML 1.2 core schema: `yes`, `no`, `on`, `off` and dates stay strings. Bounded in size, aliases,
depth and nodes before anything is built; duplicate keys are refused.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

from selfservice.errors import FlowError

MAX_BYTES = 256 * 1024
MAX_ALIASES = 20
MAX_DEPTH = 24
MAX_NODES = 20_000
MAX_DIGITS = 15  # beyond it a JSON reader in a browser rounds

_TAG = "tag:yaml.org,2002:"


class _Composer(yaml.SafeLoader):
    """Composes nodes only; the values are built by `_Builder`, which knows each one's place."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._aliases = 0
        self._depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        self._aliases += self.check_event(yaml.AliasEvent)
        self._depth += 1
        if self._aliases > MAX_ALIASES:
            raise FlowError("", f"more than {MAX_ALIASES} aliases")
        if self._depth > MAX_DEPTH:
            raise FlowError("", f"nested deeper than {MAX_DEPTH}")
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node


_Composer.yaml_implicit_resolvers = {}
for _name, _pattern, _first in (
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", list("tTfF")),
    ("int", r"^[-+]?[0-9]+$", list("-+0123456789")),
    ("float", r"^[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+)$", list("-+.0123456789")),
    ("null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
):
    _Composer.add_implicit_resolver(_TAG + _name, re.compile(_pattern), _first)


def parse(text: str) -> Any:
    """The values that `text` holds: dict, list, str, int, float, bool, None.

    Raises FlowError whose place is a line (syntax) or a path (`steps.pay`).
    """
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise FlowError("", f"larger than {MAX_BYTES // 1024} KiB")
    try:
        node = _compose(text)
    except yaml.MarkedYAMLError as error:
        raise FlowError(_line(error.problem_mark), error.problem or "not YAML") from error
    except yaml.YAMLError as error:
        raise FlowError("", "not YAML: a character that may not stand in it") from error
    return _Builder().build(node, "", 0) if node else None


def line_of(text: str, place: str) -> int | None:
    """The line on which a place such as `steps.pay.next[0]` stands, or what is around it.

    None where the text has no such places: it is not YAML, or empty.
    """
    try:
        node = _compose(text)
    except (yaml.YAMLError, FlowError):
        return None
    line = None
    while node is not None:
        line = node.start_mark.line + 1
        line, node, place = _inside(node, place, line)
    return line


def _inside(node: yaml.Node, place: str, line: int) -> tuple[int, yaml.Node | None, str]:
    """The node to which the next part of the place leads, with its line and the rest."""
    if isinstance(node, yaml.SequenceNode) and (found := re.match(r"\[(\d+)\]\.?", place)):
        items = node.value[int(found[1]) :]
        return line, items[0] if items else None, place[found.end() :]
    for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
        rest = place.removeprefix(str(key.value))
        if rest != place and rest[:1] in {"", ".", "["}:
            return key.start_mark.line + 1, value, rest.removeprefix(".")
    return line, None, ""


def _compose(text: str) -> yaml.Node | None:
    loader = _Composer(text)
    try:
        return loader.get_single_node()
    finally:
        loader.dispose()


class _Builder:
    """Builds values from nodes; counts what aliases multiply."""

    def __init__(self) -> None:
        self._nodes = 0

    def build(self, node: yaml.Node, place: str, depth: int) -> Any:
        self._nodes += 1
        if self._nodes > MAX_NODES or depth > MAX_DEPTH:
            raise FlowError(
                place, f"more than {MAX_NODES} values or nested deeper than {MAX_DEPTH}"
            )
        match node:
            case yaml.MappingNode():
                return self._mapping(node, place, depth)
            case yaml.SequenceNode():
                return [self.build(v, f"{place}[{n}]", depth + 1) for n, v in enumerate(node.value)]
            case _:
                return _scalar(node, place)

    def _mapping(self, node: yaml.MappingNode, place: str, depth: int) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise FlowError(place, f"a key must be a word ({_line(key_node.start_mark)})")
            key = str(key_node.value)
            inner = f"{place}.{key}" if place else key
            if key in values:
                raise FlowError(inner, f"stands twice ({_line(key_node.start_mark)})")
            values[key] = self.build(value_node, inner, depth + 1)
        return values


def _scalar(node: yaml.Node, place: str) -> str | int | float | bool | None:
    text = str(node.value)
    match node.tag.removeprefix(_TAG):
        case "str":
            return text
        case "bool":
            return text.lower() == "true"
        case "null":
            return None
        case "int" | "float" if len(text) > MAX_DIGITS:
            raise FlowError(place, f"a number of more than {MAX_DIGITS} digits")
        case "int":
            return int(text)
        case "float":
            return float(text)
        case _:
            raise FlowError(place, f"tag {node.tag} is not allowed")


def _line(mark: yaml.Mark | None) -> str:
    return f"line {mark.line + 1}, column {mark.column + 1}" if mark else ""
