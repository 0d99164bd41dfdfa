"""Participants: one open of each role, changed by one at a time; and what they count for."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from msgspec.structs import replace

from app.conversation import consult, desk, transfer
from app.conversation.errors import NotAllowed, NotFound, Stale
from app.conversation.interaction import Attempt, Event, Interaction, State, Talking
from app.conversation.participant import Event as Step
from app.conversation.participant import Outcome, Participant, Role
from app.conversation.participant import State as Joining
from app.conversation.people import Agent, Customer, Intent
from app.conversation.target import ToAgent, ToQueue, named
from app.conversation.telling import by_customer
from app.ids import new_id
from app.queue import offer_round
from app.retry import retried
from app.store.work import Store
from tests.contract.people import NOON, accepted, agent, asked, customer, offered

MINUTE = timedelta(minutes=1)


async def _live(store: Store, maya: Customer, ana: Agent) -> Interaction:
    waiting = await asked(store, maya)
    async with store.write() as work:
        offer = await work.interactions.save(offered(waiting, ana.id))
        return await work.interactions.save(accepted(offer))


def _asking(interaction: Interaction, by: Agent, **fields: Any) -> Participant:
    known: dict[str, Any] = {
        "id": new_id(),
        "interaction_id": interaction.id,
        "role": Role.CONSULT,
        "state": Joining.ASKED,
        "asked_by": by.id,
        "asked_at": NOON,
        "until": NOON + 2 * MINUTE,
    }
    return Participant(**{**known, **fields})


async def _added(store: Store, participant: Participant) -> Participant:
    async with store.write() as work:
        await work.participants.add(participant)
    return participant


async def _save(store: Store, participant: Participant) -> Participant:
    async with store.write() as work:
        return await work.participants.save(participant)


def _offered(one: Participant, to: Agent) -> Participant:
    return replace(one.after(Step.OFFER), agent_id=to.id, offered_at=NOON, expires_at=NOON + MINUTE)


async def test_every_field_comes_back(store: Store) -> None:
    maya, ana, lou = await customer(store), await agent(store), await agent(store, "Lou")
    full = _asking(
        await _live(store, maya, ana),
        ana,
        state=Joining.CLOSED,
        note="fraud ☀",
        queue="loans",
        skills={"fraud": 3},
        wanted_id=lou.id,
        agent_id=lou.id,
        offered_at=NOON,
        expires_at=NOON + MINUTE,
        tried=(Attempt(agent_id=ana.id, at=NOON),),
        joined_at=NOON,
        closed_at=NOON + MINUTE,
        outcome=Outcome.TAKEN_BACK,
    )
    await _added(store, full)
    async with store.read() as work:
        assert await work.participants.get(full.id) == full
        with pytest.raises(NotFound, match="no such participant"):
            await work.participants.get(new_id())
        assert await work.participants.open_of(full.interaction_id) == []


async def test_one_open_of_each_role(store: Store) -> None:
    maya, ana = await customer(store), await agent(store)
    live = await _live(store, maya, ana)
    first = await _added(store, _asking(live, ana))
    with pytest.raises(Stale):
        await _added(store, _asking(live, ana))
    other = await _added(store, _asking(live, ana, role=Role.SPECIALIST, asked_at=NOON + MINUTE))
    async with store.read() as work:
        assert await work.participants.open_of(live.id) == [first, other]
    await _save(store, first.closed(Outcome.NOBODY, NOON))
    await _added(store, _asking(live, ana))


async def test_who_read_an_older_version_is_refused(store: Store) -> None:
    maya, ana, lou = await customer(store), await agent(store), await agent(store, "Lou")
    read = await _added(store, _asking(await _live(store, maya, ana), ana))
    await _save(store, _offered(read, lou))
    with pytest.raises(Stale):
        await _save(store, read.closed(Outcome.NOBODY, NOON))


async def test_those_that_wait_are_claimed_once_and_are_overdue_at_their_time(
    store: Store,
) -> None:
    ana, lou = await agent(store), await agent(store, "Lou")
    live = [await _live(store, await customer(store, name), ana) for name in ("maya", "jonas")]
    waits, offer = [await _added(store, _asking(one, ana)) for one in live]
    offer = await _save(store, _offered(offer, lou))
    async with store.read() as work:  # rounds look without a lock
        assert await work.participants.overdue(NOON) == []
    async with store.write() as work:
        assert await work.participants.claim_asked(9) == [waits]
        assert await work.participants.overdue(NOON + MINUTE) == [offer]
        assert {one.id for one in await work.participants.overdue(NOON + 2 * MINUTE)} == {
            waits.id,
            offer.id,
        }
        ended = replace(live[0].after(Event.END), ended_at=NOON, wrap_up_until=NOON)
        await work.interactions.save(ended)
        assert await work.participants.overdue(NOON) == [waits]


async def test_they_take_the_room_of_a_text_and_specialists_may_write(store: Store) -> None:
    maya, ana, lou = await customer(store), await agent(store), await agent(store, "Lou")
    live = await _live(store, maya, ana)
    one = await _added(store, _asking(live, ana, role=Role.SPECIALIST))

    async def seen() -> tuple[tuple[int, int], list[Participant], set[UUID | None]]:
        async with store.read() as work:
            loads = {load.agent.id: load for load in await work.agents.workloads(NOON)}
            talking = await work.interactions.talking({maya.conversation_id, new_id()})
            assert {each.conversation_id for each in talking} == {maya.conversation_id}
            mine = list(await work.participants.with_agent(lou.id))
            texts = (loads[lou.id].texts, loads[lou.id].offered_texts)
            return texts, mine, {each.agent_id for each in talking}

    assert await seen() == ((0, 0), [], {ana.id})
    offer = await _save(store, _offered(one, lou))
    assert await seen() == ((1, 1), [offer], {ana.id})
    joined = await _save(store, offer.after(Step.ACCEPT))
    assert await seen() == ((1, 0), [joined], {ana.id, lou.id})
    await _save(store, joined.closed(Outcome.LEFT, NOON))
    assert await seen() == ((0, 0), [], {ana.id})


async def test_who_reads_along_does_not_write(store: Store) -> None:
    maya, ana, lou = await customer(store), await agent(store), await agent(store, "Lou")
    one = await _added(store, _asking(await _live(store, maya, ana), ana))
    await _save(store, _offered(one, lou).after(Step.ACCEPT))
    async with store.read() as work:
        talking = await work.interactions.talking({maya.conversation_id})
        assert talking == [Talking(maya.conversation_id, ana.id)]


# --- two at once: each in a transaction of its own, as two requests are ----------------------


async def _joining(store: Store) -> tuple[Customer, Agent, Agent, Interaction, Participant]:
    """Ana has Maya and asks Lou, to whom it is offered."""
    maya, ana, lou = await customer(store), await agent(store), await agent(store, "Lou")
    live = await _live(store, maya, ana)
    one = _offered(_asking(live, ana), lou)
    async with store.read() as work:
        one = replace(one, expires_at=await work.now() + MINUTE)
    return maya, ana, lou, live, await _added(store, one)


@retried
async def _accept(store: Store, one: Participant, lou: Agent) -> None:
    async with store.write() as work:
        await consult.accept(work, one.id, lou)


@retried
async def _end(store: Store, live: Interaction, maya: Customer) -> None:
    async with store.write() as work:
        ended = await desk.end(work, live.id, maya)
        await asyncio.sleep(0.01)
        await consult.over(work, ended, by_customer(maya))


@pytest.mark.parametrize("ends_first", [True, False])
async def test_nobody_stays_beside_what_ended(store: Store, *, ends_first: bool) -> None:
    maya, _, lou, live, one = await _joining(store)
    both = [_end(store, live, maya), _accept(store, one, lou)]
    done = await asyncio.gather(*(both if ends_first else both[::-1]), return_exceptions=True)
    assert all(each is None or isinstance(each, NotAllowed) for each in done), done
    async with store.read() as work:
        assert (await work.interactions.get(live.id)).state is State.WRAP_UP
        assert (await work.participants.get(one.id)).state is Joining.CLOSED
        assert await work.participants.with_agent(lou.id) == []


async def test_whoever_is_asked_while_it_ends_does_not_stay(store: Store) -> None:
    maya, ana = await customer(store), await agent(store)
    live = await _live(store, maya, ana)

    @retried
    async def ask() -> None:
        async with store.write() as work:
            target = ToQueue(name="cards")
            await consult.ask(work, live.id, ana, Role.CONSULT, target, "")

    done = await asyncio.gather(ask(), _end(store, live, maya), return_exceptions=True)
    assert all(each is None or isinstance(each, NotAllowed) for each in done), done
    async with store.read() as work:
        assert await work.participants.open_of(live.id) == []


async def test_of_a_hand_over_and_a_leave_one_happens(store: Store) -> None:
    _, ana, lou, live, one = await _joining(store)
    await _accept(store, one, lou)

    @retried
    async def hand_over() -> None:
        async with store.write() as work:
            await transfer.hand_over(work, one.id, ana)

    @retried
    async def leave() -> None:
        async with store.write() as work:
            await consult.leave(work, one.id, lou)

    done = await asyncio.gather(hand_over(), leave(), return_exceptions=True)
    assert sorted(each is None for each in done) == [False, True], done
    async with store.read() as work:
        holder = (await work.interactions.get(live.id)).agent_id
        outcome = (await work.participants.get(one.id)).outcome
        assert (holder, outcome) in {(lou.id, Outcome.HANDED_OVER), (ana.id, Outcome.LEFT)}


async def test_of_two_transfers_at_once_one_happens(store: Store) -> None:
    maya, ana = await customer(store), await agent(store)
    live = await _live(store, maya, ana)

    @retried
    async def pass_on(reason: str) -> None:
        async with store.write() as work:
            target = ToQueue(name="cards")
            await transfer.transfer(work, live.id, ana, target, reason, "")

    done = await asyncio.gather(pass_on("a"), pass_on("b"), return_exceptions=True)
    assert [type(each) for each in done if each is not None] == [NotFound]
    async with store.read() as work:
        queued = await work.interactions.get(live.id)
        assert (queued.state, queued.agent_id) == (State.QUEUED, None)
        assert queued.enqueued_at == live.enqueued_at
        with pytest.raises(NotFound, match="no such agent"):
            await named(work, ToAgent(id=new_id()), ana)


async def test_a_round_asks_the_next_one_and_ends_what_is_over(store: Store) -> None:
    _, _, lou, live, one = await _joining(store)
    async with store.write() as work:
        long_ago = await work.now() - MINUTE
        await work.agents.set_intent(lou.id, Intent.AVAILABLE, long_ago)
        await work.agents.reachable_until(lou.id, new_id(), long_ago + 9 * MINUTE)
        forever = long_ago + 9 * MINUTE
        late = replace(one, queue="cards", expires_at=long_ago, until=forever)
        await work.participants.save(late)
    assert await offer_round(store) == 1
    async with store.write() as work:
        again = await work.participants.get(one.id)
        assert (again.state, again.agent_id) == (Joining.OFFERED, lou.id)
        assert [each.agent_id for each in again.tried] == [lou.id]
        live = await work.interactions.get(live.id)
        ended = replace(live.after(Event.END), ended_at=forever, wrap_up_until=forever)
        await work.interactions.save(ended)
    await offer_round(store)
    async with store.read() as work:
        assert (await work.participants.get(one.id)).outcome is Outcome.OVER


async def test_who_declined_has_no_say_in_it_any_more(store: Store) -> None:
    maya, ana, lou = await customer(store), await agent(store), await agent(store, "Lou")
    live = await _live(store, maya, ana)
    asked_for = _asking(live, ana, queue="cards", tried=(Attempt(agent_id=lou.id, at=NOON),))
    one = await _added(store, asked_for)
    async with store.write() as work:
        with pytest.raises(NotFound):
            await consult.leave(work, one.id, lou)
        assert (await consult.leave(work, one.id, ana)).outcome is Outcome.TAKEN_BACK


@pytest.mark.parametrize("is_offered", [True, False])
async def test_nobody_is_beside_oneself_after_a_hand_over(
    store: Store, *, is_offered: bool
) -> None:
    maya, ana, lou = await customer(store), await agent(store), await agent(store, "Lou")
    live = await _live(store, maya, ana)
    joined = await _added(store, replace(_offered(_asking(live, ana), lou), state=Joining.JOINED))
    to_lou = _asking(live, ana, role=Role.SPECIALIST, wanted_id=lou.id)
    await _added(store, _offered(to_lou, lou) if is_offered else to_lou)
    async with store.write() as work:
        handed = await transfer.hand_over(work, joined.id, ana)
        assert handed.agent_id == lou.id
        assert await work.participants.open_of(live.id) == []


async def test_who_has_it_by_now_is_not_asked_to_join_it(store: Store) -> None:
    maya, ana, lou = await customer(store), await agent(store), await agent(store, "Lou")
    live = await _live(store, maya, ana)
    waits = consult.as_waiting(_asking(live, lou, queue="cards"), live)
    assert waits.passed_on is not None
    assert waits.passed_on.agent_id == ana.id
