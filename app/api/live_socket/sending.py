"""What is the page sent, and in which order?"""

import random
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from uuid import UUID

from msgspec import structs

from app import topics
from app.api import frames
from app.api.errors import problem_of
from app.api.live_socket.connection import Connection
from app.api.live_socket.following import Page
from app.api.live_socket.unanswered import Asked
from app.api.me import AgentMe, CustomerMe, me_of
from app.api.team import TeamView
from app.api.wire import InteractionView
from app.auth.allowance import TooOften
from app.bus.memory import Heard
from app.calls import in_call
from app.conversation.capsule import BadChange
from app.conversation.errors import NotAllowed, NotFound
from app.conversation.people import Agent
from app.conversation.redaction import TooLarge
from app.conversation.timeline import Event
from app.places import Shown
from app.store.work import Work
from app.unbroken import unbroken, unbroken_read

BACK_WITHIN_MS = 5_000


def _shown(one: InteractionView | None) -> Shown | None:
    """What a snapshot says of the place in line."""
    if one is None or one.place is None:
        return None
    return Shown(interaction_id=one.id, place=one.place, nobody_there=one.nobody_there)


class Sender:
    """Waits for bells, and sends what is new."""

    def __init__(self, connection: Connection, hello: frames.Hello) -> None:
        self._hello = hello
        self._live = connection.live
        self._signed_in = connection.signed_in
        self._bells = connection.bells
        self._outlet = connection.outlet
        self._unanswered = connection.unanswered
        self._following = connection.following
        self._context = connection.context
        self._sent_away = False
        self._team_shown: TeamView | None = None

    async def send(self) -> None:
        await self._greet()
        while True:
            await self._pass_on(await self._bells.heard())

    async def _greet(self) -> None:
        """Welcome, and what was missed, out of one snapshot: a thousand may come back at once."""
        who, wanted = self._signed_in.who, list(self._hello.cursors)
        if not isinstance(who, Agent):
            wanted = [who.conversation_id]
        for conversation in wanted:
            self._following.join(conversation)
        look = partial(self._welcome, wanted)
        async with self._live.catching_up:
            welcome, pages = await unbroken_read(self._live.store, look)
        self._note_place(welcome.me)
        await self._outlet.send(welcome)
        for conversation in wanted:
            await self._following.tail(conversation, pages.get(conversation))

    async def _welcome(
        self, wanted: Sequence[UUID], work: Work
    ) -> tuple[frames.Welcome, dict[UUID, Page]]:
        pages = {}
        for conversation in wanted:
            with suppress(NotFound):
                after = self._hello.cursors.get(conversation, 0)
                pages[conversation] = await self._following.page(conversation, after, work)
        me = await me_of(work, self._signed_in.who, self._live.self_service)
        heads = {conversation: page.head for conversation, page in pages.items()}
        epoch, now = await work.epoch(), await work.now()
        return frames.Welcome(epoch=epoch, now=now, heads=heads, me=me), pages

    async def _pass_on(self, heard: Heard) -> None:
        for event in heard.news:
            rung = topics.conversation(event.conversation_id) in heard.topics
            if not rung and await self._following.pass_on(event):
                self._unanswered.told(event)
        await self._answer()
        for frame in heard.whispers:
            await self._outlet.send_bytes(frame)
        await self._following.look(heard.topics)
        await self._show(heard.topics)
        if await self._must_go(heard.topics):
            # Not all at once: whoever serves next has to sign all of them in again.
            after_ms = random.randrange(BACK_WITHIN_MS)  # noqa: S311 - no secret
            await self._outlet.send(frames.GoAway(after_ms=after_ms))

    async def _answer(self) -> None:
        for cmid, event in self._unanswered.unacked():
            await self._acknowledge(cmid, event)
        for answer in self._unanswered.answers():
            await self._outlet.send_bytes(answer)
        for frame in self._unanswered.asked():
            await self._serve(frame)

    async def _show(self, rung: set[str]) -> None:
        """What is not in the log, and of which the last is enough."""
        who = self._signed_in.who
        if topics.place(who.id) in rung:
            await self._show_place()
        await self._following.look_at_marks(rung)
        if topics.me(who.id) in rung:
            await self._show_me()
        if topics.TEAM_READ in rung and isinstance(who, Agent):
            await self._show_team(who)

    async def _acknowledge(self, cmid: UUID, event: Event) -> None:
        await self._outlet.send(
            frames.Ack(
                cmid=cmid,
                conversation_id=event.conversation_id,
                seq=event.seq,
                prev=event.prev(self._signed_in.viewer),
                at=event.at,
            )
        )

    async def _serve(self, frame: Asked) -> None:
        match frame:
            case frames.Context():
                await self._pass_on_context(frame)
            case frames.Unwatch(conversation_id=conversation):
                self._following.leave(conversation)
            case frames.Got(conversation_id=conversation, upto=upto):
                self._following.mark(conversation, delivered=upto)
            case frames.Seen(conversation_id=conversation, upto=upto):
                self._following.mark(conversation, seen=upto)
            case frames.Sync() | frames.Watch():
                await self._serve_tail(frame)

    async def _serve_tail(self, frame: frames.Sync | frames.Watch) -> None:
        conversation = frame.conversation_id
        may = isinstance(frame, frames.Watch) or conversation in self._following
        if not (may and await self._following.follow(conversation, frame.after)):
            problem = problem_of(NotFound("conversation"))
            await self._outlet.send(frames.ErrorFrame(problem=problem))

    async def _pass_on_context(self, frame: frames.Context) -> None:
        if self._context is None:
            return
        try:
            told = await unbroken(self._context.take(frame))
        except (TooOften, NotAllowed, TooLarge, BadChange) as error:
            await self._outlet.send(frames.ErrorFrame(problem=problem_of(error)))
            return
        interaction = self._context.interaction
        if told is not None and interaction is not None:
            self._live.bus.whisper(topics.context(interaction), frames.encode(told), self._bells)

    async def _show_me(self) -> None:
        snapshot = await unbroken_read(self._live.store, self._me)
        self._note_place(snapshot.me)
        await self._outlet.send(snapshot)

    async def _me(self, work: Work) -> frames.MeFrame:
        who = await self._signed_in.look(work)
        return frames.MeFrame(me=await me_of(work, who, self._live.self_service))

    async def _show_place(self) -> None:
        """A page that was told later by a snapshot sees by `now` that this is older."""
        place = self._live.places.of(self._signed_in.who.id)
        if place is not None:
            await self._outlet.send(frames.PlaceFrame(**structs.asdict(place)))

    def _note_place(self, me: CustomerMe | AgentMe) -> None:
        if isinstance(me, CustomerMe):
            self._live.places.shown(me.customer.id, _shown(me.interaction))

    async def _show_team(self, agent: Agent) -> None:
        view = await self._live.team.view(agent)
        if view != self._team_shown:
            self._team_shown = view
            await self._outlet.send(frames.TeamFrame(**structs.asdict(view)))

    async def _must_go(self, rung: set[str]) -> bool:
        """Once: as soon as the server is about to stop, or for those in a call when it stops."""
        if self._sent_away or not rung & {topics.LEAVING, topics.STOPPING}:
            return False
        self._sent_away = topics.STOPPING in rung or not await self._is_in_call()
        return self._sent_away

    async def _is_in_call(self) -> bool:
        who = self._signed_in.who
        return await unbroken_read(self._live.store, lambda work: in_call(work, who))
