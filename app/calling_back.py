"""Callbacks between the customer's wish, the queue and the phone that rings.

A callback keeps its place: it becomes an interaction that was asked for when the customer asked.
At most one interaction of a customer is open, so what falls due while they wait or talk is put off
until that is over, and what falls due during a pause ends the pause.
"""

from contextlib import suppress
from datetime import datetime
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from app import topics
from app.auth.anonymous import hold, must_be_unlinked
from app.conversation import callbacks, desk, pausing
from app.conversation.callback import Callback, CallbackEvent, CallbackState
from app.conversation.errors import AlreadyOpen, NotFound
from app.conversation.interaction import OPEN, WAITING, Channel, Event, Interaction, State
from app.conversation.people import Agent, Customer
from app.conversation.telling import by_agent, by_customer, tell
from app.conversation.timeline import SYSTEM, Actor
from app.conversation.wall_time import zone_of
from app.each import each
from app.help import Ask, Help, Request
from app.ids import new_id
from app.notify import notify
from app.retry import retried
from app.runs.handover import Handover
from app.store.work import Store, Work
from push.notification import NotificationClass

AT_ONCE = 100
"""Looked up in one round; the others wait for the next."""


class When(Struct, frozen=True):
    """A time (UTC), and the zone in which the customer thinks of it. None: at their turn."""

    at: datetime | None
    zone: str


class CallingBack:
    def __init__(self, store: Store, help: Help, handover: Handover) -> None:
        self._store = store
        self._help = help
        self._handover = handover

    async def ask(self, work: Work, customer: Customer, asked: Ask, when: When) -> Callback:
        """Plan a callback, or queue one. Whoever waits or paused takes that request along.

        Raises TimeRefused, CallbackOpen, AlreadyOpen while they talk, and what Help.ask raises.
        """
        zone_of(when.zone)
        current = await desk.open_of(work, customer.id)
        by, channel = by_customer(customer), asked.channel
        if when.at is not None and current is not None and current.state in WAITING:
            callback = await _schedule(work, await _copy(work, current, channel), when, by)
            await desk.cancel(work, current.id, customer)
            await self._handover.released(work, current)
            return callback
        if when.at is not None or current is None:
            request = await self._help.prepared(work, customer, asked)
        else:
            request = Request(replace(current, channel=channel), await work.contexts.of(current.id))
        callback = await _schedule(work, request, when, by)
        return callback if when.at else await self._begin(work, callback, customer, current)

    async def promise(
        self, work: Work, interaction: Interaction, agent: Agent, channel: Channel, when: When
    ) -> Callback:
        """The agent plans it for the customer in hand, and is preferred then."""
        zone_of(when.zone)
        await hold(work, await work.customers.get(interaction.customer_id))
        request = await _copy(work, interaction, channel)
        later = replace(request.interaction, owner_id=agent.id, enqueued_at=await work.now())
        return await _schedule(work, Request(later, request.context), when, by_agent(agent))

    async def again(self, work: Work, id: UUID, customer: Customer) -> Callback:
        """Once more after a missed one, at the customer's turn. Raises as `ask` does."""
        await must_be_unlinked(work, customer)
        missed = await callbacks.own(work, id, customer)
        asked_again = missed.after(CallbackEvent.AGAIN)
        now = await work.now()
        await callbacks.must_suit(work, missed.asked.queue, now)
        request = await _copy(work, missed.asked, missed.asked.channel)
        later = replace(request.interaction, enqueued_at=now, callback_id=id)
        again = replace(asked_again, due_at=now, tries=0, asked=later, context=request.context)
        saved = await work.callbacks.save(again)
        return await self._begin(work, saved, customer, await desk.open_of(work, customer.id))

    async def cancel(self, work: Work, id: UUID, customer: Customer) -> Callback:
        """Nobody is called, and what waits for it leaves; raises NotAllowed while it rings."""
        callback = await callbacks.own(work, id, customer)
        current = await desk.open_of(work, customer.id)
        if current is not None and current.callback_id == id:
            await desk.cancel(work, current.id, customer)
            await self._handover.released(work, current)
        return await callbacks.cancel(work, callback, by_customer(customer))

    async def left(self, work: Work, interaction: Interaction, customer: Customer) -> None:
        """The customer left the queue, and with it the callback that stood there."""
        callback = await callbacks.of_interaction(work, interaction)
        if callback is not None:
            await callbacks.cancel(work, callback, by_customer(customer))

    async def unanswered(self, work: Work, interaction: Interaction) -> bool:
        """The call of this interaction rang in vain; False where that is no callback's matter."""
        callback = await callbacks.of_interaction(work, interaction)
        if callback is None or callback.state is not CallbackState.DUE:
            return False
        callback = await callbacks.unanswered(work, callback, interaction)
        if callback.state is CallbackState.MISSED:
            await self._handover.released(work, interaction)
            await notify(
                work,
                interaction.customer_id,
                interaction.conversation_id,
                NotificationClass.FOLLOWUP,
                title="We tried to reach you",
                body="Tap, and we call you again.",
                link="#/",
            )
        return True

    async def look(self) -> None:
        """Begin what is due, finish what is over, remind whom it is time to remind."""
        async with self._store.read() as work:
            now = await work.now()
            pending = await work.callbacks.pending(now, AT_ONCE)
            to_remind = [one.id for one in await work.interactions.to_remind(now)]
        await each("calling_back.failed", pending, self._settle)
        await each("reminder.failed", to_remind, self._remind)

    @retried
    async def _settle(self, id: UUID) -> None:
        with suppress(AlreadyOpen):  # they wait or talk since: after that
            await self._settled(id)

    async def _settled(self, id: UUID) -> None:
        async with self._store.write() as work:
            callback = await work.callbacks.get(id)
            if callback.state is CallbackState.DUE:
                await _finish(work, callback)
            elif callback.state is CallbackState.SCHEDULED and callback.due_at <= await work.now():
                await self._fall_due(work, callback)

    async def _fall_due(self, work: Work, callback: Callback) -> None:
        customer = await work.customers.get(callback.customer_id)
        await hold(work, customer)
        current = await desk.open_of(work, customer.id)
        if callback.tries and (current is None or current.callback_id != callback.id):
            await callbacks.settle(work, callback)  # between two tries the customer came alone
        elif current is None or current.state is State.PAUSED:
            await self._begin(work, callback, customer, current)

    async def _begin(
        self, work: Work, callback: Callback, customer: Customer, current: Interaction | None
    ) -> Callback:
        """Put it in line: the interaction that is open, else the one that was asked for."""
        channel = callback.asked.channel
        if current is None:
            waits = replace(callback.asked, wait_began_at=await work.now())
            if callback.context is None:
                raise NotFound("context")
            request = Request(waits, callback.context)
            return await callbacks.begin(
                work, callback, await self._help.queued(work, customer, request)
            )
        if current.state is State.PAUSED:
            waits = await pausing.back_in_line(work, current, SYSTEM, channel, callback.id)
        elif current.state in WAITING:
            waits = await _called_instead(work, current, channel, callback.id, customer)
        else:
            raise AlreadyOpen(current.id)
        return await callbacks.begin(work, callback, waits)

    @retried
    async def _remind(self, id: UUID) -> None:
        async with self._store.write() as work:
            one = await work.interactions.get(id)
            if one.remind_at is None or one.remind_at > await work.now():
                return  # back already, or another process was faster
            await pausing.reminded(work, one)
            await notify(
                work,
                one.customer_id,
                one.conversation_id,
                NotificationClass.FOLLOWUP,
                title="You wanted to go on now",
                body="Your place is kept. Write, and we are back with you.",
                link="#/chat",
            )


async def _schedule(work: Work, request: Request, when: When, by: Actor) -> Callback:
    id, asked = new_id(), request.interaction
    callback = Callback(
        id=id,
        conversation_id=asked.conversation_id,
        customer_id=asked.customer_id,
        state=CallbackState.SCHEDULED,
        due_at=when.at or await work.now(),
        zone=when.zone,
        asked=replace(asked, callback_id=id),
        context=request.context,
    )
    await callbacks.schedule(work, callback, by)
    return callback


async def _copy(work: Work, one: Interaction, channel: Channel) -> Request:
    """The same request once more, as nobody has answered it yet."""
    context, id = await work.contexts.of(one.id), new_id()
    interaction = Interaction(
        id=id,
        conversation_id=one.conversation_id,
        customer_id=one.customer_id,
        state=State.QUEUED,
        channel=channel,
        queue=one.queue,
        reason=one.reason,
        priority=one.priority,
        why_now=one.why_now,
        enqueued_at=one.enqueued_at,
        run_id=one.run_id,
        language=one.language,
        skills=one.skills,
        crisis=one.crisis,
        owner_id=one.owner_id,
    )
    return Request(interaction, replace(context, interaction_id=id))


async def _called_instead(
    work: Work, one: Interaction, channel: Channel, callback_id: UUID, customer: Customer
) -> Interaction:
    """Whoever waits is called at the same place; an offer is made anew, to who can call."""
    offered = one.offer
    if offered is not None:
        one = replace(one.after(Event.EXPIRE), offer=None)
        work.ring(topics.me(offered.agent_id))
    called = replace(one, channel=channel, callback_id=callback_id, expected_s=None)
    saved = await work.interactions.save(called)
    await tell(work, saved, "interaction.channel", by_customer(customer))
    work.ring(topics.QUEUE)
    return saved


async def _finish(work: Work, callback: Callback) -> None:
    """Its interaction is over: answered in whatever way, or left."""
    interaction = await work.interactions.get(callback.asked.id)
    if interaction.state in OPEN:
        return
    if interaction.agent_id is None:
        await callbacks.cancel(work, callback, SYSTEM)
    else:
        await callbacks.settle(work, callback)
