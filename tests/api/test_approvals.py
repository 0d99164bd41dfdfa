"""An agent asks for an approval: exactly that is shown, proved once, and told."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update

from app.store.tables import approval as table
from tests.api.company import Company, SignedInAgent, SignedInCustomer
from tests.api.passkeys import CAPS, with_passkey
from tests.fixtures.authenticator import Authenticator

WHAT = "Send the new card to 12 Harbour Street"


async def live(maya: SignedInCustomer, ines: SignedInAgent) -> Any:
    return await ines.accepted(await maya.ask())


async def asked(maya: SignedInCustomer, ines: SignedInAgent, level: int = 2) -> Any:
    interaction = await live(maya, ines)
    return await ines.did(interaction, "approvals", {"what": WHAT, "level": level})


async def told(maya: SignedInCustomer) -> list[Any]:
    events = await maya.events(maya.conversation)
    return [one for one in events if one["kind"].startswith("approval.")]


async def signed(maya: SignedInCustomer, phone: Authenticator, id: str) -> Any:
    return {"passkey": phone.signed((await maya.do(f"/v1/approvals/{id}/passkey"))["public_key"])}


async def test_what_is_asked_is_what_is_proved_by_passkey(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    phone = await with_passkey(company, maya)
    one = await asked(maya, ines)
    path = f"/v1/approvals/{one['id']}"
    seen = (await maya.send("GET", path, headers=CAPS)).json()
    assert (seen["what"], seen["hash"]) == (WHAT, one["hash"])
    assert (seen["methods"], seen["state"]) == (["passkey", "otp_host"], "open")
    said = await signed(maya, phone, one["id"])
    assert (await maya.do(f"{path}/give-by-passkey", said))["state"] == "given"
    asking, given = await told(maya)
    assert asking["body"]["what"] == WHAT
    assert (given["kind"], given["actor"]["id"]) == ("approval.given", maya.id)
    expected = {"approval_id": one["id"], "hash": one["hash"], "method": "passkey", "level": 2}
    assert given["body"] == expected
    assert (await ines.events(maya.conversation))[-1]["body"] == expected


async def test_by_a_code_that_is_for_this_alone(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    interaction = await live(maya, ines)
    first, other = [
        await ines.did(interaction, "approvals", {"what": what}) for what in (WHAT, "Close it")
    ]
    await maya.do(f"/v1/approvals/{first['id']}/code")
    message = company.bank.bank.books.messages_of("maya")[0]
    assert WHAT in message.text
    seen = await maya.read(f"/v1/approvals/{first['id']}")
    assert seen["resend_after"] is not None
    wrong = await maya.do(f"/v1/approvals/{other['id']}/give-by-code", {"code": message.code})
    assert (wrong["state"], wrong["refused"]) == ("open", "EXPIRED")
    given = await maya.do(f"/v1/approvals/{first['id']}/give-by-code", {"code": message.code})
    assert given["state"] == "given"
    assert (await told(maya))[-1]["body"]["method"] == "otp_host"


async def test_a_proof_for_one_thing_is_none_for_another(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    phone = await with_passkey(company, maya)
    interaction = await live(maya, ines)
    first, other = [
        await ines.did(interaction, "approvals", {"what": what}) for what in (WHAT, "Close it")
    ]
    said = await signed(maya, phone, first["id"])
    await signed(maya, phone, other["id"])
    refused = await maya.do(f"/v1/approvals/{other['id']}/give-by-passkey", said)
    assert (refused["state"], refused["refused"]) == ("open", "PASSKEY_REFUSED")


async def test_it_is_given_once(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    phone = await with_passkey(company, maya)
    one = await asked(maya, ines)
    said = await signed(maya, phone, one["id"])
    path = f"/v1/approvals/{one['id']}"
    await maya.do(f"{path}/give-by-passkey", said)
    for verb, body in (
        ("give-by-passkey", said),
        ("give-by-code", {"code": "123456"}),
        ("decline", {}),
        ("passkey", {}),
        ("code", {}),
    ):
        answer = await maya.post(f"{path}/{verb}", body)
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/not-allowed-now")
    assert [one["kind"] for one in await told(maya)] == ["approval.asked", "approval.given"]


async def test_three_refusals_deny_it(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    one = await asked(maya, ines)
    path = f"/v1/approvals/{one['id']}"
    await maya.do(f"{path}/code")
    wrong = {"code": "000000" if company.code() != "000000" else "000001"}
    states = [(await maya.do(f"{path}/give-by-code", wrong))["state"] for _ in range(3)]
    assert states == ["open", "open", "denied"]
    assert [one["body"].get("denied") for one in await told(maya)] == [None, False, False, True]
    assert (await maya.post(f"{path}/give-by-code", {"code": company.code()})).status_code == 409


async def test_declining_takes_no_proof(maya: SignedInCustomer, ines: SignedInAgent) -> None:
    one = await asked(maya, ines)
    assert (await maya.do(f"/v1/approvals/{one['id']}/decline"))["state"] == "declined"
    assert (await told(maya))[-1]["kind"] == "approval.declined"


async def test_it_is_good_for_ten_minutes(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    one = await asked(maya, ines)
    async with company.database.write() as db:
        await db.execute(update(table).values(asked_at=await company.long_ago()))
    for verb in ("code", "passkey", "decline"):
        answer = await maya.post(f"/v1/approvals/{one['id']}/{verb}")
        assert answer.status_code == 409
        assert "out of date" in answer.json()["detail"]


async def test_it_is_good_while_they_talk(maya: SignedInCustomer, ines: SignedInAgent) -> None:
    interaction = await live(maya, ines)
    one = await ines.did(interaction, "approvals", {"what": WHAT})
    await ines.did(interaction, "end")
    assert (await maya.post(f"/v1/approvals/{one['id']}/code")).status_code == 409
    assert (await ines.act(interaction, "approvals", {"what": WHAT})).status_code == 409


async def test_a_code_that_the_app_shows_is_too_weak(company: Company, ines: SignedInAgent) -> None:
    amir = await company.customer("amir")
    one = await asked(amir, ines)
    path = f"/v1/approvals/{one['id']}"
    await amir.do(f"{path}/code")
    answered = await amir.do(f"{path}/give-by-code", {"code": company.code("amir")})
    assert (answered["state"], answered["refused"]) == ("open", "TOO_WEAK")
    assert not (await amir.read("/v1/me/passkeys"))["can_add"]


async def test_it_proves_an_identity_like_a_flow_does(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    one = await asked(maya, ines)
    await maya.do(f"/v1/approvals/{one['id']}/code")
    await maya.do(f"/v1/approvals/{one['id']}/give-by-code", {"code": company.code()})
    assert (await maya.read("/v1/me/passkeys"))["can_add"]


async def test_another_code_so_soon_is_refused(maya: SignedInCustomer, ines: SignedInAgent) -> None:
    one = await asked(maya, ines)
    await maya.do(f"/v1/approvals/{one['id']}/code")
    answer = await maya.post(f"/v1/approvals/{one['id']}/code")
    assert (answer.status_code, answer.json()["type"]) == (429, "/problems/too-soon")


async def test_the_same_key_sends_one_code(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    one = await asked(maya, ines)
    for _ in range(2):
        key = {"Idempotency-Key": "k1"}
        await maya.do(f"/v1/approvals/{one['id']}/code", headers=key)
    assert len(company.bank.bank.books.messages_of("maya")) >= 1
    (sent,) = [m for m in company.bank.bank.books.messages_of("maya") if WHAT in m.text][:1]
    given = await maya.do(f"/v1/approvals/{one['id']}/give-by-code", {"code": sent.code})
    assert given["state"] == "given"


async def test_only_who_has_the_customer_may_ask_and_only_they_may_answer(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    interaction = await live(maya, ines)
    tom = await company.agent("tom")
    assert (await tom.act(interaction, "approvals", {"what": WHAT})).status_code == 404
    one = await ines.did(interaction, "approvals", {"what": WHAT})
    jonas = await company.customer("jonas")
    for method, verb in (
        ("GET", ""),
        ("POST", "/passkey"),
        ("POST", "/code"),
        ("POST", "/decline"),
    ):
        assert (await jonas.send(method, f"/v1/approvals/{one['id']}{verb}")).status_code == 404


async def test_nobody_is_asked_who_has_not_signed_in(company: Company, ines: SignedInAgent) -> None:
    await company.for_anybody()
    guest = await company.guest()
    interaction = await ines.accepted(await guest.ask())
    answer = await ines.act(interaction, "approvals", {"what": WHAT})
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/not-allowed-now")


async def test_a_card_number_in_it_is_blanked_and_what_is_shown_is_what_is_hashed(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    interaction = await live(maya, ines)
    what = "Block the card 4111 1111 1111 1111"
    one = await ines.did(interaction, "approvals", {"what": what})
    seen = await maya.read(f"/v1/approvals/{one['id']}")
    assert "4111" not in seen["what"]
    async with company.store.read() as work:
        kept = await work.approvals.get(UUID(one["id"]))
    assert (kept.what, kept.hash) == (seen["what"], seen["hash"])
    assert kept.until - kept.asked_at == timedelta(minutes=10)


@pytest.mark.parametrize("code", ["", "12345", "1234567", "12345a", "\uff11\uff12\uff13456"])
async def test_what_cannot_be_a_code_is_no_attempt(
    maya: SignedInCustomer, ines: SignedInAgent, code: str
) -> None:
    one = await asked(maya, ines)
    answer = await maya.post(f"/v1/approvals/{one['id']}/give-by-code", {"code": code})
    assert answer.status_code == 400
    assert [one["kind"] for one in await told(maya)] == ["approval.asked"]
