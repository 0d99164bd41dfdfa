"""What runs learn of a customer, and what they need not ask because it is known."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from app.conversation import repeats
from app.conversation.facts import Fact, Trust, known
from app.conversation.timeline import SYSTEM
from app.store.records import RunRow
from app.store.work import Work
from selfservice import facts
from selfservice.definition import Definition
from selfservice.events import Event
from selfservice.facts import Known, Told
from selfservice.sealed import Sealed, Single, is_sealed
from selfservice.state import State
from selfservice.texts import Texts
from selfservice.wording import flow_title, step_title


async def learn(
    work: Work, row: RunRow, definition: Definition, state: State, event: Event, texts: Texts
) -> None:
    """Keep what the event tells: claimed, since the customer says it."""
    told = facts.told(definition, event)
    if not told:
        return
    step = getattr(event, "step", None)
    source = flow_title(definition, texts)
    if step is not None:
        source = f"{source}, {step_title(definition, step, texts, state)}"
    await work.facts.put([_fact(row, one, source, event.at) for one in told])


async def filled_in(
    work: Work, row: RunRow, definition: Definition, state: State
) -> dict[str, str]:
    """Field of the present step -> what it is filled with, because it is known."""
    asked = facts.questions(definition, state)
    if not asked:
        return {}
    every = await work.facts.of(row.customer_id)
    return facts.filled_in(asked, _looking(every, await work.now()))


async def count_repeats(work: Work, row: RunRow, definition: Definition, state: State) -> None:
    """Count what a step asks though it is known, the first time that the run comes to it."""
    asked = facts.questions(definition, state)
    if not asked or state.visits.get(state.step, 0) > 1:
        return
    every, now = await work.facts.of(row.customer_id), await work.now()
    ages = {one.key: timedelta(seconds=one.max_age) for one in asked}
    for key in facts.in_vain(asked, _looking(every, now)):
        fact = known(every, key, now, ages[key])
        if fact is not None:
            await repeats.count(work, row.conversation_id, fact, SYSTEM, "flow")


def _fact(row: RunRow, told: Told, source: str, at: datetime) -> Fact:
    value = told.value
    return Fact(
        customer_id=row.customer_id,
        key=told.key,
        trust=Trust.CLAIMED,
        value=None if isinstance(value, dict) else value,
        sealed=value["token"] if is_sealed(value) else None,
        source=source,
        channel="app",
        at=at,
    )


def _looking(every: Sequence[Fact], now: datetime) -> Known:
    def look(key: str, max_age: int) -> Single:
        fact = known(every, key, now, timedelta(seconds=max_age))
        if fact is None:
            return None
        return fact.value if fact.sealed is None else Sealed(token=fact.sealed)

    return look
