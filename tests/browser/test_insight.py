"""Does a lead see on the desk what people did?"""

import pytest
from playwright.async_api import Browser, Page, expect

from app.auth.password import hash_password
from app.conversation.people import Agent
from app.ids import new_id
from app.runs.tallying import tally_runs
from tests.api.alone import company_alone
from tests.api.company import DIGITS, PASSWORD, Company
from tests.journeys.pages import Desk

LEAD, AGENT = "lea@bank.example", "ines@bank.example"

pytestmark = pytest.mark.timeout(120)


async def _hire(company: Company, email: str, *roles: str) -> None:
    hashed = await hash_password(PASSWORD)
    name = email.partition("@")[0].title()
    one = Agent(
        id=new_id(), email=email, name=name, password_hash=hashed, queues=("cards",), roles=roles
    )
    async with company.store.write() as work:
        await work.agents.add(one)


async def _solved_and_left(company: Company) -> None:
    """Maya is refused once and comes to the end, Jonas leaves at the first question."""
    maya, jonas = await company.customer("maya"), await company.customer("jonas")
    first = await maya.start()
    assert (await maya.answer(first, {"last4": "12", "expiry": "11/30"})).status_code == 422
    code = await maya.answered(first, DIGITS)
    await maya.answered(code, {"code": company.code()})
    his = await jonas.start("jonas-credit")
    await jonas.do(f"/v1/runs/{his['run_id']}/cancel", {"rev": his["rev"]})
    await tally_runs(company.store, company.app.state.catalogue)


async def _row(page: Page, test_id: str) -> list[str]:
    return await page.get_by_test_id(test_id).locator("td, th").all_inner_texts()


async def test_a_lead_sees_how_flows_went_and_nobody_else_does(browser: Browser) -> None:
    async with company_alone() as company:
        await _hire(company, LEAD, "supervisor")
        await _hire(company, AGENT, "agent")
        await _solved_and_left(company)
        context = await browser.new_context(viewport={"width": 1440, "height": 1000})
        try:
            desk = Desk(await context.new_page(), company.url)
            await desk.sign_in(LEAD, PASSWORD)
            await desk.tap("rail-insight")
            await desk.sees("funnel")
            flow = await _row(desk.page, "flow-activate_debit_card")
            assert flow[0] == "Activate card"
            assert flow[2:9] == ["2", "50 %", "50 %", "0", "1", "0", "0"]
            digits = await _row(desk.page, "step-ask_digits")
            assert [one.strip() for one in digits[1:6]] == ["100 %", "2", "1", "1", "0"]
            done = await _row(desk.page, "step-done")
            assert [one.strip() for one in (*done[1:3], done[4])] == ["50 %", "1", "0"]
            await expect(desk.part("hot-spots")).to_contain_text("last4 refused")
            await expect(desk.part("repeated")).to_contain_text("Nobody was asked")
            await desk.picture("insight")
            await desk.tap("days-7")
            await desk.sees("funnel")
            await desk.tap("rail-queue")
            await desk.sees("queue")
            await expect(desk.part("insight")).to_be_hidden()
            assert desk.errors == []
        finally:
            await context.close()
        other = await browser.new_context()
        try:
            desk = Desk(await other.new_page(), company.url)
            await desk.sign_in(AGENT, PASSWORD)
            await desk.sees("rail-queue")
            await expect(desk.part("rail-insight")).to_have_count(0)
        finally:
            await other.close()
