"""What is known of files: each is carried by one message, and what nobody sent goes."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from app.conversation.errors import NotFound, Stale, TooMany
from app.conversation.files import File, FileEvent, FileState
from app.conversation.interaction import State
from app.conversation.messages import Saying, must_read, say_all
from app.conversation.people import Agent, Customer
from app.conversation.timeline import Event
from app.ids import new_id
from app.store.work import Store
from tests.contract.people import NOON, agent, asked, customer

READY = FileState.READY


def file(who: Customer | Agent, conversation: Customer, **fields: Any) -> File:
    known: dict[str, Any] = {
        "id": new_id(),
        "conversation_id": conversation.conversation_id,
        "owner_id": who.id,
        "name": "card.jpg",
        "created_at": NOON,
        "state": READY,
        "type": "image/jpeg",
        "size": 1234,
        "width": 40,
        "height": 20,
    }
    return File(**{**known, **fields})


async def kept(store: Store, *files: File, limit: int = 100) -> None:
    async with store.write() as work:
        for one in files:
            await work.files.reserve(one, limit, NOON - timedelta(days=1))


async def known(store: Store, *files: File) -> list[File]:
    async with store.read() as work:
        found = {one.id: one for one in await work.files.of([one.id for one in files])}
    return [found[one.id] for one in files if one.id in found]


async def said(store: Store, who: Customer | Agent, *files: File, **fields: Any) -> object:
    here = {"conversation_id": files[0].conversation_id, "cmid": new_id(), **fields}
    saying = Saying(who=who, files=tuple(one.id for one in files), **here)
    async with store.write() as work:
        [answer] = await say_all(work, [saying])
    return answer


async def test_a_file_comes_back_as_it_was_kept(store: Store) -> None:
    maya = await customer(store)
    one = file(maya, maya, state=FileState.UPLOADING, width=None, height=None)
    await kept(store, one)
    assert await known(store, one) == [one]
    ready = replace(one.after(FileEvent.UPLOADED), name="über.pdf", width=3, seq=7)
    async with store.write() as work:
        await work.files.save(ready, FileState.UPLOADING)
    assert await known(store, one) == [ready]
    for lost, why in ((ready, Stale), (file(maya, maya), NotFound)):
        with pytest.raises(why):
            async with store.write() as work:
                await work.files.save(lost, FileState.UPLOADING)
    async with store.write() as work:
        await work.files.forget([one.id])
    assert await known(store, one) == []


async def test_a_person_sends_only_so_many_in_a_day(store: Store) -> None:
    maya, jonas = await customer(store), await customer(store, "jonas")
    old = file(maya, maya, created_at=NOON - timedelta(days=2))
    await kept(store, old, file(maya, maya), file(jonas, jonas), limit=2)
    results = await asyncio.gather(
        *(kept(store, file(maya, maya), limit=3) for _ in range(5)), return_exceptions=True
    )
    assert sorted(str(type(one)) for one in results) == sorted(
        str(one) for one in [type(None)] * 2 + [TooMany] * 3
    )


async def test_a_message_carries_its_files(store: Store) -> None:
    maya = await customer(store)
    await asked(store, maya)
    first, second = file(maya, maya), file(maya, maya, type="text/plain", width=None, height=None)
    await kept(store, first, second)
    event = await said(store, maya, first, second, first, text="both sides")
    assert isinstance(event, Event)
    assert event.body == {"text": "both sides", "files": [first.view(), second.view()]}
    given = [replace(one, state=FileState.SAID, seq=event.seq) for one in (first, second)]
    assert await known(store, first, second) == given


async def test_a_file_is_carried_once_and_a_repeat_is_answered_alike(store: Store) -> None:
    maya = await customer(store)
    await asked(store, maya)
    one, other = file(maya, maya), file(maya, maya)
    await kept(store, one, other)
    cmid = new_id()
    event = await said(store, maya, one, cmid=cmid)
    assert await said(store, maya, one, cmid=cmid) == event
    assert await said(store, maya, other, cmid=cmid) == event  # an older message without it
    assert isinstance(await said(store, maya, one), NotFound)
    sayings = [
        Saying(who=maya, conversation_id=maya.conversation_id, cmid=new_id(), files=(other.id,))
        for _ in range(2)
    ]
    async with store.write() as work:
        answers = await say_all(work, sayings)
    assert [type(one) for one in answers] == [Event, NotFound]


async def test_nobody_says_what_is_not_theirs_to_say(store: Store) -> None:
    maya, jonas, ana = await customer(store), await customer(store, "jonas"), await agent(store)
    await asked(store, maya, agent_id=ana.id)
    await asked(store, jonas)
    ready = file(maya, maya)
    uploading = file(maya, maya, state=FileState.UPLOADING)
    removed = file(maya, maya, state=FileState.REMOVED)
    await kept(store, ready, uploading, removed)
    there = {"conversation_id": jonas.conversation_id}
    for who, which, more in (
        (jonas, ready, there), (ana, ready, {}), (maya, uploading, {}), (maya, removed, {}),
        (maya, file(maya, maya), {}),
    ):  # fmt: skip
        refused = await said(store, who, which, text="here", **more)
        assert (type(refused), str(refused)) == (NotFound, "no such file")
    assert await known(store, ready) == [ready]


async def test_only_its_sender_reads_it_until_it_is_said(store: Store) -> None:
    maya, jonas, ana = await customer(store), await customer(store, "jonas"), await agent(store)
    await asked(store, maya, agent_id=ana.id, state=State.LIVE)
    one = file(maya, maya)
    removed = file(maya, maya, state=FileState.REMOVED)
    await kept(store, one, removed)

    async def readers(wanted: File) -> list[str]:
        found = []
        async with store.read() as work:
            for who in (maya, jonas, ana):
                with suppress(NotFound):
                    await must_read(work, who, wanted.id)
                    found.append(who.name)
        return found

    assert await readers(one) == ["Maya"]
    await said(store, maya, one)
    assert await readers(one) == ["Maya", "Ana"]
    assert await readers(removed) == []


async def test_what_lies_about_is_found(store: Store) -> None:
    maya = await customer(store)
    old = NOON - timedelta(days=1, seconds=1)
    lying = [file(maya, maya, state=state, created_at=old) for state in FileState]
    new = [file(maya, maya, state=state) for state in FileState]
    await kept(store, *lying, *new)
    async with store.write() as work:
        found = await work.files.leftover(NOON - timedelta(days=1), 10)
        [oldest] = await work.files.leftover(NOON - timedelta(days=1), 1)
    states = {FileState.UPLOADING, FileState.READY, FileState.REMOVED}
    assert {one.id for one in found} == {
        *(one.id for one in lying if one.state in states),
        *(one.id for one in new if one.state is FileState.REMOVED),
    }
    assert oldest.created_at == old
