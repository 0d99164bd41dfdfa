"""A passkey in a real browser: added after a code, used the next time, of no use to anybody else.

Chromium's virtual authenticator (CDP, WebAuthn domain) stands for the phone's own.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, CDPSession, expect

from tests.journeys.company import Running, running
from tests.journeys.pages import Phone

CARDS = {"maya": ("maya-debit", "4417", "11/30"), "grace": ("grace-debit", "0362", "05/31")}
BUILT_IN = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}

pytestmark = pytest.mark.timeout(120)


class Keyed(Phone):
    """A phone with an authenticator in it."""

    def __init__(self, phone: Phone, cdp: CDPSession, authenticator: str, customer: str) -> None:
        self.__dict__.update(phone.__dict__)
        self._cdp = cdp
        self._authenticator = authenticator
        self.customer = customer

    async def credentials(self) -> list[Any]:
        return list((await self._ask("getCredentials"))["credentials"])

    async def verifies(self, *, whoever: bool) -> None:
        """Whether it knows the face before it."""
        await self._ask("setUserVerified", isUserVerified=whoever)

    async def _ask(self, command: str, **more: Any) -> Any:
        named = {"authenticatorId": self._authenticator}
        return await self._cdp.send(f"WebAuthn.{command}", {**named, **more})

    async def comes_to_the_proof(self, *, wrong: bool = False) -> None:
        card, last4, expiry = CARDS[self.customer]
        await self.page.goto(f"{self.page.url.split('#')[0]}#/")
        await self.tap(f"card-{card}")
        await self.enter_card("0000" if wrong else last4, expiry)

    async def enters_the_code(self, company: Running) -> None:
        await self.sees("field-code")
        async with asyncio.timeout(10):
            while await company.messages(self.customer) == 0:
                await asyncio.sleep(0.05)
        await self.enter_code(await company.last_code(self.customer))


@asynccontextmanager
async def keyed(browser: Browser, company: Running, customer: str) -> AsyncIterator[Keyed]:
    context = await browser.new_context(viewport={"width": 412, "height": 839})
    try:
        page = await context.new_page()
        cdp = await context.new_cdp_session(page)
        await cdp.send("WebAuthn.enable")
        made = await cdp.send("WebAuthn.addVirtualAuthenticator", {"options": BUILT_IN})
        phone = Phone(page, company.url, customer)
        await phone.open()
        yield Keyed(phone, cdp, made["authenticatorId"], customer)
        assert phone.errors == []
    finally:
        await context.close()


async def test_added_after_a_code_and_used_the_next_time(browser: Browser, tmp_path: Path) -> None:
    async with running(tmp_path) as company, keyed(browser, company, "maya") as phone:
        await phone.tap("passkeys")
        await expect(phone.page.get_by_text("No passkeys yet")).to_be_visible()
        await expect(phone.part("passkey-add")).to_be_hidden()
        await phone.comes_to_the_proof(wrong=True)
        await phone.enters_the_code(company)
        await phone.sees("notice")
        await phone.page.goto(f"{phone.page.url.split('#')[0]}#/passkeys")
        await phone.tap("passkey-add")
        await phone.sees("passkey")
        await phone.picture("passkeys")
        (credential,) = await phone.credentials()
        assert credential["rpId"] == "localhost"
        await phone.page.goto(f"{phone.page.url.split('#')[0]}#/")
        await phone.tap("resume")
        await phone.tap("cancel-run")
        await phone.sees("outcome-abandoned")
        sent = await company.messages("maya")

        await phone.comes_to_the_proof()
        await phone.sees("use-passkey")
        await phone.picture("passkey-step")
        await phone.verifies(whoever=False)
        await phone.tap("use-passkey")
        await expect(phone.part("trouble")).to_contain_text("Nothing was changed")
        await phone.verifies(whoever=True)
        await phone.tap("use-passkey")
        await phone.sees("outcome-solved")
        assert await company.card_status("maya", "maya-debit") == "active"
        assert await company.messages("maya") == sent
        (credential,) = await phone.credentials()
        assert credential["signCount"] >= 1


async def test_offered_when_it_is_done_and_removed_again(browser: Browser, tmp_path: Path) -> None:
    async with running(tmp_path) as company, keyed(browser, company, "grace") as phone:
        await phone.comes_to_the_proof()
        await phone.enters_the_code(company)
        await phone.sees("outcome-solved")
        await phone.sees("passkey-offer")
        await phone.picture("passkey-offer")
        await phone.tap("passkey-add")
        await phone.sees("passkey-added")
        await phone.tap("done")
        await phone.page.goto(f"{phone.page.url.split('#')[0]}#/passkeys")
        await phone.tap("passkey-remove")
        await expect(phone.page.get_by_text("No passkeys yet")).to_be_visible()


async def test_a_code_instead(browser: Browser, tmp_path: Path) -> None:
    """Whoever cannot use the passkey just now has a code sent, which was not sent unasked."""
    async with running(tmp_path) as company, keyed(browser, company, "maya") as phone:
        await phone.comes_to_the_proof(wrong=True)
        await phone.enters_the_code(company)
        await phone.sees("notice")
        await phone.page.goto(f"{phone.page.url.split('#')[0]}#/passkeys")
        await phone.tap("passkey-add")
        await phone.sees("passkey")
        await phone.page.goto(f"{phone.page.url.split('#')[0]}#/")
        await phone.tap("resume")
        await phone.tap("cancel-run")
        await phone.sees("outcome-abandoned")
        sent = await company.messages("maya")
        await phone.comes_to_the_proof()
        await phone.sees("use-passkey")
        assert await company.messages("maya") == sent
        await phone.tap("new-code")
        await phone.sees("field-code")
        assert await company.messages("maya") == sent + 1
        await phone.picture("passkey-or-code")
        await phone.enter_code(await company.last_code("maya"))
        await phone.sees("outcome-solved")


async def test_no_passkeys_at_an_address(browser: Browser, tmp_path: Path) -> None:
    """WebAuthn knows domains only: a page at 127.0.0.1 does not say that it can use them."""
    async with running(tmp_path) as company, keyed(browser, company, "maya") as phone:
        for host, said in (("localhost", "sign,camera,passkey"), ("127.0.0.1", "sign,camera")):
            async with phone.page.expect_request("**/v1/flows") as asked:
                url = company.url.replace("localhost", host)
                await phone.page.goto(f"{url}/phone/?anonymous=1")
            assert (await (await asked.value).all_headers()).get("x-caps") == said
