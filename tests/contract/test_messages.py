"""Messages of many people, written together: who may, who is refused, what a fault does."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from uuid import UUID

import pytest
from msgspec.structs import replace
from structlog.testing import capture_logs

from app.conversation.closing import keep_open, propose
from app.conversation.errors import NotAllowed, NotFound
from app.conversation.interaction import Event as Step
from app.conversation.interaction import State, Talking
from app.conversation.messages import Saying, say_all
from app.conversation.people import Agent, Customer
from app.conversation.timeline import Event, Viewer
from app.ids import new_id
from app.messages import Answer, Messages, NotStored
from app.store.work import Store, Work
from tests.contract.people import NOON, accepted, agent, asked, customer, ended, offered


def saying(who: Agent | Customer, conversation: UUID, text: str = "hello") -> Saying:
    return Saying(who=who, conversation_id=conversation, cmid=new_id(), text=text)


async def texts(store: Store, conversation: UUID) -> list[str]:
    async with store.read() as work:
        events = await work.timeline.after(conversation, 0, Viewer.AGENT, 10_000)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    return [event.body["text"] for event in events]


async def say(store: Store, *sayings: Saying) -> list[object]:
    async with store.write() as work:
        return list(await say_all(work, sayings))


@pytest.fixture
async def maya(store: Store) -> Customer:
    return await customer(store)


@pytest.fixture
async def ana(store: Store) -> Agent:
    return await agent(store)


async def taken(store: Store, who: Customer, by: Agent) -> None:
    """An interaction of this customer is live with this agent."""
    queued = await asked(store, who)
    async with store.write() as work:
        saved = await work.interactions.save(offered(queued, by.id))
        await work.interactions.save(accepted(saved))


async def test_both_sides_of_an_interaction_may_write(
    store: Store, maya: Customer, ana: Agent
) -> None:
    await taken(store, maya, ana)
    here = maya.conversation_id
    first, second = await say(store, saying(maya, here, "a"), saying(ana, here, "b"))
    assert isinstance(first, Event)
    assert isinstance(second, Event)
    assert [(e.seq, e.actor.id) for e in (first, second)] == [(1, maya.id), (2, ana.id)]


async def _paused(store: Store, who: Customer) -> None:
    async with store.write() as work:
        live = await work.interactions.latest_of(who.id)
        assert live is not None
        await work.interactions.save(live.after(Step.PAUSE))


async def test_a_message_after_a_pause_puts_the_customer_back_in_line(
    store: Store, maya: Customer, ana: Agent
) -> None:
    await taken(store, maya, ana)
    before = saying(maya, maya.conversation_id, "before")
    await say(store, before)
    await _paused(store, maya)
    await say(store, before, saying(ana, maya.conversation_id, "still there?"))
    async with store.read() as work:
        paused = await work.interactions.latest_of(maya.id)
    assert paused is not None
    assert paused.state is State.PAUSED  # neither a repeat nor the agent ends it
    (said,) = await say(store, saying(maya, maya.conversation_id, "now"))
    assert isinstance(said, Event)
    async with store.read() as work:
        back = await work.interactions.latest_of(maya.id)
        tail = await work.timeline.after(maya.conversation_id, 2, Viewer.AGENT, 9)
    assert back is not None
    assert (back.state, back.enqueued_at) == (State.QUEUED, NOON)
    assert (back.owner_id, back.agent_id, back.accepted_at) == (ana.id, None, None)
    assert [one.kind for one in tail] == ["interaction.resumed", "message"]


async def test_what_may_not_be_said_ends_no_pause(store: Store, maya: Customer, ana: Agent) -> None:
    await taken(store, maya, ana)
    await _paused(store, maya)
    of_nobody = replace(saying(maya, maya.conversation_id), files=(new_id(),))
    assert [type(one) for one in await say(store, of_nobody)] == [NotFound]
    async with store.read() as work:
        paused = await work.interactions.latest_of(maya.id)
    assert paused is not None
    assert paused.state is State.PAUSED


async def test_an_end_that_was_withdrawn_meanwhile_is_not_withdrawn_again(
    store: Store, maya: Customer, ana: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    await taken(store, maya, ana)
    async with store.write() as work:
        live = await work.interactions.latest_of(maya.id)
        assert live is not None
        await propose(work, live.id, ana)
    async with store.write() as work:
        read = work.interactions.talking

        async def talking(conversations: Collection[UUID]) -> Sequence[Talking]:
            found = await read(conversations)
            await keep_open(work, live.id, ana)  # as by another process between two reads
            return found

        monkeypatch.setattr(work.interactions, "talking", talking)
        await say_all(work, [saying(maya, maya.conversation_id)])
    async with store.read() as work:
        events = await work.timeline.after(maya.conversation_id, 0, Viewer.AGENT, 9)
    kinds = [one.kind for one in events]
    assert kinds == ["interaction.closing", "interaction.kept_open", "message"]


async def test_strangers_are_refused_among_others_who_may(
    store: Store, maya: Customer, ana: Agent
) -> None:
    jonas = await customer(store, "jonas")
    tom = await agent(store, "Tom")
    await taken(store, maya, ana)
    await asked(store, jonas)
    here, there = maya.conversation_id, jonas.conversation_id
    answers = await say(
        store,
        saying(jonas, here),
        saying(maya, here, "mine"),
        saying(tom, here),
        saying(ana, there),
        saying(maya, new_id()),
        saying(jonas, there, "his"),
    )
    assert [type(one) for one in answers] == [NotFound, Event, NotFound, NotFound, NotFound, Event]
    assert len({str(one) for one in answers if isinstance(one, NotFound)}) == 1
    assert (await texts(store, here), await texts(store, there)) == (["mine"], ["his"])


async def test_nobody_writes_where_nobody_was_asked_for_help(store: Store, maya: Customer) -> None:
    assert [type(one) for one in await say(store, saying(maya, maya.conversation_id))] == [
        NotAllowed
    ]


@pytest.mark.parametrize(
    ("state", "may"), [(State.QUEUED, True), (State.WRAP_UP, True), (State.CLOSED, False)]
)
async def test_people_write_until_it_is_closed(
    store: Store, maya: Customer, ana: Agent, state: State, may: bool
) -> None:
    held = None if state is State.QUEUED else ana.id
    await asked(store, maya, state=state, agent_id=held)
    sayings = [saying(maya, maya.conversation_id)]
    if held:
        sayings.append(saying(ana, maya.conversation_id))
    answers = await say(store, *sayings)
    assert all(isinstance(one, Event) == may for one in answers)


async def test_a_repeat_is_answered_alike_also_after_the_end(
    store: Store, maya: Customer, ana: Agent
) -> None:
    await taken(store, maya, ana)
    here = maya.conversation_id
    mine, hers = saying(maya, here, "a"), saying(ana, here, "b")
    before = await say(store, mine, hers)
    async with store.write() as work:
        live = await work.interactions.latest_of(maya.id)
        assert live is not None
        over = ended(live, NOON, NOON + timedelta(minutes=2))
        saved = await work.interactions.save(over)
        await work.interactions.save(replace(saved, state=State.CLOSED))
    assert await say(store, hers, mine) == [before[1], before[0]]
    # Somebody else's id of a message tells nothing about it.
    foreign = Saying(who=ana, conversation_id=here, cmid=mine.cmid, text="a")
    assert [type(one) for one in await say(store, foreign)] == [NotFound]
    assert await texts(store, here) == ["a", "b"]


async def test_card_numbers_do_not_survive(store: Store, maya: Customer) -> None:
    await asked(store, maya)
    await say(store, saying(maya, maya.conversation_id, "it is 4242 4242 4242 4242"))
    assert await texts(store, maya.conversation_id) == ["it is •••• 4242"]


# --- written together ---------------------------------------------------------------------------


class Faulty:
    """A store whose writes can be made to fail, before or after they are committed."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.epoch, self.read, self.close = store.epoch, store.read, store.close
        self.writes = 0
        self.before: Callable[[Work], Awaitable[None]] | None = None
        self.after: list[Exception] = []

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Work]:
        self.writes += 1
        async with self._store.write() as work:
            yield work
            if self.before is not None:
                await self.before(work)
        if self.after:
            raise self.after.pop()


@asynccontextmanager
async def writing(store: Store) -> AsyncIterator[tuple[Messages, list[Event]]]:
    heard: list[Event] = []
    messages = Messages(store, heard.append)
    task = asyncio.create_task(messages.write())
    try:
        yield messages, heard
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def spoken(messages: Messages, one: Saying) -> Event:
    """Say it and wait for the commit."""
    answered: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
    messages.put(one, answered.set_result)
    answer = await answered
    if isinstance(answer, Event):
        return answer
    raise answer


async def test_what_waits_is_one_transaction(store: Store, maya: Customer) -> None:
    await asked(store, maya)
    faulty = Faulty(store)
    sayings = [saying(maya, maya.conversation_id, str(n)) for n in range(100)]
    async with writing(faulty) as (messages, heard):
        events = await asyncio.gather(*(spoken(messages, one) for one in [*sayings, sayings[3]]))
    assert faulty.writes == 1
    assert [event.cmid for event in events[:-1]] == [one.cmid for one in sayings]
    assert events[-1] == events[3]
    assert await texts(store, maya.conversation_id) == [str(n) for n in range(100)]
    assert [event.seq for event in heard[:100]] == list(range(1, 101))


async def test_the_refused_hear_why_and_the_others_are_stored(
    store: Store, maya: Customer, ana: Agent
) -> None:
    await asked(store, maya)
    here = maya.conversation_id
    async with writing(store) as (messages, heard):
        answers = await asyncio.gather(
            spoken(messages, saying(ana, here)),
            spoken(messages, saying(maya, here, "mine")),
            return_exceptions=True,
        )
    assert isinstance(answers[0], NotFound)
    assert isinstance(answers[1], Event)
    assert [event.body["text"] for event in heard] == ["mine"]


async def test_an_error_after_the_commit_stores_nothing_twice(store: Store, maya: Customer) -> None:
    await asked(store, maya)
    faulty = Faulty(store)
    faulty.after = [OSError("connection lost")] * 3
    sayings = [saying(maya, maya.conversation_id, str(n)) for n in range(20)]
    async with writing(faulty) as (messages, _):
        events = await asyncio.gather(*(spoken(messages, one) for one in sayings))
    assert [event.seq for event in events] == list(range(1, 21))
    assert await texts(store, maya.conversation_id) == [str(n) for n in range(20)]


async def test_one_that_cannot_be_stored_is_refused_alone(store: Store, maya: Customer) -> None:
    await asked(store, maya)
    faulty = Faulty(store)
    bad = saying(maya, maya.conversation_id, "poison")

    async def refuse(work: Work) -> None:
        if await work.timeline.stored([(bad.conversation_id, bad.cmid)]):
            raise ValueError("a value that the database does not take")

    faulty.before = refuse
    good = [saying(maya, maya.conversation_id, str(n)) for n in range(9)]
    with capture_logs() as logged:
        async with writing(faulty) as (messages, _):
            answers = await asyncio.gather(
                *(spoken(messages, one) for one in [*good[:4], bad, *good[4:]]),
                return_exceptions=True,
            )
    assert [one["cmid"] for one in logged if one["log_level"] == "error"] == [str(bad.cmid)]
    assert isinstance(answers.pop(4), NotStored)
    assert all(isinstance(one, Event) for one in answers)
    assert await texts(store, maya.conversation_id) == [str(n) for n in range(9)]


async def test_messages_wait_for_a_database_that_is_away(store: Store, maya: Customer) -> None:
    await asked(store, maya)
    faulty = Faulty(store)
    away = True

    async def epoch() -> UUID:
        if away:
            raise OSError("no connection")
        return await store.epoch()

    async def fail(work: Work) -> None:
        if away:
            raise OSError("no connection")

    faulty.epoch, faulty.before = epoch, fail
    async with writing(faulty) as (messages, heard):
        saying_ = asyncio.create_task(spoken(messages, saying(maya, maya.conversation_id)))
        await asyncio.sleep(0.3)
        assert (saying_.done(), heard, faulty.writes) == (False, [], 1)
        away = False
        assert (await saying_).seq == 1


async def test_a_database_that_stays_away_keeps_nobody_from_ending(
    store: Store, maya: Customer
) -> None:
    faulty = Faulty(store)

    async def away() -> UUID:
        raise OSError("no connection")

    async def fail(work: Work) -> None:
        raise OSError("no connection")

    faulty.epoch, faulty.before = away, fail
    began = time.monotonic()
    async with asyncio.timeout(5), writing(faulty) as (messages, _):
        messages.put(saying(maya, maya.conversation_id), lambda answer: None)
        await asyncio.sleep(0.1)
    assert time.monotonic() - began < 2
