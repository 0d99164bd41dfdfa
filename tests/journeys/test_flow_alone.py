"""A customer goes through a flow alone on the phone: lists, second thoughts, rests, files."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, FilePayload, expect

from tests.fixtures.pictures import photo
from tests.journeys.company import Running, running
from tests.journeys.pages import Phone

FLOWS = Path(__file__).parent / "flows"

pytestmark = pytest.mark.timeout(120)


@asynccontextmanager
async def opened(browser: Browser, company: Running) -> AsyncIterator[Phone]:
    """A Pixel 7."""
    pixel = {"viewport": {"width": 412, "height": 839}, "device_scale_factor": 2.625}
    context = await browser.new_context(**pixel, is_mobile=True, has_touch=True)  # type: ignore[arg-type]  # a TypedDict
    try:
        phone = Phone(await context.new_page(), company.url, "maya")
        await phone.open()
        yield phone
        assert phone.errors == []
    finally:
        await context.close()


async def test_a_list_a_second_thought_and_a_rest(browser: Browser, tmp_path: Path) -> None:
    async with running(tmp_path, flows=FLOWS) as company, opened(browser, company) as phone:
        await phone.tap("flow-insure_trip")
        await phone.tap("option-goal-city")
        await phone.tap("continue")
        await a_list_is_filled_in(phone)
        await an_answer_is_changed(phone)
        await it_goes_on_by_itself(phone)


async def a_list_is_filled_in(phone: Phone) -> None:
    await phone.part("field-people[0].name").fill("Maya Okafor")
    await phone.part("field-people[0].born").fill("1991-03-12")
    await phone.tap("add-people")
    await expect(phone.part("field-people[1].name")).to_be_focused()
    await phone.part("field-people[1].name").fill("Adaeze Okafor")
    await phone.part("field-people[1].born").fill("2127-06-01")
    await phone.reload()  # what was typed is still there
    await expect(phone.part("entry-people-0")).to_contain_text("Maya Okafor")
    await expect(phone.part("entry-people-1")).to_contain_text("Adaeze Okafor")
    await phone.tap("continue")
    await expect(phone.part("error-people[1].born")).to_contain_text("still to come")
    await expect(phone.part("field-people[1].born")).to_be_focused()
    await expect(phone.part("field-people[0].born")).to_be_hidden()  # which is right
    await phone.picture("phone-repeat-refused")
    await phone.part("remove-people-0").click()
    await expect(phone.part("error-people[0].born")).to_be_visible()  # it went along
    await phone.tap("undo-people")
    await expect(phone.part("field-people[0].name")).to_have_value("Maya Okafor")
    await phone.tap("change-people-1")
    await phone.part("field-people[1].born").fill("2021-06-01")
    await phone.tap("continue")


async def an_answer_is_changed(phone: Phone) -> None:
    lines = phone.part("review-line")
    await expect(lines.nth(1)).to_contain_text("Adaeze Okafor")
    await expect(phone.part("review")).to_contain_text(re.compile("city", re.IGNORECASE))
    await phone.picture("phone-review")
    await phone.tap("edit-goal")
    await expect(phone.part("option-goal-city")).to_be_checked()
    await phone.tap("option-goal-sea")
    await phone.tap("continue")
    await expect(lines.nth(0)).to_contain_text(re.compile("sea", re.IGNORECASE))
    await expect(lines.nth(1)).to_contain_text("Maya Okafor")  # nobody was asked again
    await phone.tap("back")
    await expect(phone.part("entry-people-1")).to_contain_text("Adaeze Okafor")
    await phone.tap("continue")
    await expect(phone.part("review")).to_be_visible()


async def it_goes_on_by_itself(phone: Phone) -> None:
    await phone.tap("continue")
    await expect(phone.part("waits-until")).to_contain_text("by itself today at")
    await phone.picture("phone-wait")
    await expect(phone.part("outcome-solved")).to_be_attached()


async def test_a_rest_is_over_when_the_customer_opens_it_again(
    browser: Browser, tmp_path: Path
) -> None:
    async with running(tmp_path, flows=FLOWS) as company, opened(browser, company) as phone:
        await phone.tap("flow-think_it_over")
        await phone.tap("continue")
        await phone.sees("waits")
        await phone.tap("help-button")  # a sheet over it: the run was not left
        await phone.sees("channel-text")
        await phone.page.keyboard.press("Escape")
        await expect(phone.page.get_by_role("dialog")).to_be_hidden()
        await phone.sees("waits")
        await phone.tap("close-run")
        await phone.tap("resume")
        await expect(phone.part("outcome-solved")).to_be_attached()


async def test_files_an_address_and_a_signature(browser: Browser, tmp_path: Path) -> None:
    async with running(tmp_path, flows=FLOWS) as company, opened(browser, company) as phone:
        await phone.tap("flow-claim")
        await files_are_sent(phone)
        await an_address_is_given(phone)
        await it_is_signed(phone)
        lines = phone.part("review-line")
        for line, told in enumerate(("receipt.jpg", "12 Rua das Flores", "Signed by hand")):
            await expect(lines.nth(line)).to_contain_text(told)
        await phone.picture("phone-claim")
        await phone.tap("edit-proof")
        await expect(phone.part("picked")).to_contain_text("receipt.jpg")
        await phone.tap("continue")
        await phone.part("sign-paper").or_(phone.part("review")).wait_for()
        if await phone.part("sign-paper").is_visible():  # a signature is for what stood there
            await it_is_signed(phone)
        await phone.sees("review")
        await phone.tap("continue")
        await expect(phone.part("outcome-solved")).to_be_attached()


async def files_are_sent(phone: Phone) -> None:
    image: FilePayload = {"name": "receipt.jpg", "mimeType": "image/jpeg", "buffer": photo()}
    program: FilePayload = {"name": "receipt.png", "mimeType": "image/png", "buffer": b"MZ\x90"}
    huge: FilePayload = {"name": "huge.png", "mimeType": "image/png", "buffer": bytes(1_000_001)}
    await phone.part("choose-files").set_input_files([image, program, huge])
    picked = phone.part("picked")
    await expect(picked.nth(0)).to_have_attribute("data-state", "there")
    await expect(picked.nth(0).locator("img")).to_be_visible()
    await expect(picked.nth(1)).to_contain_text("kind of file that its name says")
    await expect(picked.nth(2)).to_contain_text("larger than 1 MB")
    await phone.picture("phone-files")
    await phone.tap("continue")  # not without being told of the others
    for name in ("receipt.png", "huge.png"):
        await phone.page.get_by_label(f"Take away {name}").click()
    await phone.reload()
    await expect(picked).to_have_count(1)
    await expect(picked.locator("img")).to_have_js_property("naturalWidth", 20)
    await phone.tap("continue")


async def an_address_is_given(phone: Phone) -> None:
    await phone.part("field-home.lines").fill("12 Rua das Flores")
    await phone.part("field-home.country").select_option("PT")
    await phone.tap("continue")
    await expect(phone.part("field-home.city")).to_be_focused()
    await expect(phone.part("error-home.city")).to_be_visible()
    await phone.part("field-home.city").fill("Porto")
    await phone.part("field-home.postal_code").fill("4050-262")
    await phone.tap("continue")


async def it_is_signed(phone: Phone) -> None:
    await phone.part("sign-paper").hover()
    await phone.page.mouse.down()
    await phone.page.mouse.move(200, 300, steps=8)
    await phone.page.mouse.up()
    await phone.picture("phone-sign")
    await phone.tap("continue")
