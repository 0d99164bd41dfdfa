"""Does the API reference work without the internet, under our own content security policy?"""

from collections.abc import Sequence
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Browser, ConsoleMessage, Page, Request, expect

from tests.journeys.company import running

WAITS_MS = 15_000


class Watched:
    """A page with everything it said and asked for."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.said: list[str] = []
        self.asked: list[str] = []
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("request", self._request)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.said.append(message.text)

    def _request(self, request: Request) -> None:
        if not request.url.startswith("data:"):
            self.asked.append(request.url)


@pytest.mark.timeout(120)
async def test_the_reference_is_drawn_from_here_alone(browser: Browser, tmp_path: Path) -> None:
    async with running(tmp_path) as company:
        for scheme in ("light", "dark"):
            page = await browser.new_page(color_scheme=scheme)
            watched = Watched(page)
            await page.goto(f"{company.url}/docs/")
            await _reads_well(page)
            assert watched.said == []
            assert _strangers(watched.asked, company.url) == []
            await page.close()
        await _nothing_else_describes_it(company.url)


async def _reads_well(page: Page) -> None:
    operation = page.locator("#operations-help-askForHelp")
    await expect(operation).to_contain_text("Ask for help", timeout=WAITS_MS)
    tags = await page.locator(".opblock-tag").evaluate_all("all => all.map(one => one.dataset.tag)")
    assert tags[:3] == ["sign-in", "self-service", "help"]
    await operation.locator(".opblock-summary-control").click()
    await expect(operation).to_contain_text("Ask for a human.")
    await expect(operation).to_contain_text('"channel": "video"')


def _strangers(asked: Sequence[str], own: str) -> list[str]:
    return [url for url in asked if not url.startswith(own)]


async def _nothing_else_describes_it(url: str) -> None:
    """The web framework has pages of its own, which load scripts from elsewhere: not here."""
    async with httpx.AsyncClient(base_url=url) as http:
        policy = (await http.get("/docs/")).headers["content-security-policy"]
        assert "unsafe" not in policy
        assert (await http.get("/schema/swagger")).status_code == 404
        other = await http.get("/schema/openapi.json")
        assert other.json() == (await http.get("/openapi.json")).json()
