"""What does an agent see of a run? Where it is, what failed, the answers; nothing sensitive."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from selfservice.definition import Definition, Progress
from selfservice.language import (
    Action,
    fields_of,
)
from selfservice.run import resumable
from selfservice.showing import in_words
from selfservice.state import FINAL, Failure, State, Status, place
from selfservice.texts import Texts
from selfservice.wording import (
    failure_phrase,
    failure_text,
    flow_title,
    step_title,
)

MASK = "••••"


class FailureView(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that went wrong, as the customer read it."""

    step: str
    step_title: str
    code: str
    text: str
    at: datetime


class AnswerView(msgspec.Struct, frozen=True, kw_only=True):
    """One answer; a sensitive one only as a mask."""

    label: str
    value: str
    sensitive: bool


class PathStep(msgspec.Struct, frozen=True, kw_only=True):
    """One step of the way to a solution."""

    step: str
    title: str
    state: Literal["done", "failed", "current", "todo"]
    failures: int


class StepName(msgspec.Struct, frozen=True, kw_only=True):
    """A step and what it is called."""

    step: str
    title: str


class RunView(msgspec.Struct, frozen=True, kw_only=True):
    """A run, for an agent."""

    id: UUID
    flow: str
    title: str
    status: Status
    rev: int
    step: str
    step_title: str
    progress: Progress | None
    path: tuple[PathStep, ...]
    failures: tuple[FailureView, ...]
    answers: tuple[AnswerView, ...]
    resumable: tuple[StepName, ...]
    """The steps that a human can hand the run back to."""


def view(definition: Definition, state: State, texts: Texts) -> RunView:
    """The run as an agent sees it. `step` is where it goes on when the flow itself gave up."""
    here = place(state)
    return RunView(
        id=state.run,
        flow=state.flow,
        title=flow_title(definition, texts),
        status=state.status,
        rev=state.rev,
        step=here,
        step_title=step_title(definition, here, texts, state),
        progress=definition.progress(here),
        path=_path(definition, state, texts),
        failures=tuple(
            FailureView(
                step=failure.step,
                step_title=step_title(definition, failure.step, texts, state),
                code=failure.code,
                text=failure_text(definition, failure, texts, state),
                at=failure.at,
            )
            for failure in state.failures
        ),
        answers=_answers(definition, state, texts),
        resumable=tuple(
            StepName(step=name, title=step_title(definition, name, texts, state))
            for name in (() if state.status in FINAL else resumable(definition, state))
        ),
    )


def why(definition: Definition, state: State, texts: Texts) -> str:
    """One line: `Activate card, step 2 of 4, digits refused twice`."""
    found = trouble(definition, state, texts)
    return ", ".join(part for part in (where(definition, state, texts), found) if part)


def where(definition: Definition, state: State, texts: Texts) -> str:
    """`Activate card, step 2 of 4`."""
    title = flow_title(definition, texts)
    progress = definition.progress(place(state))
    if progress is None or state.status in FINAL:
        return title
    values = {"title": title, "at": progress.at, "of": progress.of}
    return texts.get("t:why.place", values)


def trouble(definition: Definition, state: State, texts: Texts) -> str | None:
    """`digits refused twice`; None where nothing is wrong at the present step."""
    failure = _present_failure(state)
    if failure is None:
        return None
    count = sum(
        (one.step, one.source, one.code) == (failure.step, failure.source, failure.code)
        for one in state.failures
    )
    what = failure_phrase(definition, failure, texts)
    return texts.get("t:why.trouble", {"what": what, "count": count})


def _present_failure(state: State) -> Failure | None:
    """The latest failure of the present step; of any step when the flow itself gave up."""
    if state.status in FINAL:
        return None
    return next(
        (
            failure
            for failure in reversed(state.failures)
            if state.resume_at is not None or failure.step == state.step
        ),
        None,
    )


def _path(definition: Definition, state: State, texts: Texts) -> tuple[PathStep, ...]:
    here = place(state)
    names = definition.main_path.get(here) or _visited_path(definition, state)
    return tuple(
        PathStep(
            step=name,
            title=step_title(definition, name, texts, state),
            state=_step_state(definition, state, names, name),
            failures=sum(failure.step == name for failure in state.failures),
        )
        for name in names
    )


def _visited_path(definition: Definition, state: State) -> tuple[str, ...]:
    """For a run that has ended: the main path it came along, the one with most steps visited."""
    return max(
        definition.main_path.values(),
        key=lambda names: sum(name in state.visits for name in names),
        default=(),
    )


def _step_state(
    definition: Definition, state: State, names: tuple[str, ...], name: str
) -> Literal["done", "failed", "current", "todo"]:
    here = place(state)
    if name == here:
        return "current"
    if name not in state.visits:
        return "todo"
    step = definition.steps[name]
    is_write = isinstance(step, Action) and step.effect == "write"
    if is_write and name not in state.barriers:
        return "failed"
    comes_again = here in names and names.index(name) > names.index(here)
    return "todo" if comes_again and not is_write else "done"


def _answers(definition: Definition, state: State, texts: Texts) -> tuple[AnswerView, ...]:
    return tuple(
        AnswerView(
            label=texts.get(field.label),
            value=in_words(definition, name, field, value, texts),
            sensitive=field.sensitive,
        )
        for name, step in definition.steps.items()
        for key, field in fields_of(name, step).items()
        if (value := state.answers.get(key)) is not None
    )
