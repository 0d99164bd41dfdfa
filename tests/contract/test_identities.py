"""Devices that came without signing in, and what is handed over when somebody signs in."""

import asyncio

import pytest
from msgspec.structs import replace

from app.conversation.errors import NotFound, Stale
from app.conversation.files import FileState
from app.conversation.interaction import Event, State
from app.conversation.marks import Mark
from app.conversation.people import Customer, DeviceIdentity
from app.conversation.timeline import Audience, Viewer
from app.ids import new_id
from app.store.work import Store
from tests.contract.people import NOON, agent, asked, customer, flow_version, said, started
from tests.contract.test_callbacks import planned as called
from tests.contract.test_files import file, kept, known

SECRET = b"\x01" * 32


async def guest(store: Store, secret: bytes = SECRET) -> Customer:
    async with store.write() as work:
        one = await work.customers.anonymous("Guest", "es")
        await work.identities.add(
            DeviceIdentity(secret_hash=secret, customer_id=one.id, created_at=NOON)
        )
    return one


async def handed_over(store: Store, one: Customer, to: Customer) -> None:
    async with store.write() as work:
        await work.identities.hand_over(one, to)


async def test_a_guest_is_a_customer_with_a_conversation(store: Store) -> None:
    one = await guest(store)
    assert (one.name, one.language, one.anonymous) == ("Guest", "es", True)
    assert one.subject == f"anonymous:{one.id}"
    async with store.read() as work:
        assert await work.customers.get(one.id) == one
        assert await work.customers.of_conversation(one.conversation_id) == one


async def test_an_identity_is_found_by_its_secret_and_its_customer(store: Store) -> None:
    one = await guest(store)
    known = DeviceIdentity(secret_hash=SECRET, customer_id=one.id, created_at=NOON)
    async with store.write() as work:
        assert await work.identities.by_secret(SECRET, lock=True) == known
        assert await work.identities.of(one.id, lock=True) == known
        assert await work.identities.by_secret(b"\x02" * 32) is None
        assert await work.identities.of(new_id()) is None


async def test_a_link_is_kept(store: Store) -> None:
    maya, one = await customer(store), await guest(store)
    async with store.write() as work:
        identity = await work.identities.of(one.id, lock=True)
        assert identity is not None
        await work.identities.link(identity, maya.id, NOON)
    async with store.read() as work:
        [linked] = await work.identities.linked_to(maya.id)
        assert (linked.customer_id, linked.linked_to, linked.linked_at) == (one.id, maya.id, NOON)
        assert await work.identities.linked_to(one.id) == []


async def test_whoever_comes_second_sees_the_link_of_the_first(store: Store) -> None:
    people = [await customer(store, name) for name in ("maya", "jonas")]
    one = await guest(store)

    async def link(who: Customer) -> bool:
        async with store.write() as work:
            identity = await work.identities.by_secret(SECRET, lock=True)
            assert identity is not None
            if identity.linked_to is not None:
                return identity.linked_to == who.id
            await asyncio.sleep(0.01)
            await work.identities.link(identity, who.id, NOON)
            return True

    assert sorted(await asyncio.gather(*(link(who) for who in people))) == [False, True]
    async with store.read() as work:
        assert (await work.identities.of(one.id)) is not None


async def test_requests_and_runs_are_handed_over_where_they_stand(store: Store) -> None:
    maya, one = await customer(store), await guest(store)
    await flow_version(store)
    interaction, run = await asked(store, one), await started(store, one)
    await handed_over(store, one, maya)
    async with store.read() as work:
        moved = await work.interactions.get(interaction.id)
        assert moved == replace(
            interaction,
            customer_id=maya.id,
            conversation_id=maya.conversation_id,
            version=interaction.version + 1,
        )
        assert [row.id for row in await work.runs.of_customer(maya.id, 5)] == [run.id]
        assert await work.interactions.history(one.id, 5) == []
        assert (await work.customers.get(one.id)) == one
    async with store.write() as work:
        with pytest.raises(Stale):  # whoever read it before looks again
            await work.interactions.save(interaction.after(Event.CANCEL))


async def test_two_open_requests_are_not_brought_together(store: Store) -> None:
    maya, one = await customer(store), await guest(store)
    await asked(store, maya)
    await asked(store, one)
    with pytest.raises(Stale):
        await handed_over(store, one, maya)


async def test_a_run_that_the_customer_has_too_stays_behind(store: Store) -> None:
    maya, one = await customer(store), await guest(store)
    await flow_version(store)
    own, left = await started(store, maya), await started(store, one)
    other = await started(store, one, inputs_key="{}")
    await handed_over(store, one, maya)
    async with store.read() as work:
        mine = {row.id for row in await work.runs.of_customer(maya.id, 5)}
        assert mine == {own.id, other.id}
        assert (await work.runs.get(left.id)).customer_id == one.id


async def test_a_callback_is_handed_over_with_the_request_that_it_will_be(store: Store) -> None:
    maya, one = await customer(store), await guest(store)
    planned = await called(store, one)
    await handed_over(store, one, maya)
    async with store.write() as work:
        moved = await work.callbacks.get(planned.id)
        here = {"customer_id": maya.id, "conversation_id": maya.conversation_id}
        asked = replace(planned.asked, **here)
        assert moved == replace(planned, **here, asked=asked, version=planned.version + 1)
        await work.interactions.add(moved.asked)


async def test_two_callbacks_are_not_brought_together(store: Store) -> None:
    maya, one = await customer(store), await guest(store)
    await called(store, maya)
    await called(store, one)
    with pytest.raises(Stale):
        await handed_over(store, one, maya)


async def test_what_was_sent_up_can_still_be_said_and_what_was_said_stays(store: Store) -> None:
    maya, one, ana = await customer(store), await guest(store), await agent(store)
    ready, said_before = file(one, one), file(one, one, state=FileState.SAID, seq=1)
    hers = file(ana, one, state=FileState.SAID, seq=2)
    await kept(store, ready, said_before, hers)
    await handed_over(store, one, maya)
    there = replace(ready, owner_id=maya.id, conversation_id=maya.conversation_id)
    assert await known(store, ready, said_before, hers) == [
        there, replace(said_before, owner_id=maya.id), hers,
    ]  # fmt: skip


async def test_the_open_one_is_the_latest_of_a_customer(store: Store) -> None:
    maya = await customer(store)
    waiting = await asked(store, maya)
    await asked(store, maya, state=State.CLOSED, enqueued_at=NOON.replace(year=2027))
    async with store.read() as work:
        latest = await work.interactions.latest_of(maya.id)
        assert latest is not None
        assert latest.id == waiting.id


async def test_a_log_moves_into_an_empty_one(store: Store) -> None:
    maya, one = await customer(store), await guest(store)
    here, there = maya.conversation_id, one.conversation_id
    async with store.write() as work:
        for text, audience in (("a", Audience.EVERYONE), ("b", Audience.AGENTS)):
            await work.timeline.append(there, said(text, audience=audience))
        assert await work.timeline.move(there, here)
        await work.timeline.append(here, said("c"))
    async with store.read() as work:
        moved = await work.timeline.after(here, 0, Viewer.AGENT, 9)
        assert [(e.seq, e.body["text"]) for e in moved] == [(1, "a"), (2, "b"), (3, "c")]
        assert moved[2].customer_prev == 1
        assert await work.timeline.after(there, 0, Viewer.AGENT, 9) == []
        assert await work.timeline.head(there, Viewer.AGENT) == 0
        assert await work.timeline.head(here, Viewer.CUSTOMER) == 3


async def test_files_and_marks_go_with_their_log(store: Store) -> None:
    maya, one, ana = await customer(store), await guest(store), await agent(store)
    here, there = maya.conversation_id, one.conversation_id
    files = [file(who, one, state=FileState.SAID, seq=1) for who in (one, ana)]
    await kept(store, *files)
    async with store.write() as work:
        await work.timeline.append(there, said("look"))
        await work.marks.raise_to([Mark(conversation_id=there, side=Viewer.AGENT, seen=1)])
        assert await work.timeline.move(there, here)
    assert await known(store, *files) == [replace(f, conversation_id=here) for f in files]
    async with store.read() as work:
        [mark] = await work.marks.of([here, there])
        assert (mark.conversation_id, mark.side, mark.seen) == (here, Viewer.AGENT, 1)


async def test_a_log_does_not_move_into_one_in_which_something_happened(store: Store) -> None:
    maya, one = await customer(store), await guest(store)
    async with store.write() as work:
        await work.timeline.append(maya.conversation_id, said("mine"))
        await work.timeline.append(one.conversation_id, said("other"))
        assert not await work.timeline.move(one.conversation_id, maya.conversation_id)
        with pytest.raises(NotFound, match="no such conversation"):
            await work.timeline.move(one.conversation_id, new_id())
    async with store.read() as work:
        assert await work.timeline.head(one.conversation_id, Viewer.AGENT) == 1
        assert await work.timeline.head(maya.conversation_id, Viewer.AGENT) == 1
