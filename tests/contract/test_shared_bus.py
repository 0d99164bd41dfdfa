"""Two processes: does each hear what the other does, also when bells or their carrier are lost?"""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from uuid import UUID

import pytest
from msgspec import Struct
from msgspec.structs import replace

from app import topics
from app.bus import shared
from app.bus.memory import Bells, Bus, Heard
from app.bus.postgres import PostgresLine
from app.bus.redis import RedisLine
from app.bus.shared import LARGEST, Line, Rung, SharedBus, Told, Whispered, payloads
from app.conversation.timeline import Event
from app.ids import new_id
from app.store.engine import open_database
from app.store.sql import SqlStore
from tests.contract.people import customer, said
from tests.fixtures.postgres import execute
from tests.fixtures.redis import RedisServer

NOTE = replace(said("internal"), kind="note")


class Process:
    """What one server process has: a bus and a store that rings it."""

    def __init__(self, url: str, line: Line) -> None:
        self.bus = SharedBus(line)
        self.store = SqlStore(open_database(url), self.bus.ring)

    async def say(self, conversation: UUID, text: str) -> Event:
        """As the writer of messages does."""
        async with self.store.write() as work:
            event = await work.timeline.append(conversation, said(text))
        self.bus.tell(event)
        return event


class Carrier(Struct, frozen=True):
    """What carries bells, and how its connections are cut."""

    line: Callable[[], Line]
    cut: Callable[[], None]


@pytest.fixture(params=["postgres", "redis"])
def carrier(request: pytest.FixtureRequest, migrated_postgres_url: str) -> Carrier:
    if request.param == "postgres":
        cut = (
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE application_name = 'warmline bus' AND datname = current_database()"
        )
        return Carrier(
            lambda: PostgresLine(migrated_postgres_url),
            lambda: execute(migrated_postgres_url, cut),
        )
    server: RedisServer = request.getfixturevalue("redis_server")

    def restart() -> None:
        server.kill()
        server.start()

    return Carrier(lambda: RedisLine(server.url), restart)


@asynccontextmanager
async def process(url: str, line: Line) -> AsyncIterator[Process]:
    one = Process(url, line)
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
async def two(
    migrated_postgres_url: str, carrier: Carrier
) -> AsyncIterator[tuple[Process, Process]]:
    async with (
        process(migrated_postgres_url, carrier.line()) as here,
        process(migrated_postgres_url, carrier.line()) as there,
    ):
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


async def test_what_was_whispered_to_who_may_not_listen_is_not_heard() -> None:
    bus = Bus()
    with bus.listening() as speaker, bus.listening("me:1") as one:
        bus.join("conversation:1", one)  # first joined, then looked up whether it may be
        bus.whisper("conversation:1", b'{"type":"context"}', speaker)
        bus.leave("conversation:1", one)
        bus.ring(["me:1"])
        assert (await one.heard()).whispers == []


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
    monkeypatch.setattr(shared, "LOOK_AGAIN_S", 0.1)
    with there.bus.listening(topic) as phone:
        async with here.store.write() as work:  # nobody rings
            await work.timeline.append(log, said("unheard"))
        assert (await soon(phone)).topics == {topic}


async def test_a_cut_connection_is_made_again_and_everybody_looks(
    two: tuple[Process, Process], carrier: Carrier
) -> None:
    here, there = two
    with there.bus.listening("me:1") as bells:
        carrier.cut()
        assert (await soon(bells)).topics == {"me:1"}
        here.bus.ring({"me:1"})
        assert (await soon(bells)).topics == {"me:1"}


async def test_what_rings_while_nobody_carries_it_is_heard_afterwards(
    migrated_postgres_url: str, redis_server: RedisServer
) -> None:
    async with (
        process(migrated_postgres_url, RedisLine(redis_server.url)) as here,
        process(migrated_postgres_url, RedisLine(redis_server.url)) as there,
    ):
        log = (await customer(here.store)).conversation_id
        topic = topics.conversation(log)
        with there.bus.listening(topic) as phone, there.bus.listening("me:1") as desk:
            redis_server.kill()
            await here.say(log, "meanwhile")
            here.bus.ring({"me:1"})
            assert (await soon(phone)).topics == {topic}, "by the look at the heads"
            redis_server.start()
            assert (await soon(desk)).topics == {"me:1"}


@contextmanager
def paused(server: RedisServer) -> Iterator[None]:
    """It takes connections and says nothing."""
    os.kill(server.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(server.pid, signal.SIGCONT)


async def test_while_nothing_is_heard_pages_look_by_themselves(
    migrated_postgres_url: str, redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared, "LOOK_AGAIN_S", 0.1)
    monkeypatch.setattr(shared, "DEAF_AFTER_S", 0.5)
    monkeypatch.setattr(shared, "SIGN_OF_LIFE_S", 0.1)
    async with process(migrated_postgres_url, RedisLine(redis_server.url)) as there:
        with there.bus.listening("me:1", topics.TEAM) as bells:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(1):
                    await bells.heard()  # it hears itself: no reason to look
            with paused(redis_server):
                for _ in range(3):
                    assert (await soon(bells)).topics & {"me:1", topics.TEAM}


def test_many_bells_are_parted_and_none_is_lost() -> None:
    bells = [Rung(f"me:{new_id()}") for _ in range(500)] + [Told(new_id(), n) for n in range(500)]
    parted = list(payloads([*bells, Whispered("me:1", "x" * LARGEST), Whispered("me:1", "é" * 99)]))
    assert len(parted) > 5
    assert all(len(one.encode()) < 7_900 for one in parted)
    heard = [bell for one in parted for bell in shared.decode(one)]
    assert heard == [*bells, Whispered("me:1", "é" * 99)]
