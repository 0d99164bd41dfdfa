"""How does a customer in a test get a passkey, and come to where one is asked for?"""

from typing import Any

from tests.api.company import DIGITS, WRONG_DIGITS, Answer, Company, SignedInCustomer
from tests.fixtures.authenticator import Authenticator

CAPS = {"X-Caps": "camera, passkey"}
MINE = "/v1/me/passkeys"


async def proved(company: Company, maya: SignedInCustomer) -> Any:
    """Maya's identity was proved by a code just now; her run goes on after the wrong digits."""
    screen = await maya.answered(await maya.start(), WRONG_DIGITS)
    if screen["components"][0]["resend_after"] is None:
        await maya.do(f"/v1/runs/{screen['run_id']}/code")
    return await maya.answered(screen, {"code": company.code()})


async def add(maya: SignedInCustomer, phone: Authenticator, name: str = "Phone") -> Answer:
    options = (await maya.do(f"{MINE}/options"))["public_key"]
    return await maya.post(MINE, {"name": name, "credential": phone.made(options)})


async def with_passkey(
    company: Company, maya: SignedInCustomer, phone: Authenticator | None = None
) -> Authenticator:
    """A passkey of Maya's, added after a proof; the run is stopped."""
    phone = phone or Authenticator()
    screen = await proved(company, maya)
    answer = await add(maya, phone)
    assert answer.status_code == 201, answer.text
    await maya.do(f"/v1/runs/{screen['run_id']}/cancel")
    return phone


async def asked(maya: SignedInCustomer) -> Any:
    """The screen that asks for a proof, to an app that can use passkeys."""
    return await maya.answered(await maya.start(), DIGITS, headers=CAPS)


async def options_of(maya: SignedInCustomer, screen: Any) -> Any:
    return (await maya.do(f"/v1/runs/{screen['run_id']}/passkey"))["public_key"]
