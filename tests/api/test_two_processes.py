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
