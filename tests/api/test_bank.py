"""The example bank over HTTP: who may ask it what, and what it says."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import httpx
import msgspec
import pytest

from app.auth.customer_token import HostTokens
from app.egress import signature
from examples.bank.signature import read_secret
from tests.api.real_bank import PHONE, SECRET, real_bank

NOW = datetime(2026, 11, 21, 9, 41, tzinfo=UTC)
AT = int(NOW.timestamp())
DIGITS = {"card": "maya-debit", "last4": "4417", "expiry": "2030-11"}
ACTIVATE = {
    "name": "cards.activate",
    "input": DIGITS,
    "customer": "maya",
    "run_id": "r1",
}


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with (
        real_bank(with_faults=False, now=lambda: NOW) as running,
        httpx.AsyncClient(base_url=running.url) as http,
    ):
        yield http


def signed(body: bytes, id: str = "k1", at: int = AT, **changed: str) -> dict[str, str]:
    headers = {
        "webhook-id": id,
        "webhook-timestamp": str(at),
        "webhook-signature": signature(read_secret(SECRET), id, at, body),
        "idempotency-key": id,
    }
    return headers | {name.replace("_", "-"): value for name, value in changed.items()}


async def ask(http: httpx.AsyncClient, body: dict[str, Any], **headers: Any) -> httpx.Response:
    content = msgspec.json.encode(body)
    return await http.post(
        f"/actions/{body['name']}", content=content, headers=signed(content, **headers)
    )


async def test_token_signs_the_customer_in_at_warmline(http: httpx.AsyncClient) -> None:
    jwks = (await http.get("/.well-known/jwks.json")).content
    token = (await http.get("/token", params={"customer": "maya"})).json()["token"]
    tokens = HostTokens(jwks, issuer="bank", audience="warmline")
    claims = tokens.verify(token, NOW)
    assert (claims.subject, claims.name, claims.locale) == ("maya", "Maya Okafor", "en")


async def test_cards_for_the_home_screen(http: httpx.AsyncClient) -> None:
    cards = (await http.get("/cards", params={"customer": "maya"})).json()["items"]
    assert [(card["id"], card["status"], card["last4_hint"]) for card in cards] == [
        ("maya-debit", "sent", "•••7"),
        ("maya-debit-old", "expired", "4471"),
        ("maya-travel", "active", "8821"),
    ]


@pytest.mark.parametrize("path", ["/token", "/cards", "/messages.json"])
async def test_unknown_customer(http: httpx.AsyncClient, path: str) -> None:
    response = await http.get(path, params={"customer": "nobody"})
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["type"] == "/problems/unknown-customer"
    assert (await http.get(path)).status_code == 400


async def test_only_pages_of_the_app_may_read_across_origins(http: httpx.AsyncClient) -> None:
    for origin, allowed in ((PHONE, PHONE), ("http://evil.example", None)):
        response = await http.get("/customers", headers={"origin": origin})
        assert response.headers.get("access-control-allow-origin") == allowed


@pytest.mark.parametrize(
    "forgery",
    [
        {"webhook_signature": "v1,AAAA"},
        {"webhook_signature": ""},
        {"webhook_id": "k2"},
        {"webhook_timestamp": str(AT + 1)},
        {"webhook_timestamp": "now"},
        {"webhook_timestamp": "-1"},
        {"at": AT - 301},
        {"at": AT + 301},
    ],
)
async def test_request_that_is_not_from_warmline(
    http: httpx.AsyncClient, forgery: dict[str, Any]
) -> None:
    response = await ask(http, ACTIVATE, **forgery)
    assert response.status_code == 401
    assert response.json()["type"] == "/problems/bad-signature"
    cards = (await http.get("/cards", params={"customer": "maya"})).json()["items"]
    assert cards[0]["status"] == "sent"


@pytest.mark.parametrize("at", [AT - 299, AT + 299])
async def test_clocks_may_differ_by_five_minutes(http: httpx.AsyncClient, at: int) -> None:
    assert (await ask(http, ACTIVATE, at=at)).json() == {"result": {"code": "OK"}}


async def test_one_of_several_signatures_is_enough(http: httpx.AsyncClient) -> None:
    valid = signed(msgspec.json.encode(ACTIVATE))["webhook-signature"]
    response = await ask(http, ACTIVATE, webhook_signature=f"v1,b2xk {valid}")
    assert response.json() == {"result": {"code": "OK"}}


async def test_one_key_has_one_result(http: httpx.AsyncClient) -> None:
    wrong = {**ACTIVATE, "input": {**DIGITS, "last4": "4471"}}
    first = await ask(http, wrong, id="k1")
    assert first.json() == {"result": {"code": "DIGITS_MISMATCH"}}
    assert (await ask(http, wrong, id="k1")).content == first.content
    conflict = await ask(http, ACTIVATE, id="k1")
    assert conflict.status_code == 409
    assert (await ask(http, ACTIVATE, id="k2")).json() == {"result": {"code": "OK"}}
    assert (await ask(http, ACTIVATE, id="k2")).json() == {"result": {"code": "OK"}}
    assert (await ask(http, ACTIVATE, id="k3")).json() == {"result": {"code": "ALREADY_ACTIVE"}}


async def test_key_of_a_write_is_what_was_signed(http: httpx.AsyncClient) -> None:
    response = await ask(http, ACTIVATE, idempotency_key="k2")
    assert (response.status_code, response.json()["type"]) == (400, "/problems/bad-key")


@pytest.mark.parametrize(
    ("body", "status", "problem"),
    [
        ({**ACTIVATE, "customer": "jonas"}, 404, "unknown-card"),
        ({**ACTIVATE, "customer": "nobody"}, 404, "unknown-card"),
        ({**ACTIVATE, "input": {"card": "maya-debit"}}, 400, "bad-request"),
        ({**ACTIVATE, "input": []}, 400, "bad-request"),
        ({**ACTIVATE, "name": "cards.melt"}, 404, "unknown-action"),
        ({"name": "cards.get"}, 400, "bad-request"),
    ],
)
async def test_request_that_cannot_be_done(
    http: httpx.AsyncClient, body: dict[str, Any], status: int, problem: str
) -> None:
    response = await ask(http, body)
    assert (response.status_code, response.json()["type"]) == (status, f"/problems/{problem}")


async def test_name_in_the_path_and_in_the_body_agree(http: httpx.AsyncClient) -> None:
    content = msgspec.json.encode(ACTIVATE)
    response = await http.post("/actions/cards.get", content=content, headers=signed(content))
    assert response.json()["type"] == "/problems/unknown-action"


async def test_code_is_a_text_message_of_this_customer_only(http: httpx.AsyncClient) -> None:
    for id, code in (("m1", "111111"), ("m2", "222222"), ("m2", "222222")):
        content = msgspec.json.encode({"customer": "maya", "code": code, "purpose": "Pay"})
        sent = await http.post("/codes", content=content, headers=signed(content, id))
        assert sent.status_code == 202
    maya = (await http.get("/messages.json", params={"customer": "maya"})).json()
    assert [message["code"] for message in maya["items"]] == ["222222", "111111"]
    assert maya["items"][0]["text"].startswith("222222 is your Harbour Bank code for “Pay”.")
    assert maya["items"][0]["at"] == "2026-11-21T09:41:00Z"
    jonas = (await http.get("/messages.json", params={"customer": "jonas"})).json()
    assert jonas["items"] == []


@pytest.mark.parametrize(
    "body",
    [
        {"customer": "maya", "code": "<b>", "purpose": "Pay"},
        {"customer": "maya", "code": "111111", "purpose": ""},
        {"customer": "maya", "code": "111111"},
    ],
)
async def test_code_that_is_none(http: httpx.AsyncClient, body: dict[str, str]) -> None:
    content = msgspec.json.encode(body)
    assert (await http.post("/codes", content=content, headers=signed(content))).status_code == 400


async def test_code_needs_a_signature(http: httpx.AsyncClient) -> None:
    body = {"customer": "maya", "code": "111111", "purpose": "Pay"}
    assert (await http.post("/codes", json=body)).status_code == 401


@pytest.mark.parametrize("path", ["/", "/messages"])
async def test_page_needs_nothing_from_elsewhere(http: httpx.AsyncClient, path: str) -> None:
    page = await http.get(path)
    assert page.headers["content-type"].startswith("text/html")
    assert page.headers["content-security-policy"].startswith("default-src 'self'")
    assert "<script>" not in page.text
    assert '="/' not in page.text, "behind a prefix (a phone by HTTPS), links must be relative"
    linked = [part.split('"')[0] for part in page.text.split('="static/')[1:]]
    assert linked
    for file in linked:
        assert (await http.get(f"/static/{file}")).status_code == 200


async def test_faults_are_for_tests_only(http: httpx.AsyncClient) -> None:
    fault = {"action": "cards.get", "kind": "hang"}
    assert (await http.post("/faults", json=fault)).status_code == 404


async def test_bank_does_not_read_without_end(http: httpx.AsyncClient) -> None:
    response = await http.post("/codes", content=b"x" * 70_000)
    assert response.status_code == 413
