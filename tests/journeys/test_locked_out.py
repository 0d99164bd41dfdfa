"""Somebody is locked out, is helped all the same, and signs in in the middle of it."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from app.demo.agents import PASSWORD
from tests.journeys.company import running
from tests.journeys.pages import Phone
from tests.journeys.test_activation import opened

TALK = "**/assets/talk-*.js"  # the screens that are fetched apart

pytestmark = pytest.mark.timeout(120)


async def test_locked_out(browser: Browser, tmp_path: Path) -> None:
    async with running(tmp_path) as company, opened(browser, company) as (phone, desk):
        await desk.sign_in("ines@bank.example", PASSWORD)
        await phone.page.route(TALK, lambda route: route.abort())
        await phone.page.goto(f"{company.url}/phone/?anonymous=1")
        await phone.picture("locked-out-home")
        await phone.tap("locked-out")
        await phone.tap("channel-text")
        await phone.sees("fetch-again")
        await phone.picture("locked-out-not-fetched")
        await phone.page.unroute(TALK)
        await phone.tap("fetch-again")
        await a_tap_fails(phone)
        await desk.tap("accept")
        await phone.say("I cannot sign in any more")
        await desk.sees_message("I cannot sign in any more")
        await nobody_can_be_reminded(phone)
        case = desk.page.locator("header.case")
        await expect(case.get_by_text("Not signed in")).to_be_visible()
        await expect(desk.part("app-state").get_by_text("conversation")).to_be_visible()
        await desk.picture("locked-out-desk")

        guest = await phone.page.context.new_page()
        await guest.goto(f"{company.url}/phone/?anonymous=1#/chat")
        await expect(guest.get_by_test_id("chat-input")).to_be_visible()
        await phone.page.goto(f"{company.url}/phone/?customer=maya")
        await expect(case.get_by_text("Maya Okafor")).to_be_visible()
        await expect(case.get_by_text("Signed in", exact=True)).to_be_visible()
        await desk.sees_message("I cannot sign in any more")
        await expect(desk.part("app-state").get_by_text("home")).to_be_visible()
        # The tab that was still open begins anew, as a guest for whom nothing is open.
        await expect(guest.get_by_test_id("chat-ask")).to_be_visible()
        await expect(guest.get_by_text("I cannot sign in any more")).to_be_hidden()
        await desk.say("Welcome back, Maya")
        await phone.page.goto(f"{company.url}/phone/?customer=maya#/chat")
        await phone.sees_message("Welcome back, Maya")
        await desk.picture("locked-out-linked")


async def a_tap_fails(phone: Phone) -> None:
    """It is said on the screen where one waits, and gone with the next tap that works."""
    cancel = "**/v1/interactions/*/cancel"
    await phone.page.route(cancel, lambda route: route.fulfill(status=409, json={"title": "No"}))
    await phone.tap("stop-waiting")
    await expect(phone.part("waiting").get_by_role("alert")).to_contain_text("No")
    await phone.page.unroute(cancel)


async def nobody_can_be_reminded(phone: Phone) -> None:
    """Who did not sign in is not reached once the app is closed."""
    await phone.tap("chat-later")
    await phone.sees("later-whenever")
    await expect(phone.part("later-tomorrow")).to_be_hidden()
    await phone.tap("later-close")
