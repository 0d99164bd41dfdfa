"""One's own words can be changed for a while: the old ones are gone, an event tells."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from app import topics
from app.conversation.editing import delete, edit
from app.conversation.errors import NotAllowed, NotFound, TooLate
from app.conversation.files import FileState
from app.conversation.interaction import State
from app.conversation.messages import Saying, say_all
from app.conversation.people import Agent, Customer
from app.conversation.telling import by_agent
from app.conversation.timeline import Audience, Entry, Event, Viewer
from app.ids import new_id
from app.retry import retried
from app.store.work import Store
from tests.contract.people import agent, asked, customer
from tests.contract.test_files import file, kept, known

MINUTES = timedelta(minutes=15)


@pytest.fixture
async def maya(store: Store) -> Customer:
    return await customer(store)


@pytest.fixture
async def ana(store: Store, maya: Customer) -> Agent:
    held = await agent(store)
    await asked(store, maya, agent_id=held.id, state=State.LIVE)
    return held


async def said(store: Store, who: Customer | Agent, here: Customer, **more: Any) -> Event:
    saying = Saying(who=who, conversation_id=here.conversation_id, cmid=new_id(), **more)
    async with store.write() as work:
        [event] = await say_all(work, [saying])
    assert isinstance(event, Event)
    return event


@retried
async def edited(store: Store, who: Customer | Agent, message: Event, text: str, **m: Any) -> Event:
    given = {"cmid": new_id(), "within": MINUTES, **m}
    async with store.write() as work:
        return await edit(work, who, message.conversation_id, message.seq, text=text, **given)


@retried
async def deleted(
    store: Store, who: Customer | Agent, message: Event, within: timedelta = MINUTES
) -> None:
    async with store.write() as work:
        await delete(work, who, message.conversation_id, message.seq, within)


async def log(store: Store, here: Customer, after: int = 0) -> list[tuple[str, dict[str, Any]]]:
    async with store.read() as work:
        events = await work.timeline.after(here.conversation_id, after, Viewer.CUSTOMER, 100)
    return [(event.kind, event.body) for event in events]


async def test_an_edit_takes_the_place_of_the_words(
    store: Store, maya: Customer, ana: Agent, rung: list[set[str]]
) -> None:
    message = await said(store, maya, maya, text="teh card")
    rung.clear()
    first = await edited(store, maya, message, "the card 4242 4242 4242 4242")
    assert rung == [{topics.conversation(maya.conversation_id)}]
    assert first.body == {"of": message.seq, "text": "the card •••• 4242"}
    assert await log(store, maya) == [
        ("message", {"text": "", "edited": first.seq}),
        ("message.edited", first.body),
    ]
    second = await edited(store, maya, message, "my card")
    assert await log(store, maya) == [
        ("message", {"text": "", "edited": second.seq}),
        ("message.edited", {"of": message.seq, "text": ""}),
        ("message.edited", {"of": message.seq, "text": "my card"}),
    ]


async def test_a_tail_tells_whoever_had_the_old_words(
    store: Store, maya: Customer, ana: Agent
) -> None:
    message = await said(store, ana, maya, text="tomorrow")
    other = await said(store, ana, maya, text="or so")
    await edited(store, ana, message, "on Friday")
    await deleted(store, ana, other)
    tail = await log(store, maya, after=other.seq)
    assert tail == [
        ("message.edited", {"of": message.seq, "text": "on Friday"}),
        ("message.deleted", {"of": other.seq}),
    ]


async def test_a_deleted_message_leaves_neither_words_nor_files(
    store: Store, maya: Customer, ana: Agent
) -> None:
    photo = file(maya, maya)
    await kept(store, photo)
    message = await said(store, maya, maya, text="my card", files=(photo.id,))
    await edited(store, maya, message, "my old card")
    await deleted(store, maya, message)
    await deleted(store, maya, message)
    assert await log(store, maya) == [
        ("message", {"text": "", "deleted": 3}),
        ("message.edited", {"of": 1, "text": ""}),
        ("message.deleted", {"of": 1}),
    ]
    assert [one.state for one in await known(store, photo)] == [FileState.REMOVED]
    with pytest.raises(NotAllowed):
        await edited(store, maya, message, "back again")
    assert len(await log(store, maya)) == 3


async def test_the_files_of_an_edited_message_stay(
    store: Store, maya: Customer, ana: Agent
) -> None:
    photo = file(maya, maya)
    await kept(store, photo)
    message = await said(store, maya, maya, files=(photo.id,))
    event = await edited(store, maya, message, "this one")
    [(_, body), _] = await log(store, maya)
    assert body == {"text": "", "files": [photo.view()], "edited": event.seq}
    assert [one.state for one in await known(store, photo)] == [FileState.SAID]


async def test_a_repeated_edit_changes_nothing_also_after_another(
    store: Store, maya: Customer, ana: Agent
) -> None:
    message = await said(store, maya, maya, text="a")
    cmid = new_id()
    first = await edited(store, maya, message, "b", cmid=cmid)
    assert await edited(store, maya, message, "b", cmid=cmid) == first
    second = await edited(store, maya, message, "c")
    again = await edited(store, maya, message, "b", cmid=cmid)
    assert again == replace(first, body={"of": message.seq, "text": ""})
    assert (await log(store, maya))[0] == ("message", {"text": "", "edited": second.seq})
    assert len(await log(store, maya)) == 3
    assert message.cmid is not None
    with pytest.raises(NotAllowed, match="names something else"):
        await edited(store, maya, message, "d", cmid=message.cmid)


async def test_nobody_changes_what_is_not_theirs(store: Store, maya: Customer, ana: Agent) -> None:
    jonas, tom = await customer(store, "jonas"), await agent(store, "Tom")
    message = await said(store, maya, maya, text="mine")
    async with store.write() as work:
        entry = Entry(
            kind="note", actor=by_agent(ana), body={"text": "n"}, audience=Audience.AGENTS
        )
        note = await work.timeline.append(maya.conversation_id, entry)
    unknown = replace(message, seq=99)
    foreign = [(who, message) for who in (jonas, tom, ana)]
    for who, what in (*foreign, (ana, note), (maya, unknown)):
        with pytest.raises(NotFound):
            await edited(store, who, what, "yours")
        with pytest.raises(NotFound):
            await deleted(store, who, what)
    assert await log(store, maya) == [("message", {"text": "mine"})]


async def test_after_its_time_a_message_stays(store: Store, maya: Customer, ana: Agent) -> None:
    message = await said(store, maya, maya, text="mine")
    late = timedelta(0)
    with pytest.raises(TooLate, match="for 0 minutes"):
        await edited(store, maya, message, "yours", within=late)
    with pytest.raises(TooLate):
        await deleted(store, maya, message, late)
    assert await log(store, maya) == [("message", {"text": "mine"})]


async def test_many_at_once_leave_the_words_of_one(
    store: Store, maya: Customer, ana: Agent
) -> None:
    message = await said(store, maya, maya, text="a")
    await asyncio.gather(*(edited(store, maya, message, f"{at}") for at in range(8)))
    (_, original), *edits = await log(store, maya)
    newest = original["edited"]
    words = [body["text"] for _, body in edits if body["text"]]
    assert len(edits) == 8
    assert words == [edits[newest - 2][1]["text"]]
    await asyncio.gather(*(deleted(store, maya, message) for _ in range(4)))
    kinds = [kind for kind, _ in await log(store, maya)]
    assert kinds.count("message.deleted") == 1


async def test_a_body_is_written_over_and_nothing_else(store: Store, maya: Customer) -> None:
    async with store.write() as work:
        with pytest.raises(NotFound):
            await work.timeline.rewrite(maya.conversation_id, 1, {})
    other = await customer(store, "jonas")
    await asked(store, other)
    kept_one = await said(store, other, other, text="kept")
    await asked(store, maya)
    events = [await said(store, maya, maya, text=text) for text in ("a", "b", "c")]
    async with store.write() as work:
        await work.timeline.rewrite(maya.conversation_id, 2, {"text": "é", "n": [1, None]})
    async with store.read() as work:
        found = await work.timeline.after(maya.conversation_id, 0, Viewer.AGENT, 10)
        [untouched] = await work.timeline.after(other.conversation_id, 0, Viewer.AGENT, 10)
    changed = replace(events[1], body={"text": "é", "n": [1, None]})
    assert found == [events[0], changed, events[2]]
    assert untouched == kept_one
