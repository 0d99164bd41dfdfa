"""Callbacks: at most one is to come, changed by one at a time, found when they need a look."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from msgspec.structs import replace

from app.conversation.callback import Callback, CallbackState
from app.conversation.context import AppState, Context
from app.conversation.errors import CallbackOpen, NotFound, Stale
from app.conversation.interaction import Channel, Event, State
from app.conversation.people import Customer
from app.ids import new_id
from app.store.work import Store
from tests.contract.people import NOON, accepted, agent, asked, asking, customer, customers, offered

MINUTE = timedelta(minutes=1)


def calling(who: Customer, **fields: Any) -> Callback:
    known: dict[str, Any] = {
        "id": new_id(),
        "conversation_id": who.conversation_id,
        "customer_id": who.id,
        "state": CallbackState.SCHEDULED,
        "due_at": NOON,
        "zone": "Europe/Berlin",
        "asked": asking(who, channel=Channel.VOICE),
    }
    return Callback(**{**known, **fields})


async def planned(store: Store, who: Customer, **fields: Any) -> Callback:
    callback = calling(who, **fields)
    async with store.write() as work:
        await work.callbacks.add(callback)
    return callback


async def _save(store: Store, callback: Callback) -> Callback:
    async with store.write() as work:
        return await work.callbacks.save(callback)


async def _get(store: Store, id: UUID) -> Callback:
    async with store.read() as work:
        return await work.callbacks.get(id)


async def _pending(store: Store) -> list[UUID]:
    async with store.read() as work:
        return list(await work.callbacks.pending(NOON, 10))


async def test_every_field_comes_back(store: Store) -> None:
    maya = await customer(store)
    asked = asking(maya, channel=Channel.VIDEO, skills={"fraud": 3}, wait_began_at=NOON + MINUTE)
    context = Context(
        interaction_id=asked.id,
        app_state=AppState(screen="Karte ☀"),
        actions=(),
        claims=(),
        removed=("/app_state/fields/pin",),
        captured_at=NOON,
    )
    full = await planned(store, maya, asked=asked, context=context, tries=2)
    assert await _get(store, full.id) == full
    saved = await _save(store, replace(full, context=None, due_at=NOON + MINUTE))
    assert saved.version == full.version + 1
    assert await _get(store, full.id) == saved


async def test_an_unknown_one_is_not_found(store: Store) -> None:
    with pytest.raises(NotFound, match="no such callback"):
        await _get(store, new_id())
    with pytest.raises(NotFound, match="no such callback"):
        await _save(store, calling(await customer(store)))


@pytest.mark.parametrize("state", [CallbackState.SCHEDULED, CallbackState.DUE])
async def test_a_second_that_is_to_come_is_refused(store: Store, state: CallbackState) -> None:
    maya = await customer(store)
    first = await planned(store, maya, state=state)
    with pytest.raises(CallbackOpen):
        await planned(store, maya)
    over = await _save(store, replace(first, state=CallbackState.MISSED))
    await planned(store, maya)
    with pytest.raises(CallbackOpen):
        await _save(store, replace(over, state=CallbackState.SCHEDULED))


async def test_of_twenty_planned_at_once_one_is_left(store: Store) -> None:
    maya = await customer(store)
    done = await asyncio.gather(*(planned(store, maya) for _ in range(20)), return_exceptions=True)
    assert sum(isinstance(one, Callback) for one in done) == 1
    assert sum(isinstance(one, CallbackOpen) for one in done) == 19


async def test_of_two_who_save_at_once_one_is_stale(store: Store) -> None:
    callback = await planned(store, await customer(store))
    due = replace(callback, state=CallbackState.DUE)
    done = await asyncio.gather(*(_save(store, due) for _ in range(8)), return_exceptions=True)
    assert sum(isinstance(one, Callback) for one in done) == 1
    assert sum(isinstance(one, Stale) for one in done) == 7


async def test_what_is_to_come_is_listed_first(store: Store) -> None:
    maya, jonas = await customers(store, 2)
    await planned(store, jonas)
    missed = CallbackState.MISSED
    old, new = [await planned(store, maya, state=missed, due_at=NOON + n * MINUTE) for n in (1, 2)]
    to_come = await planned(store, maya, due_at=NOON)
    async with store.read() as work:
        assert await work.callbacks.of_customer(maya.id, 10) == [to_come, new, old]
        assert await work.callbacks.of_customer(maya.id, 1) == [to_come]


async def test_whose_time_has_come_is_pending_in_order(store: Store) -> None:
    maya, jonas, kim, lea = await customers(store, 4)
    second = await planned(store, maya, due_at=NOON)
    first = await planned(store, jonas, due_at=NOON - MINUTE)
    await planned(store, kim, due_at=NOON + MINUTE)
    await planned(store, lea, state=CallbackState.CANCELLED)
    assert await _pending(store) == [first.id, second.id]
    async with store.read() as work:
        assert await work.callbacks.pending(NOON, 1) == [first.id]


async def test_nobody_is_called_who_waits_or_talks(store: Store) -> None:
    maya, ana = await customer(store), await agent(store)
    callback = await planned(store, maya)
    interaction = await asked(store, maya)
    assert await _pending(store) == []
    async with store.write() as work:
        live = await work.interactions.save(accepted(offered(interaction, ana.id)))
    assert await _pending(store) == []
    async with store.write() as work:
        await work.interactions.save(live.after(Event.PAUSE))
    assert await _pending(store) == [callback.id]


async def test_a_due_one_is_pending_once_its_interaction_is_over(store: Store) -> None:
    maya = await customer(store)
    interaction = await asked(store, maya)
    callback = await planned(store, maya, state=CallbackState.DUE, asked=interaction)
    assert await _pending(store) == []
    async with store.write() as work:
        await work.interactions.save(replace(interaction, state=State.CLOSED))
    assert await _pending(store) == [callback.id]
