"""What those who wait are told meanwhile: their place, and whether anybody is there."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import update

from app.queue import place_of, wait_for
from app.standing import Prospects, standings
from app.store import tables
from tests.api.company import Company, SignedInAgent, SignedInCustomer
from tests.api.live_client import Page, live_page

SOON_S = 5
"""So late at most whoever waits hears that the last agent left."""


async def takes_a_break(company: Company, ines: SignedInAgent) -> None:
    await ines.send("PUT", "/v1/me/presence", {"intent": "break"})


async def goes_offline(company: Company, ines: SignedInAgent) -> None:
    await ines.send("PUT", "/v1/me/presence", {"intent": "offline"})


async def loses_the_lease(company: Company, ines: SignedInAgent) -> None:
    """As of a laptop that was closed: nobody says anything."""
    ended = {"until": await company.long_ago()}
    async with company.database.write() as db:
        await db.execute(update(tables.agent_lease).values(ended))


async def comes_back(company: Company, ines: SignedInAgent) -> None:
    async with company.store.write() as work:
        until = await work.now() + timedelta(minutes=5)
        await work.agents.reachable_until(UUID(ines.id), uuid4(), until)
    await ines.send("PUT", "/v1/me/presence", {"intent": "available"})


async def told(page: Page, *, nobody_there: bool) -> tuple[Any, Any]:
    """The event and the frame that say so, whichever comes first."""
    kind = f"interaction.{'nobody' if nobody_there else 'somebody'}_there"
    event = frame = None
    async with asyncio.timeout(SOON_S):
        while event is None or frame is None:
            one = await page.frame()
            if one["type"] == "event" and one["kind"] == kind:
                event = one
            if one["type"] == "place" and one["nobody_there"] is nobody_there:
                frame = one
    return event, frame


async def waiting_behind(company: Company, ines: SignedInAgent, maya: SignedInCustomer) -> Any:
    """An interaction that waits while the only agent has all hands full."""
    await ines.accepted(await (await company.customer("jonas")).ask())
    return await maya.ask()


@pytest.mark.parametrize("leaves", [takes_a_break, goes_offline, loses_the_lease])
async def test_who_waits_is_told_when_the_last_agent_leaves_and_when_one_is_back(
    company: Company,
    maya: SignedInCustomer,
    leaves: Callable[[Company, SignedInAgent], Awaitable[None]],
) -> None:
    ines = await company.agent("ines", texts=1)
    interaction = await waiting_behind(company, ines, maya)
    assert not interaction["nobody_there"]
    async with live_page(maya) as phone:
        await leaves(company, ines)
        event, frame = await told(phone, nobody_there=True)
        assert event["body"]["interaction_id"] == frame["interaction_id"] == interaction["id"]
        assert event["actor"]["kind"] == "system"
        assert (frame["place"], frame["wait"]) == (1, None)
        mine = (await maya.me())["interaction"]
        assert (mine["nobody_there"], mine["wait"]) == (True, None)
        await comes_back(company, ines)
        _, frame = await told(phone, nobody_there=False)
        assert frame["wait"] == (await maya.me())["interaction"]["wait"]


async def test_who_waits_for_a_call_that_nobody_takes_goes_on_by_text_at_the_same_place(
    company: Company,
    maya: SignedInCustomer,
) -> None:
    interaction = await maya.ask("voice")
    await company.change(interaction["id"], expected_s=900.0)
    changed = await maya.did(interaction, "channel", {"channel": "text"})
    assert (changed["state"], changed["channel"], changed["call_id"]) == ("queued", "text", None)
    assert changed["enqueued_at"] == interaction["enqueued_at"]
    # How long a call was expected to take says nothing of how well texts were foretold.
    assert (await company.interaction(interaction["id"])).expected_s is None
    again = await maya.did(interaction, "channel", {"channel": "video"})
    assert (again["channel"], again["call_id"]) == ("video", None)


async def test_a_place_that_changes_is_told_by_a_small_frame(company: Company) -> None:
    ines = await company.agent("ines", texts=1)
    maya, amir = [await company.customer(name) for name in ("maya", "amir")]
    first = await waiting_behind(company, ines, maya)
    second = await amir.ask()
    async with live_page(amir) as phone:
        assert phone.welcome["me"]["interaction"]["place"] == 2
        await maya.did(first, "cancel")
        seen: list[Any] = []
        async with asyncio.timeout(SOON_S):
            while not seen or seen[-1]["type"] != "place":
                seen.append(await phone.frame())
        assert "me" not in [one["type"] for one in seen]
        mine = (await amir.me())["interaction"]
        told = seen[-1]
        assert (told["interaction_id"], told["place"]) == (second["id"], 1)
        assert (told["place"], told["wait"]) == (mine["place"], mine["wait"])
        # What did not change is not told again.
        await asyncio.sleep(2.2)
        assert await phone.silence() == []


async def test_a_snapshot_and_a_frame_agree_for_everybody(company: Company) -> None:
    await company.agent("ines", texts=2, calls=1)
    await company.agent("tom", ("general",), texts=1, calls=1)
    people = [await company.customer(name) for name in ("maya", "jonas", "amir", "grace")]
    for person, channel in zip(people, ("text", "voice", "text", "video"), strict=True):
        await person.ask(channel, crisis=channel == "video")
    async with company.store.read() as work:
        line, prospects = await standings(work), Prospects(work)
        assert len(line) == 4
        for one in line:
            assert one.place == await place_of(work, one.interaction)
            assert await prospects.wait(one) == await wait_for(work, one.interaction)
