"""Which conversations does the page follow, and how far does it know them?

A message that was just stored is passed on as it is where it is the next one; everything else is
read from the database by cursor, so a slow or lost socket costs nothing but itself.
"""

from collections.abc import Sequence
from functools import partial
from uuid import UUID

from msgspec import Struct

from app import topics
from app.api import frames
from app.api.live_context import LiveContext
from app.api.live_socket.needs import Live
from app.api.live_socket.outlet import Outlet
from app.api.live_socket.signed_in import SignedIn
from app.api.wire import event_view, marks_view
from app.bus.memory import Bells
from app.conversation.errors import NotFound
from app.conversation.marks import Mark
from app.conversation.messages import Part, part_in
from app.conversation.timeline import Event
from app.store.work import Work
from app.unbroken import unbroken, unbroken_read

PAGE = 25  # events; of the longest texts these keep the loop busy for 2 ms
NO_PART = Part(talks=False)


class Page(Struct, frozen=True):
    """Some of what a viewer may see of a conversation, in one snapshot."""

    cursor: int  # they follow this one
    events: Sequence[Event]
    head: int
    part: Part
    marks: Sequence[Mark] | None = None  # of the first page alone


class Following:
    def __init__(
        self,
        live: Live,
        signed_in: SignedIn,
        outlet: Outlet,
        bells: Bells,
        context: LiveContext | None,
    ) -> None:
        self._live = live
        self._signed_in = signed_in
        self._outlet = outlet
        self._bells = bells
        self._context = context
        self._cursors: dict[UUID, int] = {}
        self._parts: dict[UUID, Part] = {}

    def __contains__(self, conversation: UUID) -> bool:
        return conversation in self._cursors

    def join(self, conversation: UUID) -> None:
        bus, bells = self._live.bus, self._bells
        bus.join(topics.conversation(conversation), bells)
        bus.join(topics.marks(conversation), bells)

    def leave(self, conversation: UUID) -> None:
        bus, bells = self._live.bus, self._bells
        bus.leave(topics.conversation(conversation), bells)
        bus.leave(topics.marks(conversation), bells)
        self._take_part(conversation, NO_PART)
        self._cursors.pop(conversation, None)

    def talks_in(self, conversation: UUID) -> bool:
        """Not where they read along for advice: the customer hears nothing of them."""
        return self._parts.get(conversation, NO_PART).talks

    def _take_part(self, conversation: UUID, part: Part) -> None:
        """Hear what the app shows in the request that this agent has, and in no later one."""
        before = self._parts.pop(conversation, NO_PART)
        for interaction in before.has - part.has:
            self._live.bus.leave(topics.context(interaction), self._bells)
        for interaction in part.has - before.has:
            self._live.bus.join(topics.context(interaction), self._bells)
        if part is not NO_PART:
            self._parts[conversation] = part

    async def follow(self, conversation: UUID, after: int) -> bool:
        """Send what is new after this cursor, and hear what will be.

        False where it is not, or no more, for this caller to see: then it is followed no longer.
        """
        self.join(conversation)
        return await self.tail(conversation, await self._next_page(conversation, after))

    async def pass_on(self, event: Event) -> bool:
        """Whether it was sent, as it is the next one; where others are missing, all are read."""
        conversation = event.conversation_id
        cursor = self._cursors.get(conversation)
        if cursor is None or event.seq <= cursor:
            return False
        if event.prev(self._signed_in.viewer) != cursor:
            await self.follow(conversation, cursor)
            return False
        self._cursors[conversation] = event.seq
        await self._send(event)
        return True

    async def look(self, rung: set[str]) -> None:
        """After bells: where nothing is new for this viewer, nothing is sent, as hints go."""
        for conversation in list(self._cursors):
            if topics.conversation(conversation) in rung:
                page = await self._next_page(conversation, self._cursors[conversation])
                if page is None or page.events:
                    await self.tail(conversation, page)

    async def look_at_marks(self, rung: set[str]) -> None:
        moved = [one for one in self._cursors if topics.marks(one) in rung]
        if moved:
            marks = await unbroken_read(self._live.store, lambda work: work.marks.of(moved))
            await self._send_marks(moved, marks)

    def mark(self, conversation: UUID, *, delivered: int = 0, seen: int = 0) -> None:
        """Nobody has received more than they were sent."""
        cursor = self._cursors.get(conversation)
        if cursor is not None and self.talks_in(conversation):
            delivered, seen = min(delivered, cursor), min(seen, cursor)
            side = self._signed_in.viewer
            self._live.marks.put(
                Mark(conversation_id=conversation, side=side, delivered=delivered, seen=seen)
            )

    async def tail(self, conversation: UUID, page: Page | None) -> bool:
        """Send this page and all that follow, then up to where that was all."""
        marks: Sequence[Mark] = ()
        while page is not None:
            await self._send_page(conversation, page)
            cursor = self._cursors[conversation]
            if page.marks is not None:
                marks = page.marks
            if len(page.events) < PAGE:
                await self._outlet.send(frames.Tail(conversation_id=conversation, upto=cursor))
                if marks:
                    await self._send_marks([conversation], marks)
                return True
            page = await self._next_page(conversation, cursor)
        self.leave(conversation)
        return False

    async def page(self, conversation: UUID, cursor: int, work: Work) -> Page:
        """What follows the cursor; raises NotFound where it is not for this caller to see."""
        viewer = self._signed_in.viewer
        part = await part_in(work, self._signed_in.who, conversation)
        head = await work.timeline.head(conversation, viewer)
        if cursor > head:
            cursor = 0  # of another life of the database: start again
        first = conversation not in self._cursors
        marks = await work.marks.of([conversation]) if first and head else None
        if cursor == head:
            return Page(cursor, (), head, part, marks)
        events = await work.timeline.after(conversation, cursor, viewer, PAGE)
        return Page(cursor, events, head, part, marks)

    async def _next_page(self, conversation: UUID, cursor: int) -> Page | None:
        """None where it is not, or no more, for this caller to see."""
        try:
            look = partial(self.page, conversation, cursor)
            async with self._live.catching_up:
                return await unbroken_read(self._live.store, look)
        except NotFound:
            return None

    async def _send_page(self, conversation: UUID, page: Page) -> None:
        self._take_part(conversation, page.part)
        cursor = page.cursor
        for event in page.events:
            await self._send(event)
            if self._context is not None:
                self._context.happened(event)
            cursor = event.seq
        self._cursors[conversation] = cursor
        if self._context is not None:
            await unbroken(self._context.keep_at_once())

    async def _send(self, event: Event) -> None:
        await self._outlet.send(frames.event_frame(event_view(event, self._signed_in.viewer)))

    async def _send_marks(self, conversations: Sequence[UUID], marks: Sequence[Mark]) -> None:
        for one in conversations:
            await self._outlet.send(frames.marks_frame(one, marks_view(one, marks)))
