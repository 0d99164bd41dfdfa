"""Two processes on one Postgres: does each hear what the other does, also when bells are lost?"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from uuid import UUID

import pytest
from msgspec.structs import replace

from app import topics
from app.bus import postgres
from app.bus.memory import Bells, Heard
from app.bus.postgres import LARGEST, PostgresBus, Rung, Told, Whispered, payloads
from app.conversation.timeline import Event
from app.ids import new_id
from app.store.engine import open_database
from app.store.sql import SqlStore
from tests.contract.people import customer, said
from tests.fixtures.postgres import execute

NOTE = replace(said("internal"), kind="note")


class Process:
    """What one server process has: a bus and a store that rings it."""

    def __init__(self, url: str) -> None:
        self.bus = PostgresBus(url)
        self.store = SqlStore(open_database(url), self.bus.ring)

    async def say(self, conversation: UUID, text: str) -> Event:
        """As the writer of messages does."""
        async with self.store.write() as work:
            event = await work.timeline.append(conversation, said(text))
        self.bus.tell(event)
        return event


@asynccontextmanager
async def process(url: str) -> AsyncIterator[Process]:
    one = Process(url)
    running = asyncio.create_task(one.bus.run(one.store.read))
    with one.bus.listening("started") as bells:
        await soon(bells)  # the listening connection rings once when it is there
    try:
        yield one
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        await one.store.close()


@pytest.fixture
async def two(migrated_postgres_url: str) -> AsyncIterator[tuple[Process, Process]]:
    async with process(migrated_postgres_url) as here, process(migrated_postgres_url) as there:
        yield here, there


async def soon(bells: Bells) -> Heard:
    async with asyncio.timeout(5):
        return await bells.heard()


async def texts(bells: Bells, count: int) -> list[str]:
    """Messages that are passed on until there are so many."""
    told: list[Event] = []
    while len(told) < count:
        told += (await soon(bells)).news
    assert [event.seq for event in told] == sorted(event.seq for event in told)
    return [event.body["text"] for event in told]


async def test_a_bell_is_heard_by_the_other_and_once_by_itself(
    two: tuple[Process, Process],
) -> None:
    here, there = two
    with here.bus.listening("me:1") as mine, there.bus.listening("me:1", "me:2") as theirs:
        here.bus.ring({"me:1", "me:3"})
        assert (await soon(mine)).topics == {"me:1"}
        assert (await soon(theirs)).topics == {"me:1"}
        here.bus.ring({"me:2"})
        assert (await soon(theirs)).topics == {"me:2"}
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await mine.heard()


async def test_messages_are_read_once_for_all_pages(two: tuple[Process, Process]) -> None:
    here, there = two
    log = (await customer(here.store)).conversation_id
    topic = topics.conversation(log)
    with there.bus.listening(topic) as phone, there.bus.listening(topic) as desk:
        await here.say(log, "first")
        assert (await soon(phone)).topics == {topic}, "nothing is known yet: each reads by itself"
        await soon(desk)
        for n in range(20):
            await here.say(log, str(n))
        assert await texts(phone, 20) == [str(n) for n in range(20)]
        assert await texts(desk, 20) == [str(n) for n in range(20)]


async def test_what_is_no_message_makes_every_page_look_for_itself(
    two: tuple[Process, Process],
) -> None:
    here, there = two
    log = (await customer(here.store)).conversation_id
    topic = topics.conversation(log)
    with there.bus.listening(topic) as phone:
        await here.say(log, "first")
        await soon(phone)
        async with here.store.write() as work:  # its bell was lost
            await work.timeline.append(log, NOTE)
        await here.say(log, "second")
        heard = await soon(phone)
        assert (heard.topics, heard.news) == ({topic}, [])


async def test_a_whisper_reaches_the_other_process(two: tuple[Process, Process]) -> None:
    here, there = two
    with here.bus.listening("conversation:1") as mine, there.bus.listening("conversation:1") as one:
        here.bus.whisper("conversation:1", b'{"type":"typing"}', mine)
        assert (await soon(one)).whispers == [b'{"type":"typing"}']


async def test_lost_bells_cost_seconds(
    two: tuple[Process, Process], monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = two
    log = (await customer(here.store)).conversation_id
    topic = topics.conversation(log)
    monkeypatch.setattr(postgres, "LOOK_AGAIN_S", 0.1)
    with there.bus.listening(topic) as phone:
        async with here.store.write() as work:  # nobody rings
            await work.timeline.append(log, said("unheard"))
        assert (await soon(phone)).topics == {topic}


async def test_a_killed_connection_is_made_again_and_everybody_looks(
    two: tuple[Process, Process], migrated_postgres_url: str
) -> None:
    here, there = two
    with there.bus.listening("me:1") as bells:
        execute(
            migrated_postgres_url,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE application_name = 'warmline bus'",
        )
        assert (await soon(bells)).topics == {"me:1"}
        here.bus.ring({"me:1"})
        assert (await soon(bells)).topics == {"me:1"}


def test_many_bells_are_parted_and_none_is_lost() -> None:
    bells = [Rung(f"me:{new_id()}") for _ in range(500)] + [Told(new_id(), n) for n in range(500)]
    parted = list(payloads([*bells, Whispered("me:1", "x" * LARGEST), Whispered("me:1", "é" * 99)]))
    assert len(parted) > 5
    assert all(len(one.encode()) < 7_900 for one in parted)
    heard = [bell for one in parted for bell in postgres._decoder.decode(one)]
    assert heard == [*bells, Whispered("me:1", "é" * 99)]
