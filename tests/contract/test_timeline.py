"""The timeline: dense numbers, two audiences, and a repeat is the same event."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.conversation.errors import NotFound
from app.conversation.timeline import SYSTEM, Actor, ActorKind, Audience, Entry, Event, Viewer
from app.ids import new_id
from app.store.plain import Unstorable
from app.store.work import Store
from tests.contract.people import MAYA, customer, customers, said


async def _all(store: Store, conversation_id: UUID, viewer: Viewer = Viewer.AGENT) -> list[Event]:
    async with store.read() as work:
        return list(await work.timeline.after(conversation_id, 0, viewer, 10_000))


def note(text: str, **fields: Any) -> Entry:
    return said(text, audience=Audience.AGENTS, **fields)


async def test_an_event_comes_back_as_it_was_stored(store: Store) -> None:
    maya = await customer(store)
    entry = Entry(
        kind="flow.answered",
        actor=Actor(kind=ActorKind.AGENT, name="Ana 🦜", id=new_id()),
        body={"text": 'naïve \\u0000 "x"', "n": 1, "f": 1.5, "none": None, "deep": [{"a": True}]},
        audience=Audience.AGENTS,
        cmid=new_id(),
        run_id=new_id(),
        private=b"\x00\xff",
    )
    async with store.write() as work:
        before = await work.now()
        stored = await work.timeline.append(maya.conversation_id, entry)
    assert await _all(store, maya.conversation_id) == [stored]
    assert (stored.seq, stored.customer_prev) == (1, 0)
    for field in ("kind", "actor", "body", "audience", "cmid", "run_id", "private"):
        assert getattr(stored, field) == getattr(entry, field)
    assert timedelta(seconds=-1) < stored.at - before < timedelta(seconds=5)


async def test_the_smallest_event_comes_back_as_it_was_stored(store: Store) -> None:
    maya = await customer(store)
    async with store.write() as work:
        stored = await work.timeline.append(
            maya.conversation_id, Entry(kind="x", actor=SYSTEM, body={})
        )
    assert await _all(store, maya.conversation_id) == [stored]
    assert (stored.actor, stored.cmid, stored.run_id, stored.private) == (SYSTEM, None, None, None)


async def test_numbers_are_dense_from_one_in_every_conversation(store: Store) -> None:
    maya, jonas = await customers(store, 2)
    async with store.write() as work:
        for who in (maya, jonas, maya, maya, jonas):
            await work.timeline.append(who.conversation_id, said("hello"))
    assert [event.seq for event in await _all(store, maya.conversation_id)] == [1, 2, 3]
    assert [event.seq for event in await _all(store, jonas.conversation_id)] == [1, 2]


async def test_a_rollback_leaves_no_hole(store: Store) -> None:
    maya = await customer(store)

    async def break_off() -> None:
        async with store.write() as work:
            await work.timeline.append(maya.conversation_id, said("lost"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await break_off()
    async with store.write() as work:
        kept = await work.timeline.append(maya.conversation_id, said("kept"))
    assert kept.seq == 1


async def test_the_customer_sees_no_notes_and_is_told_no_gap(store: Store) -> None:
    maya = await customer(store)
    async with store.write() as work:
        for entry in (note("a"), said("b"), note("c"), note("d"), said("e")):
            await work.timeline.append(maya.conversation_id, entry)
    seen = await _all(store, maya.conversation_id, Viewer.CUSTOMER)
    assert [(event.prev(Viewer.CUSTOMER), event.seq) for event in seen] == [(0, 2), (2, 5)]
    everything = await _all(store, maya.conversation_id)
    assert [event.prev(Viewer.AGENT) for event in everything] == [0, 1, 2, 3, 4]
    assert [event.customer_prev for event in everything] == [0, 0, 2, 2, 2]


async def test_the_head_is_the_newest_that_the_viewer_may_see(store: Store) -> None:
    maya = await customer(store)
    async with store.write() as work:
        await work.timeline.append(maya.conversation_id, said("a"))
        await work.timeline.append(maya.conversation_id, note("b"))
        assert await work.timeline.head(maya.conversation_id, Viewer.AGENT) == 2
        assert await work.timeline.head(maya.conversation_id, Viewer.CUSTOMER) == 1


async def test_after_goes_on_behind_a_number_up_to_the_limit(store: Store) -> None:
    maya = await customer(store)
    async with store.write() as work:
        for n in range(6):
            await work.timeline.append(maya.conversation_id, note("n") if n % 2 else said("m"))
        after = work.timeline.after
        agents = await after(maya.conversation_id, 2, Viewer.AGENT, 3)
        assert [event.seq for event in agents] == [3, 4, 5]
        mine = await after(maya.conversation_id, 1, Viewer.CUSTOMER, 10)
        assert [event.seq for event in mine] == [3, 5]
        assert await after(maya.conversation_id, 6, Viewer.AGENT, 10) == []


async def test_a_repeated_cmid_is_the_same_event(store: Store) -> None:
    maya = await customer(store)
    cmid = new_id()
    async with store.write() as work:
        first = await work.timeline.append(maya.conversation_id, said("hello", cmid=cmid))
        await work.timeline.append(maya.conversation_id, said("other"))
    async with store.write() as work:
        again = await work.timeline.append(maya.conversation_id, said("changed", cmid=cmid))
        assert again == first
        assert await work.timeline.head(maya.conversation_id, Viewer.AGENT) == 2
    async with store.write() as work:
        await work.timeline.append(maya.conversation_id, note("unseen", cmid=cmid))
        assert await work.timeline.head(maya.conversation_id, Viewer.CUSTOMER) == 2
        following = await work.timeline.append(maya.conversation_id, said("next"))
    assert (following.seq, following.customer_prev) == (3, 2)


async def test_a_cmid_counts_within_its_conversation_only(store: Store) -> None:
    maya, jonas = await customers(store, 2)
    cmid = new_id()
    async with store.write() as work:
        for who in (maya, jonas):
            stored = await work.timeline.append(who.conversation_id, said("hello", cmid=cmid))
            assert stored.conversation_id == who.conversation_id


async def test_events_of_a_run_are_found_by_it(store: Store) -> None:
    maya = await customer(store)
    run_id = new_id()
    async with store.write() as work:
        for entry in (said("a", run_id=run_id), said("b"), said("c", run_id=run_id)):
            await work.timeline.append(maya.conversation_id, entry)
        assert [event.seq for event in await work.timeline.of_run(run_id)] == [1, 3]
        assert await work.timeline.of_run(new_id()) == []


async def test_the_private_part_can_be_rewritten(store: Store) -> None:
    maya = await customer(store)
    run_id = new_id()
    async with store.write() as work:
        for private in (b"1", b"2"):
            entry = said("a", run_id=run_id, private=private)
            await work.timeline.append(maya.conversation_id, entry)
        await work.timeline.rewrite_private(maya.conversation_id, 1, b"gone")
        assert await work.timeline.logs_of([run_id]) == {run_id: [b"gone", b"2"]}
        for unknown in (0, 3):
            with pytest.raises(NotFound):
                await work.timeline.rewrite_private(maya.conversation_id, unknown, b"")


async def test_the_private_log_of_many_runs(store: Store) -> None:
    maya, jonas = await customers(store, 2)
    one, other = new_id(), new_id()
    async with store.write() as work:
        for who, run_id, private in (
            (maya, one, b"1"),
            (jonas, other, b"2"),
            (maya, one, None),
            (maya, one, b"3"),
        ):
            entry = said("a", run_id=run_id, private=private)
            await work.timeline.append(who.conversation_id, entry)
        assert await work.timeline.logs_of([one, other, new_id()]) == {
            one: [b"1", b"3"],
            other: [b"2"],
        }
        assert await work.timeline.logs_of([]) == {}


async def test_an_unknown_conversation_is_not_found(store: Store) -> None:
    async with store.write() as work:
        with pytest.raises(NotFound, match="no such conversation"):
            await work.timeline.append(new_id(), said("hello"))
        with pytest.raises(NotFound, match="no such conversation"):
            await work.timeline.append(new_id(), said("hello", cmid=new_id()))
        with pytest.raises(NotFound, match="no such conversation"):
            await work.timeline.head(new_id(), Viewer.CUSTOMER)
        assert await work.timeline.after(new_id(), 0, Viewer.CUSTOMER, 10) == []


@pytest.mark.parametrize(
    "body", [{"t": "a\x00b"}, {"n": float("nan")}, {"n": float("inf")}, {"t": "\ud800"}]
)
async def test_what_a_database_cannot_keep_is_refused_clearly(
    store: Store, body: dict[str, object]
) -> None:
    maya = await customer(store)
    with pytest.raises(Unstorable):
        async with store.write() as work:
            await work.timeline.append(
                maya.conversation_id, Entry(kind="message", actor=MAYA, body=body)
            )
    assert await _all(store, maya.conversation_id) == []


async def test_a_hundred_appends_at_once_leave_dense_numbers(store: Store) -> None:
    """Numbers taken before the commit are skipped by readers, where one commits late.

    See event-driven.io/en/ordering_in_postgres_outbox.
    """
    maya = await customer(store)

    async def append(n: int) -> Event:
        async with store.write() as work:
            entry = note(str(n)) if n % 3 else said(str(n))
            return await work.timeline.append(maya.conversation_id, entry)

    appended = await asyncio.gather(*(append(n) for n in range(100)))
    log = await _all(store, maya.conversation_id)
    assert [event.seq for event in log] == list(range(1, 101))
    assert sorted(appended, key=lambda event: event.seq) == log
    last_seen = 0
    for event in log:
        assert event.customer_prev == last_seen
        if event.audience is Audience.EVERYONE:
            last_seen = event.seq
    assert [event.at for event in log] == sorted(event.at for event in log)


async def test_one_message_sent_twenty_times_at_once_is_one_event(store: Store) -> None:
    maya = await customer(store)
    cmid = new_id()

    async def send() -> Event:
        async with store.write() as work:
            return await work.timeline.append(maya.conversation_id, said("once", cmid=cmid))

    sent = await asyncio.gather(*(send() for _ in range(20)))
    assert len({event.seq for event in sent}) == 1
    assert await _all(store, maya.conversation_id) == [sent[0]]


_TEXT = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]))
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | _TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXT, inner, max_size=4),
    max_leaves=12,
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(body=st.dictionaries(_TEXT, _JSON, max_size=5))
async def test_any_json_comes_back_equal(store: Store, body: dict[str, object]) -> None:
    maya = await customer(store)
    async with store.write() as work:
        stored = await work.timeline.append(
            maya.conversation_id, Entry(kind="message", actor=MAYA, body=body)
        )
        found = await work.timeline.after(maya.conversation_id, stored.seq - 1, Viewer.AGENT, 1)
    assert found[0].body == body


async def test_many_are_appended_in_order_each_to_its_conversation(store: Store) -> None:
    maya, jonas, idle = [one.conversation_id for one in await customers(store, 3)]
    async with store.write() as work:
        await work.timeline.append(maya, note("before"))
        wanted = [(maya, said("1")), (jonas, said("2")), (maya, note("3")), (maya, said("4"))]
        appended = await work.timeline.append_all(wanted)
        following = await work.timeline.append(maya, said("5"))
    assert [(e.conversation_id, e.body["text"]) for e in appended] == [
        (id, entry.body["text"]) for id, entry in wanted
    ]
    assert [(e.seq, e.customer_prev) for e in appended] == [(2, 0), (1, 0), (3, 2), (4, 2)]
    assert (following.seq, following.customer_prev) == (5, 4)
    assert (await _all(store, maya))[1:] == [appended[0], appended[2], appended[3], following]
    assert await _all(store, jonas) == [appended[1]]
    assert await _all(store, idle) == []


async def test_repeats_among_many_are_the_same_event(store: Store) -> None:
    maya, jonas = [one.conversation_id for one in await customers(store, 2)]
    cmid = new_id()
    async with store.write() as work:
        first = await work.timeline.append(maya, said("once", cmid=cmid))
    other, foreign = said("other", cmid=new_id()), said("foreign", cmid=cmid)
    async with store.write() as work:
        wanted = [(maya, other), (maya, said("again", cmid=cmid)), (maya, other), (jonas, foreign)]
        appended = await work.timeline.append_all(wanted)
    assert appended[1] == first
    assert appended[0] == appended[2]
    assert [event.seq for event in appended] == [2, 1, 2, 1]
    async with store.write() as work:
        assert await work.timeline.append_all(wanted) == appended
    assert len(await _all(store, maya)) == 2
    assert len(await _all(store, jonas)) == 1


async def test_none_of_many_is_stored_where_one_conversation_is_unknown(store: Store) -> None:
    maya = await customer(store)
    with pytest.raises(NotFound, match="no such conversation"):
        async with store.write() as work:
            await work.timeline.append_all(
                [(maya.conversation_id, said("a")), (new_id(), said("b"))]
            )
    assert await _all(store, maya.conversation_id) == []


async def test_many_writers_of_many_leave_dense_numbers(store: Store) -> None:
    logs = [one.conversation_id for one in await customers(store, 5)]

    async def append(n: int) -> None:
        # Each in another order: whoever locked them as they come would wait in a ring.
        wanted = [(logs[(n + at) % 5], said(f"{n}.{at}", cmid=new_id())) for at in range(10)]
        async with store.write() as work:
            await work.timeline.append_all(wanted)

    await asyncio.gather(*(append(n) for n in range(20)))
    for log in logs:
        assert [event.seq for event in await _all(store, log)] == list(range(1, 41))


async def test_stored_ones_are_found_by_their_ids(store: Store) -> None:
    maya, jonas = [one.conversation_id for one in await customers(store, 2)]
    cmids = [new_id() for _ in range(3)]
    async with store.write() as work:
        kept = [await work.timeline.append(maya, said("m", cmid=cmid)) for cmid in cmids]
        found = await work.timeline.stored(
            [(maya, cmids[2]), (maya, cmids[0]), (jonas, cmids[1]), (maya, new_id())]
        )
        assert sorted(event.seq for event in found) == [kept[0].seq, kept[2].seq]
        assert await work.timeline.stored([]) == []
