"""Can a rule be true where it stands, and is what it reads there?"""

from __future__ import annotations

from collections.abc import Iterator

from selfservice.definition import Source
from selfservice.finding import Finding
from selfservice.lint.ways import walk


def rule_findings(source: Source) -> Iterator[Finding]:
    """What a walk over all ways tells of the rules."""
    walked = walk(source)
    for place, key in sorted(walked.absent.items()):
        why = f"`{'.'.join(key)}` is read here, and there is a way on which nothing gave it"
        yield Finding(code="E009", place=place, message=why)
    if walked.is_whole:
        for place in sorted(walked.judged - walked.held):
            why = "never true: on every way here other rules decide, or the answers exclude it"
            yield Finding(code="W105", place=place, message=why)
