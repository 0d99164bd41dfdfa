"""What do states look like that a journey seldom meets? The galleries show them."""

from collections.abc import AsyncIterator, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
import pytest_asyncio
from playwright.async_api import Browser, FilePayload, Page, expect

from app.api.pages import DIST
from tests.fixtures.pictures import picture


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


async def test_a_file_is_refused_before_it_is_sent_or_tried_again_where_it_was_lost(
    page: Page, galleries: str
) -> None:
    await page.goto(f"{galleries}/phone/states.html?state=upload")
    choose, picked = page.get_by_test_id("choose-files"), page.get_by_test_id("picked")
    film: FilePayload = {"name": "film.mp4", "mimeType": "video/mp4", "buffer": b"film"}
    lost: FilePayload = {"name": "lost.png", "mimeType": "image/png", "buffer": picture("PNG")}
    slow: FilePayload = {"name": "slow.png", "mimeType": "image/png", "buffer": picture("PNG")}
    await choose.set_input_files([film])
    await expect(picked).to_contain_text("Only photos and PDF can be sent here.")
    await expect(page.get_by_test_id("picked-again")).to_be_hidden()
    await page.get_by_role("button", name="Take away film.mp4").click()
    await choose.set_input_files([slow])
    await expect(page.get_by_role("progressbar")).to_have_js_property("value", 0.42)
    await page.get_by_test_id("continue").click()
    await expect(page.get_by_test_id("continue")).to_have_attribute("aria-busy", "true")
    await page.get_by_role("button", name="Take away slow.png").click()
    await expect(page.get_by_test_id("continue")).to_have_attribute("aria-busy", "false")
    await choose.set_input_files([lost])
    await page.get_by_test_id("picked-again").click()
    await expect(picked).to_have_attribute("data-state", "failed")
    await page.get_by_test_id("continue").click()  # which would leave it behind
    await expect(page.get_by_test_id("field-files").get_by_role("button").first).to_be_focused()


async def test_one_signs_by_hand_or_by_the_keyboard(page: Page, galleries: str) -> None:
    await page.goto(f"{galleries}/phone/states.html?state=signature")
    await page.get_by_test_id("sign-paper").hover()
    await page.mouse.down()
    await page.mouse.move(300, 400, steps=5)
    await page.mouse.up()
    await page.get_by_test_id("sign-clear-sign").click()
    await expect(page.get_by_test_id("sign-clear-sign")).to_be_hidden()
    await page.get_by_test_id("sign-other-sign").focus()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Shift+Tab")
    await page.keyboard.type("Maya Okafor")
    await expect(page.get_by_label("Your name")).to_have_value("Maya Okafor")


async def test_the_server_says_what_gets_the_focus_and_what_is_read(
    page: Page, galleries: str
) -> None:
    await page.goto(f"{galleries}/phone/states.html?state=code")
    await expect(page.get_by_test_id("field-code")).to_be_focused()
    await expect(page.get_by_test_id("announced")).to_contain_text("Step 3 of 4")
    await page.goto(f"{galleries}/phone/states.html?state=choice")
    await expect(page.get_by_test_id("step-title")).to_be_focused()


async def test_a_lead_lays_another_version_beside_the_one_looked_at(
    page: Page, galleries: str
) -> None:
    await page.goto(f"{galleries}/desk/states.html?state=insight")
    await page.get_by_test_id("flow-activate_debit_card").nth(1).get_by_role("button").click()
    identity = page.get_by_test_id("step-prove_identity")
    await expect(page.get_by_test_id("funnel")).to_contain_text("1180 began")
    await expect(identity).to_contain_text("86 %")
    await page.get_by_test_id("beside").select_option(label="Both cards")
    await expect(identity).to_contain_text("94 %")
    await page.get_by_test_id("flow-dispute_charge").get_by_role("button").click()
    await expect(page.get_by_test_id("step-what_happened")).to_be_visible()
    await expect(page.get_by_test_id("beside")).to_be_hidden()


async def test_insight_says_what_did_not_load_and_what_is_empty(page: Page, galleries: str) -> None:
    await page.goto(f"{galleries}/desk/states.html?state=insight-failed")
    await expect(page.get_by_text("Flows didn\u2019t load.")).to_be_visible()
    await page.goto(f"{galleries}/desk/states.html?state=insight-empty")
    await expect(page.get_by_text("Nobody began a flow in this time")).to_be_visible()
