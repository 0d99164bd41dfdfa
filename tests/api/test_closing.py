"""How a text conversation ends: asked and answered, or after a silence that was announced."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from litestar.di import Provide
from msgspec.structs import replace
from sqlalchemy import update

from app.closing import Closings
from app.conversation import desk
from app.conversation.queues import Queue
from app.retry import retried
from app.store import tables
from tests.api.company import Company, SignedInAgent, SignedInCustomer
from tests.api.live_client import live_page
from tests.api.test_desk import with_run


async def said(person: SignedInCustomer | SignedInAgent, conversation: str, **more: Any) -> Any:
    message = {"cmid": str(uuid4()), "text": "one more thing", **more}
    return await person.do(f"/v1/conversations/{conversation}/messages", message)


async def kinds(maya: SignedInCustomer) -> list[str]:
    return [one["kind"] for one in await maya.events(maya.conversation)]


async def time_is_over(company: Company, interaction: Any) -> None:
    """As if the announced time had passed; the server's own job then sees to it, and this does."""

    @retried
    async def past() -> None:
        announced = (await company.interaction(interaction["id"])).closing
        assert announced is not None
        late = replace(announced, until=announced.since)
        await company.change(interaction["id"], closing=late)

    await past()
    await closings(company).sweep()


def closings(company: Company) -> Closings:
    """The server's own."""
    provided = company.app.dependencies["closings"]
    assert isinstance(provided, Provide)
    found = provided.dependency()
    assert isinstance(found, Closings)
    return found


async def test_both_are_told_until_when(maya: SignedInCustomer, ines: SignedInAgent) -> None:
    interaction = await ines.accepted(await maya.ask())
    async with live_page(maya) as phone:
        asked = await ines.did(interaction, "close")
        event = await phone.next("event", kind="interaction.closing")
    closing = asked["closing"]
    assert (asked["state"], closing["reason"]) == ("live", "asked")
    since, until = (datetime.fromisoformat(closing[key]) for key in ("since", "until"))
    assert until - since == timedelta(seconds=180)
    assert event["body"]["until"] == closing["until"]
    assert (event["body"]["reason"], event["actor"]["name"]) == ("asked", "Ines")
    assert (await maya.me())["interaction"]["closing"] == closing
    assert (await ines.did(interaction, "close"))["closing"] == closing


async def test_a_queue_says_how_long(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    async with company.store.write() as work:
        await work.queues.put(Queue(name="general", close_s=30))
    closing = (await ines.did(await ines.accepted(await maya.ask()), "close"))["closing"]
    since, until = (datetime.fromisoformat(closing[key]) for key in ("since", "until"))
    assert until - since == timedelta(seconds=30)


async def test_yes_ends_it(maya: SignedInCustomer, ines: SignedInAgent) -> None:
    interaction = await ines.accepted(await maya.ask())
    await ines.did(interaction, "close")
    assert (await maya.did(interaction, "end"))["state"] == "wrap_up"
    over = (await maya.events(maya.conversation))[-1]
    assert (over["kind"], over["actor"]["kind"]) == ("interaction.ended", "customer")
    for verb in ("close", "keep-open"):
        late = await ines.act(interaction, verb)
        assert (late.status_code, late.json()["type"]) == (409, "/problems/not-allowed-now")


async def test_not_yet_goes_on(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    interaction = await ines.accepted(await maya.ask())
    await ines.did(interaction, "close")
    async with live_page(ines) as desk:
        await maya.did(interaction, "keep-open")
        while (await desk.next("me"))["me"]["interactions"][0]["closing"]:
            pass
    assert (await kinds(maya))[-2:] == ["interaction.closing", "interaction.kept_open"]
    await closings(company).sweep()
    assert (await maya.did(interaction, "keep-open"))["state"] == "live"
    assert (await kinds(maya))[-1] == "interaction.kept_open"
    assert (await kinds(maya)).count("interaction.kept_open") == 1


async def test_a_word_of_the_customer_keeps_it_open_and_one_of_the_agent_does_not(
    maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    interaction = await ines.accepted(await maya.ask())
    before = await said(maya, maya.conversation)
    await ines.did(interaction, "close")
    await said(ines, maya.conversation)
    # Sent again, as after a lost acknowledgement: nothing new was said.
    await said(maya, maya.conversation, cmid=before["cmid"])
    assert (await maya.me())["interaction"]["closing"] is not None
    await said(maya, maya.conversation)
    assert (await ines.me())["interactions"][0]["closing"] is None
    assert (await kinds(maya))[-2:] == ["message", "interaction.kept_open"]


async def test_silence_after_the_question_ends_it_and_gives_the_run_back(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    screen, interaction = await with_run(maya, ines)
    await ines.did(interaction, "close")
    await time_is_over(company, interaction)
    assert (await ines.me())["interactions"][0]["state"] == "wrap_up"
    over = next(one for one in reversed(await maya.events(maya.conversation))
                if one["kind"] == "interaction.ended")  # fmt: skip
    assert (over["actor"]["kind"], over["body"]["reason"]) == ("system", "asked")
    assert (await maya.read(f"/v1/runs/{screen['run_id']}"))["status"] == "active"


async def test_who_went_on_in_the_run_is_not_closed(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    screen, interaction = await with_run(maya, ines)
    await ines.did(interaction, "close")
    screen = await maya.read(f"/v1/runs/{screen['run_id']}")
    await maya.answered(screen, {"last4": "4417", "expiry": "11/30"})
    await time_is_over(company, interaction)
    assert (await maya.me())["interaction"]["state"] == "live"
    assert (await kinds(maya))[-1] == "interaction.kept_open"


async def test_in_a_call_goodbye_is_said_aloud(maya: SignedInCustomer, ines: SignedInAgent) -> None:
    interaction = await ines.accepted(await maya.ask("voice"))
    refused = await ines.act(interaction, "close")
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/not-allowed-now")
    await ines.did(interaction, "channel", {"channel": "text"})
    assert (await ines.did(interaction, "close"))["closing"]
    going_on = await maya.did(interaction, "channel", {"channel": "voice"})
    assert going_on["closing"] is None


async def test_a_call_that_broke_off_is_followed_by_no_silence_of_before(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    async with company.store.write() as work:
        await work.queues.put(Queue(name="general", silence_s=60))
    interaction = await ines.accepted(await maya.ask())
    await said(ines, maya.conversation)
    async with company.database.write() as db:
        await db.execute(update(tables.event).values(at=await company.long_ago()))
    await company.change(interaction["id"], quiet_at=await company.long_ago(), channel="voice")
    async with company.store.write() as work:
        await desk.lost_call(work, await work.interactions.get(UUID(interaction["id"])))
    await closings(company).sweep()
    assert (await maya.me())["interaction"]["closing"] is None
    quiet_at = (await company.interaction(interaction["id"])).quiet_at
    assert quiet_at is not None
    assert quiet_at > datetime.now(UTC)


@pytest.mark.parametrize("last", ["agent", "customer"])
async def test_only_an_agents_word_that_stays_unanswered_is_silence(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent, last: str
) -> None:
    async with company.store.write() as work:
        await work.queues.put(Queue(name="general", silence_s=3600))
    interaction = await ines.accepted(await maya.ask())
    await said(maya if last == "customer" else ines, maya.conversation)
    await closings(company).sweep()
    looked_at = (await company.interaction(interaction["id"])).quiet_at
    assert looked_at is not None
    assert looked_at > await company.long_ago() + timedelta(hours=1)
    async with company.store.write() as work:
        await work.queues.put(Queue(name="general", silence_s=1))
    await company.change(interaction["id"], quiet_at=await company.long_ago())
    await asyncio.sleep(1.05)
    await closings(company).sweep()
    closing = (await maya.me())["interaction"]["closing"]
    if last == "customer":
        assert closing is None
        return
    assert closing["reason"] == "silence"
    event = (await maya.events(maya.conversation))[-1]
    assert (event["kind"], event["actor"]["kind"]) == ("interaction.closing", "system")
    assert (await ines.me())["interactions"][0]["closing"] == closing
