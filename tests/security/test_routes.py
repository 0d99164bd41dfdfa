"""Who may call which route? Every route stands in a table; a new one without an entry fails."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from litestar.handlers import HTTPRouteHandler

from app.main import ROUTES
from tests.api.company import Company, Person, SignedInAgent, SignedInCustomer

ANYBODY, EITHER, CUSTOMER, AGENT = "anybody", "either", "customer", "agent"
MAY_CALL = {
    "POST /v1/sign-in/customer": ANYBODY,
    "POST /v1/sign-in/agent": ANYBODY,
    "DELETE /v1/sign-in": EITHER,
    "GET /v1/me": EITHER,
    "PUT /v1/me/presence": AGENT,
    "GET /v1/flows": CUSTOMER,
    "GET /v1/runs": CUSTOMER,
    "POST /v1/runs": CUSTOMER,
    "GET /v1/runs/{id:uuid}": CUSTOMER,
    "POST /v1/runs/{id:uuid}/answers": CUSTOMER,
    "POST /v1/runs/{id:uuid}/code": CUSTOMER,
    "POST /v1/runs/{id:uuid}/cancel": CUSTOMER,
    "GET /v1/help": CUSTOMER,
    "POST /v1/help": CUSTOMER,
    "GET /v1/interactions/{id:uuid}": EITHER,
    "POST /v1/interactions/{id:uuid}/accept": AGENT,
    "POST /v1/interactions/{id:uuid}/decline": AGENT,
    "POST /v1/interactions/{id:uuid}/cancel": CUSTOMER,
    "POST /v1/interactions/{id:uuid}/channel": EITHER,
    "POST /v1/interactions/{id:uuid}/notes": AGENT,
    "POST /v1/interactions/{id:uuid}/hand-back": AGENT,
    "POST /v1/interactions/{id:uuid}/end": EITHER,
    "POST /v1/interactions/{id:uuid}/wrap-up": AGENT,
    "POST /v1/interactions/{id:uuid}/rating": CUSTOMER,
    "GET /v1/interactions/{id:uuid}/context": AGENT,
    "GET /v1/interactions/{id:uuid}/run": AGENT,
    "GET /v1/dispositions": AGENT,
    "GET /v1/customers/{id:uuid}/history": AGENT,
    "GET /v1/conversations/{id:uuid}/events": EITHER,
    "POST /v1/conversations/{id:uuid}/messages": EITHER,
    "POST /v1/calls/{id:uuid}/offer": CUSTOMER,
    "POST /v1/calls/{id:uuid}/answer": AGENT,
    "POST /v1/calls/{id:uuid}/replace": EITHER,
    "POST /v1/calls/{id:uuid}/media": EITHER,
    "POST /v1/calls/{id:uuid}/end": EITHER,
    "POST /v1/devices": CUSTOMER,
    "GET /v1/notifications/{id:uuid}": CUSTOMER,
    "POST /v1/notifications/{id:uuid}/receipt": CUSTOMER,
    "GET /health/live": ANYBODY,
    "GET /health/ready": ANYBODY,
    "GET /v1/client-config": ANYBODY,
    "GET /openapi.json": ANYBODY,
}
"""The live socket is no HTTP route: tests/api/test_live.py."""

BODIES: dict[str, Any] = {
    "PUT /v1/me/presence": {"intent": "break"},
    "POST /v1/runs": {"flow": "activate_debit_card"},
    "POST /v1/runs/{id:uuid}/answers": {"rev": 1, "step": "ask_digits", "values": {}},
    "POST /v1/help": {"channel": "text"},
    "POST /v1/interactions/{id:uuid}/decline": {"reason": ""},
    "POST /v1/interactions/{id:uuid}/channel": {"channel": "voice"},
    "POST /v1/interactions/{id:uuid}/notes": {"text": "a note"},
    "POST /v1/interactions/{id:uuid}/hand-back": {"step": None},
    "POST /v1/interactions/{id:uuid}/wrap-up": {"disposition": "not_solved"},
    "POST /v1/interactions/{id:uuid}/rating": {"score": 1},
    "POST /v1/conversations/{id:uuid}/messages": {"cmid": str(uuid4()), "text": "hello"},
    "POST /v1/calls/{id:uuid}/offer": {"gen": 1, "rev": 0, "sdp": "v=0"},
    "POST /v1/calls/{id:uuid}/answer": {"gen": 1, "rev": 0, "sdp": "v=0"},
    "POST /v1/calls/{id:uuid}/replace": {"gen": 1},
    "POST /v1/calls/{id:uuid}/media": {"audio": False, "video": False},
    "POST /v1/devices": {"kind": "fcm_token", "address": "t", "app": "bank-phone"},
}
WITH_ID = sorted(route for route in MAY_CALL if "{id:uuid}" in route)
SIGNED_IN = sorted(route for route, who in MAY_CALL.items() if who != ANYBODY)


def routes() -> Iterator[str]:
    for handler in ROUTES:
        if isinstance(handler, HTTPRouteHandler):
            for method in handler.http_methods:
                for path in handler.paths:
                    yield f"{method} {path}"


async def call(person: Person, route: str, id: Any = None) -> Any:
    method, path = route.split(" ")
    return await person.send(
        str(method), path.replace("{id:uuid}", str(id or uuid4())), BODIES.get(route)
    )


def test_every_route_says_who_may_call_it() -> None:
    assert sorted(routes()) == sorted(MAY_CALL)


@pytest.mark.parametrize("route", SIGNED_IN)
async def test_nobody_gets_in_without_an_access_token(company: Company, route: str) -> None:
    for person in (company.nobody, Person(company, "of nobody")):
        answer = await call(person, route)
        assert (answer.status_code, answer.json()["type"]) == (401, "/problems/sign-in-required")
        assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("route", SIGNED_IN)
async def test_the_other_role_is_refused(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent, route: str
) -> None:
    strangers: dict[str, Person] = {CUSTOMER: ines, AGENT: maya}
    stranger = strangers.get(MAY_CALL[route])
    if stranger is None:
        assert (await call(maya, route)).status_code != 403
        assert (await call(ines, route)).status_code != 403
        return
    answer = await call(stranger, route)
    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/wrong-role")


@pytest.mark.parametrize("route", sorted(BODIES))
async def test_a_body_holds_nothing_that_is_not_asked_for(
    maya: SignedInCustomer, ines: SignedInAgent, route: str
) -> None:
    method, path = route.split(" ")
    person: Person = ines if MAY_CALL[route] == AGENT else maya
    body = {**BODIES[route], "surprise": 1}
    answer = await person.send(method, path.replace("{id:uuid}", str(uuid4())), body)
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/invalid-request")
    assert [one["pointer"] for one in answer.json()["errors"]] == ["/surprise"]


async def everything_of(maya: SignedInCustomer, ines: SignedInAgent) -> dict[str, str]:
    """One id of each kind, all Maya's."""
    screen = await maya.start()
    first = await ines.accepted(await maya.ask("voice", screen))
    await ines.did(first, "hand-back")
    me = await maya.me()
    return {
        "runs": screen["run_id"],
        "interactions": first["id"],
        "calls": me["call"]["id"],
        "conversations": maya.conversation,
        "customers": maya.id,
        "notifications": me["notifications"][0]["id"],
    }


@pytest.mark.parametrize("route", WITH_ID)
async def test_foreign_ids_answer_as_unknown_ones(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent, route: str
) -> None:
    """To another customer, and to an agent of another queue."""
    ids = await everything_of(maya, ines)
    kind = re.split("[/ ]+", route)[2]
    strangers: dict[str, Person] = {
        CUSTOMER: await company.customer("jonas"),
        AGENT: await company.agent("tom", queues=("loans",)),
    }
    before = (await maya.me(), await ines.me())
    for role, stranger in strangers.items():
        if MAY_CALL[route] not in {role, EITHER}:
            continue
        foreign = await call(stranger, route, ids[kind])
        unknown = await call(stranger, route)
        assert foreign.status_code == unknown.status_code == 404
        told = [{**one.json(), "request_id": ""} for one in (foreign, unknown)]
        assert told[0] == told[1]
        assert foreign.headers.keys() == unknown.headers.keys()
    after = (await maya.me(), await ines.me())
    assert _still(before) == _still(after)


def _still(snapshots: Any) -> Any:
    """Without what changes by itself."""
    drop = {"now", "wait", "team"}
    if isinstance(snapshots, dict):
        return {name: _still(one) for name, one in snapshots.items() if name not in drop}
    return [_still(one) for one in snapshots] if isinstance(snapshots, list | tuple) else snapshots


async def test_pages_and_answers_carry_the_headers_that_protect_them(company: Company) -> None:
    for path in ("/health/live", "/openapi.json", "/v1/me", "/nowhere", "/phone", "/desk"):
        headers = (await company.http.get(path, follow_redirects=True)).headers
        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cross-origin-opener-policy"] == "same-origin"
        policy = dict(
            one.strip().partition(" ")[::2] for one in headers["content-security-policy"].split(";")
        )
        assert policy["script-src"] == "'self'"
        assert policy["object-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
        assert "server" not in headers
