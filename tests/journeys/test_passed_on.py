"""Somebody in a call is passed on: the next agent is heard without a second "Join"."""

import json
from pathlib import Path

import pytest
from playwright.async_api import Browser, WebSocketRoute, expect

from app.demo.agents import PASSWORD
from tests.journeys.company import running
from tests.journeys.pages import Desk, Phone
from tests.journeys.test_activation import opened

pytestmark = pytest.mark.timeout(120)


class LateLog:
    """A line on which the log, from the end of the call on, comes after the snapshots."""

    def __init__(self) -> None:
        self._held: list[str | bytes] = []
        self._page: WebSocketRoute | None = None

    def __call__(self, page: WebSocketRoute) -> None:
        self._page, server = page, page.connect_to_server()
        page.on_message(server.send)
        server.on_message(self._pass_on)

    def _pass_on(self, message: str | bytes) -> None:
        assert self._page is not None
        frame = json.loads(message)
        if frame["type"] in {"event", "tail"} and (self._held or frame.get("kind") == "call.ended"):
            self._held.append(message)
        else:
            self._page.send(message)

    def arrives(self) -> None:
        assert self._page is not None
        for message in self._held:
            self._page.send(message)


async def test_a_call_that_is_passed_on_goes_on(browser: Browser, tmp_path: Path) -> None:
    async with running(tmp_path) as company, opened(browser, company) as (phone, desk):
        context = await browser.new_context()
        late = LateLog()
        try:
            tom = Desk(await context.new_page(), company.url)
            await phone.page.route_web_socket("**/v1/live", late)
            await _in_a_call(phone, desk)
            await tom.sign_in("tom@bank.example", PASSWORD)
            await tom.sees("lull-available")
            await _pass_on_to_tom(desk)
            await tom.tap("accept")
            asked = phone.part("pre-join").filter(has_text="Tom is ready")
            going_on = phone.part("call").filter(has_text="Tom hears you")
            await expect(asked.or_(going_on)).to_be_visible()
            late.arrives()
            await expect(phone.part("call")).to_have_attribute("data-state", "connected")
            await phone.hears()
            await tom.hears()
        finally:
            await context.close()


async def _in_a_call(phone: Phone, desk: Desk) -> None:
    await desk.sign_in("ines@bank.example", PASSWORD)
    await phone.open()
    await phone.tap("help-button")
    await phone.tap("channel-voice")
    await desk.tap("accept")
    await phone.tap("join-voice")
    await expect(phone.part("call")).to_have_attribute("data-state", "connected")


async def _pass_on_to_tom(desk: Desk) -> None:
    await desk.tap("pass-on")
    tom = desk.part("pass-on-to").locator("option", has_text="Tom Weber")
    value = await tom.get_attribute("value")
    await desk.part("pass-on-to").select_option(value)
    await desk.part("pass-on-reason").fill("knows about cards")
    await desk.tap("pass-on-go")
