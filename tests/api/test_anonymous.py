"""Customers who cannot sign in: what they get, and what they do not."""

from typing import Any

import pytest

from app.auth.doorkeeper import PER_ADDRESS, PER_DEVICE
from tests.api.company import Company, Guest, SignedInAgent
from tests.api.live_client import open_page


async def waiting(company: Company, guest: Guest) -> Any:
    await company.for_anybody()
    return await guest.ask()


async def test_a_device_gets_a_secret_and_comes_back_with_it(company: Company) -> None:
    first = await company.guest(name="Maya O.", language="es")
    again = await company.guest(first.secret)
    assert (first.is_new, again.is_new) == (True, False)
    assert (again.id, again.conversation) == (first.id, first.conversation)
    assert (await again.me())["customer"] == {
        "id": first.id,
        "name": "Maya O.",
        "language": "es",
        "verified": False,
    }


async def test_a_secret_that_nobody_gave_out_is_a_new_device(company: Company) -> None:
    guest = await company.guest("made up")
    assert guest.is_new
    assert guest.secret != "made up"


async def test_two_devices_are_two_people_whatever_they_call_themselves(company: Company) -> None:
    maya = await company.customer("maya")
    guests = [await company.guest(name="Maya Okafor") for _ in range(2)]
    assert len({maya.id, *(one.id for one in guests)}) == 3
    assert len({maya.conversation, *(one.conversation for one in guests)}) == 3


async def test_what_a_guest_says_of_themselves_holds_no_card(company: Company) -> None:
    guest = await company.guest(name="4111 1111 1111 1111")
    assert "4111 1111" not in (await guest.me())["customer"]["name"]


async def test_a_guest_is_helped_where_the_queue_allows_it(
    company: Company, ines: SignedInAgent
) -> None:
    guest = await company.guest()
    interaction = await ines.accepted(await waiting(company, guest))
    assert interaction["customer"]["verified"] is False
    context = await ines.read(f"/v1/interactions/{interaction['id']}/context")
    assert {one["trust"] for one in context["claims"]} == {"claimed"}
    told = {"cmid": "01936f2e-6c1c-7a51-9a6e-2f6a1c0e4d11", "text": "I am locked out"}
    await guest.do(f"/v1/conversations/{guest.conversation}/messages", told)
    texts = [e["body"].get("text") for e in await ines.events(guest.conversation)]
    assert "I am locked out" in texts


async def test_other_queues_want_a_sign_in(company: Company, ines: SignedInAgent) -> None:
    guest = await company.guest()
    answer = await guest.post("/v1/help", {"channel": "text"})
    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/sign-in-for-this")
    options = await guest.read("/v1/help")
    assert (options["sign_in_needed"], options["open"]) == (True, False)
    assert {one["label"] for one in options["channels"]} == {"Sign in first"}
    assert (await guest.me())["interaction"] is None
    await company.for_anybody()
    options = await guest.read("/v1/help")
    assert (options["sign_in_needed"], options["open"]) == (False, True)


async def test_flows_are_for_those_who_signed_in(company: Company) -> None:
    guest = await company.guest()
    assert await guest.read("/v1/flows") == {"items": []}
    wanted = {"flow": "activate_debit_card", "inputs": {"card_id": "maya-debit"}}
    answer = await guest.post("/v1/runs", wanted)
    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/sign-in-for-this")


@pytest.mark.parametrize("path", ["/v1/devices", "/v1/notifications/{id}/receipt"])
async def test_nothing_is_pushed_to_a_device_that_nobody_signed_in_on(
    company: Company, path: str
) -> None:
    guest = await company.guest()
    body = {"kind": "fcm_token", "address": "the address of maya", "app": "bank-phone"}
    answer = await guest.post(path.replace("{id}", guest.id), body)
    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/wrong-role")


async def test_the_socket_is_open_to_a_guest(company: Company, ines: SignedInAgent) -> None:
    guest = await company.guest()
    async with open_page(guest) as page:
        await page.hello(guest.token)
        assert page.welcome["me"]["customer"]["verified"] is False
        assert list(page.welcome["heads"]) == [guest.conversation]


async def test_a_host_cannot_name_a_guest(company: Company) -> None:
    from tests.api.test_sign_in import minted

    guest = await company.guest()
    token = minted(company, sub=f"anonymous:{guest.id}")
    answer = await company.nobody.post("/v1/sign-in/customer", {"token": token})
    assert (answer.status_code, answer.json()["type"]) == (401, "/problems/token-refused")


async def knock(company: Company, address: str, secret: str | None = None) -> Any:
    headers = {"X-Forwarded-For": address}
    body = {"device_secret": secret}
    return await company.nobody.post("/v1/sign-in/anonymous", body, headers=headers)


async def test_one_address_makes_only_so_many_devices(company: Company) -> None:
    at_once, every_s = PER_ADDRESS
    answers = [await knock(company, f"2001:db8::{n}") for n in range(at_once + 1)]
    assert [one.status_code for one in answers] == [201] * at_once + [429]
    assert answers[-1].json()["type"] == "/problems/too-many"
    assert 0 < int(answers[-1].headers["retry-after"]) <= every_s
    assert (await knock(company, "2001:db8:0:1::1")).status_code == 201


async def test_one_device_comes_back_only_so_often(company: Company) -> None:
    guest = await company.guest()
    answers = [await knock(company, "198.18.0.1", guest.secret) for _ in range(PER_DEVICE[0] + 1)]
    assert {one.status_code for one in answers[:-1]} == {201}
    assert answers[-1].status_code == 429
