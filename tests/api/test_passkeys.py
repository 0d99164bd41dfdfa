"""Passkeys over the API: added after a proof, used at a step, refused to everybody else."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from msgspec.structs import replace
from sqlalchemy import update

from app.passkeys.registering import MOST
from app.store.tables import challenge, sign_in
from examples.bank.people import CARDS
from tests.api.company import DIGITS, WRONG_DIGITS, Company, SignedInCustomer
from tests.api.passkeys import MINE, add, asked, options_of, proved, with_passkey
from tests.fixtures.authenticator import PRESENT, Authenticator, encoded


def kinds(screen: Any) -> list[str]:
    return [one["type"] for one in screen["components"]]


async def test_a_passkey_is_added_after_a_proof_and_proves_the_next_time(
    company: Company, maya: SignedInCustomer
) -> None:
    phone = await with_passkey(company, maya)
    sent = len(company.bank.bank.books.messages_of("maya"))
    screen = await asked(maya)
    assert kinds(screen) == ["passkey", "code"]
    assert len(company.bank.bank.books.messages_of("maya")) == sent
    options = await options_of(maya, screen)
    assert options["rpId"] == "localhost"
    assert options["userVerification"] == "required"
    assert [one["id"] for one in options["allowCredentials"]] == [encoded(phone.id)]
    done = await maya.answered(screen, {"passkey": phone.signed(options)})
    assert done["outcome"] == "solved"
    (passkey,) = (await maya.read(MINE))["items"]
    assert (passkey["name"], passkey["used_at"] is None) == ("Phone", False)
    told = [one["body"] for one in await maya.events(maya.conversation) if "method" in one["body"]]
    assert [(one["method"], one["level"]) for one in told] == [("otp_host", 2), ("passkey", 2)]


async def test_nobody_adds_one_without_a_proof(company: Company, maya: SignedInCustomer) -> None:
    """A phone that was stolen unlocked is signed in, and that is all."""
    assert (await maya.read(MINE)) == {"items": [], "can_add": False}
    for path, body in ((f"{MINE}/options", {}), (MINE, made_up())):
        answer = await maya.post(path, body)
        assert (answer.status_code, answer.json()["type"]) == (403, "/problems/proof-needed")


def made_up() -> Any:
    return {"name": "Phone", "credential": Authenticator().made({"challenge": "AAAA"})}


async def test_a_proof_is_good_for_the_sign_in_that_gave_it(
    company: Company, maya: SignedInCustomer
) -> None:
    await proved(company, maya)
    elsewhere = await company.customer("maya")
    assert (await maya.read(MINE))["can_add"]
    assert not (await elsewhere.read(MINE))["can_add"]
    assert (await elsewhere.post(f"{MINE}/options")).status_code == 403


async def test_a_proof_is_good_for_five_minutes_and_one_passkey(
    company: Company, maya: SignedInCustomer
) -> None:
    await with_passkey(company, maya)
    assert not (await maya.read(MINE))["can_add"]
    await proved(company, maya)
    assert (await maya.read(MINE))["can_add"]
    async with company.database.write() as db:
        await db.execute(update(sign_in).values(proved_at=await company.long_ago()))
    assert (await maya.post(f"{MINE}/options")).status_code == 403


async def test_a_code_that_the_app_itself_shows_proves_level_one(company: Company) -> None:
    """The bank has no telephone number of Amir's: its app shows him his codes."""
    amir = await company.customer("amir")
    screen = await amir.answered(await amir.start("amir-debit"), DIGITS)
    for _ in range(2):
        screen = await amir.answered(screen, {"code": company.code("amir")})
        assert (screen["kind"], screen["notice"]["code"]) == ("code", "TOO_WEAK")
    screen = await amir.answered(screen, {"code": company.code("amir")})
    assert screen["kind"] == "handoff"
    assert not (await amir.read(MINE))["can_add"]


@pytest.mark.parametrize("fault", ["reset", "500", "html"])
async def test_a_code_of_which_nobody_knows_how_it_travels_is_not_looked_at(
    company: Company, maya: SignedInCustomer, fault: str
) -> None:
    screen = await maya.start()
    await company.bank.plan("codes", fault)
    screen = await maya.answered(screen, DIGITS)
    for _ in range(4):  # which is no guess, however often
        screen = await maya.answered(screen, {"code": "123456"})
        assert (screen["kind"], screen["notice"]["code"]) == ("code", "UNCONFIRMED")


async def test_all_devices_of_the_customer_are_told(
    company: Company, maya: SignedInCustomer
) -> None:
    await with_passkey(company, maya)
    notified = (await maya.me())["notifications"][0]
    assert notified["title"] == "A passkey was added"
    assert "Phone" in notified["body"]
    (added,) = [
        one for one in await maya.events(maya.conversation) if one["kind"] == "passkey.added"
    ]
    assert added["body"]["name"] == "Phone"


async def test_a_removed_passkey_proves_nothing(company: Company, maya: SignedInCustomer) -> None:
    phone = await with_passkey(company, maya)
    screen = await asked(maya)
    options = await options_of(maya, screen)
    (passkey,) = (await maya.read(MINE))["items"]
    jonas = await company.customer("jonas")
    assert (await jonas.send("DELETE", f"{MINE}/{passkey['id']}")).status_code == 404
    assert (await maya.send("DELETE", f"{MINE}/{passkey['id']}")).status_code == 204
    screen = await maya.answered(screen, {"passkey": phone.signed(options)})
    assert screen["notice"]["code"] == "PASSKEY_REFUSED"
    assert kinds(screen) == ["code"]
    answer = await maya.post(f"/v1/runs/{screen['run_id']}/passkey")
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/not-allowed-now")
    assert (await maya.events(maya.conversation))[-2]["kind"] == "passkey.removed"


async def test_an_app_that_cannot_use_passkeys_is_offered_the_code_alone(
    company: Company, maya: SignedInCustomer
) -> None:
    await with_passkey(company, maya)
    screen = await maya.answered(await maya.start(), DIGITS)
    (code,) = screen["components"]
    assert (code["type"], code["resend_after"]) == ("code", None)
    assert "sent you" not in screen["body"]
    await maya.do(f"/v1/runs/{screen['run_id']}/code")
    screen = await maya.read(f"/v1/runs/{screen['run_id']}")
    assert "sent you a code" in screen["body"]
    assert (await maya.answered(screen, {"code": company.code()}))["outcome"] == "solved"


def another_page(phone: Authenticator) -> None:
    phone.origin = "http://bank.example.evil"


def another_port(phone: Authenticator) -> None:
    phone.origin = "http://localhost:1"


def another_domain(phone: Authenticator) -> None:
    phone.rp_id = "bank.example"


def nobody_verified(phone: Authenticator) -> None:
    phone.flags = PRESENT


def nobody_there(phone: Authenticator) -> None:
    phone.flags = 0


LIES = [another_page, another_port, another_domain, nobody_verified, nobody_there]


@pytest.mark.parametrize("lie", LIES, ids=lambda lie: lie.__name__)
async def test_what_an_authenticator_says_elsewhere_proves_nothing(
    company: Company, maya: SignedInCustomer, lie: Callable[[Authenticator], None]
) -> None:
    phone = await with_passkey(company, maya)
    screen = await asked(maya)
    options = await options_of(maya, screen)
    lie(phone)
    screen = await maya.answered(screen, {"passkey": phone.signed(options)})
    assert (screen["step"], screen["notice"]["code"]) == ("prove_identity", "PASSKEY_REFUSED")


@pytest.mark.parametrize("lie", LIES, ids=lambda lie: lie.__name__)
async def test_what_an_authenticator_made_elsewhere_is_not_added(
    company: Company, maya: SignedInCustomer, lie: Callable[[Authenticator], None]
) -> None:
    await proved(company, maya)
    phone = Authenticator()
    lie(phone)
    answer = await add(maya, phone)
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid-answer")
    assert answer.json()["errors"][0]["pointer"] == "/credential"
    assert (await maya.read(MINE)) == {"items": [], "can_add": True}


async def test_a_signature_of_another_key_proves_nothing(
    company: Company, maya: SignedInCustomer
) -> None:
    phone = await with_passkey(company, maya)
    other = Authenticator()
    other.id, other.count = phone.id, 7
    screen = await asked(maya)
    said = other.signed(await options_of(maya, screen))
    screen = await maya.answered(screen, {"passkey": said})
    assert screen["notice"]["code"] == "PASSKEY_REFUSED"


async def test_another_customers_passkey_proves_nothing(
    company: Company, maya: SignedInCustomer
) -> None:
    await with_passkey(company, maya)
    jonas = await company.customer("jonas")
    screen = await jonas.answered(await jonas.start("jonas-credit"), WRONG_DIGITS)
    await jonas.answered(screen, {"code": company.code("jonas")})
    theirs = Authenticator()
    assert (await add(jonas, theirs)).status_code == 201
    screen = await asked(maya)
    said = theirs.signed(await options_of(maya, screen))
    screen = await maya.answered(screen, {"passkey": said})
    assert screen["notice"]["code"] == "PASSKEY_REFUSED"
    assert (await jonas.read(MINE))["items"][0]["used_at"] is None


async def test_a_challenge_is_good_once(company: Company, maya: SignedInCustomer) -> None:
    """What was signed once proves nothing the second time, not even after a refusal."""
    phone = await with_passkey(company, maya)
    screen = await asked(maya)
    options = await options_of(maya, screen)
    other = Authenticator()
    screen = await maya.answered(screen, {"passkey": other.signed(options)})
    assert screen["notice"]["code"] == "PASSKEY_REFUSED"
    screen = await maya.answered(screen, {"passkey": phone.signed(options)})
    assert (screen["step"], screen["notice"]["code"]) == ("prove_identity", "PASSKEY_LATE")


async def test_a_challenge_of_another_run_or_of_before_proves_nothing(
    company: Company, maya: SignedInCustomer
) -> None:
    phone = await with_passkey(company, maya)
    first = await asked(maya)
    of_first = await options_of(maya, first)
    await maya.do(f"/v1/runs/{first['run_id']}/cancel")
    second = await asked(maya)
    old = await options_of(maya, second)
    new = await options_of(maya, second)
    for options in (of_first, old):
        second = await maya.answered(second, {"passkey": phone.signed(options)})
        assert second["notice"]["code"] in {"PASSKEY_REFUSED", "PASSKEY_LATE"}
    assert new["challenge"] != old["challenge"]
    second = await maya.answered(second, {"passkey": phone.signed(await options_of(maya, second))})
    assert second["outcome"] == "solved"


async def test_a_challenge_is_good_for_five_minutes(
    company: Company, maya: SignedInCustomer
) -> None:
    phone = await with_passkey(company, maya)
    screen = await asked(maya)
    options = await options_of(maya, screen)
    async with company.database.write() as db:
        await db.execute(update(challenge).values(expires_at=await company.long_ago()))
    screen = await maya.answered(screen, {"passkey": phone.signed(options)})
    assert screen["notice"]["code"] == "PASSKEY_LATE"


async def test_a_count_that_goes_backwards_is_a_copied_key(
    company: Company, maya: SignedInCustomer
) -> None:
    phone = await with_passkey(company, maya)
    phone.count = 41
    screen = await asked(maya)
    done = await maya.answered(screen, {"passkey": phone.signed(await options_of(maya, screen))})
    assert done["outcome"] == "solved"
    for card in company.bank.bank.books.cards_of("maya"):
        company.bank.bank.books.save(first_day(card.id))
    phone.count = 40  # it signs with 41 again
    screen = await asked(maya)
    screen = await maya.answered(screen, {"passkey": phone.signed(await options_of(maya, screen))})
    assert screen["notice"]["code"] == "PASSKEY_REFUSED"


def first_day(id: str) -> Any:
    return next(card for card in CARDS if card.id == id)


async def test_the_third_refusal_goes_to_a_human(company: Company, maya: SignedInCustomer) -> None:
    await with_passkey(company, maya)
    screen = await asked(maya)
    for _ in range(3):
        other = Authenticator()
        said = other.signed(await options_of(maya, screen))
        screen = await maya.answered(screen, {"passkey": said})
    assert screen["kind"] == "handoff"


@pytest.mark.parametrize(
    "said",
    [None, "", 1, [], {}, {"id": "AA"}, {"id": "AA", "rawId": "AA", "type": "public-key"}],
)
async def test_what_cannot_be_an_assertion_is_no_attempt(
    company: Company, maya: SignedInCustomer, said: Any
) -> None:
    phone = await with_passkey(company, maya)
    screen = await asked(maya)
    for _ in range(4):
        answer = await maya.answer(screen, {"passkey": said})
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == "/values/passkey"
    options = await options_of(maya, screen)
    done = await maya.answered(screen, {"passkey": phone.signed(options)})
    assert done["outcome"] == "solved"


@pytest.mark.parametrize("part", ["clientDataJSON", "authenticatorData", "signature"])
@pytest.mark.parametrize("raw", [b"", b"\x00", b"{}", b"[" * 4000, b"\xff" * 40, b"\xbf" * 400])
async def test_odd_bytes_are_refused_and_nothing_breaks(
    company: Company, maya: SignedInCustomer, part: str, raw: bytes
) -> None:
    phone = await with_passkey(company, maya)
    screen = await asked(maya)
    said = phone.signed(await options_of(maya, screen))
    said["response"][part] = encoded(raw)
    answer = await maya.answer(screen, {"passkey": said})
    assert answer.status_code in {200, 422}, answer.text
    now = await maya.read(f"/v1/runs/{screen['run_id']}")
    assert now["step"] == "prove_identity"


@pytest.mark.parametrize("raw", [b"", b"\x00", b"\xa0", b"\x9f" * 900, b"\xff", b"\xa3cfmtdnone"])
async def test_odd_bytes_are_not_added(
    company: Company, maya: SignedInCustomer, raw: bytes
) -> None:
    await proved(company, maya)
    options = (await maya.do(f"{MINE}/options"))["public_key"]
    made = Authenticator().made(options)
    made["response"]["attestationObject"] = encoded(raw)
    answer = await maya.post(MINE, {"name": "Phone", "credential": made})
    assert answer.status_code in {400, 422}, answer.text
    assert (await maya.read(MINE))["items"] == []


async def test_a_key_that_somebody_has_is_nobody_elses(
    company: Company, maya: SignedInCustomer
) -> None:
    phone = await with_passkey(company, maya)
    jonas = await company.customer("jonas")
    screen = await jonas.answered(await jonas.start("jonas-credit"), WRONG_DIGITS)
    await jonas.answered(screen, {"code": company.code("jonas")})
    answer = await add(jonas, phone)
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/changed-meanwhile")
    assert (await jonas.read(MINE))["items"] == []


async def test_ten_are_enough(company: Company, maya: SignedInCustomer) -> None:
    await with_passkey(company, maya)
    async with company.store.write() as work:
        (one,) = await work.passkeys.of(UUID(maya.id))
        for n in range(MOST - 1):
            await work.passkeys.add(replace(one, id=uuid4(), credential_id=bytes([n])))
    await proved(company, maya)
    assert not (await maya.read(MINE))["can_add"]
    answer = await maya.post(f"{MINE}/options")
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/too-many-passkeys")


async def test_no_passkey_where_none_is_asked_for(company: Company, maya: SignedInCustomer) -> None:
    await with_passkey(company, maya)
    screen = await maya.start()
    answer = await maya.post(f"/v1/runs/{screen['run_id']}/passkey")
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/not-allowed-now")
    jonas = await company.customer("jonas")
    assert (await jonas.post(f"/v1/runs/{screen['run_id']}/passkey")).status_code == 404


async def test_a_proof_by_passkey_is_good_for_another_passkey(
    company: Company, maya: SignedInCustomer
) -> None:
    phone = await with_passkey(company, maya)
    screen = await asked(maya)
    await maya.answered(screen, {"passkey": phone.signed(await options_of(maya, screen))})
    assert (await add(maya, Authenticator(), "Tablet")).status_code == 201
    assert [one["name"] for one in (await maya.read(MINE))["items"]] == ["Phone", "Tablet"]
