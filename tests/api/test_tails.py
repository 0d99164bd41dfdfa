"""After whatever is done, does everybody know what is so, without asking for it again?

What a client knew before, and the events it was sent since, applied in their order, must be what
a fresh read gives: at once in the pages that are open, and after coming back in those that were
away. So must the newest snapshot. A route that changes something and has no case here fails.
"""

from contextlib import AsyncExitStack
from typing import Any

import pytest
from msgspec import Struct

from app.api import permissions, team
from tests.api import situations as at
from tests.api.company import Answer, Company, Person
from tests.api.held import following
from tests.api.situations import Scene, Situation
from tests.security.http_matrix import UPLOAD, bodies
from tests.security.test_permissions import served

MUTATING = ("POST ", "PUT ", "PATCH ", "DELETE ")

WITHOUT_CASE = {
    "POST /v1/sign-in/anonymous": "who begins has a snapshot and a log from then on",
    "POST /v1/sign-in/invitation": "who signs in has a snapshot from then on",
    "POST /v1/sign-in/agent": "who signs in has a snapshot from then on",
    "DELETE /v1/sign-in": "whoever was signed out is told nothing any more",
}
"""Operations that change nothing of what clients hold -> why."""

OF_THE_DEMO = ("POST /demo/", "DELETE /demo/")
"""Passed on to the demo's bank and push double."""


class Case(Struct, frozen=True):
    operation: str
    situation: Situation
    who: str
    body: Any = None
    gone: str = ""  # whose access ends with it

    @property
    def name(self) -> str:
        return f"{self.operation} when {self.situation.__name__} by {self.who}"


LOANS = {"role": "consult", "to": {"kind": "queue", "name": "loans"}}
SPECIALIST = LOANS | {"role": "specialist"}
ONE, CONVERSATION = "/v1/interactions/{id}", "/v1/conversations/{id}"

APPROVAL = "/v1/approvals/{id}"

CASES = [
    Case("POST /v1/sign-in/customer", at.on_a_new_device, "nobody"),
    Case("PUT /v1/me/presence", at.at_rest, "ines"),
    Case("PUT /v1/me/presence", at.waiting, "ines", {"intent": "available"}),
    Case("POST /v1/runs", at.at_rest, "maya",
         {"flow": "activate_debit_card", "inputs": {"card_id": "maya-debit"}}),
    Case("POST /v1/runs/{id}/answers", at.in_a_flow, "maya"),
    Case("POST /v1/runs/{id}/answers", at.with_a_passkey_signed, "maya"),
    Case("POST /v1/runs/{id}/code", at.at_the_code, "maya"),
    Case("POST /v1/runs/{id}/text", at.at_a_form_in_words, "maya"),
    Case("POST /v1/runs/{id}/reopen", at.at_the_code_to_go_back, "maya"),
    Case("POST /v1/runs/{id}/resume", at.in_a_flow_read_long_ago, "maya"),
    Case("POST /v1/runs/{id}/passkey", at.asked_for_a_passkey, "maya"),
    Case("POST /v1/me/passkeys/options", at.proved_just_now, "maya"),
    Case("POST /v1/me/passkeys", at.with_a_passkey_made, "maya"),
    Case("DELETE /v1/me/passkeys/{id}", at.with_a_passkey, "maya"),
    Case("POST /v1/runs/{id}/cancel", at.in_a_flow_to_leave, "maya"),
    Case("POST /v1/help", at.at_rest, "maya"),
    Case(f"POST {ONE}/accept", at.offered, "ines"),
    Case(f"POST {ONE}/accept", at.offered_by_voice, "ines"),
    Case(f"POST {ONE}/accept", at.offered_to_whoever_left, "ines"),
    Case(f"POST {ONE}/decline", at.offered, "ines"),
    Case(f"POST {ONE}/cancel", at.waiting, "maya"),
    Case(f"POST {ONE}/cancel", at.offered, "maya"),
    Case(f"POST {ONE}/cancel", at.paused, "maya"),
    Case(f"POST {ONE}/channel", at.live, "maya"),
    Case(f"POST {ONE}/channel", at.in_call, "ines", {"channel": "text"}),
    Case(f"POST {ONE}/channel", at.colleague_there, "maya"),
    Case(f"POST {ONE}/pause", at.live, "ines"),
    Case(f"POST {ONE}/pause", at.in_call, "maya"),
    Case(f"POST {ONE}/pause", at.specialist_there, "maya"),
    Case(f"POST {ONE}/resume", at.paused, "maya"),
    Case(f"POST {ONE}/notify", at.waiting, "maya"),
    Case(f"POST {ONE}/notify", at.offered, "maya"),
    Case(f"POST {ONE}/callback", at.live, "ines"),
    Case(f"POST {ONE}/notes", at.live, "ines"),
    Case(f"POST {ONE}/notes", at.colleague_there, "lou"),
    Case(f"POST {ONE}/hand-back", at.live, "ines"),
    Case(f"POST {ONE}/end", at.live, "maya"),
    Case(f"POST {ONE}/end", at.in_call, "ines"),
    Case(f"POST {ONE}/end", at.specialist_there, "ines"),
    Case(f"POST {ONE}/close", at.live, "ines"),
    Case(f"POST {ONE}/keep-open", at.closing, "maya"),
    Case(f"POST {ONE}/keep-open", at.closing, "ines"),
    Case(f"POST {ONE}/wrap-up", at.ended, "ines"),
    Case(f"POST {ONE}/rating", at.ended, "maya"),
    Case(f"POST {ONE}/rating", at.wrapped_up, "maya"),
    Case(f"POST {ONE}/transfer", at.live, "ines"),
    Case(f"POST {ONE}/transfer", at.in_call, "ines"),
    Case(f"POST {ONE}/take-over", at.live, "lou"),
    Case(f"POST {ONE}/take-over", at.in_call, "lou"),
    Case(f"POST {ONE}/participants", at.live, "ines", LOANS),
    Case(f"POST {ONE}/participants", at.in_call, "ines", SPECIALIST),
    Case(f"POST {ONE}/participants", at.colleague_there, "ines", SPECIALIST),
    Case("POST /v1/participants/{id}/accept", at.colleague_asked, "lou"),
    Case("POST /v1/participants/{id}/accept", at.specialist_asked, "lou"),
    Case("POST /v1/participants/{id}/decline", at.colleague_asked, "lou"),
    Case("POST /v1/participants/{id}/leave", at.specialist_there, "lou"),
    Case("POST /v1/participants/{id}/leave", at.colleague_there, "ines"),
    Case("POST /v1/participants/{id}/hand-over", at.colleague_there, "ines"),
    Case("POST /v1/participants/{id}/hand-over", at.colleague_there_in_call, "ines"),
    Case("POST /v1/callbacks", at.at_rest, "maya"),
    Case("POST /v1/callbacks", at.waiting, "maya"),
    Case("POST /v1/callbacks", at.offered, "maya", {"zone": "UTC"}),
    Case("POST /v1/callbacks/{id}/move", at.planned, "maya"),
    Case("POST /v1/callbacks/{id}/cancel", at.planned, "maya"),
    Case("POST /v1/callbacks/{id}/again", at.missed, "maya"),
    Case(f"POST {CONVERSATION}/messages", at.live, "maya"),
    Case(f"POST {CONVERSATION}/messages", at.specialist_there, "lou"),
    Case(f"POST {CONVERSATION}/messages", at.paused, "maya"),
    Case(f"POST {CONVERSATION}/messages", at.closing, "maya"),
    Case(f"PUT {CONVERSATION}/messages/{{seq}}", at.live, "maya"),
    Case(f"PUT {CONVERSATION}/messages/{{seq}}", at.edited_once, "maya"),
    Case(f"DELETE {CONVERSATION}/messages/{{seq}}", at.live, "maya"),
    Case(f"DELETE {CONVERSATION}/messages/{{seq}}", at.edited_once, "maya"),
    Case(f"POST {CONVERSATION}/asks", at.live, "ines"),
    Case(f"POST {CONVERSATION}/asks/{{seq}}/answer", at.questioned, "maya"),
    Case(f"POST {ONE}/approvals", at.live, "ines"),
    Case(f"POST {APPROVAL}/passkey", at.approval_to_sign, "maya"),
    Case(f"POST {APPROVAL}/code", at.approval_asked, "maya"),
    Case(f"POST {APPROVAL}/give-by-passkey", at.approval_signed, "maya"),
    Case(f"POST {APPROVAL}/give-by-code", at.approval_with_a_code, "maya"),
    Case(f"POST {APPROVAL}/give-by-code", at.approval_with_a_code, "maya", {"code": "000000"}),
    Case(f"POST {APPROVAL}/decline", at.approval_asked, "maya"),
    Case(f"PUT {CONVERSATION}/seen", at.live, "maya", {"upto": 3}),
    Case(UPLOAD, at.live, "maya"),
    Case("POST /v1/calls/{id}/offer", at.ringing, "maya"),
    Case("POST /v1/calls/{id}/answer", at.call_offered, "ines"),
    Case("POST /v1/calls/{id}/replace", at.in_call, "ines"),
    Case("POST /v1/calls/{id}/media", at.in_call, "maya"),
    Case("POST /v1/calls/{id}/end", at.in_call, "maya"),
    Case("POST /v1/calls/{id}/end", at.colleague_there_in_call, "ines"),
    *[
        Case(f"{method} /v1/admin/{kind}/{{name}}", situation, "admin")
        for kind in at.ENTRIES
        for method, situation in (("PUT", at.set_up), ("DELETE", at.entered))
    ],
    Case("PUT /v1/admin/agents/{name}", at.in_the_set_up_with_a_colleague, "admin",
         {"email": "ines@bank.example", "name": "Agnes", "queues": ["cards", "general"]}),
    Case("DELETE /v1/admin/agents/{name}", at.in_the_set_up_and_live, "admin", gone="ines"),
    Case("PUT /v1/admin/agents/{name}/invitation", at.entered, "admin"),
    Case("POST /v1/admin/company/plan", at.set_up, "admin"),
    Case("PUT /v1/admin/company", at.set_up, "admin"),
    Case("POST /v1/devices", at.at_rest, "maya"),
    Case("POST /v1/notifications/{id}/receipt", at.notified, "maya"),
]  # fmt: skip


def left_out(operations: set[str]) -> set[str]:
    """Those that change something, and have neither a case nor a reason for having none."""
    cases = {one.operation for one in CASES} | WITHOUT_CASE.keys()
    mutating = {one for one in operations if one.startswith(MUTATING)}
    return {one for one in mutating - cases if not one.startswith(OF_THE_DEMO)}


def test_every_route_that_changes_something_has_a_case() -> None:
    assert left_out(served()) == set()
    assert left_out({"POST /v1/planted", "GET /v1/planted"}) == {"POST /v1/planted"}
    named = [one.operation for one in CASES]
    assert set(named) | WITHOUT_CASE.keys() <= permissions.MAY.keys()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_what_was_sent_is_what_is_so(
    company: Company, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RocketChat#22105: who waited was not in the agents' list until they reloaded the page."""
    monkeypatch.setattr(team, "APART_S", 0.01)
    scene = await at.scene_of(company)
    await case.situation(scene)
    async with AsyncExitStack() as open_pages:
        people = [one for one in scene.people if one is not getattr(scene, case.gone, None)]
        pages = [await open_pages.enter_async_context(following(one)) for one in people]
        for page in pages:
            await page.quiet()
        away = [page.held.copy() for page in pages]
        await act(scene, case)
        for page in pages:
            await page.comes_true()
        for page, before in zip(pages, away, strict=True):
            async with following(page.person, before) as back:
                await back.comes_true()
                assert back.held.marks == page.held.marks


async def act(scene: Scene, case: Case) -> None:
    method, path = case.operation.split(" ")
    kind = path.split("/")[2]
    path = path.replace("{id}", scene.ids.get(kind, "")).replace("{seq}", str(scene.seq))
    entry = at.ENTRIES.get(path.split("/")[3]) if kind == "admin" else None
    if entry is not None:
        path = path.replace("{name}", scene.name or entry[0])
    who = getattr(scene, case.who)
    if case.operation == UPLOAD:
        answer: Answer = await who.send(method, path, content=b"hello")
    else:
        given = bodies(scene.company).get(case.operation)
        body = case.body or scene.body or (entry[1] if entry and given else given)
        answer = await who.send(method, path, body, headers=await looked_at(who, path, body))
    assert answer.is_success, answer.text


async def looked_at(who: Person, path: str, body: Any) -> dict[str, str]:
    """The version of what is there of the set-up, which a change must name."""
    if not path.startswith("/v1/admin/"):
        return {}
    if path == "/v1/admin/company":
        version = (await who.do(f"{path}/plan", body))["version"]
        return {"If-Match": f'"{version}"'}
    present = await who.get(path.removesuffix("/invitation"))
    return {"If-Match": present.headers["ETag"]} if present.is_success else {}
