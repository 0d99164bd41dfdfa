"""How many steps could be stored if storing were all there is to do?

The SQL of one answer over HTTP, the same statements in the same transactions with the same
durability, by as many at once, without HTTP, JSON and the flow engine
(tests/api/test_benchmark_steps.py compares the statements). It runs in a process of its own, on
the core that the server has otherwise.
"""

import asyncio
import time
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path
from uuid import UUID, uuid4

import msgspec
import uvloop
from msgspec import Struct

from app.auth.access_token import hash_of
from app.catalogue import Catalogue
from app.conversation.timeline import Actor, ActorKind, Entry
from app.ids import new_id
from app.store.engine import open_database
from app.store.records import KeptAnswer, RunRow
from app.store.sql import SqlStore
from app.store.work import Store
from benchmarks.cores import pinned
from benchmarks.step_flow import definition, log_of
from tests.chaos.people import Seat, seat_customers
from tests.unit.selfservice.driver import START

ANSWERS = 45
"""As many as a run of 91 has on average."""

BODY = {
    "run_id": str(uuid4()),
    "flow": "questions",
    "title": "Questions",
    "step": "q45",
    "step_title": "Question 45",
    "code": None,
    "label": None,
    "status": "active",
}
_places: dict[str, list[tuple[Seat, UUID]]] = {}


class Place(Struct, frozen=True):
    """Whose step is stored, in which run."""

    token: str
    run_id: UUID


@contextmanager
def storing(core: int) -> Iterator[Executor]:
    """A process on this core, for `measure`."""
    pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"))
    try:
        with pinned(core):
            pool.submit(uuid4).result()  # started now, while this thread is on that core
        yield pool
    finally:
        pool.shutdown()


async def prepare(url: str, count: int, flows: Path) -> None:
    """An empty database is given the schema, customers, and a run of each to store in."""
    seats = await seat_customers(url, count)
    database = open_database(url)
    store = SqlStore(database, lambda topics: None)
    try:
        await Catalogue().publish_folder(store, flows)
        _places[url] = [(seat, await _begin(store, seat)) for seat in seats]
    finally:
        await database.close()


async def _begin(store: Store, seat: Seat) -> UUID:
    flow, run_id = definition(), new_id()
    _, state = log_of(flow, run_id, ANSWERS)
    async with store.write() as work:
        customer = await work.customers.of_conversation(UUID(seat.conversation_id))
        await work.runs.add(
            RunRow(
                id=run_id,
                customer_id=customer.id,
                conversation_id=customer.conversation_id,
                flow=flow.flow,
                hash=flow.version,
                inputs_key="{}",
                state=msgspec.json.encode(state),
                status="active",
                updated_at=START,
            )
        )
    return run_id


def places(url: str) -> list[tuple[Seat, UUID]]:
    """Whose runs `prepare` made there."""
    return _places[url]


async def measure(pool: Executor, url: str, seconds: float) -> int:
    """So many steps were stored in so long a time."""
    places = [Place(seat.token, run_id) for seat, run_id in _places[url]]
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(pool, _stored, url, places, seconds)


def _stored(url: str, places: list[Place], seconds: float) -> int:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_all(url, places, seconds))


async def _all(url: str, places: list[Place], seconds: float) -> int:
    database = open_database(url)
    store = SqlStore(database, lambda topics: None)
    try:
        await asyncio.gather(*(store_step(store, one) for one in places))  # statements are made
        end = time.monotonic() + seconds
        return sum(await asyncio.gather(*(_until(end, store, one) for one in places)))
    finally:
        await database.close()


async def _until(end: float, store: Store, place: Place) -> int:
    done = 0
    while time.monotonic() < end:
        await store_step(store, place)
        done += 1
    return done


async def store_step(store: Store, place: Place) -> None:
    """What one answer reads and writes."""
    async with store.read() as work:
        signed_in = await work.sign_ins.find(hash_of(place.token), await work.now())
        assert signed_in is not None
        customer = await work.customers.get(signed_in.owner_id)
    key = str(uuid4())
    async with store.write() as work:
        now = await work.now()
        kept = KeptAnswer(
            owner_id=customer.id,
            key=key,
            request_hash=sha256(key.encode()).digest(),
            body=b"",
            created_at=now,
        )
        await work.kept_answers.claim(kept)
        row = await work.runs.get(place.run_id)
        await work.runs.save(row)
        actor = Actor(kind=ActorKind.CUSTOMER, id=customer.id, name=customer.name)
        entry = Entry(
            kind="flow.answered", actor=actor, body=BODY, run_id=row.id, private=row.state[:200]
        )
        await work.timeline.append(row.conversation_id, entry)
        await work.codes.get(row.id)
        await work.kept_answers.answer(customer.id, key, row.state[:1200])
