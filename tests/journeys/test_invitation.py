"""An agent who was invited chooses a password in the browser and is at the desk."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from app.company.invitation import Invited, invite
from app.store.engine import open_database
from app.store.sql import SqlStore
from tests.journeys.company import Running, running
from tests.journeys.pages import Desk

CHOSEN = "four words in a row"

pytestmark = pytest.mark.timeout(120)


async def _invited(company: Running) -> Invited:
    store = SqlStore(open_database(company.database_url), lambda topics: None)
    try:
        async with store.write() as work:
            tom = await work.agents.by_email("tom@bank.example")
            assert tom is not None
            return await invite(work, tom)
    finally:
        await store.close()


async def test_the_link_of_an_invitation_works_once(browser: Browser, tmp_path: Path) -> None:
    async with running(tmp_path) as company:
        context = await browser.new_context()
        try:
            desk = Desk(await context.new_page(), company.url)
            link = f"{company.url}{(await _invited(company)).path}"
            await desk.page.goto(link)
            await desk.choose_password("short", "short")
            await expect(desk.part("invited-error")).to_contain_text("at least 12 characters")
            await desk.choose_password(CHOSEN, "four words in a mess")
            await expect(desk.part("invited-error")).to_contain_text("not the same")
            await desk.choose_password(CHOSEN, CHOSEN)
            await desk.sees("presence-available")
            assert "invitation" not in desk.page.url
            await desk.tap("account")
            await desk.tap("sign-out")
            await desk.sign_in("tom@bank.example", CHOSEN)
            assert desk.errors == []
            other = await context.new_page()
            again = Desk(other, company.url)
            await other.goto(link)
            await again.choose_password("another long one", "another long one")
            await expect(again.part("invitation-used")).to_contain_text("does not work any more")
            await again.tap("to-sign-in")
            await again.sees("sign-in-email")
            assert "invitation" not in other.url
        finally:
            await context.close()
