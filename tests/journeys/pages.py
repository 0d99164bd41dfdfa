"""The two pages as their users see them: the phone of a customer, the desk of an agent."""

import asyncio
import os
import re
from collections.abc import Callable

from playwright.async_api import Locator, Page, expect

expect.set_options(timeout=15_000)  # a restart of the server and back-off fit in

FRAMES = 30
ENERGY = 1e-4  # right after connecting it is about 1e-10, until the first beep
MEDIA_WITHIN_S = 20.0

STATS = """async () => {
  const peers = globalThis.warmlinePeers ?? [];
  const newest = peers[peers.length - 1];
  if (!newest) return {frames: 0, energy: 0};
  const found = {frames: 0, energy: 0};
  for (const one of (await newest.getStats()).values()) {
    if (one.type !== "inbound-rtp") continue;
    if (one.kind === "video") found.frames = Math.max(found.frames, one.framesDecoded ?? 0);
    else found.energy = Math.max(found.energy, one.totalAudioEnergy ?? 0);
  }
  return found;
}"""


class _Page:
    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self._url = url
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def part(self, test_id: str) -> Locator:
        return self.page.get_by_test_id(test_id)

    async def sees(self, test_id: str) -> None:
        await expect(self.part(test_id).first).to_be_visible()

    async def tap(self, test_id: str) -> None:
        await self.part(test_id).first.click()

    async def sees_message(self, text: str) -> None:
        await expect(self.part("timeline").get_by_text(text)).to_be_visible()

    async def picture(self, name: str) -> None:
        """Keep how it looks, where WARMLINE_PICTURES names a folder."""
        if folder := os.environ.get("WARMLINE_PICTURES"):
            await self.page.screenshot(path=f"{folder}/{name}.png")

    async def reload(self) -> None:
        await self.page.reload()

    async def media(self) -> dict[str, float]:
        """What the newest peer connection has received."""
        stats: dict[str, float] = await self.page.evaluate(STATS)
        return stats

    async def hears(self) -> None:
        await self._until(lambda seen: seen["energy"] > ENERGY, "hears nothing")

    async def sees_video(self) -> None:
        await self._until(lambda seen: seen["frames"] >= FRAMES, "sees no video")

    async def _until(self, holds: Callable[[dict[str, float]], bool], otherwise: str) -> None:
        """Poll from here: Playwright's own wait_for_function returns at once for a promise."""
        seen: dict[str, float] = {}
        try:
            async with asyncio.timeout(MEDIA_WITHIN_S):
                while not holds(seen := await self.media()):
                    await asyncio.sleep(0.1)
        except TimeoutError:
            raise AssertionError(f"{type(self).__name__} {otherwise}: {seen}") from None


class Phone(_Page):
    """The bank's app on a customer's phone."""

    def __init__(self, page: Page, url: str, customer: str) -> None:
        super().__init__(page, url)
        self._customer = customer

    async def open(self) -> None:
        await self.page.goto(f"{self._url}/phone/?debug=1&customer={self._customer}")

    async def enter_card(self, last4: str, expiry: str) -> None:
        await self.part("field-last4").fill(last4)
        await self.part("field-expiry").fill(expiry)
        await self.tap("continue")

    async def enter_code(self, code: str) -> None:
        await self.part("field-code").fill(code)
        await self.tap("continue")

    async def say(self, text: str) -> None:
        await self.part("chat-input").fill(text)
        await self.tap("chat-send")

    async def go_to_rating(self) -> None:
        """It is shown after "Done", or is one tap away at home where the news came after that."""
        await self.tap("done")
        await expect(self.part("rating").or_(self.part("rate"))).to_be_visible()
        if await self.part("rate").is_visible():
            await self.tap("rate")

    async def rate(self, score: int) -> None:
        await self.tap(f"rating-{score}")
        await self.tap("rating-send")


class Desk(_Page):
    """An agent's desk."""

    async def sign_in(self, email: str, password: str) -> None:
        await self.page.goto(f"{self._url}/desk/?debug=1")
        await self.part("sign-in-email").fill(email)
        await self.part("sign-in-password").fill(password)
        await self.tap("sign-in")
        await self.tap("presence-available")

    async def say(self, text: str) -> None:
        await self.part("reply-input").fill(text)
        await self.tap("reply-send")

    async def choose_password(self, password: str, again: str) -> None:
        """On the page that the link of an invitation opens."""
        await self.part("invited-password").fill(password)
        await self.part("invited-again").fill(again)
        await self.tap("invited")

    async def insert(self, begun: str, text: str) -> None:
        """Send a canned reply, found by what was typed after the slash, without the mouse."""
        await self.part("reply-input").press_sequentially(f"/{begun}")
        await self.sees("canned")
        await self.part("reply-input").press("Enter")
        await expect(self.part("canned")).to_be_hidden()
        await expect(self.part("reply-input")).to_have_value(re.compile(f"^{re.escape(text)}"))
        await self.part("reply-input").press("Enter")

    async def add_note(self, text: str) -> None:
        await self.tap("tab-note")
        await self.part("note-input").fill(text)
        await self.tap("note-save")
        await self.tap("tab-reply")
