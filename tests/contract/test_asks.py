"""Ask-cards: a typed question is answered once, and both sides see the answer."""

import asyncio
from typing import Any

import msgspec
import pytest

from app.conversation.asks import Ask, AskKind, Option, Value, answer, ask
from app.conversation.errors import AlreadyAnswered, DoesNotFit, NotAllowed, NotFound
from app.conversation.interaction import State
from app.conversation.people import Agent, Customer
from app.conversation.timeline import Event, Viewer
from app.ids import new_id
from app.store.work import Store
from tests.contract.people import agent, asked, customer

COLOURS = (Option(value="red", label="Red"), Option(value="blue", label="Blue"))


@pytest.fixture
async def maya(store: Store) -> Customer:
    return await customer(store)


@pytest.fixture
async def ana(store: Store, maya: Customer) -> Agent:
    held = await agent(store)
    await asked(store, maya, agent_id=held.id, state=State.LIVE)
    return held


async def put(store: Store, who: Agent, to: Customer, question: Ask, **more: Any) -> Event:
    async with store.write() as work:
        return await ask(work, who, to.conversation_id, more.get("cmid", new_id()), question)


async def given(store: Store, who: Customer, to: Event, value: Value, **more: Any) -> Event:
    cmid = more.get("cmid", new_id())
    async with store.write() as work:
        return await answer(work, who, to.conversation_id, to.seq, cmid=cmid, value=value)


async def log(store: Store, here: Customer) -> list[Event]:
    async with store.read() as work:
        return list(await work.timeline.after(here.conversation_id, 0, Viewer.CUSTOMER, 100))


async def test_a_question_is_answered_once(store: Store, maya: Customer, ana: Agent) -> None:
    question = Ask(prompt="Which?", kind=AskKind.CHOICE, options=COLOURS, fact="card.colour")
    cmid = new_id()
    card = await put(store, ana, maya, question, cmid=cmid)
    assert await put(store, ana, maya, question, cmid=cmid) == card
    cmid = new_id()
    first = await given(store, maya, card, "blue", cmid=cmid)
    assert await given(store, maya, card, "red", cmid=cmid) == first
    with pytest.raises(AlreadyAnswered):
        await given(store, maya, card, "red")
    asked_card, answered = await log(store, maya)
    assert asked_card.body == {
        "prompt": "Which?",
        "kind": "choice",
        "options": [{"value": "red", "label": "Red"}, {"value": "blue", "label": "Blue"}],
        "fact": "card.colour",
        "answered": answered.seq,
    }
    assert answered.kind == "ask.answered"
    assert answered.body == {"of": 1, "value": "blue", "label": "Blue", "fact": "card.colour"}
    assert (asked_card.actor.id, answered.actor.id) == (ana.id, maya.id)


async def test_of_two_answers_at_once_one_counts(store: Store, maya: Customer, ana: Agent) -> None:
    card = await put(store, ana, maya, Ask(prompt="Yes?", kind=AskKind.YES_NO))
    answers = await asyncio.gather(
        *(given(store, maya, card, value) for value in (True, False) * 4), return_exceptions=True
    )
    taken = [one for one in answers if isinstance(one, Event)]
    assert len(taken) == 1
    assert sum(isinstance(one, AlreadyAnswered) for one in answers) == 7
    assert [e.kind for e in await log(store, maya)] == ["ask", "ask.answered"]


@pytest.mark.parametrize(
    ("kind", "fits", "does_not"),
    [
        (AskKind.CHOICE, ["red"], ["green", "Red", "", 1, True]),
        (AskKind.TEXT, ["x", "x" * 1000], ["", "x" * 1001, 1, False]),
        (AskKind.NUMBER, [0, -3, 2.5, 10**14], [10**15, float("inf"), float("nan"), "3", True]),
        (AskKind.DATE, ["2024-02-29"], ["2023-02-29", "29.2.2024", "2024-02-29T10:00", 20240229]),
        (AskKind.YES_NO, [True, False], [0, 1, "yes"]),
    ],
)
async def test_answers_are_of_the_kind_that_was_asked_for(
    store: Store, maya: Customer, ana: Agent, kind: AskKind, fits: list[Any], does_not: list[Any]
) -> None:
    options = COLOURS if kind is AskKind.CHOICE else ()
    card = await put(store, ana, maya, Ask(prompt="?", kind=kind, options=options))
    for value in does_not:
        with pytest.raises(DoesNotFit) as refused:
            await given(store, maya, card, value)
        assert refused.value.place == "/value"
    assert len(await log(store, maya)) == 1
    for value in fits:
        again = await put(store, ana, maya, Ask(prompt="?", kind=kind, options=options))
        kept = (await given(store, maya, again, value)).body["value"]
        assert (kept, type(kept)) == (value, type(value))


async def test_a_whole_number_is_kept_as_one(store: Store, maya: Customer, ana: Agent) -> None:
    card = await put(store, ana, maya, Ask(prompt="How many?", kind=AskKind.NUMBER))
    assert str((await given(store, maya, card, 3.0)).body["value"]) == "3"


async def test_what_nobody_may_read_is_blanked(store: Store, maya: Customer, ana: Agent) -> None:
    text = Ask(prompt="Is it 4242 4242 4242 4242?", kind=AskKind.TEXT)
    card = await put(store, ana, maya, text)
    assert card.body["prompt"] == "Is it •••• 4242?"
    assert (await given(store, maya, card, "my PIN is 1234")).body["value"] == "my PIN is [removed]"
    number = await put(store, ana, maya, Ask(prompt="?", kind=AskKind.NUMBER))
    visa = 4222222222222  # 13 digits: the longest card number that is a number at all
    assert (await given(store, maya, number, visa)).body["value"] == "•••• 2222"


async def test_only_their_own_agent_asks_and_only_the_customer_answers(
    store: Store, maya: Customer, ana: Agent
) -> None:
    tom, jonas = await agent(store, "Tom"), await customer(store, "jonas")
    question = Ask(prompt="Yes?", kind=AskKind.YES_NO)
    with pytest.raises(NotFound):
        await put(store, tom, maya, question)
    card = await put(store, ana, maya, question)
    with pytest.raises(NotFound):
        await given(store, jonas, card, True)
    done = await given(store, maya, card, True)
    with pytest.raises(NotFound):
        await given(store, maya, done, True)
    with pytest.raises(NotAllowed):
        await put(store, ana, maya, question, cmid=done.cmid)


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "choice"},
        {"kind": "choice", "options": [{"value": "a", "label": "A"}]},
        {"kind": "choice", "options": [{"value": "a", "label": "A"}] * 2},
        {"kind": "number", "options": [{"value": "1", "label": "One"}]},
        {"kind": "text", "prompt": ""},
        {"kind": "text", "fact": "Not a key"},
        {"kind": "colour"},
    ],
)
def test_questions_that_nobody_could_answer_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"prompt": "?", **wrong}, Ask)
