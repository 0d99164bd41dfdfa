"""Which of several flow files is loaded first? Those that others call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from selfservice.definition import Definition, called_by, load
from selfservice.errors import FlowError


def load_all(
    files: Iterable[tuple[str, str]], others: Mapping[str, Definition] = {}
) -> list[tuple[Definition, str]]:
    """Load (name, text) pairs; each definition with its text, in the order of the files.

    `others` are flows that may be called besides. Raises FlowError for the first bad file, and
    where flows call each other in a circle.
    """
    waiting = {name: (text, called_by(text)) for name, text in files}
    order, known, loaded = list(waiting), dict(others), {}
    while waiting:
        unloaded = {_flow_of(text, name) for name, (text, _) in waiting.items()}
        ready = [name for name, (_, calls) in waiting.items() if not calls & unloaded]
        if not ready:
            raise FlowError("", "flows call each other in a circle", min(waiting), "E012")
        for name in ready:
            text, _ = waiting.pop(name)
            definition = load(text, name, known)
            loaded[name] = (definition, text)
            known[definition.flow] = definition
    return [loaded[name] for name in order]


def _flow_of(text: str, name: str) -> str:
    """What a file's flow is called; a broken one by its file, and loading it says why."""
    lines = (line.partition(":") for line in text.splitlines())
    return next((after.split("#")[0].strip() for key, _, after in lines if key == "flow"), name)
