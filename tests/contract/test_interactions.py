"""Interactions: at most one open per customer, changed by one at a time, claimed once."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from msgspec.structs import replace

from app.conversation.errors import AlreadyOpen, NotFound, Stale
from app.conversation.interaction import (
    Attempt,
    Channel,
    Closing,
    ClosingReason,
    Event,
    How,
    Interaction,
    Passing,
    Rating,
    State,
    Talking,
    Wanted,
)
from app.conversation.queues import Queue
from app.conversation.routing import in_order
from app.conversation.waiting import Outcome
from app.ids import new_id
from app.store.work import Store
from tests.contract.people import (
    NOON,
    accepted,
    agent,
    asked,
    asking,
    customer,
    customers,
    ended,
    flow_version,
    offered,
    started,
)

MINUTE = timedelta(minutes=1)


async def _save(store: Store, interaction: Interaction) -> Interaction:
    async with store.write() as work:
        return await work.interactions.save(interaction)


async def _get(store: Store, id: UUID) -> Interaction:
    async with store.read() as work:
        return await work.interactions.get(id)


async def test_every_field_comes_back(store: Store) -> None:
    maya, ana = await customer(store), await agent(store)
    await flow_version(store)
    run = await started(store, maya)
    full = asking(
        maya,
        state=State.CLOSED,
        channel=Channel.VIDEO,
        run_id=run.id,
        agent_id=ana.id,
        offer=offered(asking(maya), ana.id).offer,
        tried=(Attempt(agent_id=ana.id, at=NOON + MINUTE), Attempt(agent_id=new_id(), at=NOON)),
        accepted_at=NOON + MINUTE,
        ended_at=NOON + 2 * MINUTE,
        wrap_up_until=NOON + 3 * MINUTE,
        disposition="solved_together",
        rating=Rating(score=5, text="Danke ☀"),
        language="de",
        skills={"fraud": 3},
        crisis=True,
        owner_id=ana.id,
        expected_s=12.5,
        wait_began_at=NOON + MINUTE,
        paused_at=NOON + 2 * MINUTE,
        remind_at=NOON + 3 * MINUTE,
        notify=True,
        callback_id=new_id(),
        passed_on=Passing(
            how=How.TRANSFERRED,
            agent_id=ana.id,
            by="Ana",
            to="cards",
            reason="fraud",
            note="☀",
            at=NOON,
        ),
        wanted=Wanted(agent_id=ana.id, until=NOON + MINUTE),
        closing=Closing(reason=ClosingReason.SILENCE, since=NOON, until=NOON + MINUTE),
        quiet_at=NOON + 2 * MINUTE,
        nobody_since=NOON,
        crisis_claimed=True,
    )
    async with store.write() as work:
        await work.interactions.add(full)
    assert await _get(store, full.id) == full
    saved = await _save(store, replace(full, tried=(), rating=None, offer=None, closing=None))
    assert saved.version == full.version + 1
    assert await _get(store, full.id) == saved


async def test_an_unknown_one_is_not_found(store: Store) -> None:
    with pytest.raises(NotFound, match="no such interaction"):
        await _get(store, new_id())
    with pytest.raises(NotFound, match="no such interaction"):
        await _save(store, asking(await customer(store)))


async def test_a_second_open_one_is_refused_with_the_id_of_the_first(store: Store) -> None:
    maya, ana = await customer(store), await agent(store)
    first = await asked(store, maya)
    with pytest.raises(AlreadyOpen) as refused:
        await asked(store, maya)
    assert refused.value.interaction_id == first.id
    live = accepted(offered(first, ana.id))
    await _save(store, live)
    with pytest.raises(AlreadyOpen):
        await asked(store, maya)


async def test_one_in_wrap_up_or_closed_is_in_nobodys_way(store: Store) -> None:
    maya, ana = await customer(store), await agent(store)
    live = await _save(store, accepted(offered(await asked(store, maya), ana.id)))
    await _save(store, ended(live, NOON + MINUTE, NOON + 2 * MINUTE))
    second = await asked(store, maya)
    await _save(store, second.after(Event.CANCEL))
    await asked(store, maya)


async def test_twenty_added_at_once_leave_one_and_all_hear_of_it(store: Store) -> None:
    """RocketChat#39087: a customer who opened the chat twice at once had two rooms."""
    maya = await customer(store)
    done = await asyncio.gather(*(asked(store, maya) for _ in range(20)), return_exceptions=True)
    added = [one for one in done if isinstance(one, Interaction)]
    refused = [one for one in done if isinstance(one, AlreadyOpen)]
    assert (len(added), len(refused)) == (1, 19)
    assert {one.interaction_id for one in refused} == {added[0].id}


async def test_who_read_an_older_version_is_refused(store: Store) -> None:
    maya = await customer(store)
    read = await asked(store, maya)
    await _save(store, replace(read, priority=9))
    with pytest.raises(Stale):
        await _save(store, replace(read, priority=1))
    assert (await _get(store, read.id)).priority == 9


async def test_of_two_who_save_at_once_one_is_stale(store: Store) -> None:
    maya, ana = await customer(store), await agent(store)
    offer = await _save(store, offered(await asked(store, maya), ana.id))
    done = await asyncio.gather(
        *(_save(store, accepted(offer)) for _ in range(8)), return_exceptions=True
    )
    assert sum(isinstance(one, Interaction) for one in done) == 1
    assert sum(isinstance(one, Stale) for one in done) == 7
    assert (await _get(store, offer.id)).version == offer.version + 1


async def test_history_is_newest_first(store: Store) -> None:
    maya, jonas = await customers(store, 2)
    await asked(store, jonas)
    mine = [
        await asked(store, maya, state=State.CLOSED, enqueued_at=NOON + n * MINUTE)
        for n in (2, 0, 1)
    ]
    async with store.read() as work:
        assert await work.interactions.history(maya.id, 10) == [mine[0], mine[2], mine[1]]
        assert await work.interactions.history(maya.id, 2) == [mine[0], mine[2]]
        assert await work.interactions.latest_of(maya.id) == mine[0]
        assert await work.interactions.latest_of(new_id()) is None


async def test_one_that_began_to_wait_later_is_newer_whatever_its_place(store: Store) -> None:
    maya = await customer(store)
    old = await asked(store, maya, enqueued_at=NOON, wait_began_at=NOON + 2 * MINUTE)
    await asked(store, maya, state=State.CLOSED, enqueued_at=NOON + MINUTE)
    async with store.read() as work:
        assert await work.interactions.latest_of(maya.id) == old


async def test_a_paused_one_is_open_and_holds_no_agent_up(store: Store) -> None:
    maya, ana = await customer(store), await agent(store)
    live = await _save(store, accepted(offered(await asked(store, maya), ana.id)))
    paused = await _save(store, live.after(Event.PAUSE))
    with pytest.raises(AlreadyOpen):
        await asked(store, maya)
    async with store.read() as work:
        assert await work.interactions.with_agent(ana.id) == []
        assert await work.interactions.talking({maya.conversation_id}) == [
            Talking(maya.conversation_id, ana.id, paused.id)
        ]


async def test_reminders_are_found_when_it_is_time(store: Store) -> None:
    maya, jonas, kim = await customers(store, 3)
    paused = State.PAUSED
    late = await asked(store, maya, state=paused, remind_at=NOON)
    later = await asked(store, jonas, state=paused, remind_at=NOON - MINUTE)
    await asked(store, kim, state=paused, remind_at=NOON + MINUTE)
    async with store.write() as work:
        assert await work.interactions.to_remind(NOON) == [later, late]


async def _queue(store: Store) -> list[Interaction]:
    """Four who wait, in the order in which they are to be offered."""
    first, second, third, fourth = await customers(store, 4)
    asked_last = await asked(store, fourth, enqueued_at=NOON + MINUTE)
    asked_first = await asked(store, third, enqueued_at=NOON)
    urgent_late = await asked(store, second, priority=9, enqueued_at=NOON + MINUTE)
    urgent = await asked(store, first, priority=9, enqueued_at=NOON)
    return [urgent, urgent_late, asked_first, asked_last]


async def test_those_who_wait_come_by_priority_then_time(store: Store) -> None:
    queue, ana = await _queue(store), await agent(store)
    async with store.write() as work:
        assert await work.interactions.waiting() == queue
        assert await work.interactions.claim_queued(3, {}, NOON) == queue[:3]
        offer = await work.interactions.save(offered(queue[0], ana.id))
        assert await work.interactions.waiting() == [offer, *queue[1:]]
        assert await work.interactions.claim_queued(3, {}, NOON) == queue[1:]
        await work.interactions.save(accepted(offer))
        assert await work.interactions.waiting() == queue[1:]


async def test_the_first_of_some_queues_and_how_many_wait_there(store: Store) -> None:
    here, there, elsewhere = await customers(store, 3)
    later = await asked(store, here, queue="cards", enqueued_at=NOON + MINUTE)
    first = await asked(store, there, queue="general", enqueued_at=NOON)
    await asked(store, elsewhere, queue="fraud", enqueued_at=NOON)
    async with store.read() as work:
        queues = ["cards", "general"]
        assert await work.interactions.waiting_in(queues, 5) == [first, later]
        assert await work.interactions.waiting_in(queues, 1) == [first]
        assert await work.interactions.count_waiting(queues) == 2
        assert await work.interactions.count_waiting([]) == 0


async def test_many_offers_are_saved_as_each_would_be(store: Store) -> None:
    queue, ana, ben = await _queue(store), await agent(store), await agent(store, "Ben")
    offers = [offered(one, who.id) for one, who in zip(queue, (ana, ben, ana), strict=False)]
    async with store.write() as work:
        assert await work.interactions.is_anybody_queued()
        saved = await work.interactions.save_offered(offers)
    assert saved == [replace(one, version=1) for one in offers]
    assert [await _get(store, one.id) for one in queue] == [*saved, queue[3]]
    late = offered(queue[3], ben.id)
    await _save(store, late)
    with pytest.raises(Stale):
        async with store.write() as work:
            await work.interactions.save_offered([late])
    async with store.read() as work:
        assert not await work.interactions.is_anybody_queued()


async def test_claimers_at_once_never_take_the_same(store: Store) -> None:
    ana = await agent(store)
    everybody = [await asked(store, one) for one in await customers(store, 12)]

    async def claim() -> list[UUID]:
        taken = []
        for _ in range(6):
            async with store.write() as work:
                for one in await work.interactions.claim_queued(2, {}, NOON):
                    await asyncio.sleep(0.002)
                    await work.interactions.save(offered(one, ana.id))
                    taken.append(one.id)
        return taken

    taken = [id for part in await asyncio.gather(*(claim() for _ in range(4))) for id in part]
    assert sorted(taken) == sorted(one.id for one in everybody)


async def test_those_that_take_up_an_agent(store: Store) -> None:
    ana, ben = await agent(store, "Ana"), await agent(store, "Ben")
    one, two, three, four = [await asked(store, who) for who in await customers(store, 4)]
    offer = await _save(store, offered(one, ana.id))
    live = await _save(store, accepted(await _save(store, offered(two, ana.id))))
    wrap_up = await _save(
        store,
        ended(
            await _save(store, accepted(await _save(store, offered(three, ana.id)))),
            NOON,
            NOON + MINUTE,
        ),
    )
    await _save(store, offered(four, ben.id))
    async with store.read() as work:
        held = await work.interactions.with_agent(ana.id)
        assert {each.id for each in held} == {offer.id, live.id, wrap_up.id}
        assert await work.interactions.with_agent(new_id()) == []
    await _save(store, replace(wrap_up.after(Event.DISPOSE), disposition="solved"))
    await _save(store, replace(offer.after(Event.DECLINE), offer=None))
    async with store.read() as work:
        assert await work.interactions.with_agent(ana.id) == [live]


async def test_those_that_are_live(store: Store) -> None:
    ana = await agent(store)
    one, two, three = [await asked(store, who) for who in await customers(store, 3)]
    late, early = [
        await _save(store, accepted(await _save(store, offered(each, ana.id)), NOON + n * MINUTE))
        for n, each in ((2, one), (1, two))
    ]
    await _save(store, offered(three, ana.id))
    async with store.read() as work:
        assert await work.interactions.live() == [early, late]
    await _save(store, ended(late, NOON, NOON + MINUTE))
    async with store.read() as work:
        assert await work.interactions.live() == [early]


async def test_offers_and_wrap_ups_are_overdue_at_their_time(store: Store) -> None:
    ana = await agent(store)
    one, two, three = [await asked(store, who) for who in await customers(store, 3)]
    offer = await _save(store, offered(one, ana.id, at=NOON))
    live = await _save(store, accepted(await _save(store, offered(two, ana.id, at=NOON))))
    wrap_up = await _save(store, ended(live, NOON, NOON + MINUTE))
    await _save(store, accepted(await _save(store, offered(three, ana.id, at=NOON))))

    async def overdue(at: timedelta) -> set[UUID]:
        async with store.write() as work:
            return {each.id for each in await work.interactions.overdue(NOON + at)}

    assert await overdue(timedelta(seconds=19)) == set()
    assert await overdue(timedelta(seconds=20)) == {offer.id}
    assert await overdue(MINUTE) == {offer.id, wrap_up.id}


async def test_how_long_the_last_ones_of_a_queue_took(store: Store) -> None:
    lengths = [60.0, 90.5, 30.25]
    for n, (who, length) in enumerate(zip(await customers(store, 3), lengths, strict=True)):
        accepted_at = NOON + n * timedelta(hours=1)
        await asked(
            store,
            who,
            state=State.CLOSED,
            accepted_at=accepted_at,
            ended_at=accepted_at + timedelta(seconds=length),
        )
    await asked(store, await customer(store, "left the queue"), state=State.CLOSED, ended_at=NOON)
    await asked(store, await customer(store, "still waits"))
    async with store.read() as work:
        assert await work.interactions.handled_s("cards", text=True, limit=10) == [
            30.25,
            90.5,
            60.0,
        ]
        assert await work.interactions.handled_s("cards", text=True, limit=1) == [30.25]
        assert await work.interactions.handled_s("loans", text=True, limit=10) == []
        assert await work.interactions.handled_s("cards", text=False, limit=10) == []


async def test_how_it_went_for_those_who_waited_last(store: Store) -> None:
    answered, left, voice, waits, loans = await customers(store, 5)
    at = {n: NOON + timedelta(seconds=n) for n in (5, 7, 20, 30.25)}
    over: dict[str, Any] = {"state": State.CLOSED, "expected_s": 12.5}
    await asked(store, answered, **over, accepted_at=at[30.25], ended_at=NOON + MINUTE)
    await asked(store, left, **over, ended_at=at[20])
    await asked(store, voice, **over, channel=Channel.VIDEO, accepted_at=at[7])
    await asked(store, waits)
    await asked(store, loans, **over, queue="loans", accepted_at=at[5])
    stayed = Outcome(waited_s=30.25, expected_s=12.5)
    gone = Outcome(waited_s=20, expected_s=12.5, left=True)
    async with store.read() as work:
        assert await work.interactions.outcomes("cards", text=True, limit=9) == [stayed, gone]
        assert await work.interactions.outcomes("cards", text=True, limit=1) == [stayed]
        (call,) = await work.interactions.outcomes("cards", text=False, limit=9)
        assert call == Outcome(waited_s=7, expected_s=12.5)


async def test_a_crisis_comes_before_every_priority(store: Store) -> None:
    maya, jonas = await customers(store, 2)
    urgent = await asked(store, maya, priority=9)
    crisis = await asked(store, jonas, priority=0, crisis=True, enqueued_at=NOON + MINUTE)
    async with store.write() as work:
        assert [one.id for one in await work.interactions.waiting()] == [crisis.id, urgent.id]
        assert [one.id for one in await work.interactions.claim_queued(1, {}, NOON)] == [crisis.id]


async def test_what_is_claimed_first_is_what_a_queue_would_offer_first(store: Store) -> None:
    queues = {
        "cards": Queue(name="cards", ageing=0.5),
        "loans": Queue(name="loans", priority=3),
    }
    now = NOON + 30 * MINUTE
    people = await customers(store, 7)
    asked_for = [
        ("cards", 5, 0, False),  # 20 points
        ("cards", 9, 25, False),  # 11.5
        ("loans", 8, 20, False),  # 11
        ("other", 9, 10, False),  # 9, and knows no ageing
        ("cards", 5, 29, False),  # 5.5
        ("loans", 2, 0, False),  # 5
        ("other", 1, 29, True),
    ]
    for who, (queue, priority, minute, crisis) in zip(people, asked_for, strict=True):
        at = NOON + minute * MINUTE
        await asked(store, who, queue=queue, priority=priority, enqueued_at=at, crisis=crisis)
    async with store.write() as work:
        claimed = list(await work.interactions.claim_queued(7, queues, now))
        assert claimed == in_order(claimed, queues, now)
        assert [one.priority for one in claimed] == [1, 5, 9, 8, 9, 5, 2]
        assert await work.interactions.claim_queued(3, queues, now) == claimed[:3]


async def test_those_of_some_ids_who_still_wait_are_claimed(store: Store) -> None:
    ana, (maya, jonas, grace, amir) = await agent(store), await customers(store, 4)
    queued, other = await asked(store, maya), await asked(store, amir)
    offer = await _save(store, offered(await asked(store, jonas), ana.id))
    live = await _save(store, accepted(offered(await asked(store, grace), ana.id)))
    async with store.write() as work:
        claimed = await work.interactions.claim_waiting([queued.id, offer.id, live.id, new_id()])
        assert {one.id for one in claimed} == {queued.id, offer.id}
        assert other.id not in {one.id for one in claimed}
        assert await work.interactions.claim_waiting([]) == []


async def test_an_announced_end_is_due_at_its_time(store: Store) -> None:
    maya, ana = await customer(store), await agent(store)
    live = await _save(store, accepted(offered(await asked(store, maya), ana.id)))
    closing = Closing(reason=ClosingReason.ASKED, since=NOON, until=NOON + MINUTE)
    announced = await _save(store, replace(live, closing=closing))
    async with store.read() as work:
        assert await work.interactions.closing_due(NOON + MINUTE - timedelta(seconds=1)) == []
        assert await work.interactions.closing_due(NOON + MINUTE) == [announced]
        (talking,) = await work.interactions.talking([maya.conversation_id])
        assert talking.closing_id == announced.id
    over = await _save(store, ended(announced, NOON + MINUTE, NOON + 2 * MINUTE))
    assert over.closing is None
    async with store.read() as work:
        assert await work.interactions.closing_due(NOON + MINUTE) == []
        (talking,) = await work.interactions.talking([maya.conversation_id])
        assert talking.closing_id is None


async def test_live_texts_are_looked_at_when_their_silence_is_due(store: Store) -> None:
    ana = await agent(store)
    people = await customers(store, 4)
    live = [
        await _save(store, accepted(offered(await asked(store, who, channel=channel), ana.id)))
        for who, channel in zip(people, [Channel.TEXT] * 3 + [Channel.VOICE], strict=True)
    ]
    later = await _save(store, replace(live[1], quiet_at=NOON + MINUTE))
    closing = Closing(reason=ClosingReason.ASKED, since=NOON, until=NOON + MINUTE)
    await _save(store, replace(live[2], closing=closing))

    async def due(at: timedelta, queue: str = "cards") -> set[UUID]:
        async with store.read() as work:
            return {one.id for one in await work.interactions.maybe_silent(NOON + at, [queue])}

    assert await due(timedelta()) == {live[0].id}
    assert await due(MINUTE) == {live[0].id, later.id}
    assert await due(MINUTE, "loans") == set()


async def test_claims_of_a_crisis_are_counted_where_they_came_first(store: Store) -> None:
    maya, jonas = await customers(store, 2)
    kinds = [(True, True), (True, False), (False, True), (True, True)]
    for minute, (crisis, claimed) in enumerate(kinds):
        at = NOON + minute * MINUTE
        await asked(
            store,
            maya,
            state=State.CLOSED,
            enqueued_at=at,
            crisis=crisis,
            crisis_claimed=claimed,
        )
    async with store.read() as work:
        assert await work.interactions.crises_claimed(maya.id, NOON - MINUTE) == 2
        assert await work.interactions.crises_claimed(maya.id, NOON) == 1
        assert await work.interactions.crises_claimed(jonas.id, NOON - MINUTE) == 0


async def test_those_that_ended_are_counted_from_a_time_on(store: Store) -> None:
    ana = await agent(store)
    one, other, _ = [await asked(store, who) for who in await customers(store, 3)]
    live = await _save(store, accepted(await _save(store, offered(one, ana.id))))
    await _save(store, ended(live, NOON + MINUTE, NOON + 2 * MINUTE))
    await _save(store, replace(other.after(Event.CANCEL), ended_at=NOON))
    async with store.read() as work:
        counts = [await work.interactions.count_ended(NOON + n * MINUTE) for n in range(3)]
    assert counts == [2, 1, 0]
