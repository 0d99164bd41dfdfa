"""Signing in: who gets an access token, and what everybody else is told."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.auth.doorkeeper import PASSWORDS_PER_EMAIL
from examples.bank.keys import new_key
from examples.bank.people import PEOPLE
from tests.api.company import PASSWORD, Company, SignedInAgent, SignedInCustomer


def minted(company: Company, **changed: Any) -> str:
    """A token that the bank signs; `changed` replaces claims."""
    key = company.bank.bank.key
    token = company.host_token()
    header = jwt.get_unverified_header(token)
    claims = jwt.decode(token, options={"verify_signature": False}) | changed
    kid = str(claims.pop("kid", header["kid"]))
    private: Ed25519PrivateKey = key._private
    return jwt.encode(claims, private, algorithm="EdDSA", headers={"kid": kid})


async def test_a_customer_signs_in_with_the_token_of_the_bank(company: Company) -> None:
    answer = await company.nobody.post("/v1/sign-in/customer", {"token": company.host_token()})
    assert answer.status_code == 201
    body = answer.json()
    assert body["customer"]["name"] == "Maya Okafor"
    assert datetime.fromisoformat(body["expires_at"]) > datetime.now(UTC)


async def test_the_same_customer_keeps_id_and_conversation(company: Company) -> None:
    first, second = await company.customer("maya"), await company.customer("maya")
    assert (first.id, first.conversation) == (second.id, second.conversation)
    assert first.token != second.token


async def test_further_claims_of_the_token_are_verified_facts(
    company: Company, ines: SignedInAgent
) -> None:
    token = minted(company, segment="gold", since=2019)
    signed_in = await company.nobody.do("/v1/sign-in/customer", {"token": token})
    interaction = await SignedInCustomer(company, signed_in).ask()
    context = await ines.read(f"/v1/interactions/{interaction['id']}/context")
    claims = {one["name"]: (one["value"], one["trust"]) for one in context["claims"]}
    assert claims["segment"] == ("gold", "verified")
    assert claims["since"] == ("2019", "verified")


PAST, LATER = timedelta(hours=-1), timedelta(hours=2)
REFUSED: dict[str, Callable[[Company], str]] = {
    "not a token": lambda company: "not a token",
    "of another bank": lambda company: new_key().token(PEOPLE["maya"], datetime.now(UTC)),
    "expired": lambda company: company.bank.bank.key.token(
        PEOPLE["maya"], datetime.now(UTC) + PAST
    ),
    "not yet valid": lambda company: company.bank.bank.key.token(
        PEOPLE["maya"], datetime.now(UTC) + LATER
    ),
    "for another audience": lambda company: minted(company, aud="elsewhere"),
    "of another issuer": lambda company: minted(company, iss="elsewhere"),
    "under an unknown key": lambda company: minted(company, kid="unknown"),
}


@pytest.mark.parametrize("token", REFUSED.values(), ids=REFUSED.keys())
async def test_a_token_that_is_not_the_banks_signs_nobody_in(
    company: Company, token: Callable[[Company], str]
) -> None:
    answer = await company.nobody.post("/v1/sign-in/customer", {"token": token(company)})
    assert answer.status_code == 401
    assert answer.json()["type"] == "/problems/token-refused"
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_a_claim_that_no_database_keeps_is_refused(company: Company) -> None:
    token = minted(company, note="nul \x00")
    answer = await company.nobody.post("/v1/sign-in/customer", {"token": token})
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/not-storable")


async def test_an_agent_signs_in_with_e_mail_address_and_password(company: Company) -> None:
    await company.agent_with_password("ines@bank.example")
    body = {"email": " Ines@Bank.example", "password": PASSWORD}
    answer = await company.nobody.post("/v1/sign-in/agent", body)
    assert answer.status_code == 201
    assert answer.json()["agent"]["email"] == "ines@bank.example"


async def test_a_wrong_password_and_an_unknown_address_are_answered_alike(
    company: Company,
) -> None:
    await company.agent_with_password("ines@bank.example")
    answers = [
        (
            await company.nobody.post("/v1/sign-in/agent", {"email": email, "password": "wrong"})
        ).json()
        for email in ("ines@bank.example", "nobody@bank.example")
    ]
    for one in answers:
        del one["request_id"]
    assert answers[0] == answers[1]
    assert (answers[0]["status"], answers[0]["type"]) == (401, "/problems/wrong-password")


async def test_passwords_of_one_agent_are_tried_so_often_from_one_address(company: Company) -> None:
    most, every_s = PASSWORDS_PER_EMAIL
    tried = {"email": f"{uuid4()}@bank.example", "password": "a guess"}
    answers = await asyncio.gather(
        *(
            company.nobody.post(
                "/v1/sign-in/agent", tried, headers={"X-Forwarded-For": "198.51.100.1"}
            )
            for _ in range(most + 1)
        )
    )
    (refused,) = [one for one in answers if one.status_code != 401]
    assert (refused.status_code, refused.json()["type"]) == (429, "/problems/too-many")
    assert int(refused.headers["retry-after"]) == every_s


async def test_a_token_that_was_given_up_opens_nothing(
    company: Company, maya: SignedInCustomer
) -> None:
    assert (await maya.send("DELETE", "/v1/sign-in")).status_code == 204
    answer = await maya.get("/v1/me")
    assert (answer.status_code, answer.json()["type"]) == (401, "/problems/sign-in-required")


async def test_a_token_of_an_agent_who_is_not_active_opens_nothing(
    company: Company, ines: SignedInAgent
) -> None:
    """Such as one that was given out while access ended."""
    async with company.store.write() as work:
        await work.agents.deactivate(UUID(ines.id))
    assert (await ines.get("/v1/canned-replies")).status_code == 401


async def test_an_access_token_ends(company: Company, maya: SignedInCustomer) -> None:
    from app.auth.access_token import hash_of
    from app.store.tables import sign_in

    async with company.database.write() as db:
        await db.execute(
            sign_in.update()
            .where(sign_in.c.token_hash == hash_of(maya.token))
            .values(expires_at=await company.long_ago())
        )
    assert (await maya.get("/v1/me")).status_code == 401
