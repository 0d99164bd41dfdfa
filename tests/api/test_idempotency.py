"""Does a POST that is sent again get the same answer, and have no second effect?

tests/security/http_matrix.py sends every POST twice; here is what it cannot see.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest
from litestar import post
from msgspec.structs import replace

from app.api import permissions
from app.api.permissions import BadTable
from app.main import create_app
from app.store.records import CodeRow
from selfservice.codes import Code
from tests.api.company import DIGITS, Company, Person, SignedInAgent, SignedInCustomer
from tests.api.test_calls import AN_ANSWER, AN_OFFER, ringing
from tests.security.test_permissions import CONFIG

KEY = {"Idempotency-Key": "7f3c"}


async def twice(who: Person, path: str, body: Any = None, key: Any = KEY) -> httpx.Response:
    """Send it again, with the same key: the answer of both, which must be a success."""
    first, again = [await who.post(path, body, headers=key) for _ in range(2)]
    assert first.is_success, first.text
    assert (again.status_code, again.content) == (first.status_code, first.content)
    return first


async def test_an_offer_is_taken_or_given_back_once(
    maya: SignedInCustomer, ines: SignedInAgent, company: Company
) -> None:
    asked = await maya.ask()
    assert asked["id"] in await ines.offers()
    await twice(ines, f"/v1/interactions/{asked['id']}/decline", {})
    assert len((await company.interaction(asked["id"])).tried) == 1
    assert asked["id"] in await ines.offers()
    await twice(ines, f"/v1/interactions/{asked['id']}/accept", {}, {"Idempotency-Key": "k2"})


async def test_the_queue_is_left_once(maya: SignedInCustomer) -> None:
    first = await maya.ask()
    await twice(maya, f"/v1/interactions/{first['id']}/cancel")
    assert (await maya.ask())["id"] != first["id"]


async def test_descriptions_of_a_call_that_moved_on_are_answered_alike(
    maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    call = await ringing(maya, ines)
    path = f"/v1/calls/{call['id']}"
    described = [(maya, "offer", AN_OFFER), (ines, "answer", AN_ANSWER)]
    for who, kind, sdp in described:
        await twice(who, f"{path}/{kind}", {"gen": 1, "rev": 0, "sdp": sdp})
    await maya.do(f"{path}/replace", {"gen": 1})
    for who, kind, sdp in described:
        await twice(who, f"{path}/{kind}", {"gen": 1, "rev": 0, "sdp": sdp})
    assert (await maya.me())["call"]["wanted_gen"] == 2


async def a_minute_later(company: Company, run: UUID) -> None:
    """As if the code had been sent a minute ago: another one may be sent now."""
    async with company.store.write() as work:
        row = await work.codes.get(run)
        assert row is not None
        code = msgspec.json.decode(row.state, type=Code)
        old = replace(code, sent_at=code.sent_at - timedelta(minutes=1))
        await work.codes.put(CodeRow(run_id=run, state=msgspec.json.encode(old)))


async def test_a_code_is_sent_once(company: Company, maya: SignedInCustomer) -> None:
    screen = await maya.with_code_asked()
    run = UUID(screen["run_id"])
    await a_minute_later(company, run)
    last = company.bank.bank.books.messages_of("maya")[0]  # the newest; the bank keeps 50
    assert (await twice(maya, f"/v1/runs/{run}/code")).status_code == 204
    assert company.bank.bank.books.messages_of("maya")[1] == last


async def test_answering_once_more_is_no_second_answer(maya: SignedInCustomer) -> None:
    screen = await maya.start()
    body = {"rev": screen["rev"], "step": screen["step"], "values": DIGITS}
    answer = await twice(maya, f"/v1/runs/{screen['run_id']}/answers", body)
    assert answer.json()["kind"] == "code"


async def test_a_key_is_for_one_request(maya: SignedInCustomer, ines: SignedInAgent) -> None:
    await ines.accepted(await maya.ask())
    messages = f"/v1/conversations/{maya.conversation}/messages"
    said = {"cmid": "01936f2e-6c1c-7a51-9a6e-2f6a1c0e4d11", "text": "hello"}
    await twice(maya, messages, said)
    others = [(messages, {**said, "text": "other"}), ("/v1/runs", {"flow": "freeze_card"})]
    for path, body in others:
        answer = await maya.post(path, body, headers=KEY)
        assert answer.json()["type"] == "/problems/idempotency-key-reused"
        assert answer.status_code == 422
    texts = [one["body"] for one in await maya.events(maya.conversation) if one["cmid"]]
    assert texts == [{"text": "hello"}]


async def test_what_was_refused_is_judged_anew(maya: SignedInCustomer, ines: SignedInAgent) -> None:
    interaction = await ines.accepted(await maya.ask())
    path, good = f"/v1/interactions/{interaction['id']}/rating", {"score": 5}
    assert (await maya.post(path, good, headers=KEY)).status_code == 409
    await maya.did(interaction, "end")
    assert (await twice(maya, path, good)).status_code == 201


@post("/v1/planted")
async def planted() -> None:
    """Has a second effect when it is sent again."""


def test_a_post_without_a_key_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(permissions.MAY, "POST /v1/planted", permissions.BOTH)
    with pytest.raises(BadTable, match=r"POST /v1/planted takes no Idempotency-Key"):
        create_app(CONFIG, more_routes=[planted])
