"""Which flow is measured? One of 91 questions, the size of the largest that is in public use."""

import gc
import time
from pathlib import Path
from uuid import UUID

from app.ids import new_id
from selfservice.answers import answer, begin
from selfservice.definition import Definition, load
from selfservice.events import Actor, Event
from selfservice.run import step
from selfservice.state import State
from tests.unit.selfservice.driver import START

QUESTIONS = 91
ROUNDS = 40
CUSTOMER = Actor(kind="customer", id="c")


def text(label: str = "one") -> str:
    """The flow file; another label is another version that leads everywhere to the same place."""
    steps = [
        f"  q{n}: {{choice: Question {n}, options: [yes, no], next: "
        f"[{{if: answers.q{n} == 'yes', goto: {_after(n)}}}, {{else: done}}]}}"
        for n in range(QUESTIONS)
    ]
    head = [f"flow: questions\nlabel: {label}\ntitle: Questions\nstart: q0\nsteps:"]
    return "\n".join([*head, *steps, "  done: {end: solved}", ""])


def _after(number: int) -> str:
    return f"q{number + 1}" if number + 1 < QUESTIONS else "done"


def write_flow(folder: Path) -> None:
    folder.mkdir()
    (folder / "questions.yaml").write_text(text())


def definition(label: str = "one") -> Definition:
    return load(text(label), "questions.yaml")


def log_of(flow: Definition, run: UUID, answers: int) -> tuple[list[Event], State]:
    """A run that has so many answers behind it."""
    started = begin(flow, run, {}, START, CUSTOMER)
    log: list[Event] = [started]
    state = step(flow, None, started).state
    for _ in range(answers):
        given = answer(flow, state, state.step, {state.step: "yes"}, str, START, CUSTOMER)
        log.append(given)
        state = step(flow, state, given).state
    return log, state


def engine_us() -> float:
    """Microseconds that one answer takes in `step`: the best of many whole runs."""
    flow = definition()
    log, _ = log_of(flow, new_id(), QUESTIONS)
    best = float("inf")
    gc.collect()
    gc.disable()
    try:
        for _ in range(ROUNDS):
            state = step(flow, None, log[0]).state
            began = time.perf_counter()
            for event in log[1:]:
                state = step(flow, state, event).state
            best = min(best, (time.perf_counter() - began) / (len(log) - 1) * 1e6)
    finally:
        gc.enable()
    return best
