"""An agent asks, in the conversation, for an approval: the customer proves it with the phone."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from app.demo.agents import PASSWORD
from tests.journeys.company import running
from tests.journeys.pages import Desk
from tests.journeys.test_passkeys import keyed

WHAT = "Send the new card to 12 Harbour Street"

pytestmark = pytest.mark.timeout(120)


async def asks(desk: Desk, what: str) -> None:
    await desk.tap("tab-ask")
    await desk.part("ask-prompt").fill(what)
    await desk.tap("ask-kind-approval")
    await desk.tap("ask-send")


async def test_by_a_code_first_and_then_by_a_passkey(browser: Browser, tmp_path: Path) -> None:
    async with running(tmp_path) as company, keyed(browser, company, "maya") as phone:
        context = await browser.new_context(viewport={"width": 1440, "height": 900})
        desk = Desk(await context.new_page(), company.url)
        await desk.sign_in("ines@bank.example", PASSWORD)
        await phone.tap("help-button")
        await phone.tap("channel-text")
        await desk.tap("accept")

        await asks(desk, WHAT)
        card = phone.part("approval").first
        await expect(card).to_contain_text(WHAT)
        await phone.tap("approve")
        await phone.sees("approval-code")
        await phone.picture("approval-code")
        await phone.part("approval-code").fill("000000")
        await phone.tap("approval-confirm")
        await expect(phone.part("approval-trouble")).to_contain_text("the code we sent")
        await phone.part("approval-code").fill(await company.last_code("maya"))
        await phone.tap("approval-confirm")
        await expect(phone.part("approval-outcome")).to_contain_text("by one-time code")
        await desk.sees_message("by one-time code")

        here = phone.page.url.split("#")[0]
        await phone.page.goto(f"{here}#/passkeys")
        await phone.tap("passkey-add")
        await phone.sees("passkey")
        await phone.page.goto(f"{here}#/chat")
        await asks(desk, "Raise the daily limit to 2,000 euros")
        second = phone.part("approval").nth(1)
        await second.get_by_test_id("approve").click()
        await expect(second.get_by_test_id("approval-outcome")).to_contain_text("by passkey")
        await desk.sees_message("by passkey")
        await phone.picture("approvals")
        await desk.picture("desk-approvals")

        await asks(desk, "Close the account")
        third = phone.part("approval").nth(2)
        await third.get_by_test_id("approval-decline").click()
        await expect(third.get_by_test_id("approval-outcome")).to_contain_text("approve")
        await desk.sees_message("Not approved")
        assert desk.errors == []
        await context.close()
