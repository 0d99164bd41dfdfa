"""Two servers on one Postgres: a customer at one, an agent at the other, and neither notices."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_asyncio

from tests.api.company import Company, running_company
from tests.api.live_client import live_page
from tests.api.real_bank import real_bank
from tests.api.test_waiting import told

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def two(migrated_postgres_url: str, tmp_path: Path) -> AsyncIterator[tuple[Company, Company]]:
    folders = [tmp_path / name for name in ("one", "two")]
    for folder in folders:
        folder.mkdir()
    async with (
        real_bank() as bank,
        running_company(bank, folders[0], migrated_postgres_url) as one,
        running_company(bank, folders[1], migrated_postgres_url) as two,
    ):
        yield one, two


async def test_both_sides_of_a_conversation_hear_each_other(two: tuple[Company, Company]) -> None:
    here, there = two
    maya, ines = await here.customer("maya"), await there.agent("ines")
    async with live_page(maya) as phone, live_page(ines) as desk:
        interaction = await maya.ask()
        async with asyncio.timeout(5):
            while not (await desk.next("me"))["me"]["offers"]:
                pass
        await ines.did(interaction, "accept")
        await phone.next("event", kind="interaction.accepted")
        await desk.send("watch", conversation_id=maya.conversation)
        await desk.tail()
        for n in range(10):
            for page, text in ((phone, f"maya {n}"), (desk, f"ines {n}")):
                cmid = str(uuid4())
                await page.send("send", cmid=cmid, conversation_id=maya.conversation, text=text)
                for each in (phone, desk):
                    assert (await each.next("event", cmid=cmid))["body"] == {"text": text}
        await phone.send("typing", conversation_id=maya.conversation)
        assert (await desk.next("typing"))["actor"]["name"] == "Maya Okafor"


async def test_whoever_waits_hears_once_that_nobody_is_there(
    two: tuple[Company, Company],
) -> None:
    here, there = two
    ines = await there.agent("ines", texts=1)
    jonas = await here.customer("jonas")
    await ines.accepted(await jonas.ask())
    people = [await here.customer("maya"), await there.customer("amir")]
    for one in people:
        await one.ask()
    async with live_page(people[0]) as phone, live_page(people[1]) as other:
        await ines.send("PUT", "/v1/me/presence", {"intent": "offline"})
        for page in (phone, other):
            await told(page, nobody_there=True)
        await ines.send("PUT", "/v1/me/presence", {"intent": "available"})
        for page in (phone, other):
            await told(page, nobody_there=False)
        await asyncio.sleep(2.2)  # each of the two has looked again
    for one in people:
        kinds = [event["kind"] for event in await one.events(one.conversation)]
        both = [kind for kind in kinds if kind.endswith("body_there")]
        assert both == ["interaction.nobody_there", "interaction.somebody_there"]
