"""A colleague is asked in: for advice that the customer does not see, or to talk along."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

from msgspec.structs import replace

from app.queue import offer_round
from tests.api.company import Answer, Company, SignedInAgent, SignedInCustomer
from tests.api.live_client import live_page
from tests.api.test_calls import connected
from tests.api.test_transfers import kinds, refused, to_queue


def asking(role: str, to: SignedInAgent | str, note: str = "is this fraud?") -> Any:
    kind = {"kind": "queue", "name": to} if isinstance(to, str) else {"kind": "agent", "id": to.id}
    return {"role": role, "to": kind, "note": note}


async def ask(by: SignedInAgent, interaction: Any, role: str, to: SignedInAgent | str) -> Any:
    asked = await by.did(interaction, "participants", asking(role, to))
    await offer_round(by.company.store)
    return asked


async def act(agent: SignedInAgent, participant: Any, verb: str) -> Answer:
    return await agent.post(f"/v1/participants/{participant['id']}/{verb}", {})


async def did(agent: SignedInAgent, participant: Any, verb: str) -> Any:
    answer = await act(agent, participant, verb)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def joined(by: SignedInAgent, colleague: SignedInAgent, interaction: Any, role: str) -> Any:
    asked = await ask(by, interaction, role, colleague)
    return await did(colleague, asked, "accept")


async def say(agent: Any, conversation: str, text: str) -> Answer:
    body = {"cmid": str(uuid4()), "text": text}
    answer: Answer = await agent.post(f"/v1/conversations/{conversation}/messages", body)
    return answer


async def make_overdue(company: Company, participant: Any, **fields: Any) -> None:
    async with company.store.write() as work:
        one = await work.participants.get(UUID(participant["id"]))
        await work.participants.save(replace(one, **fields))
    await offer_round(company.store)


async def test_advice_is_asked_and_given_without_the_customer(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    lou = await company.agent("lou", ("loans",))
    interaction = await ines.accepted(await maya.ask("text", await maya.start()))
    context = f"/v1/interactions/{interaction['id']}/context"
    asked = await ask(ines, interaction, "consult", "loans")
    (offer,) = (await lou.me())["participations"]
    assert offer["participant"]["state"] == "offered"
    assert (offer["participant"]["note"], offer["participant"]["role"]) == (
        "is this fraud?",
        "consult",
    )
    assert offer["interaction"]["why_now"] == interaction["why_now"]
    assert (await lou.get(context)).status_code == 404
    await did(lou, asked, "accept")

    assert (await lou.read(context))["run"]["status"] == "with_human"
    assert "help.asked" in await kinds(lou, maya.conversation)
    assert (await lou.read(f"/v1/customers/{maya.id}/history"))["items"] != []
    await lou.did(interaction, "notes", {"text": "yes it is"})
    assert (await say(lou, maya.conversation, "hello")).status_code == 404
    for verb, body in (("end", {}), ("channel", {"channel": "voice"}), ("hand-back", {})):
        assert (await lou.act(interaction, verb, body)).status_code in {404, 409}
    assert "note" in await kinds(ines, maya.conversation)

    me = await maya.me()
    assert (me["interaction"]["consulting"], me["interaction"]["participants"]) == (True, [])
    assert (me["interaction"]["agent"]["name"], me["interaction"]["state"]) == ("Ines", "live")
    seen = await maya.events(maya.conversation)
    assert not [e for e in seen if e["kind"].startswith(("consult", "participant"))]
    await did(ines, asked, "leave")
    assert (await lou.me())["participations"] == []
    assert (await lou.get(context)).status_code == 404
    assert (await lou.get(f"/v1/conversations/{maya.conversation}/events")).status_code == 404
    assert not (await maya.me())["interaction"]["consulting"]
    told = [e for e in await ines.events(maya.conversation) if e["kind"].startswith("consult.")]
    assert [e["kind"] for e in told] == ["consult.asked", "consult.accepted", "consult.ended"]
    assert told[2]["body"]["outcome"] == "taken_back"


async def test_the_customer_notices_nothing_of_an_adviser(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    lou, here = await company.agent("lou", ("loans",)), maya.conversation
    interaction = await ines.accepted(await maya.ask())
    asked = await joined(ines, lou, interaction, "consult")
    card = {"cmid": str(uuid4()), "prompt": "Really?", "kind": "yes_no"}
    refused = await lou.post(f"/v1/conversations/{here}/asks", card)
    assert refused.status_code == 404
    async with live_page(lou, **{here: 0}) as desk, live_page(maya) as phone:
        _, upto = await desk.tail()
        for frame, more in (("typing", {}), ("got", {"upto": upto}), ("seen", {"upto": upto})):
            await desk.send(frame, conversation_id=here, **more)
        await lou.send("PUT", f"/v1/conversations/{here}/seen", {"upto": upto})
        await desk.silence()
        await phone.send("seen", conversation_id=here, upto=upto)
        heard: list[Any] = []
        while "marks" not in [frame["type"] for frame in heard]:
            heard.append(await phone.frame())
        assert "typing" not in [frame["type"] for frame in heard]
        assert heard[-1]["customer"]["seen"] > 0
        assert heard[-1]["agent"]["seen"] == 0
    await did(ines, asked, "leave")
    await joined(ines, lou, interaction, "specialist")
    await lou.do(f"/v1/conversations/{here}/asks", card)


async def test_whoever_was_asked_gets_the_customer(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    lou = await company.agent("lou", ("loans",))
    interaction = await ines.accepted(await maya.ask())
    asked = await ask(ines, interaction, "consult", lou)
    early = await act(ines, asked, "hand-over")
    assert refused(early) == (409, "not-allowed-now")
    await did(lou, asked, "accept")
    assert refused(await act(lou, asked, "hand-over")) == (404, "not-found")
    handed = await did(ines, asked, "hand-over")
    assert (handed["state"], handed["agent"]["name"]) == ("live", "Lou")
    assert handed["participants"] == []
    assert handed["passed_on"]["how"] == "handed_over"
    assert ((await ines.me())["interactions"], (await lou.me())["participations"]) == ([], [])
    assert (await say(lou, maya.conversation, "now it is me")).status_code == 201
    (told,) = [
        e for e in await maya.events(maya.conversation) if e["kind"] == "interaction.transferred"
    ]
    assert (told["body"]["to"], told["body"]["waits"]) == ("Lou", False)
    await lou.did(interaction, "end")


async def test_a_call_goes_on_with_whoever_was_asked(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    lou = await company.agent("lou", ("loans",), calls=1)
    call = await connected(company, maya, ines)
    (interaction,) = (await ines.me())["interactions"]
    asked = await joined(ines, lou, interaction, "consult")
    await did(ines, asked, "hand-over")
    kept = (await maya.me())["call"]
    assert (kept["id"], kept["state"], kept["wanted_gen"]) == (call["id"], "recovering", 2)
    assert [one["id"] for one in (await lou.me())["calls"]] == [call["id"]]


async def test_nobody_gets_a_call_beyond_what_they_can_take(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    lou = await company.agent("lou", ("loans",), calls=0)
    interaction = await ines.accepted(await maya.ask("voice"))
    asked = await joined(ines, lou, interaction, "consult")
    assert refused(await act(ines, asked, "hand-over")) == (409, "not-allowed-now")
    assert (await lou.me())["participations"][0]["participant"]["state"] == "joined"
    assert (await ines.me())["interactions"][0]["agent"]["name"] == "Ines"


async def test_a_specialist_talks_along_and_leaves(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    lou = await company.agent("lou", ("loans",))
    interaction = await ines.accepted(await maya.ask())
    asked = await joined(ines, lou, interaction, "specialist")
    assert (await say(lou, maya.conversation, "I am Lou")).status_code == 201
    assert (await say(ines, maya.conversation, "and I am Ines")).status_code == 201
    (beside,) = (await maya.me())["interaction"]["participants"]
    assert (beside["agent"]["name"], beside["role"]) == ("Lou", "specialist")
    await did(lou, asked, "leave")
    assert (await say(lou, maya.conversation, "bye")).status_code == 404
    assert (await maya.me())["interaction"]["participants"] == []
    seen = [e for e in await maya.events(maya.conversation) if e["kind"] != "help.asked"]
    assert [(e["kind"], e["actor"]["name"]) for e in seen if "interaction" not in e["kind"]] == [
        ("participant.joined", "Lou"),
        ("message", "Lou"),
        ("message", "Ines"),
        ("participant.left", "Lou"),
    ]


async def test_the_offer_is_a_lease_and_goes_to_the_next(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    interaction = await ines.accepted(await maya.ask())
    lou, tom = await company.agent("lou", ("loans",)), await company.agent("tom", ("loans",))
    asked = await ask(ines, interaction, "consult", "loans")
    first, second = (lou, tom) if (await lou.me())["participations"] else (tom, lou)
    assert (await second.me())["participations"] == []
    assert refused(await act(second, asked, "accept")) == (404, "not-found")
    await make_overdue(company, asked, expires_at=await company.long_ago())
    assert refused(await act(first, asked, "accept")) == (409, "not-allowed-now")
    assert (await first.me())["participations"] == []
    await did(second, asked, "decline")
    await offer_round(company.store)
    await did(first, asked, "accept")


async def test_nobody_comes(company: Company, maya: SignedInCustomer, ines: SignedInAgent) -> None:
    interaction = await ines.accepted(await maya.ask())
    lou = await company.agent("lou", ("loans",))
    asked = await ask(ines, interaction, "consult", lou)
    assert (await act(lou, asked, "decline")).status_code == 200
    assert (await ines.me())["interactions"][0]["participants"] == []
    asked = await ask(ines, interaction, "consult", "cards")  # where only Ines is
    assert (await ines.me())["participations"] == []
    again = await ines.act(interaction, "participants", asking("consult", lou))
    assert refused(again) == (409, "not-allowed-now")
    await make_overdue(company, asked, until=await company.long_ago())
    ended = [e for e in await ines.events(maya.conversation) if e["kind"] == "consult.ended"]
    assert [one["body"]["outcome"] for one in ended] == ["declined", "nobody"]


async def test_advice_takes_the_room_of_a_text(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    lou = await company.agent("lou", ("general",), texts=1)
    interaction = await ines.accepted(await maya.ask())
    await joined(ines, lou, interaction, "consult")
    jonas = await company.customer("jonas")
    await ines.send("PUT", "/v1/me/presence", {"intent": "break"})
    waiting = await jonas.ask()
    assert await lou.offers() == []
    await ines.did(interaction, "end")
    assert await lou.offers() == [waiting["id"]]


async def test_when_it_is_over_nobody_joins_any_more(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    lou, tom = await company.agent("lou", ("loans",)), await company.agent("tom", ("loans",))
    interaction = await ines.accepted(await maya.ask())
    asked = await ask(ines, interaction, "consult", lou)
    there = await joined(ines, tom, interaction, "specialist")
    await maya.did(interaction, "end")
    assert refused(await act(lou, asked, "accept")) == (409, "not-allowed-now")
    assert refused(await act(ines, there, "hand-over")) == (409, "not-allowed-now")
    for one in (lou, tom):
        assert (await one.me())["participations"] == []
    assert (await say(tom, maya.conversation, "still here?")).status_code == 404
    left = [e for e in await maya.events(maya.conversation) if e["kind"] == "participant.left"]
    assert [one["body"]["outcome"] for one in left] == ["over"]


async def test_a_transfer_frees_whoever_was_asked(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    lou = await company.agent("lou", ("loans",))
    interaction = await ines.accepted(await maya.ask())
    asked = await joined(ines, lou, interaction, "consult")
    await ines.did(interaction, "transfer", to_queue("cards"))
    assert (await lou.me())["participations"] == []
    assert refused(await act(lou, asked, "leave")) == (409, "not-allowed-now")


async def test_of_an_acceptance_and_an_end_at_once_nobody_stays_behind(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    lou = await company.agent("lou", ("loans",))
    for _ in range(5):
        interaction = await ines.accepted(await maya.ask())
        asked = await ask(ines, interaction, "consult", lou)
        answers = await asyncio.gather(act(lou, asked, "accept"), maya.act(interaction, "end"))
        assert answers[1].status_code == 200
        assert answers[0].status_code in {200, 409}
        assert (await lou.me())["participations"] == []
        await ines.did(interaction, "wrap-up", {"disposition": "not_solved"})


async def test_of_many_acceptances_at_once_one_counts(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    lou = await company.agent("lou", ("loans",))
    interaction = await ines.accepted(await maya.ask())
    asked = await ask(ines, interaction, "consult", lou)
    answers = await asyncio.gather(*(act(lou, asked, "accept") for _ in range(4)))
    assert sorted(one.status_code for one in answers) == [200, 409, 409, 409]
    seen = await kinds(ines, maya.conversation)
    assert seen.count("consult.accepted") == 1
