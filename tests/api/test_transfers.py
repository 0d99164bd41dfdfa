"""An interaction goes from one agent to another: nobody repeats anything, nobody is stuck."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

from msgspec.structs import replace

from app.queue import offer_round
from tests.api.company import Answer, Company, SignedInAgent, SignedInCustomer
from tests.api.test_calls import connected, describe
from tests.api.test_queue import expire_offer

REASON = {"reason": "needs the loans team", "note": "holds the old card 4111 1111 1111 1111"}


def to_queue(name: str, **more: Any) -> Any:
    return {"to": {"kind": "queue", "name": name, **more}, **REASON}


def to_agent(agent: SignedInAgent) -> Any:
    return {"to": {"kind": "agent", "id": agent.id}, **REASON}


def refused(answer: Answer) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].removeprefix("/problems/")


async def kinds(person: Any, conversation: str) -> list[str]:
    return [one["kind"] for one in await person.events(conversation)]


async def test_a_queue_gets_it_at_its_old_place_with_everything(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    screen = await maya.start()
    interaction = await ines.accepted(await maya.ask("text", screen))
    jonas = await company.customer("jonas")
    lou = await company.agent("lou", ("loans",), available=False)
    passed = await ines.did(interaction, "transfer", to_queue("loans"))
    assert (passed["state"], passed["queue"], passed["agent"]) == ("queued", "loans", None)
    assert passed["enqueued_at"] == interaction["enqueued_at"]
    me = await ines.me()
    assert (me["interactions"], me["offers"]) == ([], [])
    assert (await ines.get(f"/v1/conversations/{maya.conversation}/events")).status_code == 404
    await ines.send("PUT", "/v1/me/presence", {"intent": "break"})
    later = await jonas.ask()
    await company.change(later["id"], queue="loans", priority=passed["priority"])
    assert [(await one.me())["interaction"]["place"] for one in (maya, jonas)] == [1, 2]

    await lou.send("PUT", "/v1/me/presence", {"intent": "available"})
    assert await lou.offers() == [interaction["id"], later["id"]]
    offer = (await lou.me())["offers"][0]
    assert offer["interaction"]["id"] == interaction["id"]
    assert offer["interaction"]["why_now"] == (
        f"{interaction['why_now']}, passed on by Ines: needs the loans team"
    )
    assert offer["interaction"]["passed_on"]["note"] == "holds the old card •••• 1111"
    taken = await lou.accepted(interaction)
    assert taken["accepted_at"] > taken["waiting_since"] > interaction["accepted_at"]
    assert (await lou.read(f"/v1/interactions/{interaction['id']}/run"))["status"] == "with_human"
    seen = await kinds(lou, maya.conversation)
    assert seen.count("interaction.accepted") == 2
    assert "note" in seen


async def test_the_customer_is_told_to_whom_and_never_why(
    maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    interaction = await ines.accepted(await maya.ask())
    await ines.did(interaction, "transfer", to_queue("cards"))
    (told,) = [
        e for e in await maya.events(maya.conversation) if e["kind"] == "interaction.transferred"
    ]
    assert told["body"]["agent_name"] == "Ines"
    assert (told["body"]["to"], told["body"]["waits"]) == ("cards", True)
    me = await maya.me()
    assert (me["interaction"]["state"], me["interaction"]["agent"]) == ("queued", None)
    for seen in (
        me,
        await maya.events(maya.conversation),
        await maya.read(f"/v1/interactions/{interaction['id']}"),
        await maya.did(interaction, "cancel"),
    ):
        assert "loans" not in str(seen)
        assert "old card" not in str(seen)


async def test_it_is_not_offered_back_but_nobody_waits_for_ever(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    interaction = await ines.accepted(await maya.ask())
    await ines.did(interaction, "transfer", to_queue("general"))
    assert await ines.offers() == []
    passed = (await company.interaction(interaction["id"])).passed_on
    assert passed is not None
    await company.change(
        interaction["id"], passed_on=replace(passed, at=passed.at - timedelta(minutes=10))
    )
    assert await ines.offers() == [interaction["id"]]


async def test_a_queue_can_be_asked_for_a_skill(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    tom = await company.agent("tom")
    interaction = await ines.accepted(await maya.ask())
    passed = to_queue("general", skills={"fraud": 3})
    await ines.did(interaction, "transfer", passed)
    assert await tom.offers() == []
    async with company.store.write() as work:
        agent = await work.agents.get(UUID(tom.id))
        await work.agents.add(replace(agent, skills={"fraud": 3}))
    assert await tom.offers() == [interaction["id"]]


async def test_a_person_has_it_offered_alone_then_the_queue(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    tom, lou = await company.agent("tom"), await company.agent("lou", ("loans",))
    interaction = await ines.accepted(await maya.ask())
    await ines.did(interaction, "transfer", to_agent(lou))
    assert (await lou.offers(), (await tom.me())["offers"]) == ([interaction["id"]], [])
    await expire_offer(company, interaction)
    assert await tom.offers() == [interaction["id"]]
    late = await lou.act(interaction, "accept")
    assert refused(late) == (404, "not-found")  # neither theirs nor of their queue any more
    assert (await tom.accepted(interaction))["agent"]["name"] == "Tom"


async def test_a_person_who_declines_or_stays_busy_does_not_hold_it_up(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    tom, lou = await company.agent("tom"), await company.agent("lou", ("loans",), texts=0)
    interaction = await ines.accepted(await maya.ask())
    await ines.did(interaction, "transfer", to_agent(lou))
    assert (await lou.offers(), (await tom.me())["offers"]) == ([], [])
    wanted = (await company.interaction(interaction["id"])).wanted
    assert wanted is not None
    await company.change(interaction["id"], wanted=replace(wanted, until=await company.long_ago()))
    assert await tom.offers() == [interaction["id"]]
    await tom.did(interaction, "accept")
    mia = await company.agent("mia", ("loans",))
    await tom.did(interaction, "transfer", to_agent(mia))
    assert await mia.offers() == [interaction["id"]]
    await mia.did(interaction, "decline", {"reason": "lunch"})
    assert await ines.offers() == [interaction["id"]]


async def test_whom_it_cannot_go_to(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    away = await company.agent("away", available=False)
    interaction = await ines.accepted(await maya.ask())
    answers = [
        await ines.act(interaction, "transfer", body)
        for body in (to_queue("nowhere"), to_agent(away), to_agent(ines))
    ]
    assert [refused(one) for one in answers] == [
        (404, "not-found"),
        (409, "not-allowed-now"),
        (409, "not-allowed-now"),
    ]
    assert (await ines.me())["interactions"][0]["state"] == "live"
    tom = await company.agent("tom")
    assert refused(await tom.act(interaction, "transfer", to_queue("cards"))) == (404, "not-found")


async def test_where_it_can_go(company: Company, ines: SignedInAgent) -> None:
    await company.agent("lou", ("loans",))
    await company.agent("away", ("loans",), available=False)
    targets = await ines.read("/v1/transfer-targets")
    assert {one["name"]: one["there"] for one in targets["queues"]} == {
        "cards": 0,
        "general": 0,
        "loans": 1,
    }
    assert {one["name"]: one["state"] for one in targets["agents"]} == {
        "Away": "offline",
        "Lou": "available",
    }


async def test_a_call_ends_with_the_transfer_and_the_next_agent_rings(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    first = await connected(company, maya, ines)
    tom = await company.agent("tom")
    (interaction,) = (await ines.me())["interactions"]
    await ines.did(interaction, "transfer", to_queue("general"))
    me = await maya.me()
    assert (me["call"], me["interaction"]["channel"]) == (None, "voice")
    ended = [e for e in await maya.events(maya.conversation) if e["kind"] == "call.ended"]
    assert [one["body"]["reason"] for one in ended] == ["transferred"]
    await tom.accepted(interaction)
    second = (await maya.me())["call"]
    assert (second["state"], second["id"] != first["id"]) == ("ringing", True)
    assert [one["id"] for one in (await tom.me())["calls"]] == [second["id"]]


async def test_of_a_transfer_and_an_end_at_once_one_happens(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    for _ in range(5):
        interaction = await ines.accepted(await maya.ask())
        answers = await asyncio.gather(
            ines.act(interaction, "transfer", to_queue("cards")), maya.act(interaction, "end")
        )
        assert min(one.status_code for one in answers) == 200
        state = (await maya.read(f"/v1/interactions/{interaction['id']}"))["state"]
        if answers[1].status_code == 200:
            assert (answers[0].status_code, state) == (409, "wrap_up")
            await ines.did(interaction, "wrap-up", {"disposition": "not_solved"})
        else:
            assert (answers[1].status_code, state) == (409, "queued")
            await maya.did(interaction, "cancel")


async def test_while_it_waits_again_the_customer_can_leave_and_write(
    maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    interaction = await ines.accepted(await maya.ask())
    await ines.did(interaction, "transfer", to_queue("cards"))
    said = {"cmid": "01932f4a-0000-7000-8000-000000000001", "text": "still here"}
    await maya.do(f"/v1/conversations/{maya.conversation}/messages", said)
    again = await ines.act(interaction, "transfer", to_queue("cards"))
    assert refused(again) == (404, "not-found")
    gone = await maya.did(interaction, "cancel")
    assert gone["state"] == "closed"


async def test_a_supervisor_takes_over_and_the_agent_is_told_why(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    sue = await company.agent("sue", (), roles=("supervisor",), available=False)
    interaction = await ines.accepted(await maya.ask())
    (seen,) = (await sue.me())["floor"]
    assert (seen["interaction_id"], seen["agent_name"]) == (interaction["id"], "Ines")
    assert (await ines.me())["floor"] == []
    assert refused(await ines.act(interaction, "take-over", {"reason": "x"}))[0] == 403
    taken = await sue.did(interaction, "take-over", {"reason": "you asked for it"})
    assert (taken["state"], taken["agent"]["name"]) == ("live", "Sue")
    assert (await ines.me())["interactions"] == []
    told = await ines.read(f"/v1/interactions/{interaction['id']}")
    assert told["passed_on"]["how"] == "taken_over"
    assert (told["passed_on"]["by"], told["passed_on"]["reason"]) == ("Sue", "you asked for it")
    (event,) = [
        e for e in await maya.events(maya.conversation) if e["kind"] == "interaction.taken_over"
    ]
    assert event["body"]["agent_name"] == "Sue"
    assert "asked for it" not in str(await maya.events(maya.conversation))
    again = await sue.act(interaction, "take-over", {"reason": "again"})
    assert refused(again) == (409, "not-allowed-now")
    await sue.did(interaction, "end")
    assert (await sue.me())["interactions"][0]["state"] == "wrap_up"


async def test_a_call_that_is_taken_over_goes_on_with_new_legs(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    call = await connected(company, maya, ines)
    (interaction,) = (await ines.me())["interactions"]
    sue = await company.agent("sue", (), roles=("supervisor",))
    await sue.did(interaction, "take-over", {"reason": "a complaint"})
    kept = (await maya.me())["call"]
    assert (kept["id"], kept["state"], kept["wanted_gen"]) == (call["id"], "recovering", 2)
    assert (await ines.me())["calls"] == []
    assert (await describe(maya, kept, "offer")).status_code == 204
    assert (await describe(ines, kept, "answer")).status_code == 404
    assert (await describe(sue, kept, "answer")).status_code == 204
    await company.engine.connect(UUID(call["id"]))
    assert (await maya.me())["call"]["state"] == "connected"


async def test_a_supervisor_without_room_takes_nothing_over(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    sue = await company.agent("sue", (), roles=("supervisor",), calls=0)
    interaction = await ines.accepted(await maya.ask("voice"))
    answer = await sue.act(interaction, "take-over", {"reason": "a complaint"})
    assert refused(answer) == (409, "not-allowed-now")
    assert (await ines.me())["interactions"][0]["id"] == interaction["id"]


async def test_two_supervisors_at_once(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    both = [await company.agent(name, (), roles=("supervisor",)) for name in ("sue", "sam")]
    interaction = await ines.accepted(await maya.ask())
    reason = {"reason": "a complaint"}
    await asyncio.gather(*(one.act(interaction, "take-over", reason) for one in both))
    held = [(await one.me())["interactions"] for one in (*both, ines)]
    assert sorted(len(one) for one in held) == [0, 0, 1]
    assert held[2] == []
    await offer_round(company.store)
