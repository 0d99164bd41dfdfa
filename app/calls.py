"""The media of an interaction: ring, describe, replace the legs, end.

`gen` counts peer connections and `rev` the descriptions of one. The customer's side always
offers, the agent's side answers with a fresh description; whoever wants a change raises
`wanted_gen` (new legs) or `wanted_rev` (other media), and the customer's side offers again.
"""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from types import NoneType
from typing import Literal
from uuid import UUID

import structlog
from msgspec.structs import replace

from app import topics
from app.conversation import callbacks, desk
from app.conversation.errors import NotFound
from app.conversation.interaction import Channel, Interaction, State
from app.conversation.people import Agent, Customer
from app.conversation.telling import ring_beside
from app.conversation.timeline import SYSTEM, Entry
from app.each import each
from app.ids import new_id
from app.kept import Once
from app.retry import retried
from app.store.records import CallRow, DescriptionRow, Owner
from app.store.work import Store, Work
from rtc.call import CallEvent, CallState, EndReason, Media, after, overdue
from rtc.engine import (
    Engine,
    EngineEvent,
    LegLost,
    LegUp,
    Side,
    UnknownCall,
    WorkerDied,
    WorkerLost,
)

AWAITING_LEGS = frozenset({CallState.CONNECTING.value, CallState.RECOVERING.value})

log = structlog.get_logger()


class StaleDescription(Exception):
    """The description belongs to legs or media that were replaced meanwhile."""

    def __init__(self, call: CallRow) -> None:
        super().__init__(f"gen {call.wanted_gen}, rev {call.wanted_rev} is wanted by now")


Unanswered = Callable[[Work, Interaction], Awaitable[bool]]
"""Told of a call that rang in vain; whether it has dealt with the interaction."""


async def _goes_on_by_text(work: Work, interaction: Interaction) -> bool:
    return False


class Calls:
    """Calls between the database, which remembers them, and the engine, which carries them.

    Nothing is kept in here: every server process of a host has one, and all of them speak to the
    same engine and hear the same news of it.
    """

    def __init__(
        self, store: Store, engine: Engine, unanswered: Unanswered = _goes_on_by_text
    ) -> None:
        self._store = store
        self._engine = engine
        self._unanswered = unanswered
        engine.events = self.heard

    async def change_channel(
        self, work: Work, interaction_id: UUID, who: Agent | Customer, channel: Channel
    ) -> Interaction:
        """Go on by text, voice or video; starts, changes or ends the call."""
        interaction = await desk.change_channel(work, interaction_id, who, channel)
        if channel is Channel.TEXT:
            return await hang_up(work, interaction, by_customer=isinstance(who, Customer))
        call = await work.calls.open_of(interaction_id)
        if call is None and interaction.state is State.LIVE:
            await start(work, interaction, _owner(who), video=channel is Channel.VIDEO)
        elif call is not None and call.video is not (channel is Channel.VIDEO):
            changed = replace(call, video=channel is Channel.VIDEO, wanted_rev=call.wanted_rev + 1)
            await self._save(work, changed, interaction)
        return interaction

    async def offer(
        self, once: Once, id: UUID, customer: Customer, gen: int, rev: int, sdp: str
    ) -> None:
        """The customer's description; the agent gets it rewritten by the engine.

        Raises StaleDescription, BadDescription, WorkerLost, NotFound.
        """
        if await once.was_done():
            return
        async with self._store.read() as work:
            call, _ = await self._of(work, id, customer)
            _must_be_wanted(call, gen, rev)
        described = await self._engine.offer(id, gen, sdp)

        async def stored(work: Work) -> None:
            call, interaction = await self._held(work, id, customer)
            _must_be_wanted(call, gen, rev)
            offered = replace(call, gen=gen, place=self._engine.place)
            joined = _moved(offered, CallEvent.JOIN, await work.now())
            await work.calls.describe(
                DescriptionRow(call_id=id, gen=gen, rev=rev, kind="offer", sdp=described)
            )
            await self._save(work, joined, interaction)
            if call.state == CallState.RINGING:
                await callbacks.answered(work, interaction)

        await once(stored, NoneType)

    async def answer(
        self, once: Once, id: UUID, agent: Agent, gen: int, rev: int, sdp: str
    ) -> None:
        """The agent's description for the customer's offer (gen, rev); raises as `offer` does."""
        if await once.was_done():
            return
        async with self._store.read() as work:
            call, _ = await self._of(work, id, agent)
            await _must_be_offered(work, call, gen, rev)
        try:
            described = await self._engine.answer(id, gen, sdp)
        except UnknownCall:  # its worker died while the offer was being stored
            await self._lost(id, gen)
            raise

        async def stored(work: Work) -> None:
            call, interaction = await self._held(work, id, agent)
            await _must_be_offered(work, call, gen, rev)
            await work.calls.describe(
                DescriptionRow(call_id=id, gen=gen, rev=rev, kind="answer", sdp=described)
            )
            await self._save(work, call, interaction)

        await once(stored, NoneType)

    async def replace(self, work: Work, id: UUID, who: Agent | Customer, gen: int) -> None:
        """New legs for both sides: this one has lost its leg of `gen`, or does not know it.

        Both sides notice a dead leg at about the same time; it is one replacement, not two.
        """
        call, interaction = await self._held(work, id, who)
        if call.wanted_gen <= gen:
            await self._replace(work, call, interaction)

    async def end(self, work: Work, id: UUID, who: Agent | Customer) -> None:
        """Hang up; the interaction goes on by text. Once more, by either side, is no error."""
        await _lock(work, id)
        call, interaction = await self._side_of(work, id, who)
        if call.state == CallState.ENDED:
            return
        await hang_up(work, interaction, by_customer=isinstance(who, Customer))
        await desk.change_channel(work, interaction.id, who, Channel.TEXT)

    async def passed_on(self, work: Work, interaction: Interaction) -> None:
        """Another agent has the interaction: the customer keeps the call, with new legs."""
        call = await work.calls.open_of(interaction.id)
        if call is not None:
            await self._replace(work, replace(call, agent_media=None), interaction)

    async def sending(self, work: Work, id: UUID, who: Agent | Customer, media: Media) -> None:
        """Tell the other side what this one sends: mute is shown, not guessed."""
        call, interaction = await self._held(work, id, who)
        if isinstance(who, Agent):
            await self._save(work, replace(call, agent_media=media), interaction)
        else:
            await self._save(work, replace(call, customer_media=media), interaction)

    async def recover(self) -> int:
        """Want new legs for every call of this place whose legs are gone; how many they were.

        After a start, and after the engine was away. Nobody could wait for anything while there
        was no server, so what waits begins to wait now.
        """
        before = await self._here()
        carried = await self._carried()
        gone = {call.id: call.gen for call in before if call.id not in carried}

        @retried
        async def recover(id: UUID) -> None:
            async with self._store.write() as work:
                call, interaction = await locked(work, id)
                if call.gen == gone[id]:  # not replaced meanwhile, by another process
                    await self._recover(work, call, interaction)

        await each("recovery.failed", gone, recover)
        return len(gone)

    async def _recover(self, work: Work, call: CallRow, interaction: Interaction) -> None:
        if call.state == CallState.ENDED:
            return
        waiting = replace(call, state_since=await work.now())
        if call.wanted_gen > call.gen:
            await self._save(work, waiting, interaction)
        else:
            await self._replace(work, waiting, interaction)

    async def _here(self) -> list[CallRow]:
        """Open calls whose legs are of this engine, or that have none yet."""
        async with self._store.read() as work:
            calls = await work.calls.open_calls()
        return [call for call in calls if call.place in {None, self._engine.place}]

    async def _carried(self) -> frozenset[UUID]:
        try:
            return await self._engine.carried()
        except WorkerLost:
            return frozenset()

    async def live(self) -> int:
        """How many calls the engine carries that would be cut if it ended."""
        return len(await self._carried())

    async def sweep(self) -> None:
        """See that what is up counts as up, end what waited too long, let go of what has ended.

        The engine is told only now, outside any transaction: while its worker restarts, an answer
        may take seconds.
        """
        await self._end_overdue()
        carried = await self._carried()
        async with self._store.read() as work:
            open_calls = await work.calls.open_calls()
        for id in carried.difference(call.id for call in open_calls):
            await self._engine.end(id)
        for call in open_calls:
            if call.id in carried and call.state in AWAITING_LEGS:
                await self._leg_up(call.id, call.gen)  # again: it may be that it was not stored

    async def _end_overdue(self) -> None:
        """No call rings, connects or recovers for ever."""
        async with self._store.read() as work:
            now = await work.now()
            late = [call.id for call in await work.calls.open_calls() if _overdue(call, now)]
        await each("ringing.failed", late, self._end_late)

    @retried
    async def _end_late(self, id: UUID) -> None:
        async with self._store.write() as work:
            call, interaction = await locked(work, id)
            if reason := _overdue(call, await work.now()):
                await self.give_up(work, call, interaction, reason)

    async def give_up(
        self, work: Work, call: CallRow, interaction: Interaction, reason: EndReason
    ) -> None:
        """It waited too long: what is live goes on by text, a callback is made again."""
        await _end(work, call, interaction, reason)
        rang_in_vain = reason is EndReason.UNANSWERED
        if not (rang_in_vain and await self._unanswered(work, interaction)):
            await desk.lost_call(work, interaction)

    async def heard(self, event: EngineEvent) -> None:
        """What the media worker tells about its legs."""
        match event:
            case LegUp(call=call, gen=gen):
                await self._leg_up(call, gen)
            case LegLost(call=call, gen=gen):
                await self._lost(call, gen)
            case WorkerDied():
                log.warning("media_worker.died", calls=await self.recover())

    async def _leg_up(self, call: UUID, gen: int) -> None:
        try:
            stats = await self._engine.stats(call)
        except (UnknownCall, WorkerLost):
            return
        if stats.gen == gen and all(leg.up for leg in stats.legs):
            await self._connected(call, gen)

    @retried
    async def _connected(self, id: UUID, gen: int) -> None:
        async with self._store.write() as work:
            call, interaction = await locked(work, id)
            if call.gen != gen or call.state not in AWAITING_LEGS:
                return
            moved = _moved(call, CallEvent.UP, await work.now())
            await _tell(work, interaction, await self._save(work, moved, interaction))

    @retried
    async def _lost(self, id: UUID, gen: int) -> None:
        """A leg of this gen is gone; of newer legs nothing is known."""
        async with self._store.write() as work:
            with suppress(NotFound):  # erased meanwhile
                call, interaction = await locked(work, id)
                if call.gen == gen and call.state != CallState.ENDED:
                    await self._replace(work, call, interaction)

    async def _replace(self, work: Work, call: CallRow, interaction: Interaction) -> None:
        """Want new legs, unless they are wanted already."""
        if call.wanted_gen > call.gen:
            return
        now = await work.now()
        wanted = replace(call, wanted_gen=call.gen + 1, wanted_rev=0)
        moved = _moved(wanted, CallEvent.REPLACED, now)
        await self._save(work, moved, interaction)
        if moved.state != call.state:
            await _tell(work, interaction, moved)

    async def _held(
        self, work: Work, id: UUID, who: Agent | Customer
    ) -> tuple[CallRow, Interaction]:
        """As `_of`, to be changed."""
        await _lock(work, id)
        return await self._of(work, id, who)

    async def _of(self, work: Work, id: UUID, who: Agent | Customer) -> tuple[CallRow, Interaction]:
        call, interaction = await self._side_of(work, id, who)
        if call.state == CallState.ENDED:
            raise NotFound("call")
        return call, interaction

    async def _side_of(
        self, work: Work, id: UUID, who: Agent | Customer
    ) -> tuple[CallRow, Interaction]:
        """A call of which `who` is one side; another's is NotFound, as an unknown one is."""
        call = await work.calls.get(id)
        try:
            return call, await desk.taking_part(work, call.interaction_id, who)
        except NotFound:
            raise NotFound("call") from None

    async def _save(self, work: Work, call: CallRow, interaction: Interaction) -> CallRow:
        saved = await work.calls.save(call)
        await _ring(work, interaction)
        return saved


async def hang_up(work: Work, interaction: Interaction, *, by_customer: bool) -> Interaction:
    """One of the two ends its call, if there is one.

    "Not now" is the customer's answer to a callback, too; an agent who gives up ringing may ring
    again.
    """
    call = await work.calls.open_of(interaction.id)
    if call is None:
        return interaction
    await _end(work, call, interaction, EndReason.HUNG_UP)
    if call.state != CallState.RINGING or not by_customer:
        return interaction
    return await callbacks.answered(work, interaction)


async def end_of(work: Work, interaction: Interaction, reason: EndReason) -> None:
    """End its call, if there is one: the interaction does not go on with whoever is in it."""
    call = await work.calls.open_of(interaction.id)
    if call is not None:
        await _end(work, call, interaction, reason)


async def _end(work: Work, call: CallRow, interaction: Interaction, reason: EndReason) -> None:
    """The process that carries it lets go when it sweeps."""
    ended = _moved(call, CallEvent.END, await work.now())
    saved = await work.calls.save(replace(ended, ended_reason=reason.value))
    await _tell(work, interaction, saved)
    await _ring(work, interaction)
    work.ring(topics.CALLS)


async def start(work: Work, interaction: Interaction, by: Owner, *, video: bool) -> CallRow:
    """Ring: the first description is wanted from the customer's side."""
    now = await work.now()
    call = CallRow(
        id=new_id(),
        interaction_id=interaction.id,
        state=CallState.RINGING.value,
        state_since=now,
        started_by=by,
        video=video,
        gen=0,
        wanted_gen=1,
        wanted_rev=0,
        created_at=now,
    )
    await work.calls.add(call)
    await _tell(work, interaction, call, kind="call.started")
    await _ring(work, interaction)
    return call


async def in_call(work: Work, who: Agent | Customer) -> bool:
    """Whether `who` has a call whose legs would be cut if the server ended."""
    if isinstance(who, Agent):
        interactions = await work.interactions.with_agent(who.id)
    else:
        latest = await work.interactions.latest_of(who.id)
        interactions = [latest] if latest else []
    calls = [await work.calls.open_of(one.id) for one in interactions]
    return any(call is not None and call.place is not None for call in calls)


async def locked(work: Work, id: UUID) -> tuple[CallRow, Interaction]:
    """A call, and its interaction, that nobody else changes until the end of the transaction."""
    await _lock(work, id)
    call = await work.calls.get(id)
    return call, await work.interactions.get(call.interaction_id)


async def _lock(work: Work, id: UUID) -> None:
    """Lock its interaction: whatever else changes a call has changed that before."""
    call = await work.calls.get(id)
    await work.interactions.lock(call.interaction_id)


def _overdue(call: CallRow, now: datetime) -> EndReason | None:
    return overdue(CallState(call.state), now - call.state_since)


def _moved(call: CallRow, event: CallEvent, now: datetime) -> CallRow:
    state = after(CallState(call.state), event)
    if state.value == call.state:
        return call
    return replace(call, state=state.value, state_since=now)


def _must_be_wanted(call: CallRow, gen: int, rev: int) -> None:
    if gen != call.wanted_gen or rev != call.wanted_rev:
        raise StaleDescription(call)


async def _must_be_offered(work: Work, call: CallRow, gen: int, rev: int) -> None:
    """An answer belongs to the newest offer; one to an older would hide the answer to it."""
    offered = await work.calls.description(call.id, "offer")
    if gen != call.wanted_gen or offered is None or (offered.gen, offered.rev) != (gen, rev):
        raise StaleDescription(call)


async def _tell(
    work: Work, interaction: Interaction, call: CallRow, kind: str | None = None
) -> None:
    body = {
        "call_id": str(call.id),
        "interaction_id": str(interaction.id),
        "channel": Channel.VIDEO.value if call.video else Channel.VOICE.value,
        "reason": call.ended_reason,
    }
    entry = Entry(kind=kind or f"call.{call.state}", actor=SYSTEM, body=body)
    await work.timeline.append(interaction.conversation_id, entry)


async def _ring(work: Work, interaction: Interaction) -> None:
    work.ring(topics.conversation(interaction.conversation_id))
    work.ring(topics.me(interaction.customer_id))
    if interaction.agent_id is not None:
        work.ring(topics.me(interaction.agent_id))
    await ring_beside(work, interaction)


def _owner(who: Agent | Customer) -> Owner:
    return Owner.AGENT if isinstance(who, Agent) else Owner.CUSTOMER


Kind = Literal["offer", "answer"]


async def description_for(work: Work, call: CallRow, side: Side) -> DescriptionRow | None:
    """The newest description that this side has to apply; none while new legs are awaited."""
    if call.wanted_gen > call.gen:
        return None
    kind: Kind = "offer" if side is Side.AGENT else "answer"
    newest = await work.calls.description(call.id, kind)
    return newest if newest is not None and newest.gen == call.gen else None
