"""Is a screen asking too much, or too little, or for what is known?"""

from __future__ import annotations

from collections.abc import Iterator

from selfservice.definition import Source
from selfservice.finding import Finding
from selfservice.language import Choice, ChoiceField, Form, MultiField, Repeat, fields_of

MAX_FIELDS = 5
MAX_OPTIONS = 7


def screen_findings(source: Source) -> Iterator[Finding]:
    """What a person would stumble over."""
    if source.head.on.help is None:
        why = "the help button reaches nobody in this flow"
        yield Finding(code="W106", place="on", message=why)
    for name, step in source.steps.items():
        place = f"steps.{name}"
        if isinstance(step, Form | Repeat) and len(step.fields) > MAX_FIELDS:
            why = f"{len(step.fields)} fields on one screen"
            yield Finding(code="W101", place=f"{place}.fields", message=why)
        for answer, field in fields_of(name, step).items():
            at = place if isinstance(step, Choice) else f"{place}.fields.{answer}"
            options = field.options if isinstance(field, ChoiceField | MultiField) else None
            if len(options or ()) > MAX_OPTIONS:
                why = f"{len(options or ())} options, and no search among them"
                yield Finding(code="W102", place=f"{at}.options", message=why)
            for known, given in source.head.inputs.items():
                if field.fact is not None and field.fact == given.fact:
                    why = f"asks for the fact `{field.fact}`, which `inputs.{known}` gives"
                    yield Finding(code="W109", place=f"{at}.fact", message=why)
