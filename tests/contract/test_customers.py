"""Customers: known by the host's id, each with one conversation."""

import asyncio
from uuid import UUID

import pytest

from app.conversation.errors import NotFound
from app.conversation.people import Customer
from app.conversation.timeline import Viewer
from app.ids import new_id
from app.store.work import Store
from tests.contract.people import customer, customers


async def test_the_first_sign_in_makes_the_customer_and_the_conversation(store: Store) -> None:
    maya = await customer(store)
    assert (maya.subject, maya.name, maya.language) == ("maya", "Maya", "en")
    assert maya.claims == {"plan": "gold"}
    async with store.read() as work:
        assert await work.customers.get(maya.id) == maya
        assert await work.customers.of_conversation(maya.conversation_id) == maya
        assert await work.timeline.head(maya.conversation_id, Viewer.AGENT) == 0


async def test_a_later_sign_in_brings_new_facts_and_keeps_the_rest(store: Store) -> None:
    first = await customer(store)
    async with store.write() as work:
        again = await work.customers.signed_in("maya", "Maya Ö.", "es", {"plan": "none"})
    assert (again.id, again.conversation_id) == (first.id, first.conversation_id)
    assert (again.name, again.language, again.claims) == ("Maya Ö.", "es", {"plan": "none"})
    async with store.read() as work:
        assert await work.customers.get(first.id) == again


async def test_two_subjects_are_two_people(store: Store) -> None:
    maya, jonas = await customer(store, "maya"), await customer(store, "jonas")
    assert maya.id != jonas.id
    assert maya.conversation_id != jonas.conversation_id


async def test_fifty_first_sign_ins_at_once_make_one_conversation(store: Store) -> None:
    """chatwoot#13359: a lock that was released before the commit let two of them in."""
    found = await asyncio.gather(*(customer(store) for _ in range(50)))
    assert len({(one.id, one.conversation_id) for one in found}) == 1


async def test_a_stranger_is_not_found(store: Store) -> None:
    async def ask(id: UUID) -> Customer:
        async with store.read() as work:
            return await work.customers.get(id)

    maya = await customer(store)
    with pytest.raises(NotFound, match="no such customer"):
        await ask(new_id())
    with pytest.raises(NotFound, match="no such customer"):
        await ask(maya.conversation_id)
    async with store.read() as work:
        with pytest.raises(NotFound, match="no such customer"):
            await work.customers.of_conversation(maya.id)


async def test_names_of_many(store: Store) -> None:
    maya, jonas = await customers(store, 2)
    async with store.read() as work:
        found = await work.customers.names([maya.id, jonas.id, new_id()])
        assert found == {maya.id: maya.name, jonas.id: jonas.name}
        assert await work.customers.names([]) == {}
