"""Delivered and read: told to the other side, kept for whoever comes later, and no event."""

from typing import Any
from uuid import uuid4

from tests.api.company import Company, SignedInAgent, SignedInCustomer
from tests.api.live_client import Page, live_page

NOTHING = {"delivered": 0, "seen": 0, "seen_at": None}


async def said(person: Any, conversation: str) -> int:
    body = {"cmid": str(uuid4()), "text": "hello"}
    answer = await person.do(f"/v1/conversations/{conversation}/messages", body)
    return int(answer["seq"])


async def marks(page: Page, **wanted: int) -> Any:
    """The next that say this of the customer."""
    while True:
        frame = await page.next("marks")
        if all(frame["customer"][name] == one for name, one in wanted.items()):
            return frame


async def test_the_sender_is_told_what_arrived_and_what_was_read(
    maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    await ines.accepted(await maya.ask())
    here = maya.conversation
    async with live_page(ines, **{here: 0}) as desk, live_page(maya) as phone:
        seq = await said(ines, here)
        await phone.next("event", seq=seq)
        await phone.send("got", conversation_id=here, upto=seq)
        arrived = await marks(desk, delivered=seq)
        assert (arrived["conversation_id"], arrived["customer"]["seen"]) == (here, 0)
        await phone.send("seen", conversation_id=here, upto=seq)
        read = await marks(desk, seen=seq)
        assert read["customer"]["seen_at"].endswith("Z")
        assert read["agent"] == NOTHING
        await phone.send("seen", conversation_id=here, upto=1)
        assert (await marks(phone, seen=seq))["customer"] == read["customer"]
    async with live_page(ines, **{here: 0}) as desk:
        assert (await desk.next("marks"))["customer"] == read["customer"]
    assert [e["seq"] for e in await ines.events(here)] == list(range(1, seq + 1))


async def test_nobody_has_read_what_they_were_not_sent(
    maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    await ines.accepted(await maya.ask())
    here = maya.conversation
    async with live_page(ines, **{here: 0}) as desk, live_page(maya) as phone:
        _, upto = await phone.tail()
        await phone.send("seen", conversation_id=here, upto=2**53)
        assert (await marks(desk, seen=upto))["customer"]["delivered"] == upto
    answer = await ines.send("PUT", f"/v1/conversations/{here}/seen", {"upto": 2**53})
    assert answer.json()["agent"]["seen"] == upto + 0


async def test_an_app_that_was_woken_says_so_by_http(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    await ines.accepted(await maya.ask())
    here = maya.conversation
    seq = await said(ines, here)
    async with live_page(ines, **{here: 0}) as desk:
        answer = await maya.send("PUT", f"/v1/conversations/{here}/seen", {"upto": seq})
        assert answer.status_code == 200
        assert answer.json()["customer"]["seen"] == seq
        await marks(desk, seen=seq)
    jonas = await company.customer("jonas")
    foreign = await jonas.send("PUT", f"/v1/conversations/{here}/seen", {"upto": seq})
    assert foreign.status_code == 404


async def test_internal_notes_hint_at_nothing(maya: SignedInCustomer, ines: SignedInAgent) -> None:
    interaction = await ines.accepted(await maya.ask())
    here = maya.conversation
    async with live_page(maya) as phone, live_page(ines, **{here: 0}) as desk:
        _, upto = await phone.tail()
        await ines.did(interaction, "notes", {"text": "only among us"})
        note = await desk.next("event", kind="note")
        await desk.send("seen", conversation_id=here, upto=note["seq"])
        while (frame := await phone.next("marks"))["agent"]["seen"] == 0:
            pass
        assert frame["agent"]["seen"] == upto
