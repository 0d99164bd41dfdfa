"""Does a message that was typed while nobody could be reached survive that the app is killed?"""

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from app.demo.agents import PASSWORD
from tests.journeys.company import Running, running
from tests.journeys.pages import Desk, Phone

TYPED = "typed in the tunnel"


@pytest.mark.timeout(180)
async def test_what_was_typed_is_sent_once_by_the_next_life(
    browser: Browser, tmp_path: Path
) -> None:
    async with running(tmp_path) as company:
        device = await browser.new_context(viewport={"width": 412, "height": 839})
        phone = Phone(await device.new_page(), company.url, "maya")
        desk = Desk(await browser.new_page(), company.url)
        await _talking(phone, desk)
        await asyncio.to_thread(company.server.kill)
        await phone.say(TYPED)
        await phone.sees_message(TYPED)
        await _once_on_disk(phone)
        await phone.page.close()
        await company.start()
        await desk.sees_message("are you there?")
        await expect(desk.part("timeline").get_by_text(TYPED)).to_have_count(0)
        await _comes_once(company, Phone(await device.new_page(), company.url, "maya"), desk)
        await device.close()
        await desk.page.close()


async def _talking(phone: Phone, desk: Desk) -> None:
    await desk.sign_in("ines@bank.example", PASSWORD)
    await phone.open()
    await phone.tap("help-button")
    await phone.tap("channel-text")
    await desk.tap("accept")
    await phone.say("are you there?")
    await desk.sees_message("are you there?")


async def _once_on_disk(phone: Phone) -> None:
    """IndexedDB holds it: what else a page has is gone with it."""
    async with asyncio.timeout(5):
        while TYPED not in await phone.page.evaluate(KEPT):
            await asyncio.sleep(0.05)


async def _comes_once(company: Running, phone: Phone, desk: Desk) -> None:
    await phone.open()
    await desk.sees_message(TYPED)
    await phone.page.goto(f"{company.url}/phone/?customer=maya#/chat")
    for side in (phone, desk):
        await expect(side.part("timeline").get_by_text(TYPED)).to_have_count(1)
    assert TYPED not in await phone.page.evaluate(KEPT)


KEPT = """() => new Promise((done) => {
  const opened = indexedDB.open("warmline", 1);
  opened.onsuccess = () => {
    const outbox = IDBKeyRange.bound("maya/outbox/", "maya/outbox/\\uffff");
    const kept = opened.result.transaction("kept").objectStore("kept").getAll(outbox);
    kept.onsuccess = () => {
      opened.result.close();
      done(JSON.stringify(kept.result));
    };
  };
})"""
