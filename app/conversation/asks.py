"""Ask-cards: an agent's question with a typed answer, answered once with a tap."""

import re
from datetime import date
from enum import StrEnum
from math import isfinite
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from app import topics
from app.conversation import repeats
from app.conversation.editing import append_once, event_at
from app.conversation.errors import AlreadyAnswered, DoesNotFit, NotFound
from app.conversation.facts import Fact, Trust
from app.conversation.messages import must_see, must_take_part
from app.conversation.people import Agent, Customer
from app.conversation.ports import Work
from app.conversation.secret_text import blank
from app.conversation.telling import by_agent, by_customer
from app.conversation.timeline import Actor, Entry, Event, Viewer

LARGEST_NUMBER = 10**15  # beyond it a JSON reader in a browser rounds
LONGEST_ANSWER = 1000

_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")

Value = str | bool | int | float


class AskKind(StrEnum):
    TEXT = "text"
    CHOICE = "choice"
    NUMBER = "number"
    DATE = "date"
    YES_NO = "yes_no"


class Option(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A quick answer: `value` is what comes back, `label` what the customer taps."""

    value: Annotated[str, Meta(min_length=1, max_length=100)]
    label: Annotated[str, Meta(min_length=1, max_length=100)]


class Ask(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A question. A choice has 2 to 8 options; a text may suggest some; others have none."""

    prompt: Annotated[str, Meta(min_length=1, max_length=500)]
    kind: AskKind
    options: Annotated[tuple[Option, ...], Meta(max_length=8)] = ()
    fact: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_.]{0,63}$")] | None = None
    """The key under which the answer is known about the customer."""

    def __post_init__(self) -> None:
        if self.kind is AskKind.CHOICE and len(self.options) < 2:
            raise ValueError("a choice needs at least two options")
        if self.kind not in {AskKind.CHOICE, AskKind.TEXT} and self.options:
            raise ValueError("only a choice or a text has options")
        if len({one.value for one in self.options}) < len(self.options):
            raise ValueError("two options have the same value")


async def ask(work: Work, agent: Agent, conversation: UUID, cmid: UUID, question: Ask) -> Event:
    """Put a question to the customer of a conversation that this agent has in hand.

    A question for what is known is counted as a repeated one, once.
    """
    await must_take_part(work, agent, conversation)
    body = {
        "prompt": blank(question.prompt),
        "kind": question.kind.value,
        "options": [{"value": o.value, "label": blank(o.label)} for o in question.options],
        "fact": question.fact,
        "answered": None,
    }
    known = await _known(work, conversation, question.fact)
    entry = Entry(kind="ask", actor=by_agent(agent), body=body, cmid=cmid)
    event = await append_once(work, conversation, entry)
    is_new = event.seq == await work.timeline.head(conversation, Viewer.AGENT)
    if known is not None and is_new:
        await repeats.count(work, conversation, known, entry.actor, "agent")
    work.ring(topics.conversation(conversation))
    return event


async def _known(work: Work, conversation: UUID, key: str | None) -> Fact | None:
    if key is None:
        return None
    customer = await work.customers.of_conversation(conversation)
    return await repeats.already_known(work, customer.id, key)


async def answer(
    work: Work, customer: Customer, conversation: UUID, seq: int, *, cmid: UUID, value: Value
) -> Event:
    """Answer a question, once. Card numbers in it do not survive; where it has a key, it is a fact.

    Raises NotFound, DoesNotFit, AlreadyAnswered where another answer is there.
    """
    await must_see(work, customer, conversation)
    question = _question(await _asked(work, conversation, seq))
    body = {"of": seq, **_checked(question, value), "fact": question.fact}
    entry = Entry(kind="ask.answered", actor=by_customer(customer), body=body, cmid=cmid)
    event = await append_once(work, conversation, entry)
    asked = await _asked(work, conversation, seq)  # as it is now that the log is locked
    if asked.body["answered"] == event.seq:
        return event  # a repeat
    if asked.body["answered"] is not None:
        raise AlreadyAnswered
    await work.timeline.rewrite(conversation, seq, {**asked.body, "answered": event.seq})
    if question.fact is not None:
        await work.facts.put([_claimed(customer, question.fact, event, asked.actor)])
    work.ring(topics.conversation(conversation))
    return event


def _claimed(customer: Customer, key: str, answer: Event, asker: Actor) -> Fact:
    return Fact(
        customer_id=customer.id,
        key=key,
        trust=Trust.CLAIMED,
        value=answer.body["value"],
        source=f"Asked by {asker.name}",
        channel="text",
        at=answer.at,
    )


async def _asked(work: Work, conversation: UUID, seq: int) -> Event:
    event = await event_at(work, conversation, seq)
    if event.kind != "ask":
        raise NotFound("message")
    return event


def _question(asked: Event) -> Ask:
    known = {name: one for name, one in asked.body.items() if name in Ask.__struct_fields__}
    return msgspec.convert(known, Ask)


def _checked(question: Ask, value: Value) -> dict[str, Any]:
    """What is kept of an answer: its value, and the label of the option that it is."""
    labels = {one.value: one.label for one in question.options}
    match question.kind, value:
        case AskKind.CHOICE, str() if value in labels:
            return {"value": value, "label": labels[value]}
        case AskKind.TEXT, str() if 0 < len(value) <= LONGEST_ANSWER:
            return {"value": blank(value), "label": labels.get(value)}
        case AskKind.YES_NO, bool():
            return {"value": value, "label": None}
        case AskKind.DATE, str() if _is_date(value):
            return {"value": value, "label": None}
        case AskKind.NUMBER, int() | float() if _is_number(value):
            plain = int(value) if float(value).is_integer() else value
            shown = blank(str(plain))
            return {"value": plain if shown == str(plain) else shown, "label": None}
        case _:
            raise DoesNotFit("/value", _WANTED[question.kind])


_WANTED = {
    AskKind.CHOICE: "choose one of the options",
    AskKind.TEXT: f"write 1 to {LONGEST_ANSWER:,} characters",
    AskKind.YES_NO: "answer true or false",
    AskKind.DATE: "give a day as YYYY-MM-DD",
    AskKind.NUMBER: f"give a number below {LARGEST_NUMBER:,}",
}


def _is_date(text: str) -> bool:
    if not _ISO_DATE.fullmatch(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _is_number(value: float) -> bool:
    return not isinstance(value, bool) and isfinite(value) and abs(value) < LARGEST_NUMBER
