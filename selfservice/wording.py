"""What are a step, a failure and an answer called, in the customer's language?

Keys by convention, so that a flow file stays short: `t:<flow short>.<step>` names a step without a
text of its own, `t:<short>.<step>.<CODE>` a failure there, `t:<short>.<step>.<option>` an option.
"""

from __future__ import annotations

from typing import Any

from selfservice.definition import Definition, frame_of
from selfservice.language import (
    Choice,
    End,
    Form,
    Handoff,
    Repeat,
    Review,
    Say,
    StepUp,
    Wait,
)
from selfservice.scope import within
from selfservice.state import Failure, State
from selfservice.texts import Texts


def flow_title(definition: Definition, texts: Texts) -> str:
    """What the flow is called."""
    return texts.get(definition.head.title)


def step_key(definition: Definition, name: str, texts: Texts) -> str:
    """The text key whose message is the step's title (and `.body` what stands below it)."""
    own = definition.key(name)
    match definition.steps[name]:
        case Form() as step:
            return step.form
        case Choice() as step:
            return step.choice
        case End(screen=str() as screen):
            return screen
        case End() as step:
            other = f"t:end.{step.end}"
        case StepUp():
            other = "t:stepup.title"
        case Review():
            other = "t:review.title"
        case Repeat() as step:
            return step.repeat
        case Wait():
            other = "t:wait.title"
        case Handoff():
            other = "t:handoff.title"
        case Say():
            other = definition.head_at(name).title
        case _:
            other = own
    return own if texts.find(own) is not None else other


def step_title(definition: Definition, name: str, texts: Texts, state: State) -> str:
    """What the step is called, on the phone and on the desk."""
    return texts.get(step_key(definition, name, texts), variables(state, name))


def failure_text(definition: Definition, failure: Failure, texts: Texts, state: State) -> str:
    """What the customer reads about a failure."""
    return _failure(definition, failure, texts, variables(state, failure.source), None)


def failure_phrase(definition: Definition, failure: Failure, texts: Texts) -> str:
    """What an agent reads about it in half a line: `digits refused`."""
    return _failure(definition, failure, texts, {}, "why")


def _failure(
    definition: Definition,
    failure: Failure,
    texts: Texts,
    values: dict[str, Any],
    attribute: str | None,
) -> str:
    own = f"{definition.key(failure.source)}.{failure.code}"
    for key in (own, f"t:notice.{failure.code}", "t:notice.other"):
        if (found := texts.find(key, values, attribute)) is not None:
            return found
    return failure.code


def option_label(definition: Definition, step: str, option: str, texts: Texts) -> str:
    """What an option is called; `yes` and `no` have words of their own."""
    own = f"{definition.key(step)}.{option}"
    shared = f"t:option.{option}"
    is_shared = texts.find(own) is None and texts.find(shared) is not None
    return texts.get(shared if is_shared else own)


def variables(state: State, step: str | None = None) -> dict[str, Any]:
    """What a text of `step` (the present one where none is named) may name: `$card_id` (an input),
    `$load_card-sent_on` (of a result).

    Answers are not among them: a text never repeats what was typed.
    """
    frame = frame_of(step or state.step)
    inputs, results = within(frame, state.inputs), within(frame, state.results)
    found = {name: value for name, value in inputs.items() if _is_shown(value)}
    for step, result in results.items():
        found.update({f"{step}-{key}": one for key, one in result.items() if _is_shown(one)})
    return found


def _is_shown(value: object) -> bool:
    return isinstance(value, str | int | float) and not isinstance(value, bool)
