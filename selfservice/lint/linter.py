"""What is wrong with a flow, and what is doubtful? All of it, in the order of the file."""

from __future__ import annotations

from collections.abc import Iterator, Set

from selfservice.definition import Source
from selfservice.finding import Finding
from selfservice.lint.actions import action_findings
from selfservice.lint.comparisons import comparison_findings
from selfservice.lint.graph import graph_findings
from selfservice.lint.rules import rule_findings
from selfservice.lint.screens import screen_findings
from selfservice.lint.words import Words, word_findings


def lint(
    source: Source, words: Words | None = None, written: Set[str] = frozenset()
) -> Iterator[Finding]:
    """What does not keep a flow from being loaded, but should keep it from going live.

    Without `words` no text is looked for; `written` are the actions that flows beside it write.
    """
    yield from graph_findings(source)
    yield from rule_findings(source)
    yield from comparison_findings(source)
    yield from action_findings(source, written)
    yield from screen_findings(source)
    if words is not None:
        yield from word_findings(source, words)
