"""Who comes first because it cannot wait: a flow says so, or the customer, within limits."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from msgspec.structs import replace

from app.conversation.crisis import CLAIMS
from tests.api.alone import company_alone
from tests.api.company import Company, More, SignedInAgent, SignedInCustomer

STOLEN = """\
flow: stolen
title: My card was stolen
start: ask
on:
  help: {queue: cards, reason: stolen, skills: {fraud: 3}, crisis: true}
steps:
  ask:
    form: What happened?
    fields: {story: {type: text, label: Story}}
    next: person
  person:
    handoff: {queue: cards, reason: story, skills: {cards: 2}}
    resume_at: ask
"""


async def claimed(maya: SignedInCustomer) -> Any:
    """Asked with the word that it cannot wait, and taken back."""
    asked = await maya.ask(crisis=True)
    await maya.did(asked, "cancel")
    return asked


async def test_a_third_claim_within_a_day_waits_like_everybody_and_the_agent_sees_it(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    claims = [await claimed(maya) for _ in range(CLAIMS)]
    assert [one["crisis"] for one in claims] == [True] * CLAIMS
    third = await maya.ask(crisis=True)
    assert not third["crisis"]
    await ines.accepted(third)
    ignored = [e for e in await ines.events(maya.conversation) if e["kind"] == "help.claim_ignored"]
    assert [one["body"]["interaction_id"] for one in ignored] == [third["id"]]
    assert "help.claim_ignored" not in str(await maya.events(maya.conversation))
    await ines.did(third, "end")
    yesterday = (await company.interaction(claims[0]["id"])).enqueued_at - timedelta(days=1)
    await company.change(claims[0]["id"], enqueued_at=yesterday)
    assert (await claimed(maya))["crisis"]
    jonas = await company.customer("jonas")
    assert (await claimed(jonas))["crisis"]


async def test_a_flow_says_what_the_agent_must_know_and_that_it_cannot_wait() -> None:
    async with company_alone(More(flows={"stolen": STOLEN})) as company:
        maya = await company.customer("maya")
        for _ in range(CLAIMS):
            await claimed(maya)
        screen = await maya.do("/v1/runs", {"flow": "stolen", "inputs": {}})
        asked = await maya.ask("text", screen, crisis=True)
        assert (asked["crisis"], asked["queue"], asked["reason"]) == (True, "cards", "stolen")
        kept = await company.interaction(asked["id"])
        assert (kept.skills, kept.crisis_claimed) == ({"fraud": 3}, False)
        await maya.did(asked, "cancel")
        screen = await maya.read(f"/v1/runs/{screen['run_id']}")
        await maya.answered(screen, {"story": "in the park"})
        asked = await maya.ask("text", screen)
        kept = await company.interaction(asked["id"])
        assert (kept.skills, kept.crisis, kept.reason) == ({"cards": 2}, False, "story")
        ines, tom = await company.agent("ines"), await company.agent("tom")
        async with company.store.write() as work:
            await work.agents.add(replace(await work.agents.get(UUID(tom.id)), skills={"cards": 2}))
        assert await ines.offers() == []
        assert (await tom.accepted(asked))["agent"]["name"] == "Tom"
