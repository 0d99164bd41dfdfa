"""Calls: one open per interaction, and the newest description of each side."""

import asyncio
from datetime import timedelta

import pytest
from msgspec.structs import replace

from app.calls import Calls, end_of
from app.conversation.errors import NotFound, Stale
from app.conversation.interaction import Channel, Interaction
from app.ids import new_id
from app.store.records import CallRow, DescriptionRow
from app.store.work import Store, Work
from rtc.call import EndReason, Media
from rtc.memory import MemoryEngine
from tests.contract.people import (
    NOON,
    accepted,
    agent,
    asked,
    customer,
    customers,
    offered,
    ringing,
)


async def _add(store: Store, call: CallRow) -> CallRow:
    async with store.write() as work:
        await work.calls.add(call)
    return call


async def _save(store: Store, call: CallRow) -> CallRow:
    async with store.write() as work:
        return await work.calls.save(call)


async def test_a_call_comes_back_and_is_saved_under_the_next_version(store: Store) -> None:
    call = await _add(store, ringing(await asked(store, await customer(store))))
    async with store.read() as work:
        assert await work.calls.get(call.id) == call
    saved = await _save(
        store,
        replace(
            call,
            state="ended",
            video=True,
            gen=3,
            place="192.0.2.1:8400",
            agent_media=Media(audio=False, video=True),
            ended_reason="hung_up",
        ),
    )
    assert saved.version == call.version + 1
    async with store.read() as work:
        assert await work.calls.get(call.id) == saved
    with pytest.raises(Stale):
        await _save(store, call)


async def test_an_unknown_call_is_not_found(store: Store) -> None:
    async with store.read() as work:
        with pytest.raises(NotFound, match="no such call"):
            await work.calls.get(new_id())
    with pytest.raises(NotFound, match="no such call"):
        await _save(store, ringing(await asked(store, await customer(store))))


async def test_who_hangs_up_waits_for_who_passes_it_on(store: Store) -> None:
    """Each held what the other wanted, and one of the two had to begin again."""
    maya, ana = await customer(store), await agent(store)
    offer = offered(await asked(store, maya, channel=Channel.VOICE), ana.id)
    async with store.write() as work:
        live = await work.interactions.save(offer)
        live = await work.interactions.save(accepted(live))
    call = await _add(store, ringing(live))
    calls = Calls(store, MemoryEngine())

    async def hang_up() -> None:
        async with store.write() as work:
            await calls.end(work, call.id, maya)

    async with store.write() as work:
        passed = await work.interactions.save(live)
        hanging_up = asyncio.create_task(hang_up())
        await asyncio.sleep(0.05)
        await end_of(work, passed, EndReason.TRANSFERRED)
    await hanging_up
    async with store.read() as work:
        assert (await work.calls.get(call.id)).ended_reason == "transferred"


async def test_one_call_that_cannot_be_ended_keeps_no_other(store: Store) -> None:
    people = await customers(store, 3)
    late = [await _add(store, ringing(await asked(store, one))) for one in people]

    async def unanswered(work: Work, interaction: Interaction) -> bool:
        if interaction.customer_id == people[1].id:
            raise ValueError("planted")
        return True

    await Calls(store, MemoryEngine(), unanswered).sweep()
    async with store.read() as work:
        assert [one.id for one in await work.calls.open_calls()] == [late[1].id]


async def test_an_interaction_has_one_open_call(store: Store) -> None:
    interaction = await asked(store, await customer(store))
    done = await asyncio.gather(
        *(_add(store, ringing(interaction)) for _ in range(6)), return_exceptions=True
    )
    (first,) = [one for one in done if isinstance(one, CallRow)]
    assert sum(isinstance(one, Stale) for one in done) == 5
    async with store.read() as work:
        assert await work.calls.open_of(interaction.id) == first
    await _save(store, replace(first, state="ended"))
    async with store.read() as work:
        assert await work.calls.open_of(interaction.id) is None
    await _add(store, ringing(interaction))


async def test_all_open_calls(store: Store) -> None:
    one, two, three = [
        await _add(store, ringing(await asked(store, who), created_at=NOON + timedelta(minutes=at)))
        for at, who in enumerate(await customers(store, 3))
    ]
    await _save(store, replace(two, state="ended"))
    async with store.read() as work:
        assert await work.calls.open_calls() == [one, three]


async def test_the_newest_description_of_a_kind_counts(store: Store) -> None:
    call = await _add(store, ringing(await asked(store, await customer(store))))

    def description(gen: int, rev: int, kind: str = "offer", sdp: str = "v=0") -> DescriptionRow:
        return DescriptionRow(call_id=call.id, gen=gen, rev=rev, kind=kind, sdp=sdp)

    async with store.write() as work:
        assert await work.calls.description(call.id, "offer") is None
        for one in (description(2, 1), description(10, 1), description(2, 9)):
            await work.calls.describe(one)
        await work.calls.describe(description(11, 1, "answer"))
        await work.calls.describe(description(10, 1, sdp="v=0\r\nagain"))
    async with store.read() as work:
        newest = await work.calls.description(call.id, "offer")
        assert newest == description(10, 1, sdp="v=0\r\nagain")
        assert await work.calls.description(call.id, "answer") == description(11, 1, "answer")
        assert await work.calls.description(new_id(), "offer") is None
