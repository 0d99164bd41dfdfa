"""The live socket, on a real server: who gets in, what is sent, what ends it."""

import asyncio
import os
from typing import Any
from uuid import UUID, uuid4

import pytest

from app import socket_protocol
from app.api import live as live_module
from app.api.live_socket import (
    following,
    lease,
    outlet,
    reading,
    serving,
    signed_in,
    unanswered,
)
from tests.api.company import Company, SignedInAgent, SignedInCustomer
from tests.api.live_client import Page, live_page, open_page


async def say(page: Page, conversation: str, text: str, cmid: str | None = None) -> str:
    cmid = cmid or str(uuid4())
    await page.send("send", cmid=cmid, conversation_id=conversation, text=text)
    return cmid


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost:1"])
async def test_a_foreign_origin_is_refused(company: Company, origin: str) -> None:
    async with open_page(company.nobody, origin=origin) as page:
        assert await page.closed() == 4403


async def test_the_own_origin_and_configured_ones_connect(
    company: Company, maya: SignedInCustomer
) -> None:
    for origin in (company.url, "https://app.bank.example"):
        async with open_page(maya, origin=origin) as page:
            assert (await page.hello(maya.token)).welcome["me"]["kind"] == "customer"


async def test_a_page_that_does_not_say_hello_is_closed(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_module, "HELLO_WITHIN_S", 0.05)
    async with open_page(company.nobody) as page:
        assert await page.closed() == 4408


async def test_a_page_that_is_silent_is_closed(
    maya: SignedInCustomer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RocketChat#36023: a connection that carried one way only was taken for a whole one."""
    monkeypatch.setattr(reading, "DEAD_AFTER_S", 1)
    monkeypatch.setattr(serving, "LOOK_EVERY_S", 0.1)
    async with live_page(maya) as page:
        assert await page.closed() == 1001


async def test_an_unknown_token_is_refused(company: Company) -> None:
    async with open_page(company.nobody) as page:
        await page.send("hello", token="of nobody")
        assert await page.closed() == 4401


BAD_FRAMES = [
    "not json",
    "{}",
    '{"type": "shout"}',
    '{"type": "ping", "extra": 1}',
    '{"type": "sync", "conversation_id": "x", "after": 0}',
    '{"type": "typing", "conversation_id": "\\u0000"}',
    "[" * 50_000,
    b"\x00\x01",
    '{"type": "ping"}',
]


@pytest.mark.parametrize("frame", BAD_FRAMES)
async def test_a_bad_first_frame_ends_it(company: Company, frame: str | bytes) -> None:
    async with open_page(company.nobody) as page:
        await page.socket.send(frame)
        assert await page.closed() == 4400


@pytest.mark.parametrize("frame", BAD_FRAMES[:-1])
async def test_a_bad_later_frame_ends_it(maya: SignedInCustomer, frame: str | bytes) -> None:
    async with live_page(maya) as page:
        await page.socket.send(frame)
        assert await page.closed() == 4400


async def test_what_is_wrong_is_told_in_the_bytes_that_a_close_frame_has(
    maya: SignedInCustomer,
) -> None:
    """The reason quotes the frame: 120 characters of it were up to 360 bytes, and too many."""
    async with live_page(maya) as page:
        await page.send("é€" * 200)
        assert await page.closed() == 4400
        assert (page.socket.close_reason or "").startswith("Invalid value 'é€")


async def test_what_uvicorn_closed_is_not_closed_again(company: Company) -> None:
    """A bad hello, and behind it what is no text."""
    for _ in range(20):
        async with open_page(company.nobody) as page:
            await asyncio.gather(page.socket.send("not json"), page.socket.send(b"\xff", text=True))
            assert await page.closed() in {4400, 1007}


async def test_a_second_hello_ends_it(maya: SignedInCustomer) -> None:
    async with live_page(maya) as page:
        await page.send("hello", token=maya.token)
        assert await page.closed() == 4400


async def test_a_frame_beyond_the_limit_ends_it(maya: SignedInCustomer) -> None:
    async with live_page(maya) as page:
        await page.socket.send('{"type": "ping", "x": "' + "x" * 65_536 + '"}')
        assert await page.closed() == 1009  # RFC 6455, 7.4.1: message too big


async def test_a_message_is_acknowledged_and_shown_to_both(
    maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    await ines.accepted(await maya.ask())
    async with live_page(maya) as phone, live_page(ines, **{maya.conversation: 0}) as desk:
        cmid = await say(phone, maya.conversation, "my card is 4242 4242 4242 4242")
        mine = await phone.next("event", cmid=cmid)
        assert await desk.next("event", cmid=cmid) == mine
        assert mine["body"] == {"text": "my card is •••• 4242"}
        assert mine["actor"]["name"] == "Maya Okafor"
        assert "ack" not in await phone.silence()  # the event told it


async def test_a_repeated_message_is_acknowledged_with_the_same_place(
    maya: SignedInCustomer,
) -> None:
    await maya.ask()
    async with live_page(maya) as phone:
        cmid = await say(phone, maya.conversation, "hello")
        first = await phone.next("event", cmid=cmid)
        await say(phone, maya.conversation, "hello", cmid)
        assert (await phone.next("ack", cmid=cmid))["seq"] == first["seq"]
    assert [e["kind"] for e in await maya.events(maya.conversation)].count("message") == 1


async def test_a_message_to_nobody_is_refused(company: Company, maya: SignedInCustomer) -> None:
    jonas = await company.customer("jonas")
    async with live_page(maya) as phone:
        cmid = await say(phone, maya.conversation, "hello?")
        refused = await phone.next("refused", cmid=cmid)
        assert refused["problem"]["type"] == "/problems/not-allowed-now"
        foreign = await say(phone, jonas.conversation, "hello?")
        unknown = await say(phone, str(uuid4()), "hello?")
        problems = [(await phone.next("refused", cmid=c))["problem"] for c in (foreign, unknown)]
        assert problems[0] == problems[1]
        assert problems[0]["type"] == "/problems/not-found"


async def test_internal_notes_make_no_holes_for_the_customer(
    maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    interaction = await ines.accepted(await maya.ask())
    async with live_page(maya) as phone:
        _, cursor = await phone.tail()
        assert phone.welcome["heads"] == {maya.conversation: cursor}
        for at in range(3):
            await ines.did(interaction, "notes", {"text": f"internal {at}"})
            await say(phone, maya.conversation, f"message {at}")
        shown: list[Any] = []
        while len(shown) < 3:
            event = await phone.next("event")
            assert event["prev"] == cursor
            cursor = event["seq"]
            shown.append(event["body"]["text"])
        assert shown == ["message 0", "message 1", "message 2"]
    events = await ines.events(maya.conversation)
    assert [e["prev"] for e in events] == [e["seq"] - 1 for e in events]
    assert [e["kind"] for e in events].count("note") == 3


async def test_a_page_that_comes_back_gets_what_it_missed(
    maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    await ines.accepted(await maya.ask())
    async with live_page(maya) as phone:
        _, cursor = await phone.tail()
    path = f"/v1/conversations/{maya.conversation}/messages"
    await ines.do(path, {"cmid": str(uuid4()), "text": "still there?"})
    async with live_page(maya, **{maya.conversation: cursor}) as phone:
        (missed,), upto = await phone.tail()
        assert (missed["prev"], missed["body"]["text"]) == (cursor, "still there?")
        assert upto == missed["seq"]
        await phone.send("sync", conversation_id=maya.conversation, after=cursor)
        assert await phone.tail() == ([missed], upto)


@pytest.mark.parametrize("how", ["hello", "sync"])
async def test_a_cursor_of_another_life_starts_again(maya: SignedInCustomer, how: str) -> None:
    await maya.ask()
    beyond = {maya.conversation: 1_000_000} if how == "hello" else {}
    async with live_page(maya, **beyond) as phone:
        if how == "sync":
            await phone.tail()
            await phone.send("sync", conversation_id=maya.conversation, after=1_000_000)
        events, _ = await phone.tail()
        assert events[0]["seq"] == 1
        await say(phone, maya.conversation, "hello")
        assert (await phone.next("event"))["prev"] == events[-1]["seq"]


async def test_a_long_conversation_comes_whole(
    maya: SignedInCustomer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "PAGE", 2)
    await maya.start()
    await maya.ask()
    async with live_page(maya) as phone:
        events, upto = await phone.tail()
    assert [e["seq"] for e in events] == list(range(1, upto + 1))
    assert upto > 2


async def test_an_agent_watches_only_what_is_in_hand(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    await ines.accepted(await maya.ask())
    tom = await company.agent("tom")
    async with live_page(tom, **{maya.conversation: 0}) as desk:
        assert desk.welcome["heads"] == {}
        problems = []
        for conversation in (maya.conversation, str(uuid4())):
            await desk.send("watch", conversation_id=conversation)
            problems.append((await desk.next("error"))["problem"])
            await desk.send("sync", conversation_id=conversation, after=0)
            await desk.send("typing", conversation_id=conversation)
        assert problems[0] == problems[1]
        assert problems[0]["type"] == "/problems/not-found"
        async with live_page(maya) as phone:
            await phone.next("event", cmid=await say(phone, maya.conversation, "between us"))
        assert "event" not in await desk.silence()


async def test_a_conversation_that_was_closed_is_followed_no_more(
    maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    interaction = await ines.accepted(await maya.ask())
    async with live_page(ines, **{maya.conversation: 0}) as desk:
        await desk.tail()
        await ines.did(interaction, "end")
        await desk.next("event", kind="interaction.ended")
        await ines.did(interaction, "wrap-up", {"disposition": "not_solved"})
        await desk.send("sync", conversation_id=maya.conversation, after=0)
        await maya.ask()
        assert "event" not in await desk.silence()
        await desk.send("watch", conversation_id=maya.conversation)
        assert (await desk.next("error"))["problem"]["type"] == "/problems/not-found"


async def test_what_is_no_longer_watched_is_not_sent(
    maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    await ines.accepted(await maya.ask())
    async with live_page(ines) as desk, live_page(maya) as phone:
        await desk.send("watch", conversation_id=maya.conversation)
        await desk.tail()
        await desk.send("unwatch", conversation_id=maya.conversation)
        assert "event" not in await desk.silence()
        await phone.next("event", cmid=await say(phone, maya.conversation, "anybody?"))
        assert "event" not in await desk.silence()


async def test_a_sync_of_what_is_not_followed_is_answered(
    maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    async with live_page(ines) as desk:
        await desk.send("sync", conversation_id=maya.conversation, after=0)
        assert (await desk.next("error"))["problem"]["type"] == "/problems/not-found"


async def test_typing_is_whispered_to_the_others_only(
    maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    await ines.accepted(await maya.ask())
    async with live_page(ines, **{maya.conversation: 0}) as desk, live_page(maya) as phone:
        await desk.tail()
        await phone.tail()
        await phone.send("typing", conversation_id=maya.conversation)
        typing = await desk.next("typing")
        assert typing["actor"] == {"kind": "customer", "name": "Maya Okafor", "id": maya.id}
        assert "typing" not in await phone.silence()
    kinds = {e["kind"] for e in await maya.events(maya.conversation)}
    assert "typing" not in kinds


async def test_every_change_sends_the_whole_snapshot(
    maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    async with live_page(maya) as phone, live_page(ines) as desk:
        assert phone.welcome["me"]["interaction"] is None
        interaction = await maya.ask()
        me = (await phone.next("me"))["me"]
        assert (me["kind"], me["interaction"]["id"]) == ("customer", interaction["id"])
        async with asyncio.timeout(5):
            while not (me := (await desk.next("me"))["me"])["offers"]:
                pass
        assert me["offers"][0]["interaction"]["id"] == interaction["id"]


async def test_several_pages_of_one_customer_see_the_same(maya: SignedInCustomer) -> None:
    await maya.ask()
    async with live_page(maya) as phone, live_page(maya) as tablet:
        cmid = await say(tablet, maya.conversation, "from the tablet")
        assert (await phone.next("event", cmid=cmid))["seq"] == (
            await tablet.next("event", cmid=cmid)
        )["seq"]


async def test_an_agent_is_reachable_while_a_desk_is_connected(company: Company) -> None:
    """RocketChat#10172: agents who had closed their browser were still given customers."""
    from sqlalchemy import delete

    from app.store.tables import agent_lease

    tom = await company.agent("tom")
    async with company.database.write() as db:
        await db.execute(delete(agent_lease))
    assert not (await tom.me())["presence"]["reachable"]
    async with live_page(tom) as desk, live_page(tom):
        assert desk.welcome["me"]["presence"]["reachable"]
    async with asyncio.timeout(5):
        while (await tom.me())["presence"]["reachable"]:
            await asyncio.sleep(0.01)


async def test_pings_keep_the_lease(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    from sqlalchemy import select

    from app.store.tables import agent_lease

    async def until() -> Any:
        async with company.database.read() as db:
            leases = await db.scalars(select(agent_lease.c.until).order_by(agent_lease.c.until))
            return leases.first()

    monkeypatch.setattr(lease, "RENEW_AFTER_S", 0)
    tom = await company.agent("tom")
    async with live_page(tom) as desk:
        before = await until()
        assert await desk.silence() is not None
        assert await until() > before


async def test_a_token_that_was_given_up_ends_its_page(maya: SignedInCustomer) -> None:
    async with live_page(maya) as page:
        await maya.send("DELETE", "/v1/sign-in")
        assert await page.closed() == 4401


async def test_a_token_that_was_given_up_ends_a_page_that_never_pings(
    company: Company, maya: SignedInCustomer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "LOOK_EVERY_S", 0.05)
    monkeypatch.setattr(signed_in, "CHECK_AFTER_S", 0.1)
    async with live_page(maya) as page:
        async with company.store.write() as work:
            await work.sign_ins.delete_of(UUID(maya.id))
        assert await page.closed() == 4401


async def test_a_page_that_does_not_read_is_closed(
    maya: SignedInCustomer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outlet, "SLOW_AFTER_S", 0.1)
    monkeypatch.setattr(serving, "LOOK_EVERY_S", 0.1)
    await maya.ask()
    async with live_page(maya) as page:
        await read_nothing(page, maya)
        page.socket.transport.resume_reading()
        assert await page.closed() == 4008


async def test_a_page_that_never_reads_again_is_cut(
    maya: SignedInCustomer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outlet, "SLOW_AFTER_S", 0.1)
    monkeypatch.setattr(serving, "LOOK_EVERY_S", 0.1)
    monkeypatch.setattr(live_module, "GOODBYE_WITHIN_S", 0.1)
    monkeypatch.setattr(socket_protocol, "CUT_AFTER_S", 0.1)
    await maya.ask()
    async with live_page(maya) as page:
        held = len(os.listdir("/proc/self/fd"))
        await read_nothing(page, maya)
        assert len(os.listdir("/proc/self/fd")) == held - 1, "the server's end is gone"


async def read_nothing(page: Page, maya: SignedInCustomer) -> None:
    """Ask for so much that the buffers between fill up, and then wait as long as the server."""
    await page.tail()
    for _ in range(30):
        path = f"/v1/conversations/{maya.conversation}/messages"
        await maya.do(path, {"cmid": str(uuid4()), "text": "x" * 4000})
    page.socket.transport.pause_reading()
    for _ in range(2000):
        await page.send("sync", conversation_id=maya.conversation, after=0)
    await asyncio.sleep(3)


async def test_a_page_that_floods_and_does_not_read_is_read_no_further(
    maya: SignedInCustomer,
) -> None:
    """Answers that nobody takes must not pile up: its own sending comes to a halt."""
    await maya.ask()
    async with live_page(maya) as page:
        await page.tail()
        for _ in range(20):
            await say(page, maya.conversation, "\N{LARGE RED CIRCLE}" * 4000)
        await page.silence()
        page.socket.transport.pause_reading()
        for _ in range(unanswered.IN_FLIGHT - 4):  # far more than the buffers between can hold
            await page.send("sync", conversation_id=maya.conversation, after=0)
        with pytest.raises(TimeoutError):
            await _flood(page)
        page.socket.transport.abort()


async def _flood(page: Page) -> None:
    for _ in range(1000):
        async with asyncio.timeout(0.5):
            await page.send("context", patch={"fields": {"much": "x" * 60_000}})


async def test_a_page_that_vanishes_disturbs_nobody(
    maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    await ines.accepted(await maya.ask())
    async with live_page(ines, **{maya.conversation: 0}) as desk:
        await desk.tail()
        for at in range(20):
            async with open_page(maya) as phone:
                await phone.send("hello", token=maya.token)
                await say(phone, maya.conversation, f"{at}")
                phone.socket.transport.abort()
        await ines.did((await ines.me())["interactions"][0], "notes", {"text": "the end"})
        await desk.next("event", kind="note")


async def test_what_all_agents_do_is_told_now_and_then_and_the_last_of_it_always(
    company: Company, ines: SignedInAgent
) -> None:
    tom = await company.agent("tom")
    async with live_page(ines) as desk:
        began = asyncio.get_running_loop().time()
        for intent in ("break", "available") * 8:
            await tom.send("PUT", "/v1/me/presence", {"intent": intent})
        await tom.send("PUT", "/v1/me/presence", {"intent": "offline"})
        told = 0
        while True:
            team = (await desk.next("team"))["team"]
            told += 1
            if next(one for one in team if one["name"] == "Tom")["state"] == "offline":
                break
        assert told <= (asyncio.get_running_loop().time() - began) / 0.25 + 2
