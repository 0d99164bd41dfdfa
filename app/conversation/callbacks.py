"""What becomes of a callback: planned, moved, cancelled, due, tried again, missed.

All in the caller's transaction. That a callback has become an interaction, and whose turn it then
is, is the queue's business; here is only what is said of the callback itself.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec.structs import replace

from app import topics
from app.conversation import pausing
from app.conversation.callback import (
    AGAIN_AFTER,
    CALLBACK_OPEN,
    TRIES,
    WITHIN,
    Callback,
    CallbackEvent,
)
from app.conversation.errors import NotFound, TimeRefused
from app.conversation.hours import is_open, opens_at
from app.conversation.interaction import Event, Interaction
from app.conversation.people import Customer
from app.conversation.ports import Work
from app.conversation.routing import queue_of
from app.conversation.telling import by_customer, tell
from app.conversation.timeline import SYSTEM, Actor, Entry

NO_ANSWER = "no_answer"
"""The disposition of a callback that nobody answered."""


async def must_suit(work: Work, name: str, at: datetime) -> None:
    """Raises TimeRefused where nobody of this queue could call then; it names the next opening."""
    queue, now = queue_of(await work.queues.all(), name), await work.now()
    if at < now:
        raise TimeRefused("that time is over already", opens_at(queue, now))
    if at > now + WITHIN:
        raise TimeRefused(f"that is more than {WITHIN.days} days ahead", opens_at(queue, now))
    if not is_open(queue, at):
        raise TimeRefused("we are closed at that time", opens_at(queue, at))


async def schedule(work: Work, callback: Callback, actor: Actor) -> None:
    """Raises TimeRefused, and CallbackOpen where the customer has one that is still to come."""
    await must_suit(work, callback.asked.queue, callback.due_at)
    await work.callbacks.add(callback)
    await _tell(work, callback, "callback.scheduled", actor, due_at=callback.due_at.isoformat())


async def move(work: Work, id: UUID, customer: Customer, at: datetime, zone: str) -> Callback:
    """To another time; the place stays. Raises TimeRefused."""
    callback = await own(work, id, customer)
    await must_suit(work, callback.asked.queue, at)
    moved = replace(callback.after(CallbackEvent.MOVE), due_at=at, zone=zone)
    saved = await work.callbacks.save(moved)
    actor = by_customer(customer)
    await _tell(work, saved, "callback.moved", actor, due_at=at.isoformat())
    return saved


async def cancel(work: Work, callback: Callback, actor: Actor) -> Callback:
    """Nobody is called any more."""
    saved = await work.callbacks.save(callback.after(CallbackEvent.CANCEL))
    await _tell(work, saved, "callback.cancelled", actor)
    return saved


async def begin(work: Work, callback: Callback, interaction: Interaction) -> Callback:
    """It is due, and this interaction now waits in its stead."""
    due = replace(
        callback.after(CallbackEvent.FALL_DUE),
        asked=interaction,
        context=None,
        tries=callback.tries + 1,
    )
    saved = await work.callbacks.save(due)
    await _tell(work, saved, "callback.due", SYSTEM, try_=saved.tries)
    return saved


async def answered(work: Work, interaction: Interaction) -> Interaction:
    """The customer took the call, or had it end: nobody calls again, whoever has it next."""
    callback = await of_interaction(work, interaction)
    if callback is None:
        return interaction
    saved = await work.interactions.save(replace(interaction, callback_id=None))
    await settle(work, callback)
    return saved


async def settle(work: Work, callback: Callback) -> None:
    """It has done what it was for."""
    await work.callbacks.save(callback.after(CallbackEvent.ANSWER))
    work.ring(topics.me(callback.customer_id))


async def unanswered(work: Work, callback: Callback, interaction: Interaction) -> Callback:
    """It rang in vain: the agent is free again, and the customer is called a little later.

    After the last try it is missed, and the interaction is over.
    """
    now = await work.now()
    if callback.tries < TRIES:
        again = replace(callback.after(CallbackEvent.RETRY), due_at=now + AGAIN_AFTER)
        await pausing.put_aside(work, interaction, SYSTEM)
        return await work.callbacks.save(again)
    over = replace(interaction.after(Event.MISS), ended_at=now, disposition=NO_ANSWER)
    saved = await work.interactions.save(over)
    await tell(work, saved, "interaction.ended", SYSTEM)
    work.ring(topics.QUEUE)
    missed = await work.callbacks.save(callback.after(CallbackEvent.MISS))
    await _tell(work, missed, "callback.missed", SYSTEM, tries=missed.tries)
    return missed


async def own(work: Work, id: UUID, customer: Customer) -> Callback:
    """The customer's own callback; another's is NotFound, as an unknown one is."""
    callback = await work.callbacks.get(id)
    if callback.customer_id != customer.id:
        raise NotFound("callback")
    return callback


async def to_come(work: Work, customer: Customer) -> Callback | None:
    """The one that is scheduled or due."""
    found = await work.callbacks.of_customer(customer.id, 1)
    return next((one for one in found if one.state in CALLBACK_OPEN), None)


async def of_interaction(work: Work, interaction: Interaction) -> Callback | None:
    """The callback that this interaction stands for, as long as it is one."""
    if interaction.callback_id is None:
        return None
    callback = await work.callbacks.get(interaction.callback_id)
    return callback if callback.state in CALLBACK_OPEN else None


async def _tell(work: Work, callback: Callback, kind: str, actor: Actor, **more: Any) -> None:
    body = {
        "callback_id": str(callback.id),
        "interaction_id": str(callback.asked.id),
        "zone": callback.zone,
        **{name.rstrip("_"): value for name, value in more.items()},
    }
    await work.timeline.append(callback.conversation_id, Entry(kind=kind, actor=actor, body=body))
    for topic in (topics.conversation(callback.conversation_id), topics.me(callback.customer_id)):
        work.ring(topic)
