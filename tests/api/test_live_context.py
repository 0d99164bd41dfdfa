"""What the customer's app shows while they talk, as the agent sees it."""

import asyncio
from typing import Any

import pytest_asyncio
from sqlalchemy import select

from app.store import tables
from tests.api.company import Company, SignedInAgent, SignedInCustomer
from tests.api.live_client import Page, live_page
from tests.api.test_participants import joined

HERE: dict[str, Any] = {"screen": "card", "fields": {"step": "digits", "pin": "9173"}}


@pytest_asyncio.fixture(loop_scope="session")
async def interaction(company: Company, maya: SignedInCustomer, ines: SignedInAgent) -> Any:
    return await ines.accepted(await maya.ask("text", app_state={"screen": "home"}))


async def show(page: Page, patch: Any, *, whole: bool = False, actions: Any = ()) -> None:
    await page.send("context", patch=patch, actions=list(actions), whole=whole)


async def refused(page: Page) -> str:
    return str((await page.next("error"))["problem"]["type"])


async def watching(page: Page, conversation: str) -> None:
    await page.send("watch", conversation_id=conversation, after=0)
    await page.next("tail")


async def test_changes_reach_the_agent_redacted(
    maya: SignedInCustomer, ines: SignedInAgent, interaction: Any
) -> None:
    async with live_page(maya) as phone, live_page(ines) as desk, live_page(maya) as other:
        await watching(desk, maya.conversation)
        tap = {"at": "2026-11-21T10:00:00Z", "name": "tap", "detail": {"password": "hunter22"}}
        await show(phone, HERE, whole=True, actions=[tap])
        seen = await desk.next("context")
        assert (seen["conversation_id"], seen["whole"]) == (maya.conversation, True)
        assert seen["patch"] == {"screen": "card", "fields": {"step": "digits"}}
        assert (seen["actions"][0]["name"], seen["actions"][0]["detail"]) == ("tap", {})
        await show(phone, {"fields": {"step": None}})
        assert (await desk.next("context"))["patch"] == {"fields": {"step": None}}
        assert "context" not in await other.silence()


async def test_the_next_request_is_for_whoever_has_that(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent, interaction: Any
) -> None:
    async with live_page(maya) as phone, live_page(ines) as desk:
        await watching(desk, maya.conversation)
        await maya.did(interaction, "end")
        lou = await company.agent("lou", ("general",))
        await ines.send("PUT", "/v1/me/presence", {"intent": "break"})
        await lou.accepted(await maya.ask())
        await desk.next("event", kind="interaction.accepted")
        async with live_page(lou) as other:
            await watching(other, maya.conversation)
            await phone.next("event", kind="interaction.accepted")
            await show(phone, HERE, whole=True)
            await other.next("context")
        assert "context" not in await desk.silence()


async def test_what_happened_keeps_a_snapshot(
    maya: SignedInCustomer, ines: SignedInAgent, interaction: Any
) -> None:
    path = f"/v1/interactions/{interaction['id']}/context"
    async with live_page(maya, **{maya.conversation: 100}) as phone, live_page(ines) as desk:
        await watching(desk, maya.conversation)
        await show(phone, HERE, whole=True)
        await desk.next("context")
        await maya.start()
        await phone.next("event", kind="flow.started")
        await show(phone, {"screen": "digits"})
        event = await desk.next("event", kind="context.captured")
        assert event["body"] == {"interaction_id": interaction["id"], "reason": "step"}
        context = await ines.read(path)
        assert (context["app_state"]["screen"], context["reason"]) == ("digits", "step")
        assert context["app_state"]["fields"] == {"step": "digits"}


async def test_whoever_accepts_sees_where_the_customer_is_now(
    maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    asked = await maya.ask("text", app_state={"screen": "home"})
    async with live_page(maya) as phone:
        await show(phone, HERE, whole=True)
        await phone.silence()
        interaction = await ines.accepted(asked)
        await phone.next("event", kind="interaction.accepted")
        await phone.silence()
    context = await ines.read(f"/v1/interactions/{interaction['id']}/context")
    assert (context["app_state"]["screen"], context["reason"]) == ("card", "accept")


async def test_a_colleague_who_comes_later_sees_it_too(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent, interaction: Any
) -> None:
    lou = await company.agent("lou", ("loans",))
    last = (await maya.events(maya.conversation))[-1]
    async with live_page(maya, **{maya.conversation: last["seq"]}) as phone:
        await show(phone, HERE, whole=True)
        await joined(ines, lou, interaction, "specialist")
        await phone.next("event", kind="participant.joined")
        await phone.silence()
    context = await lou.read(f"/v1/interactions/{interaction['id']}/context")
    assert context["app_state"]["screen"] == "card"


async def test_what_no_bell_carries_is_kept_instead(
    maya: SignedInCustomer, ines: SignedInAgent, interaction: Any
) -> None:
    async with live_page(maya, **{maya.conversation: 100}) as phone, live_page(ines) as desk:
        await watching(desk, maya.conversation)
        await show(phone, {"fields": {"note": "x " * 3_000}}, whole=True)
        await desk.next("event", kind="context.captured")
    context = await ines.read(f"/v1/interactions/{interaction['id']}/context")
    assert len(context["app_state"]["fields"]["note"]) == 6_000


async def test_of_all_that_is_kept_only_the_newest_stays(
    company: Company, maya: SignedInCustomer, interaction: Any
) -> None:
    async with live_page(maya, **{maya.conversation: 100}) as phone:
        for note in ("first ", "second "):
            await show(phone, {"fields": {"note": note * 700}}, whole=True)
        await phone.silence()
    async with company.database.read() as db:
        kept = list(await db.scalars(select(tables.context_snapshot.c.capsule)))
    assert [one.app_state.fields["note"][:7] for one in kept] == ["second "]


async def test_no_more_than_two_a_second_and_8_kib(
    maya: SignedInCustomer, ines: SignedInAgent, interaction: Any
) -> None:
    async with live_page(maya) as phone:
        for _ in range(3):
            await show(phone, {"screen": "card"})
        assert await refused(phone) == "/problems/too-many"
        await asyncio.sleep(0.6)
        await show(phone, {"screen": "card"})
        assert "error" not in await phone.silence()
        await show(phone, {"fields": {"note": "x" * 8_192}})
        assert await refused(phone) == "/problems/too-large"


async def test_what_is_no_app_state_is_refused(
    maya: SignedInCustomer, ines: SignedInAgent, interaction: Any
) -> None:
    async with live_page(maya) as phone:
        await show(phone, {"screen": 5}, whole=True)
        assert await refused(phone) == "/problems/bad-change"


async def test_nobody_looks_on_without_being_asked(maya: SignedInCustomer) -> None:
    async with live_page(maya) as phone:
        await show(phone, HERE, whole=True)
        assert await refused(phone) == "/problems/not-allowed-now"


async def test_what_is_kept_private_stays_so(maya: SignedInCustomer, ines: SignedInAgent) -> None:
    await ines.accepted(await maya.ask(share=False))
    async with live_page(maya) as phone:
        await show(phone, HERE, whole=True)
        assert await refused(phone) == "/problems/not-allowed-now"


async def test_the_next_request_begins_anew(maya: SignedInCustomer, ines: SignedInAgent) -> None:
    first = await maya.ask()
    async with live_page(maya) as phone:
        await show(phone, HERE, whole=True)
        await phone.silence()
        await maya.did(first, "cancel")
        await phone.next("event", kind="interaction.cancelled")
        await show(phone, HERE, whole=True)
        assert await refused(phone) == "/problems/not-allowed-now"
