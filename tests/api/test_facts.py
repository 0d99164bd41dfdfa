"""What is known of a customer: learned from flows and tokens, shown, and not asked again."""

from typing import Any
from uuid import UUID, uuid4

import pytest_asyncio

from app.conversation.timeline import Viewer
from tests.api.alone import company_alone
from tests.api.company import Company, More, SignedInAgent, SignedInCustomer
from tests.api.test_sign_in import minted

ASKS = """\
flow: {name}
title: Reach you
start: ask
on:
  help: {{queue: cards, reason: reach}}
steps:
  ask:
    form: Where do we reach you?
    fields:
      phone: {{type: text, label: Phone, fact: phone}}
      pin: {{type: digits, length: 4, label: Pin, sensitive: true, fact: pin}}
    next: told
  told: {{end: solved}}
"""
FLOWS = More(flows={name: ASKS.format(name=name) for name in ("reach_you", "reach_again")})


@pytest_asyncio.fixture
async def asking() -> Any:
    async with company_alone(FLOWS) as company:
        yield company


async def facts(agent: SignedInAgent, customer: SignedInCustomer) -> dict[str, Any]:
    found = await agent.read(f"/v1/customers/{customer.id}/facts")
    return {f"{one['key']} {one['trust']}": one for one in found["items"]}


async def repeats(company: Company, customer: SignedInCustomer) -> list[Any]:
    async with company.store.read() as work:
        conversation = UUID(customer.conversation)
        events = await work.timeline.after(conversation, 0, Viewer.AGENT, 100)
    return [event.body for event in events if event.kind == "question.repeated"]


def values(screen: Any) -> dict[str, Any]:
    return {one["id"]: one["value"] for one in screen["components"]}


async def test_a_flow_fills_in_what_another_was_told(asking: Company) -> None:
    maya, ines = await asking.customer("maya"), await asking.agent("ines")
    first = await maya.do("/v1/runs", {"flow": "reach_you"})
    assert values(first) == {"phone": None, "pin": None}
    assert await repeats(asking, maya) == []
    await maya.answered(first, {"phone": "0151 234", "pin": "9173"})

    again = await maya.do("/v1/runs", {"flow": "reach_again"})
    assert values(again) == {"phone": "0151 234", "pin": None}
    [told] = await repeats(asking, maya)
    assert (told["key"], told["by"]) == ("pin", "flow")
    assert told["source"].startswith("Reach you, ")
    await maya.read(f"/v1/runs/{again['run_id']}")
    assert len(await repeats(asking, maya)) == 1, "a reload asks nothing anew"
    assert "question.repeated" not in [e["kind"] for e in await maya.events(maya.conversation)]

    changed = await maya.answered(again, {"phone": "0160 555", "pin": "9174"})
    assert changed["status"] == "solved"
    interaction = await ines.accepted(await maya.ask())
    known = await facts(ines, maya)
    assert (known["phone claimed"]["value"], known["phone claimed"]["fresh"]) == ("0160 555", True)
    assert (known["pin claimed"]["value"], known["pin claimed"]["sensitive"]) == ("••••", True)
    assert interaction["customer"]["id"] == maya.id


async def test_a_refused_answer_is_not_a_repeated_question(asking: Company) -> None:
    maya = await asking.customer("maya")
    first = await maya.do("/v1/runs", {"flow": "reach_you"})
    refused = await maya.answer(first, {"phone": "0151", "pin": "12"})
    assert refused.status_code == 422
    assert await repeats(asking, maya) == []
    assert values(await maya.read(f"/v1/runs/{first['run_id']}")) == {"phone": None, "pin": None}


async def test_what_a_signed_token_says_is_verified(company: Company, ines: SignedInAgent) -> None:
    token = minted(company, phone="0160", segment="gold")
    maya = SignedInCustomer(
        company, await company.nobody.do("/v1/sign-in/customer", {"token": token})
    )
    await ines.accepted(await maya.ask())
    known = await facts(ines, maya)
    assert known["phone verified"]["value"] == "0160"
    assert known["segment verified"]["source"] == "Signed token"


async def test_facts_are_for_whoever_has_the_customer_in_hand(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    path = f"/v1/customers/{maya.id}/facts"
    assert (await ines.get(path)).status_code == 404
    asked = await maya.ask()
    assert await ines.offers() == [asked["id"]]
    assert (await ines.get(path)).status_code == 404
    await ines.accepted(asked)
    assert (await ines.get(path)).status_code == 200
    assert (await (await company.agent("tom")).get(path)).status_code == 404
    assert (await maya.get(path)).status_code == 403


async def test_facts_of_a_guest_go_with_the_link(asking: Company) -> None:
    flow = "reach_you"
    guest, maya = await asking.guest(), await asking.customer("maya")
    async with asking.store.write() as work:
        from app.conversation.facts import Fact, Trust

        await work.facts.put(
            [
                Fact(
                    customer_id=UUID(guest.id),
                    key="phone",
                    trust=Trust.CLAIMED,
                    value="0151",
                    source="An ask-card",
                    channel="text",
                    at=await work.now(),
                )
            ]
        )
    _, linked = await guest.signs_in("maya")
    assert linked
    assert values(await maya.do("/v1/runs", {"flow": flow}))["phone"] == "0151"


async def test_what_is_answered_with_a_tap_is_known_and_asked_again_is_counted(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    await ines.accepted(await maya.ask())
    path = f"/v1/conversations/{maya.conversation}/asks"
    question = {"prompt": "Travelling?", "kind": "yes_no", "fact": "trip.planned"}
    first = await ines.do(path, {"cmid": str(uuid4()), **question})
    assert await repeats(company, maya) == []
    await maya.do(f"{path}/{first['seq']}/answer", {"cmid": str(uuid4()), "value": True})
    known = (await facts(ines, maya))["trip.planned claimed"]
    assert (known["value"], known["source"], known["fresh"]) == ("yes", "Asked by Ines", True)
    again = {"cmid": str(uuid4()), **question}
    await ines.do(path, again)
    await ines.do(path, again)
    [told] = await repeats(company, maya)
    assert (told["key"], told["by"], told["source"]) == ("trip.planned", "agent", "Asked by Ines")
    await ines.do(path, {"cmid": str(uuid4()), **question, "fact": None})
    assert len(await repeats(company, maya)) == 1


async def test_leads_read_how_often_what_was_known_was_asked(company: Company) -> None:
    maya, ines = await company.customer("maya"), await company.agent("ines")
    lea = await company.agent("lea", (), roles=("agent", "supervisor"), available=False)
    report = "/v1/admin/repeated-questions"
    assert await lea.read(report) == {"items": [], "total": 0, "interactions": 0}
    interaction = await ines.accepted(await maya.ask())
    path = f"/v1/conversations/{maya.conversation}/asks"
    question = {"prompt": "Travelling?", "kind": "yes_no", "fact": "trip.planned"}
    first = await ines.do(path, {"cmid": str(uuid4()), **question})
    await maya.do(f"{path}/{first['seq']}/answer", {"cmid": str(uuid4()), "value": True})
    assert (await lea.read(report))["total"] == 0
    again = [await ines.do(path, {"cmid": str(uuid4()), **question}) for _ in range(2)]
    await ines.do(f"/v1/interactions/{interaction['id']}/end")
    told = await lea.read(f"{report}?days=1")
    [item] = told["items"]
    assert item.pop("latest_at") >= again[-1]["at"]
    known = {"key": "trip.planned", "by": "agent", "source": "Asked by Ines"}
    assert item == {**known, "count": 2}
    assert (told["total"], told["interactions"]) == (2, 1)
    assert (await lea.get(f"{report}?days=91")).status_code == 400
    assert (await ines.get(report)).status_code == 403
