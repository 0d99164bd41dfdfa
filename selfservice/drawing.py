"""What does a flow look like? As a Mermaid flowchart: https://mermaid.js.org/syntax/flowchart.html

Solid arrows are the intended ways, each labelled by its rule; dotted ones are what happens when
something fails, is refused, stopped or handed back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from selfservice.checks import placed_targets
from selfservice.definition import Source
from selfservice.language import (
    Action,
    Call,
    End,
    Handoff,
    Rule,
    Set,
    StepUp,
    Wait,
    Written,
)

MAX_LABEL = 80
_RESERVED = frozenset(
    {"end", "graph", "subgraph", "style", "click", "class", "default", "flowchart"}
)
"""Words that Mermaid takes for its own where a name is expected."""
_ESCAPES = str.maketrans({'"': "#quot;", "<": "#lt;", ">": "#gt;", "#": "#35;", "|": "#124;"})


def drawn(source: Source, counts: Mapping[str, int] | None = None) -> str:
    """The flow as text for Mermaid; `counts`: how many runs stand at each step."""
    return "\n".join(["flowchart TD", *(f"    {line}" for line in _lines(source, counts or {}))])


def _lines(source: Source, counts: Mapping[str, int]) -> Iterator[str]:
    yield "start_([start])"
    for name, step in source.steps.items():
        here = f"<br/>{counts[name]} here" if counts.get(name) else ""
        before, after = _shape(step)
        yield f'{_id(name)}{before}"{_escaped(_title(name, step))}{here}"{after}'
    yield f"start_ --> {_id(source.head.start)}"
    if source.head.on.cancel:
        yield f"stop_([stop]) -.-> {_id(source.head.on.cancel.goto)}"
    for name, step in source.steps.items():
        for key, target in placed_targets(step):
            yield f"{_id(name)} {_arrow(step, key)} {_id(target)}"


def _title(name: str, step: Written) -> str:
    match step:
        case Action():
            return f"{name}: {step.action} ({step.effect})"
        case Call():
            return f"{name}: {step.call.flow}"
        case End():
            return f"{name}: {step.end}"
        case Handoff():
            return f"{name}: {step.handoff.queue}"
        case _:
            return name


def _shape(step: Written) -> tuple[str, str]:
    match step:
        case Action() | Call():
            return "[[", "]]"
        case Set() | Wait():
            return "(", ")"
        case StepUp():
            return "{{", "}}"
        case Handoff():
            return "[/", "/]"
        case End():
            return "([", "])"
        case _:
            return "[", "]"


def _arrow(step: Written, key: str) -> str:
    label = _escaped(_label(step, key))
    line = "-->" if key.startswith("next") else "-.->"
    return f'{line}|"{label}"|' if label else line


def _label(step: Written, key: str) -> str:
    """The rule that leads there; for the other ways the key that does."""
    if not key.startswith("next["):
        return "" if key == "next" else key
    following: object = getattr(step, "next", None)
    rules: tuple[Rule, ...] = following if isinstance(following, tuple) else ()
    rule = rules[int(key[5:].partition("]")[0])].if_
    return rule.text if rule else "else"


def _id(name: str) -> str:
    return f"{name}_" if name in _RESERVED else name


def _escaped(text: str) -> str:
    short = text if len(text) <= MAX_LABEL else f"{text[: MAX_LABEL - 3]}..."
    return short.translate(_ESCAPES)
