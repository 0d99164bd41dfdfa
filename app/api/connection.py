"""What goes on in one open page's socket: the log of conversations, the caller's snapshot, typing.

Three tasks: one reads frames and never sends, one waits for bells and sends what is new, one ends
it where the other side falls silent. A message that was just stored is passed on as it is where it
is the next one; everything else is read from the database by cursor, so a slow or lost socket
costs nothing but itself.
"""

import asyncio
import random
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from litestar import WebSocket
from msgspec import DecodeError, Struct, structs

from app import topics
from app.api import frames
from app.api.errors import problem_of
from app.api.guards import NUL
from app.api.live_context import LARGEST as MAX_CHANGE
from app.api.live_context import LiveContext
from app.api.me import AgentMe, CustomerMe, me_of
from app.api.permissions import frame_operation, must_be_allowed
from app.api.team import Team, TeamView
from app.api.wire import InteractionView, event_view, marks_view
from app.auth.allowance import TooOften
from app.auth.caller import Caller, WrongRole, caller_of
from app.bus.memory import Bells, Bus, Heard
from app.calls import in_call
from app.conversation.capsule import BadChange
from app.conversation.errors import NotAllowed, NotFound
from app.conversation.marks import Mark
from app.conversation.messages import Part, Saying, part_in
from app.conversation.people import Agent
from app.conversation.redaction import TooLarge
from app.conversation.timeline import Actor, ActorKind, Event, Viewer
from app.ids import new_id
from app.marks import Marks
from app.messages import Answer, Messages
from app.places import Places, Shown
from app.runs.self_service import SelfService
from app.store.work import Store, Work
from app.unbroken import unbroken

DEAD_AFTER_S = 25  # clients ping every 15 s
SLOW_AFTER_S = 10  # a frame that cannot be handed to the socket for so long ends it
LOOK_EVERY_S = 5  # for these two: a timer of its own for every frame would cost a tenth of its CPU
LEASE = timedelta(seconds=45)  # an agent's device is reachable so long after its last frame
RENEW_AFTER_S = 10
PAGE = 500
BACK_WITHIN_MS = 5_000
IN_FLIGHT = 64  # frames of one socket that wait to be served; then it is read no further

NO_PART = Part(talks=False)

BAD_FRAME, SLOW, SILENT = 4400, 4008, 1001

T = TypeVar("T")

Asked = frames.Watch | frames.Unwatch | frames.Sync | frames.Got | frames.Seen | frames.Context
"""Frames that are served in their order by whoever sends, as they are about what was sent."""


class Live(Struct, frozen=True, kw_only=True):
    """What a connection needs of the application."""

    store: Store
    bus: Bus
    messages: Messages
    places: Places
    marks: Marks
    team: Team
    self_service: SelfService
    leaving: asyncio.Event
    origins: frozenset[str]


class Page(Struct, frozen=True):
    """Some of what a viewer may see of a conversation, in one snapshot."""

    cursor: int  # they follow this one
    events: Sequence[Event]
    head: int
    part: Part
    marks: Sequence[Mark] | None = None  # of the first page alone


class Closed(Exception):
    """The connection ends with this code."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


def decoded(text: str) -> frames.ClientFrame:
    """The frame; raises Closed where it is none."""
    if ("\\u0000" in text or "\x00" in text) and NUL.search(text.encode()):
        raise Closed(BAD_FRAME, "text must not contain NUL")
    try:
        return frames.decode(text)
    except (DecodeError, RecursionError) as error:
        raise Closed(BAD_FRAME, str(error)) from None


def _shown(one: InteractionView | None) -> Shown | None:
    """What a snapshot says of the place in line."""
    if one is None or one.place is None:
        return None
    return Shown(interaction_id=one.id, place=one.place, nobody_there=one.nobody_there)


class Connection:
    """One socket of one caller."""

    def __init__(
        self, socket: WebSocket[Any, Any, Any], live: Live, who: Caller, hello: frames.Hello
    ) -> None:
        self._hello = hello
        self._socket = socket
        self._live = live
        self._who = who
        self._viewer = Viewer.AGENT if isinstance(who, Agent) else Viewer.CUSTOMER
        self._device = new_id()
        self._renewed_at: float | None = None
        self._cursors: dict[UUID, int] = {}
        self._parts: dict[UUID, Part] = {}  # in the conversations that are followed
        self._room = asyncio.Semaphore(IN_FLIGHT)
        self._unanswered = 0
        self._answers: deque[bytes] = deque()
        self._unacked: set[UUID] = set()  # sent here, and neither event nor ack went back
        self._stored: deque[Event] = deque()
        self._asked: deque[Asked] = deque()
        self._context = None if isinstance(who, Agent) else LiveContext(live.store, who)
        self._clock = asyncio.get_running_loop().time
        self._heard_at = self._clock()
        self._sending_since: float | None = None
        self._sent_away = False
        self._team_shown: TeamView | None = None

    async def serve(self) -> None:
        """Greet, then read and send until one of the two ends."""
        seen = [topics.me(self._who.id), topics.LEAVING, topics.STOPPING]
        mine = isinstance(self._who, Agent)
        seen.append(topics.TEAM_READ if mine else topics.place(self._who.id))
        with self._live.bus.listening(*seen) as bells:
            try:
                await self._renew_lease()
                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(self._read(bells))
                    tasks.create_task(self._pump(bells))
                    tasks.create_task(self._guard())
            finally:
                await self._give_up_lease()

    async def _guard(self) -> None:
        """End it where the other side neither speaks nor reads."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            now = self._clock()
            if now - self._heard_at > DEAD_AFTER_S:
                raise Closed(SILENT, f"nothing heard for {DEAD_AFTER_S} s")
            if now - (self._sending_since or now) > SLOW_AFTER_S:
                raise Closed(SLOW, "reading too slowly")
            if self._context is not None:
                await unbroken(self._context.keep_due())

    # --- reading ---

    async def _read(self, bells: Bells) -> None:
        while True:
            text = await self._socket.receive_text()
            self._heard_at = self._clock()
            frame = decoded(text)
            if isinstance(frame, frames.Context) and len(text) > MAX_CHANGE:
                too_large = TooLarge("", f"more than {MAX_CHANGE // 1024} KiB")
                self._answer(frames.ErrorFrame(problem=problem_of(too_large)), bells)
            else:
                await self._take(frame, bells)

    async def _take(self, frame: frames.ClientFrame, bells: Bells) -> None:
        try:
            must_be_allowed(self._who, frame_operation(type(frame)))
        except WrongRole as error:
            self._answer(frames.ErrorFrame(problem=problem_of(error)), bells)
        else:
            await self._handle(frame, bells)

    async def _handle(self, frame: frames.ClientFrame, bells: Bells) -> None:
        match frame:
            case frames.Send():
                await self._enter()
                self._say(frame, bells)
            case (
                frames.Watch()
                | frames.Unwatch()
                | frames.Sync()
                | frames.Got()
                | frames.Seen()
                | frames.Context()
            ):
                await self._enter()
                self._asked.append(frame)
                bells.wake()
            case frames.Typing(conversation_id=conversation):
                self._whisper_typing(conversation, bells)
            case frames.Ping():
                await self._renew_lease()
                await self._all_answered()
                self._answer(await self._pong(), bells)
            case frames.Hello():
                raise Closed(BAD_FRAME, "hello comes once")

    async def _enter(self) -> None:
        await self._room.acquire()
        self._unanswered += 1

    def _served(self) -> None:
        self._unanswered -= 1
        self._room.release()

    async def _all_answered(self) -> None:
        """A pong tells that nothing before it is left to answer."""
        if self._unanswered:
            for _ in range(IN_FLIGHT):
                await self._room.acquire()
            for _ in range(IN_FLIGHT):
                self._room.release()

    def _say(self, frame: frames.Send, bells: Bells) -> None:
        """Hand it to the writer, and read on: others of this socket may be stored with it."""
        saying = Saying(
            who=self._who,
            conversation_id=frame.conversation_id,
            cmid=frame.cmid,
            text=frame.text,
            files=frame.files,
        )

        self._unacked.add(frame.cmid)
        self._live.messages.put(saying, partial(self._said, bells, frame.cmid))

    def _said(self, bells: Bells, cmid: UUID, answer: Answer) -> None:
        if isinstance(answer, Event):
            self._stored.append(answer)
            bells.wake()
        else:
            self._unacked.discard(cmid)
            self._answer(frames.Refused(cmid=cmid, problem=problem_of(answer)), bells)
        self._served()

    def _answer(self, frame: Struct, bells: Bells) -> None:
        self._answers.append(frames.encode(frame))
        bells.wake()

    async def _pong(self) -> frames.Pong:
        """Raises SignInRequired once the token was given up or is past its time."""

        async def look(work: Work) -> frames.Pong:
            await caller_of(work, self._hello.token)
            return frames.Pong(now=await work.now())

        return await self._looked(look)

    def _whisper_typing(self, conversation: UUID, bells: Bells) -> None:
        if conversation not in self._cursors or not self._parts[conversation].talks:
            return
        kind = ActorKind.AGENT if isinstance(self._who, Agent) else ActorKind.CUSTOMER
        actor = Actor(kind=kind, id=self._who.id, name=self._who.name)
        frame = frames.TypingFrame(conversation_id=conversation, actor=actor)
        self._live.bus.whisper(topics.conversation(conversation), frames.encode(frame), bells)

    def _mark(self, conversation: UUID, *, delivered: int = 0, seen: int = 0) -> None:
        """Nobody has received more than they were sent."""
        cursor = self._cursors.get(conversation)
        if cursor is not None and self._parts[conversation].talks:
            delivered, seen = min(delivered, cursor), min(seen, cursor)
            side = self._viewer
            self._live.marks.put(
                Mark(conversation_id=conversation, side=side, delivered=delivered, seen=seen)
            )

    # --- sending ---

    async def _pump(self, bells: Bells) -> None:
        await self._greet(bells)
        while True:
            await self._pass_on(await bells.heard(), bells)

    async def _greet(self, bells: Bells) -> None:
        """Welcome, and what was missed, out of one snapshot: a thousand may come back at once."""
        wanted = list(self._hello.cursors)
        if not isinstance(self._who, Agent):
            wanted = [self._who.conversation_id]
        for conversation in wanted:
            self._join(conversation, bells)
        welcome, pages = await self._looked(partial(self._welcome, wanted))
        self._note_place(welcome.me)
        await self._send(welcome)
        for conversation in wanted:
            await self._tail(conversation, bells, pages.get(conversation))

    async def _welcome(
        self, wanted: Sequence[UUID], work: Work
    ) -> tuple[frames.Welcome, dict[UUID, Page]]:
        pages = {}
        for conversation in wanted:
            with suppress(NotFound):
                after = self._hello.cursors.get(conversation, 0)
                pages[conversation] = await self._page(conversation, after, work)
        me = await me_of(work, self._who, self._live.self_service)
        heads = {conversation: page.head for conversation, page in pages.items()}
        epoch, now = await work.epoch(), await work.now()
        return frames.Welcome(epoch=epoch, now=now, heads=heads, me=me), pages

    async def _pass_on(self, heard: Heard, bells: Bells) -> None:
        for event in heard.news:
            if topics.conversation(event.conversation_id) not in heard.topics:
                await self._pass_on_news(event, bells)
        while self._stored:
            await self._acknowledge(self._stored.popleft())
        while self._answers:
            await self._send_bytes(self._answers.popleft())
        while self._asked:
            await self._serve(self._asked.popleft(), bells)
            self._served()
        for frame in heard.whispers:
            await self._send_bytes(frame)
        for conversation in list(self._cursors):
            if topics.conversation(conversation) in heard.topics:
                await self._look(conversation, bells)
        if topics.place(self._who.id) in heard.topics:
            await self._send_place()
        moved = [one for one in self._cursors if topics.marks(one) in heard.topics]
        if moved:
            await self._send_marks(moved, await self._looked(lambda work: work.marks.of(moved)))
        if topics.me(self._who.id) in heard.topics:
            snapshot = await self._looked(self._me)
            self._note_place(snapshot.me)
            await self._send(snapshot)
        if topics.TEAM_READ in heard.topics and isinstance(self._who, Agent):
            await self._show_team(self._who)
        if await self._must_go(heard):
            # Not all at once: whoever serves next has to sign all of them in again.
            after_ms = random.randrange(BACK_WITHIN_MS)  # noqa: S311 - no secret
            await self._send(frames.GoAway(after_ms=after_ms))

    async def _show_team(self, agent: Agent) -> None:
        view = await self._live.team.view(agent)
        if view != self._team_shown:
            self._team_shown = view
            await self._send(frames.TeamFrame(**structs.asdict(view)))

    async def _must_go(self, heard: Heard) -> bool:
        """Once: as soon as the server is about to stop, or for those in a call when it stops."""
        if self._sent_away or not heard.topics & {topics.LEAVING, topics.STOPPING}:
            return False
        self._sent_away = topics.STOPPING in heard.topics or not await self._looked(self._in_call)
        return self._sent_away

    async def _in_call(self, work: Work) -> bool:
        return await in_call(work, self._who)

    async def _serve(self, frame: Asked, bells: Bells) -> None:
        match frame:
            case frames.Context():
                await self._pass_on_context(frame, bells)
            case frames.Unwatch(conversation_id=conversation):
                self._leave(conversation, bells)
            case frames.Got(conversation_id=conversation, upto=upto):
                self._mark(conversation, delivered=upto)
            case frames.Seen(conversation_id=conversation, upto=upto):
                self._mark(conversation, seen=upto)
            case frames.Sync(conversation_id=conversation, after=after):
                if conversation in self._cursors:
                    await self._follow(conversation, bells, after)
            case frames.Watch(conversation_id=conversation, after=after):
                if not await self._follow(conversation, bells, after):
                    problem = problem_of(NotFound("conversation"))
                    await self._send(frames.ErrorFrame(problem=problem))

    async def _pass_on_context(self, frame: frames.Context, bells: Bells) -> None:
        if self._context is None:
            return
        try:
            told = await unbroken(self._context.take(frame))
        except (TooOften, NotAllowed, TooLarge, BadChange) as error:
            await self._send(frames.ErrorFrame(problem=problem_of(error)))
            return
        interaction = self._context.interaction
        if told is not None and interaction is not None:
            self._live.bus.whisper(topics.context(interaction), frames.encode(told), bells)

    async def _pass_on_news(self, event: Event, bells: Bells) -> None:
        conversation = event.conversation_id
        cursor = self._cursors.get(conversation)
        if cursor is None or event.seq <= cursor:
            return
        if event.prev(self._viewer) != cursor:
            await self._follow(conversation, bells, cursor)
            return
        self._cursors[conversation] = event.seq
        await self._send(frames.event_frame(event_view(event, self._viewer)))
        self._unacked.discard(event.cmid)  # whoever sent it here has it now, as it is kept

    async def _acknowledge(self, event: Event) -> None:
        """Unless the event itself told it: one frame less, of three for each message."""
        if event.cmid is None or event.cmid not in self._unacked:
            return
        self._unacked.discard(event.cmid)
        await self._send(
            frames.Ack(
                cmid=event.cmid,
                conversation_id=event.conversation_id,
                seq=event.seq,
                prev=event.prev(self._viewer),
                at=event.at,
            )
        )

    async def _look(self, conversation: UUID, bells: Bells) -> None:
        """After a bell: where nothing is new for this viewer, nothing is sent, as hints go."""
        page = await self._next_page(conversation, self._cursors[conversation])
        if page is None or page.events:
            await self._tail(conversation, bells, page)

    async def _follow(self, conversation: UUID, bells: Bells, after: int) -> bool:
        """Send what is new after this cursor, and hear what will be.

        False where it is not, or no more, for this caller to see: then it is followed no longer.
        """
        self._join(conversation, bells)
        return await self._tail(conversation, bells, await self._next_page(conversation, after))

    def _join(self, conversation: UUID, bells: Bells) -> None:
        self._live.bus.join(topics.conversation(conversation), bells)
        self._live.bus.join(topics.marks(conversation), bells)

    def _take_part(self, conversation: UUID, part: Part, bells: Bells) -> None:
        """Hear what the app shows in the request that this agent has, and in no later one."""
        before = self._parts.get(conversation, NO_PART)
        for interaction in before.has - part.has:
            self._live.bus.leave(topics.context(interaction), bells)
        for interaction in part.has - before.has:
            self._live.bus.join(topics.context(interaction), bells)
        self._parts[conversation] = part

    def _leave(self, conversation: UUID, bells: Bells) -> None:
        self._live.bus.leave(topics.conversation(conversation), bells)
        self._take_part(conversation, NO_PART, bells)
        del self._parts[conversation]
        self._live.bus.leave(topics.marks(conversation), bells)
        self._cursors.pop(conversation, None)

    async def _tail(self, conversation: UUID, bells: Bells, page: Page | None) -> bool:
        """Send this page and all that follow, then up to where that was all."""
        marks: Sequence[Mark] = ()
        while page is not None:
            cursor = page.cursor
            self._take_part(conversation, page.part, bells)
            for event in page.events:
                await self._send(frames.event_frame(event_view(event, self._viewer)))
                if self._context is not None:
                    self._context.happened(event)
                cursor = event.seq
            self._cursors[conversation] = cursor
            if self._context is not None:
                await unbroken(self._context.keep_at_once())
            if page.marks is not None:
                marks = page.marks
            if len(page.events) < PAGE:
                await self._send(frames.Tail(conversation_id=conversation, upto=cursor))
                if marks:
                    await self._send_marks([conversation], marks)
                return True
            page = await self._next_page(conversation, cursor)
        self._leave(conversation, bells)
        return False

    async def _next_page(self, conversation: UUID, cursor: int) -> Page | None:
        """None where it is not, or no more, for this caller to see."""
        try:
            return await self._looked(partial(self._page, conversation, cursor))
        except NotFound:
            return None

    async def _page(self, conversation: UUID, cursor: int, work: Work) -> Page:
        part = await part_in(work, self._who, conversation)
        head = await work.timeline.head(conversation, self._viewer)
        if cursor > head:
            cursor = 0  # of another life of the database: start again
        first = conversation not in self._cursors
        marks = await work.marks.of([conversation]) if first and head else None
        if cursor == head:
            return Page(cursor, (), head, part, marks)
        events = await work.timeline.after(conversation, cursor, self._viewer, PAGE)
        return Page(cursor, events, head, part, marks)

    async def _send_marks(self, conversations: Sequence[UUID], marks: Sequence[Mark]) -> None:
        for one in conversations:
            await self._send(frames.marks_frame(one, marks_view(one, marks)))

    async def _me(self, work: Work) -> frames.MeFrame:
        """Raises SignInRequired once the token was given up; roles and queues may be others now."""
        self._who = await caller_of(work, self._hello.token)
        me = await me_of(work, self._who, self._live.self_service)
        return frames.MeFrame(me=me)

    async def _send_place(self) -> None:
        """A page that was told later by a snapshot sees by `now` that this is older."""
        place = self._live.places.of(self._who.id)
        if place is not None:
            await self._send(frames.PlaceFrame(**structs.asdict(place)))

    def _note_place(self, me: CustomerMe | AgentMe) -> None:
        if isinstance(me, CustomerMe):
            self._live.places.shown(me.customer.id, _shown(me.interaction))

    async def _looked(self, look: Callable[[Work], Awaitable[T]]) -> T:
        """What is seen in one snapshot; a socket that goes away meanwhile does not cut it."""

        async def whole() -> T:
            async with self._live.store.read() as work:
                return await look(work)

        return await unbroken(whole())

    async def _send(self, frame: Struct) -> None:
        await self._send_bytes(frames.encode(frame))

    async def _send_bytes(self, frame: bytes) -> None:
        self._sending_since = self._clock()
        await self._socket.send_data(frame, mode="text")
        self._sending_since = None

    # --- an agent's lease ---

    async def _renew_lease(self) -> None:
        if not isinstance(self._who, Agent):
            return
        before = self._renewed_at
        if before is not None and self._clock() - before < RENEW_AFTER_S:
            return
        self._renewed_at = self._clock()
        await unbroken(self._lease(LEASE, tell=before is None))

    async def _give_up_lease(self) -> None:
        if isinstance(self._who, Agent):
            await asyncio.shield(self._lease(timedelta(0), tell=True))

    async def _lease(self, length: timedelta, *, tell: bool) -> None:
        async with self._live.store.write() as work:
            until = await work.now() + length
            await work.agents.reachable_until(self._who.id, self._device, until)
            if tell:
                for topic in (topics.me(self._who.id), topics.TEAM, topics.QUEUE):
                    work.ring(topic)
