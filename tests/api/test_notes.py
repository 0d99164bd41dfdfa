"""A thousand internal notes: the customer's page is sent nothing, and nothing hints at them."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

from app.conversation.telling import by_agent
from app.conversation.timeline import Audience, Entry
from app.marks import APART_S
from tests.api.company import Company, SignedInAgent, SignedInCustomer
from tests.api.live_client import live_page

MANY, MORE = 1_000, 3


async def note_much(company: Company, interaction: Any, ines: SignedInAgent) -> None:
    """Most of them in one go; the bells of the last few, over HTTP, ring for all."""
    async with company.store.write() as work:
        actor = by_agent(await work.agents.get(UUID(ines.id)))
        note = Entry(kind="note", actor=actor, body={"text": "among us"}, audience=Audience.AGENTS)
        conversation = UUID(interaction["conversation_id"])
        for _ in range(MANY):
            await work.timeline.append(conversation, note)
    for _ in range(MORE):
        await ines.did(interaction, "notes", {"text": "among us"})


async def test_a_thousand_notes_cost_the_customer_no_sync_and_hint_at_nothing(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    interaction = await ines.accepted(await maya.ask())
    here = maya.conversation
    async with live_page(maya) as phone, live_page(ines, **{here: 0}) as desk:
        _, cursor = await phone.tail()
        await desk.tail()
        await desk.send("seen", conversation_id=here, upto=cursor)
        marks = await phone.next("marks")
        while await phone.silence():
            pass
        await note_much(company, interaction, ines)
        last = await desk.next("event", seq=cursor + MANY + MORE)
        await desk.send("seen", conversation_id=here, upto=last["seq"])
        await asyncio.sleep(2 * APART_S)  # by then the mark would be told
        assert await phone.silence() == []
        said = {"cmid": str(uuid4()), "text": "here is how"}
        sent = await ines.do(f"/v1/conversations/{here}/messages", said)
        event = await phone.frame()
        assert (event["type"], event["seq"], event["prev"]) == ("event", sent["seq"], cursor)
    async with live_page(maya, **{here: cursor}) as phone:
        assert phone.welcome["heads"] == {here: event["seq"]}
        assert await phone.tail() == ([event], event["seq"])
        assert await phone.next("marks") == marks
