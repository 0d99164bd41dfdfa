"""Is each thing that must hold found where it does not, and mended where that is possible?"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Executable, delete, text, update

from app.calls import Calls
from app.catalogue import Catalogue
from app.conversation import consult, desk
from app.conversation.context import Action, AppState, Context
from app.conversation.interaction import Channel, Interaction, State
from app.conversation.invariants import INVARIANT, Broken, Violation
from app.conversation.participant import Participant, Role
from app.conversation.participant import State as Joining
from app.conversation.people import Agent, Customer, Intent
from app.conversation.setup import DEFAULT_DISPOSITIONS
from app.conversation.target import ToQueue
from app.conversation.telling import by_customer
from app.conversation.timeline import SYSTEM, Entry
from app.ids import new_id
from app.jobs import reconciler
from app.jobs.reconciler import Finding, Reconciler
from app.queue import offer_round
from app.runs.log import RunLog
from app.store import tables
from app.store.engine import open_database
from app.store.memory import MemoryStore
from app.store.records import FlowVersion
from app.store.sql import SqlStore
from app.store.work import Store
from push.delivery import DeliveryState
from push.device import Device, DeviceKind
from push.notification import Notification, NotificationClass
from rtc.memory import MemoryEngine
from selfservice import events
from selfservice.definition import load
from selfservice.texts import Catalogues
from tests.contract.people import (
    NOON,
    accepted,
    agent,
    asked,
    asking,
    customer,
    customers,
    ended,
    no_flows,
    offered,
    ringing,
)

FLOW = """\
flow: limit
title: Raise the limit
start: how
on:
  help: {queue: cards, reason: limit}
steps:
  how:
    choice: How?
    options: [more, less]
    next: done
  done: {end: solved}
"""
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


class Bank:
    """A store with a customer and two agents of the queue, and a way past its rules."""

    def __init__(self, store: Store, maya: Customer, ana: Agent, lou: Agent) -> None:
        self.store, self.maya, self.ana, self.lou = store, maya, ana, lou

    async def waiting(self, **fields: object) -> Interaction:
        return await asked(self.store, self.maya, **fields)

    async def waiting_again(self) -> Interaction:
        """Past the rule that there is one: it was over, and is not any more."""
        over = await self.waiting(state=State.CLOSED, enqueued_at=NOON + HOUR)
        if isinstance(self.store, SqlStore):
            await self.sql(text("DROP INDEX uq_interaction_open"))
        return await self.saved(replace(over, state=State.QUEUED))

    async def saved(self, one: Interaction) -> Interaction:
        async with self.store.write() as work:
            return await work.interactions.save(one)

    async def offer(self, age: timedelta = timedelta()) -> Interaction:
        async with self.store.read() as work:
            now = await work.now()
        return await self.saved(offered(await self.waiting(), self.ana.id, now - age))

    async def live(self, channel: Channel = Channel.TEXT) -> Interaction:
        return await self.saved(replace(accepted(await self.offer()), channel=channel))

    async def beside(self, one: Interaction, **fields: object) -> Participant:
        async with self.store.write() as work:
            now = await work.now()
            asking = Participant(
                id=new_id(),
                interaction_id=one.id,
                role=Role.CONSULT,
                state=Joining.ASKED,
                asked_by=self.ana.id,
                asked_at=now,
                until=now + MINUTE,
            )
            await work.participants.add(replace(asking, **fields))
        return asking

    async def joined(self, one: Interaction) -> Participant:
        return await self.beside(one, state=Joining.JOINED, agent_id=self.lou.id)

    async def sql(self, statement: Executable) -> None:
        assert isinstance(self.store, SqlStore)
        async with self.store._database.write() as db:
            await db.execute(statement)


Plant = Callable[[Bank], Awaitable[UUID]]


class Case(Struct, frozen=True):
    plant: Plant
    mended: bool


CASES: dict[str, tuple[Broken, Case]] = {}


def case(broken: Broken, *, mended: bool) -> Callable[[Plant], Plant]:
    def kept(plant: Plant) -> Plant:
        CASES[plant.__name__] = (broken, Case(plant, mended))
        return plant

    return kept


@case(Broken.HELD_BY_NOBODY, mended=True)
async def offered_to_nobody(bank: Bank) -> UUID:
    return (await bank.saved(replace(await bank.offer(), offer=None))).id


@case(Broken.HELD_BY_NOBODY, mended=True)
async def live_with_nobody(bank: Bank) -> UUID:
    return (await bank.saved(replace(await bank.live(), agent_id=None))).id


@case(Broken.HELD_BY_NOBODY, mended=True)
async def joined_by_nobody(bank: Bank) -> UUID:
    return (await bank.beside(await bank.live(), state=Joining.JOINED)).id


@case(Broken.HELD_BY_TWO, mended=True)
async def waiting_with_an_agent(bank: Bank) -> UUID:
    return (await bank.saved(replace(await bank.waiting(), agent_id=bank.lou.id))).id


@case(Broken.HELD_BY_TWO, mended=True)
async def live_and_offered(bank: Bank) -> UUID:
    live = await bank.live()
    offer = offered(replace(live, state=State.QUEUED), bank.lou.id).offer
    return (await bank.saved(replace(live, offer=offer))).id


@case(Broken.COUNTED_THOUGH_CLOSED, mended=True)
async def closed_but_counted(bank: Bank) -> UUID:
    one = await bank.beside(await bank.live(), state=Joining.CLOSED, agent_id=bank.lou.id)
    return one.id


@case(Broken.CALL_MISSING, mended=True)
async def in_a_call_that_is_none(bank: Bank) -> UUID:
    return (await bank.live(Channel.VOICE)).id


@case(Broken.ENDLESS_WRAP_UP, mended=True)
async def wrap_up_without_end(bank: Bank) -> UUID:
    over = ended(await bank.live(), NOON, NOON)
    return (await bank.saved(replace(over, wrap_up_until=None))).id


@case(Broken.LATE_WRAP_UP, mended=True)
async def wrap_up_that_should_be_over(bank: Bank) -> UUID:
    return (await bank.saved(ended(await bank.live(), NOON, NOON))).id


@case(Broken.LATE_OFFER, mended=True)
async def offer_that_should_be_over(bank: Bank) -> UUID:
    return (await bank.offer(age=MINUTE)).id


@case(Broken.ENDLESS_OFFER, mended=True)
async def asked_without_end(bank: Bank) -> UUID:
    one = await bank.beside(await bank.live(), state=Joining.OFFERED, agent_id=bank.lou.id)
    return one.id


@case(Broken.LATE_ASKING, mended=True)
async def asked_too_long(bank: Bank) -> UUID:
    return (await bank.beside(await bank.live(), until=NOON)).id


@case(Broken.BESIDE_WHAT_IS_OVER, mended=True)
async def joined_to_what_is_over(bank: Bank) -> UUID:
    live = await bank.live()
    one = await bank.joined(live)
    async with bank.store.read() as work:
        now = await work.now()
    await bank.saved(ended(live, now - MINUTE, now + MINUTE))
    return one.id


@case(Broken.BESIDE_ONESELF, mended=True)
async def beside_oneself(bank: Bank) -> UUID:
    one = await bank.beside(await bank.live(), state=Joining.JOINED, agent_id=bank.ana.id)
    return one.id


@case(Broken.LATE_CALL, mended=True)
async def ringing_for_ever(bank: Bank) -> UUID:
    call = ringing(await bank.live(Channel.VOICE))
    async with bank.store.write() as work:
        await work.calls.add(call)
    return call.id


@case(Broken.CALL_LEFT_OVER, mended=True)
async def call_without_conversation(bank: Bank) -> UUID:
    async with bank.store.write() as work:
        now = await work.now()
    call = ringing(await bank.live(Channel.VOICE), state_since=now)
    async with bank.store.write() as work:
        await work.calls.add(call)
        live = await work.interactions.get(call.interaction_id)
        await work.interactions.save(ended(live, now, now + MINUTE))
    return call.id


@case(Broken.RUN_LEFT_BEHIND, mended=True)
async def run_whose_helper_is_gone(bank: Bank) -> UUID:
    definition, now = load(FLOW, "limit.yaml"), NOON
    runs = RunLog(Catalogue(), Catalogues(Path()))
    actor = events.Actor(kind="customer", id=str(bank.maya.id))
    started = events.Started(
        at=now, actor=actor, run=new_id(), flow="limit", version=definition.version, inputs={}
    )
    async with bank.store.write() as work:
        version = FlowVersion(hash=definition.version, flow="limit", body=FLOW, published_at=now)
        await work.flow_versions.publish(version)
        await runs.start(work, bank.maya, definition, started, "{}")
        helped = events.HelpAsked(at=now, actor=actor, channel="text")
        run = await runs.get(work, started.run)
        await runs.append_unattended(work, run, helped, by_customer(bank.maya))
        now = await work.now()
    live = replace(await bank.live(), run_id=started.run)
    await bank.saved(ended(live, now, now + MINUTE))
    return started.run


@case(Broken.LEFT_ALONE, mended=False)
async def left_alone(bank: Bank) -> UUID:
    live = await bank.live()
    async with bank.store.write() as work:
        await work.agents.set_intent(bank.ana.id, Intent.OFFLINE, await work.now() - HOUR)
    return live.id


@case(Broken.TIMELINE_GAP, mended=False)
async def timeline_with_a_hole(bank: Bank) -> UUID:
    id = bank.maya.conversation_id
    async with bank.store.write() as work:
        for word in ("one", "two", "three"):
            entry = Entry(kind="message", actor=by_customer(bank.maya), body={"text": word})
            await work.timeline.append(id, entry)
    if isinstance(bank.store, MemoryStore):
        one, _, three = bank.store._tables.events[id]
        bank.store._tables.events[id] = (one, three)
    else:
        log = tables.event.c
        await bank.sql(delete(tables.event).where(log.conversation_id == id, log.seq == 2))
    return id


@case(Broken.SHOWN_TO_CUSTOMER, mended=False)
async def note_for_everyone(bank: Bank) -> UUID:
    async with bank.store.write() as work:
        entry = Entry(kind="note", actor=by_customer(bank.maya), body={"text": "rude"})
        await work.timeline.append(bank.maya.conversation_id, entry)
    return bank.maya.conversation_id


@case(Broken.NOBODY_COULD_COME, mended=False)
async def waiting_where_nobody_works(bank: Bank) -> UUID:
    return (await bank.waiting(queue="nowhere")).id


@case(Broken.NOT_REDACTED, mended=False)
async def secret_in_the_context(bank: Bank) -> UUID:
    waiting = await bank.waiting()
    await _attach(bank, waiting, AppState(screen="Card", fields={"pin": "4711"}))
    return waiting.id


@case(Broken.PLACE_LOST, mended=False)
async def asked_after_it_began_to_wait(bank: Bank) -> UUID:
    return (await bank.waiting(enqueued_at=NOON, wait_began_at=NOON - HOUR)).id


@case(Broken.DELIVERY_STUCK, mended=True)
async def held_for_ever(bank: Bank) -> UUID:
    id = await _claimed(bank)
    if isinstance(bank.store, MemoryStore):
        rows = bank.store._tables.deliveries
        rows[id] = replace(rows[id], lease_until=None)
    else:
        one = update(tables.delivery).where(tables.delivery.c.id == id)
        await bank.sql(one.values(lease_until=None))
    return id


@case(Broken.DEAD_WITHOUT_REASON, mended=False)
async def died_of_nothing(bank: Bank) -> UUID:
    id = await _claimed(bank)
    if isinstance(bank.store, MemoryStore):
        rows = bank.store._tables.deliveries
        rows[id] = replace(rows[id], state=DeliveryState.DEAD, lease_until=None)
    else:
        one = update(tables.delivery).where(tables.delivery.c.id == id)
        await bank.sql(one.values(lease_until=None, state=DeliveryState.DEAD))
    return id


@case(Broken.TWO_OPEN, mended=False)
async def two_open(bank: Bank) -> UUID:
    """The last one: nothing can be added without the index that it takes away."""
    await bank.waiting()
    return (await bank.waiting_again()).id


async def _bank(store: Store, name: str = "maya") -> Bank:
    ana, lou = await agent(store, f"Ana.{name}"), await agent(store, f"Lou.{name}")
    return Bank(store, await customer(store, name), ana, lou)


@pytest.fixture
async def bank(store: Store) -> Bank:
    return await _bank(store)


def _of(store: Store) -> Reconciler:
    return Reconciler(store, Calls(store, MemoryEngine()), no_flows())


@pytest.mark.parametrize("name", CASES)
async def test_what_is_broken_is_found_counted_and_mended_where_it_can_be(
    store: Store, name: str
) -> None:
    broken, case = CASES[name]
    id = await case.plant(await _bank(store, name))
    planted = Finding(Violation(broken, id), case.mended)
    looking = _of(store)
    assert set(await looking.look()) == {planted}
    assert looking.found == Counter({(broken, case.mended): 1})
    assert set(await looking.look()) == (set() if case.mended else {planted})


def test_every_invariant_has_a_case_and_is_documented() -> None:
    assert {broken for broken, _ in CASES.values()} == set(Broken) == set(INVARIANT)
    operations = Path("docs/operations.md").read_text()
    for broken in Broken:
        cases = [case for known, case in CASES.values() if known is broken]
        mended = "yes" if any(case.mended for case in cases) else "no"
        row = f"| `{broken}` | {INVARIANT[broken]} |"
        (found,) = [line for line in operations.splitlines() if line.startswith(row)]
        assert found.split("|")[-2].strip().split(":")[0] == mended, found


async def test_a_life_through_the_ordinary_verbs_breaks_nothing(bank: Bank) -> None:
    looking, store, ana = _of(bank.store), bank.store, bank.ana
    async with store.write() as work:
        now = await work.now()
        await work.agents.set_intent(ana.id, Intent.AVAILABLE, now)
        await work.agents.reachable_until(ana.id, new_id(), now + MINUTE)
        await desk.ask(work, asking(bank.maya, enqueued_at=now), bank.maya)
    assert list(await looking.look()) == []
    await offer_round(store)
    assert list(await looking.look()) == []
    async with store.write() as work:
        (offer,) = await work.interactions.with_agent(ana.id)
        await desk.accept(work, offer.id, ana)
        await consult.ask(work, offer.id, ana, Role.CONSULT, ToQueue(name="cards"), "limit?")
        await desk.add_note(work, offer.id, ana, "asks for the limit")
    await _attach(bank, offer, AppState(screen="Card", fields={"card_id": "c1"}, errors=("no",)))
    assert list(await looking.look()) == []
    async with store.write() as work:
        over = await desk.end(work, offer.id, ana)
        await consult.over(work, over, SYSTEM)
    assert list(await looking.look()) == []
    async with store.write() as work:
        await desk.wrap_up(work, offer.id, ana, DEFAULT_DISPOSITIONS[0].code, "")
    assert list(await looking.look()) == []
    assert not looking.found


async def test_two_that_look_at_once_mend_it_once(migrated_postgres_url: str) -> None:
    store = SqlStore(open_database(migrated_postgres_url), lambda topics: None)
    try:
        bank = await _bank(store)
        await offer_that_should_be_over(bank)
        found = await asyncio.gather(*(_of(store).look() for _ in range(4)))
        assert [finding.mended for one in found for finding in one] == [True]
    finally:
        await store.close()


async def test_one_that_cannot_be_mended_does_not_keep_the_others_from_it(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    await offer_that_should_be_over(bank)
    await held_for_ever(bank)

    async def fails(work: object, interaction: object) -> None:
        raise RuntimeError("a mistake in the verb")

    monkeypatch.setattr(desk, "expire", fails)
    mended = {one.violation.broken: one.mended for one in await _of(bank.store).look()}
    assert mended == {Broken.LATE_OFFER: False, Broken.DELIVERY_STUCK: True}


async def test_it_goes_through_everything_page_by_page(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconciler, "PAGE", 2)
    looking = _of(store)
    lost = [await asked(store, one, queue="nowhere") for one in await customers(store, 5)]
    found = [one.violation.id for _ in range(4) for one in await looking.look()]
    assert set(found) == {one.id for one in lost}
    assert list(await looking.look())  # and begins anew


async def _attach(bank: Bank, one: Interaction, state: AppState) -> None:
    async with bank.store.write() as work:
        actions = (Action(at=NOON, name="tap", detail={"target": "help"}),)
        capsule = Context(
            interaction_id=one.id,
            app_state=state,
            actions=actions,
            claims=(),
            removed=(),
            captured_at=NOON,
        )
        await work.contexts.add(capsule)


async def _claimed(bank: Bank) -> UUID:
    """A delivery in the hands of a worker."""
    async with bank.store.write() as work:
        now = await work.now()
        phone = Device(
            id=new_id(),
            customer_id=bank.maya.id,
            kind=DeviceKind.FCM_TOKEN,
            address=f"token of {bank.maya.subject}",
            app="demo",
            locale="en",
            registered_at=now,
        )
        await work.devices.register(phone)
        news = Notification(
            id=new_id(),
            customer_id=bank.maya.id,
            class_=NotificationClass.FOLLOWUP,
            title="Go on",
            body="Tap",
            link="#/",
            created_at=now,
        )
        await work.notifications.add(news)
        (claimed,) = await work.deliveries.claim(1, MINUTE, now)
    return claimed.delivery.id
