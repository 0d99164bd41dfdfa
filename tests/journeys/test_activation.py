"""A card cannot be activated alone: from self-service over a person back to self-service.

Two real browsers, the real server with its media worker, the example bank and the push double.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from app.demo.agents import PASSWORD
from tests.journeys.company import Running, running
from tests.journeys.pages import Desk, Phone

CUSTOMER, CARD = "maya", "maya-debit"
WRONG, RIGHT = ("4471", "10/27"), ("4417", "11/30")

Disturbance = Callable[[], Awaitable[None]]

pytestmark = pytest.mark.timeout(240)


@asynccontextmanager
async def opened(browser: Browser, company: Running) -> AsyncIterator[tuple[Phone, Desk]]:
    """A Pixel 7 and a desk, each with a browser context of its own."""
    pixel = {"viewport": {"width": 412, "height": 839}, "device_scale_factor": 2.625}
    phone_context = await browser.new_context(**pixel, is_mobile=True, has_touch=True)  # type: ignore[arg-type]  # a TypedDict
    desk_context = await browser.new_context(viewport={"width": 1440, "height": 900})
    try:
        phone = Phone(await phone_context.new_page(), company.url, CUSTOMER)
        desk = Desk(await desk_context.new_page(), company.url)
        yield phone, desk
        assert phone.errors == []
        assert desk.errors == []
    finally:
        await phone_context.close()
        await desk_context.close()


async def test_activation_when_both_reload(browser: Browser, tmp_path: Path) -> None:
    async with running(tmp_path) as company, opened(browser, company) as (phone, desk):

        async def reload_both() -> None:
            await phone.reload()
            await desk.reload()

        await journey(company, phone, desk, reload_both)


async def test_activation_survives_sigkill(browser: Browser, tmp_path: Path) -> None:
    """On Postgres, tests/journeys/test_play.py plays it with the same kills and no browser."""
    async with running(tmp_path) as company, opened(browser, company) as (phone, desk):
        await journey(company, phone, desk, company.kill_and_restart)


async def journey(company: Running, phone: Phone, desk: Desk, disturb: Disturbance) -> None:
    """The whole story; `disturb` happens between its chapters."""
    await desk.sign_in("ines@bank.example", PASSWORD)
    await digits_are_refused_twice(company, phone)
    await disturb()
    await help_is_asked_for(phone)
    await the_offer_says_why(desk)
    await disturb()
    await desk.tap("accept")
    await both_write(phone, desk)
    await they_talk_then_see_each_other(phone, desk)
    await disturb()
    await they_still_see_each_other(phone, desk)
    await the_run_is_handed_back(phone, desk)
    await disturb()
    await the_customer_finishes_alone(company, phone)
    await it_is_wrapped_up_and_rated(phone, desk)
    assert await company.ratings() == [5]


async def digits_are_refused_twice(company: Running, phone: Phone) -> None:
    await phone.open()
    await phone.tap(f"card-{CARD}")
    await phone.enter_card(*WRONG)
    await phone.sees("field-code")
    await phone.enter_code(await the_code(company))
    await phone.sees("notice")
    await expect(phone.part("notice")).to_contain_text("don't match")
    await phone.enter_card(*WRONG)
    await phone.sees("nudge")
    await phone.picture("phone-step")


async def the_code(company: Running) -> str:
    """The one-time code, once the bank has sent it."""
    async with asyncio.timeout(10):
        while await company.messages(CUSTOMER) == 0:
            await asyncio.sleep(0.05)
    return await company.last_code(CUSTOMER)


async def help_is_asked_for(phone: Phone) -> None:
    await phone.tap("help-button")
    for channel in ("text", "voice", "video"):
        await phone.sees(f"channel-{channel}")
    await phone.picture("phone-help")
    await phone.tap("channel-text")
    await phone.sees("waiting")
    await phone.picture("phone-waiting")


async def the_offer_says_why(desk: Desk) -> None:
    await desk.sees("offer")
    await expect(desk.part("offer")).to_contain_text("Activate card, step 2 of 4")
    await expect(desk.part("offer-why")).to_contain_text("Digits refused twice")
    await desk.picture("desk-offer")


async def both_write(phone: Phone, desk: Desk) -> None:
    await desk.insert("gree", "Hello Maya, this is Ines. I can see where you are")
    await phone.sees_message("Hello Maya, this is Ines.")
    await desk.say("Is the old card on the table too?")
    await phone.sees_message("Is the old card on the table too?")
    await phone.say("Yes! I have both here")
    await desk.sees_message("Yes! I have both here")
    await desk.sees("failed-step")
    await phone.picture("phone-chat")


async def they_talk_then_see_each_other(phone: Phone, desk: Desk) -> None:
    await desk.tap("channel-voice")
    await phone.tap("join")
    await phone.hears()
    await desk.hears()
    await desk.tap("channel-video")
    await phone.tap("call-camera")
    await they_still_see_each_other(phone, desk)


async def they_still_see_each_other(phone: Phone, desk: Desk) -> None:
    for side in (phone, desk):
        await side.sees_video()
        await side.hears()


async def the_run_is_handed_back(phone: Phone, desk: Desk) -> None:
    await desk.add_note("Held the old card; the new one has a silver edge.")
    await desk.sees_message("Held the old card; the new one has a silver edge.")
    await desk.picture("desk-live")
    await phone.picture("phone-call")
    await desk.tap("hand-back")
    await phone.sees("notification")
    await phone.picture("phone-notification")


async def the_customer_finishes_alone(company: Running, phone: Phone) -> None:
    await phone.tap("flow-pill")
    await phone.enter_card(*RIGHT)
    await phone.sees("outcome-solved")
    await phone.picture("phone-solved")
    assert await company.card_status(CUSTOMER, CARD) == "active"


async def it_is_wrapped_up_and_rated(phone: Phone, desk: Desk) -> None:
    await desk.tap("end-interaction")
    await desk.sees("wrap-up")
    await desk.picture("desk-wrap-up")
    await desk.sees("disposition-new_card")  # which the bank has for this queue
    await desk.tap("disposition-solved_together")
    await desk.tap("wrap-up-done")
    await desk.sees("lull-available")
    await phone.go_to_rating()
    await phone.picture("phone-rating")
    await phone.rate(5)
    await expect(phone.part("rating")).to_be_hidden()
