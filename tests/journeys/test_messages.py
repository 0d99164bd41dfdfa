"""A photo, a question and second thoughts, between a phone and a desk in real browsers."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, FilePayload, expect

from app.demo.agents import PASSWORD
from tests.fixtures.pictures import photo
from tests.journeys.company import running
from tests.journeys.pages import Desk, Phone
from tests.journeys.test_activation import opened

pytestmark = pytest.mark.timeout(120)


async def test_more_than_words(browser: Browser, tmp_path: Path) -> None:
    async with running(tmp_path) as company, opened(browser, company) as (phone, desk):
        await desk.sign_in("ines@bank.example", PASSWORD)
        await phone.open()
        await phone.tap("help-button")
        await phone.tap("channel-text")
        await desk.tap("accept")
        await desk.say("Good morning, what does it look like?")
        await phone.sees_message("Good morning, what does it look like?")
        await expect(desk.part("message").first).to_have_attribute("data-state", "read")
        await a_photo_is_sent(phone, desk)
        await a_question_is_answered(phone, desk)
        await a_message_is_changed(phone, desk)
        await it_is_over(phone, desk)


async def a_photo_is_sent(phone: Phone, desk: Desk) -> None:
    image: FilePayload = {"name": "card.jpg", "mimeType": "image/jpeg", "buffer": photo()}
    program: FilePayload = {"name": "card.exe", "mimeType": "image/jpeg", "buffer": b"MZ\x90\x00"}
    await phone.part("attach-input").set_input_files([image, program])
    states = phone.part("attachment")
    await expect(states.first).to_have_attribute("data-state", "ready")
    await expect(states.last).to_have_attribute("data-state", "failed")
    await phone.say("Like this")
    for page in (phone, desk):
        picture = page.part("file-picture").locator("img")
        await expect(picture).to_be_visible()
        await expect(picture).to_have_js_property("naturalWidth", 20)
        await picture.scroll_into_view_if_needed()
    await expect(phone.part("message-mine").last).to_have_attribute("data-sent", "read")
    await phone.picture("phone-photo")
    await desk.picture("desk-photo")


async def a_question_is_answered(phone: Phone, desk: Desk) -> None:
    await desk.tap("tab-ask")
    await desk.part("ask-prompt").fill("Is it the new one?")
    await desk.tap("ask-send")
    await phone.tap("ask-option-true")
    await expect(phone.part("ask-answer")).to_contain_text("Yes")
    await expect(desk.part("question")).to_have_attribute("data-answered", "true")
    await desk.tap("tab-reply")


async def a_message_is_changed(phone: Phone, desk: Desk) -> None:
    await phone.say("Teh silver one")
    await desk.sees_message("Teh silver one")
    await phone.part("chat-input").fill("Half a sen")
    await phone.part("message-more").last.click()
    await phone.tap("message-edit")
    await phone.part("edit-input").fill("The silver one")
    await phone.tap("edit-save")
    await desk.sees_message("The silver one")
    await expect(phone.part("chat-input")).to_have_value("Half a sen")
    await phone.part("message-more").last.click()
    await phone.tap("message-delete")
    for page in (phone, desk):
        await page.sees_message("This message was deleted")
    await desk.say("Never mind")
    await desk.part("message-more").last.click()
    await desk.tap("message-delete")
    await expect(phone.part("timeline").get_by_text("This message was deleted")).to_have_count(2)


async def it_is_over(phone: Phone, desk: Desk) -> None:
    """Nobody would read what is written then: one asks for a person, and it begins anew."""
    await phone.tap("chat-end")
    await phone.tap("skip-rating")
    await desk.tap("disposition-solved_together")
    await desk.tap("wrap-up-done")
    await phone.tap("messages")
    await expect(phone.part("chat-input")).to_be_hidden()
    await phone.tap("chat-ask")
    await phone.tap("channel-text")
    await desk.tap("accept")
    await phone.say("One more thing")
    await desk.sees_message("One more thing")
    await desk.say("I am still here")
    await phone.sees_message("I am still here")
