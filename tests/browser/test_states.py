"""What do states look like that a journey seldom meets? The galleries show them."""

from collections.abc import AsyncIterator, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from app.api.pages import DIST


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def galleries() -> Iterator[str]:
    """The address of the built pages."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(DIST)))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser) -> AsyncIterator[Page]:
    context = await browser.new_context()
    yield await context.new_page()
    await context.close()


async def test_how_it_ends_is_not_up_to_who_advises(page: Page, galleries: str) -> None:
    await page.goto(f"{galleries}/desk/states.html?state=live-text-closing")
    await expect(page.get_by_test_id("keep-open")).to_be_visible()
    await page.goto(f"{galleries}/desk/states.html?state=advising-closing")
    await expect(page.get_by_test_id("closing-line")).to_be_visible()
    for ends in ("keep-open", "end-interaction", "tab-reply"):
        await expect(page.get_by_test_id(ends)).to_be_hidden()


async def test_what_could_not_be_joined_is_said_until_it_is_put_away(
    page: Page, galleries: str
) -> None:
    await page.goto(f"{galleries}/desk/states.html?state=join-failed")
    trouble = page.get_by_test_id("desk-trouble")
    await expect(trouble).to_contain_text("The offer is over")
    await trouble.get_by_role("button").click()
    await expect(trouble).to_be_hidden()


async def test_the_phone_says_why_joining_failed(page: Page, galleries: str) -> None:
    await page.goto(f"{galleries}/phone/states.html?state=incoming-failed")
    await expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("reach the bank")


async def test_waiting_says_when_it_is_offline(page: Page, galleries: str) -> None:
    await page.goto(f"{galleries}/phone/states.html?state=waiting-offline")
    await expect(page.get_by_test_id("waiting").get_by_test_id("offline")).to_be_visible()


async def test_none_of_these_and_the_others_exclude_each_other(page: Page, galleries: str) -> None:
    await page.goto(f"{galleries}/phone/states.html?state=several")
    home, rented, none = (
        page.get_by_test_id(f"option-premises-{name}") for name in ("home", "rented", "none")
    )
    await home.click()
    await rented.click()
    await expect(home).to_be_checked()
    await expect(rented).to_be_checked()
    await none.click()
    await expect(none).to_be_checked()
    await expect(home).not_to_be_checked()
    await rented.click()
    await home.click()
    await rented.click()
    await expect(home).to_be_checked()
    for other in (rented, none):
        await expect(other).not_to_be_checked()


async def test_each_field_has_the_keyboard_or_the_list_of_its_kind(
    page: Page, galleries: str
) -> None:
    await page.goto(f"{galleries}/phone/states.html?state=form-world")
    await page.get_by_label("Country").select_option("Spain")
    await expect(page.get_by_label("Country")).to_have_value("ES")
    await page.get_by_label("First day").fill("2026-12-24")
    await page.get_by_label("Time of arrival").fill("09:30")
    await page.get_by_label("Limit (EUR)").fill("12,50")
    kinds = {"Phone number": ("type", "tel"), "E-mail": ("type", "email")}
    for label, (name, value) in {**kinds, "Limit (EUR)": ("inputmode", "decimal")}.items():
        await expect(page.get_by_label(label)).to_have_attribute(name, value)
