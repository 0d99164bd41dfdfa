"""Offers over the API: who is offered what, and what becomes of an offer."""

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app.conversation.queues import Overflow, Queue
from app.queue import offer_round
from tests.api.company import Company, SignedInAgent, SignedInCustomer


async def expire_offer(company: Company, interaction: Any) -> None:
    """As if the agent had thought for too long."""
    from msgspec.structs import replace

    offer = (await company.interaction(interaction["id"])).offer
    assert offer is not None
    late = replace(offer, expires_at=await company.long_ago())
    await company.change(interaction["id"], offer=late)


async def test_what_waits_is_offered_with_its_deadline(
    maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    interaction = await maya.ask()
    assert await ines.offers() == [interaction["id"]]
    (offer,) = (await ines.me())["offers"]
    assert offer["offered_at"] < offer["expires_at"]
    assert offer["interaction"]["why_now"] == interaction["why_now"]


async def test_the_servers_own_worker_makes_offers(
    maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    await maya.ask()
    async with asyncio.timeout(5):
        while not (await ines.me())["offers"]:
            await asyncio.sleep(0.01)


async def test_an_accepted_offer_is_live(maya: SignedInCustomer, ines: SignedInAgent) -> None:
    interaction = await maya.ask()
    live = await ines.accepted(interaction)
    assert (live["state"], live["agent"]["name"]) == ("live", "Ines")
    assert live["accepted_at"] is not None
    assert (await maya.me())["interaction"]["agent"]["name"] == "Ines"


async def test_the_team_sees_who_is_only_offered_something(
    maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    async def state() -> str:
        (mine,) = (await ines.me())["team"]
        return str(mine["state"])

    interaction = await maya.ask()
    await ines.offers()
    assert await state() == "offered"
    await ines.did(interaction, "accept")
    assert await state() == "in_text"


async def test_a_call_begins_when_a_call_was_asked_for(
    maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    live = await ines.accepted(await maya.ask("video"))
    call = (await maya.me())["call"]
    assert call["id"] == live["call_id"]
    assert (call["state"], call["video"], call["started_by"]) == ("ringing", True, "customer")
    assert (call["wanted_gen"], call["gen"]) == (1, 0)


async def test_a_declined_offer_goes_to_the_other_agent_from_its_old_place(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    interaction = await maya.ask()
    assert await ines.offers() == [interaction["id"]]
    tom = await company.agent("tom")
    declined = await ines.did(interaction, "decline", {"reason": "lunch"})
    assert declined["state"] == "queued"
    assert (await maya.me())["interaction"]["place"] == 1
    assert declined["enqueued_at"] == interaction["enqueued_at"]
    assert await tom.offers() == [interaction["id"]]


async def test_an_offer_that_ran_out_goes_to_the_other_agent(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    interaction = await maya.ask()
    await ines.offers()
    tom = await company.agent("tom")
    await expire_offer(company, interaction)
    late = await ines.act(interaction, "accept")
    assert (late.status_code, late.json()["type"]) == (409, "/problems/not-allowed-now")
    assert await tom.offers() == [interaction["id"]]
    again = await ines.act(interaction, "accept")
    assert (again.status_code, again.json()["type"]) == (409, "/problems/not-allowed-now")
    kinds = [one["kind"] for one in await maya.events(maya.conversation)]
    assert "interaction.expired" not in kinds  # agents only


async def test_what_the_customer_left_cannot_be_accepted(
    maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    interaction = await maya.ask()
    await ines.offers()
    await maya.did(interaction, "cancel")
    answer = await ines.act(interaction, "accept")
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/not-allowed-now")
    assert (await ines.me())["offers"] == []


async def test_an_agent_gets_no_more_than_fits(company: Company) -> None:
    ines = await company.agent("ines", calls=1, texts=1)
    names = ("maya", "jonas", "amir", "grace")
    channels = ("text", "text", "voice", "voice")
    for name, channel in zip(names, channels, strict=True):
        await (await company.customer(name)).ask(channel)
    assert len(await ines.offers()) == 2
    offered = {one["interaction"]["channel"] for one in (await ines.me())["offers"]}
    assert offered == {"text", "voice"}
    assert len((await ines.me())["queue"]) == 4


async def test_an_agent_on_a_break_is_offered_nothing(
    maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    me = await ines.send("PUT", "/v1/me/presence", {"intent": "break"})
    assert me.json()["presence"]["intent"] == "break"
    await maya.ask()
    assert await ines.offers() == []


async def test_those_whom_nobody_can_take_do_not_hide_the_others(
    company: Company, maya: SignedInCustomer
) -> None:
    jonas = await company.customer("jonas")
    screen = await jonas.start("jonas-credit")
    await jonas.ask("text", screen)  # queue cards, where nobody works
    interaction = await maya.ask()
    tom = await company.agent("tom", queues=("general",))
    assert await tom.offers() == [interaction["id"]]


async def test_a_crisis_is_offered_before_those_who_asked_earlier(company: Company) -> None:
    names = ("maya", "jonas", "amir")
    people = [await company.customer(name) for name in names]
    first, second = [await one.ask() for one in people[:2]]
    crisis = await people[2].do("/v1/help", {"channel": "text", "crisis": True})
    assert (crisis["crisis"], crisis["place"]) == (True, 1)
    ines = await company.agent("ines", texts=2)
    assert sorted(await ines.offers()) == sorted([crisis["id"], first["id"]])
    assert (await people[1].me())["interaction"]["id"] == second["id"]


async def test_who_helps_out_in_another_queue_can_accept(
    company: Company, maya: SignedInCustomer
) -> None:
    overflow = Overflow(queue="cards", after_s=0)
    async with company.store.write() as work:
        await work.queues.put(Queue(name="general", overflow=overflow, offer_ttl_s=45))
    tom = await company.agent("tom", queues=("cards",))
    interaction = await maya.ask()
    assert await tom.offers() == [interaction["id"]]
    (offer,) = (await tom.me())["offers"]
    until, since = (datetime.fromisoformat(offer[key]) for key in ("expires_at", "offered_at"))
    assert until - since == timedelta(seconds=45)
    assert (await tom.accepted(interaction))["agent"]["name"] == "Tom"


async def test_the_next_request_knows_who_had_the_last(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    first = await ines.accepted(await maya.ask())
    await ines.did(first, "end")
    again = await company.interaction((await maya.ask())["id"])
    assert (again.owner_id, again.language) == (UUID(ines.id), "en")


async def test_of_two_who_accept_at_once_one_has_it(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    interaction = await maya.ask()
    await offer_round(company.store)
    answers = await asyncio.gather(*(ines.act(interaction, "accept") for _ in range(3)))
    assert sorted(one.status_code for one in answers) == [200, 409, 409]


async def test_who_comes_back_days_later_has_the_same_agent_and_the_same_thread(
    company: Company, maya: SignedInCustomer
) -> None:
    async with company.store.write() as work:
        await work.queues.put(Queue(name="general", owner_s=3600))
    ines = await company.agent("ines")
    first = await ines.accepted(await maya.ask())
    await ines.did(first, "end")
    await ines.did(first, "wrap-up", {"disposition": "not_solved"})
    await days_ago(company, first, 5)
    await maya.did(await maya.ask(), "cancel")  # nobody took it: nobody's customer because of it
    for name in ("jonas", "amir"):
        await ines.accepted(await (await company.customer(name)).ask())
    tom = await company.agent("tom")  # who has less in hand
    again = await maya.ask()
    assert again["conversation_id"] == first["conversation_id"] == maya.conversation
    assert await ines.offers() == [again["id"]]
    await ines.did(again, "accept")
    past = (await ines.read(f"/v1/customers/{maya.id}/history"))["items"]
    assert past[0]["interaction_id"] == again["id"]
    (earlier,) = [one for one in past if one["interaction_id"] == first["id"]]
    assert (earlier["disposition"], earlier["state"]) == ("not_solved", "closed")
    kinds = [one["kind"] for one in await ines.events(maya.conversation)]
    assert kinds.count("interaction.accepted") == 2
    assert await tom.offers() == []


async def test_who_waited_longer_than_the_limit_has_whoever_is_free(
    company: Company, maya: SignedInCustomer
) -> None:
    async with company.store.write() as work:
        await work.queues.put(Queue(name="general", owner_s=60))
    ines = await company.agent("ines", texts=2)
    first = await ines.accepted(await maya.ask())
    await ines.did(first, "end")
    await ines.did(first, "wrap-up", {"disposition": "not_solved"})
    await ines.accepted(await (await company.customer("jonas")).ask())
    await ines.send("PUT", "/v1/me/presence", {"intent": "break"})
    again = await maya.ask()
    await days_ago(company, again, 1)
    await ines.send("PUT", "/v1/me/presence", {"intent": "available"})
    tom = await company.agent("tom")
    assert sorted([await ines.offers(), await tom.offers()]) == [[], [again["id"]]]


async def days_ago(company: Company, interaction: Any, days: int) -> None:
    """As if all of it had happened so long before."""
    one = await company.interaction(interaction["id"])
    moments = ("enqueued_at", "accepted_at", "ended_at")
    before = {name: getattr(one, name) for name in moments if getattr(one, name)}
    earlier = {name: at - timedelta(days=days) for name, at in before.items()}
    await company.change(interaction["id"], **earlier)
