"""What went wrong elsewhere, for years: docs/field-bugs.md lists the rest of it, too."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import update

from app.store.tables import event
from tests.api.company import Company, SignedInAgent, SignedInCustomer
from tests.api.live_client import Page, live_page


async def said(person: Any, conversation: str) -> int:
    body = {"cmid": str(uuid4()), "text": "hello"}
    answer = await person.do(f"/v1/conversations/{conversation}/messages", body)
    return int(answer["seq"])


async def offers(desk: Page, count: int) -> None:
    """Until this desk shows so many."""
    while len((await desk.next("me"))["me"]["offers"]) != count:
        pass


async def test_whoever_was_away_for_weeks_misses_nothing(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    """chatwoot#14934: after a reconnect, only what changed in the last 26 s was read."""
    await ines.accepted(await maya.ask())
    async with live_page(maya) as phone:
        _, cursor = await phone.tail()
    seq = await said(ines, maya.conversation)
    async with company.database.write() as db:
        missed = (event.c.conversation_id == UUID(maya.conversation), event.c.seq > cursor)
        old = await company.long_ago() - timedelta(days=30)
        await db.execute(update(event).where(*missed).values(at=old))
    async with live_page(maya, **{maya.conversation: cursor}) as phone:
        events, upto = await phone.tail()
        assert ([one["seq"] for one in events], upto) == ([seq], seq)


async def test_what_is_answered_at_one_desk_rings_at_no_other(
    maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    """chatwoot#15413, chatwoot#15576, element-call#2421, twilio-voice.js#329, Signal-Android#4172.

    Answered in one tab, it went on ringing in the others.
    """
    async with live_page(ines) as desk, live_page(ines) as other:
        interaction = await maya.ask("voice")
        for one in (desk, other):
            await offers(one, 1)
        await ines.accepted(interaction)
        for one in (desk, other):
            await offers(one, 0)


async def test_a_reload_or_a_second_desk_makes_nobody_available(
    company: Company, maya: SignedInCustomer
) -> None:
    """RocketChat#10172, RocketChat#23563, RocketChat#23587: offline became online, and remained."""
    ines = await company.agent()
    await ines.send("PUT", "/v1/me/presence", {"intent": "offline"})
    interaction = await maya.ask()
    for _ in range(2):
        async with live_page(ines) as desk, live_page(ines):
            assert desk.welcome["me"]["presence"]["intent"] == "offline"
            assert interaction["id"] not in await ines.offers()


async def test_whoever_comes_back_is_not_bound_to_an_agent_who_is_gone(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    """chatwoot#4158, chatwoot#7204, RocketChat#20965: an agent who had left got them for ever."""
    first = await ines.accepted(await maya.ask())
    await maya.did(first, "end")
    await ines.did(first, "wrap-up", {"disposition": "not_solved"})
    await ines.send("PUT", "/v1/me/presence", {"intent": "offline"})
    tom = await company.agent("tom")
    again = await maya.ask()
    assert str((await company.interaction(again["id"])).owner_id) == ines.id
    assert (await tom.accepted(again))["agent"]["name"] == "Tom"


async def test_text_voice_and_the_next_request_are_one_conversation(
    maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    """chatwoot#14663: a call opened a conversation of its own."""
    first = await ines.accepted(await maya.ask("text"))
    called = await maya.did(first, "channel", {"channel": "video"})
    assert (called["id"], called["conversation_id"]) == (first["id"], maya.conversation)
    await maya.did(first, "end")
    await ines.did(first, "wrap-up", {"disposition": "not_solved"})
    assert (await maya.ask("voice"))["conversation_id"] == maya.conversation
    kinds = {one["kind"] for one in await maya.events(maya.conversation)}
    assert {"help.asked", "call.started", "interaction.ended"} < kinds
