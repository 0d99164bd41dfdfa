"""Does every route let in whom the table names, and nobody else?

First everybody knocks who must be turned away, at every door; nothing may have changed after that.
Then everybody goes in who may, the doors that close something last.
"""

import re
from typing import Any
from uuid import uuid4

import msgspec

from app.api.idempotency import WITHOUT_KEY
from app.api.permissions import MAY, Role, operations
from tests.api.company import PASSWORD, Answer, Company
from tests.security.findings import Findings
from tests.security.people import Knocking, signed_in_again
from tests.security.planted import TOMORROW, Planted

REFUSALS = {"/problems/sign-in-required": 401, "/problems/wrong-role": 403}
"""How a caller is refused for being who they are."""

LAST = (
    "/approvals/{id}/decline",
    "/calls/{id}/end",
    "/runs/{id}/cancel",
    "/participants/{id}/leave",
    "/{id}/end",
    "/{id}/transfer",
    "/{id}/take-over",
    "/{id}/wrap-up",
    "/{id}/rating",
    "/{id}/pause",
    "/{id}/resume",
)
OF_THE_QUEUE = {
    f"{verb} /v1/interactions/{{id}}{what}"
    for verb, what in (("GET", ""), ("POST", "/accept"), ("POST", "/decline"))
}
"""What an agent may ask of an interaction in the own queues, whoever holds it."""

OF_A_SUPERVISOR = OF_THE_QUEUE | {
    "GET /v1/interactions/{id}/context",
    "GET /v1/interactions/{id}/run",
    "POST /v1/interactions/{id}/take-over",
}
"""What a supervisor may ask of every interaction."""

ENTRY = "entry"
"""Of the set-up, by the name in a path."""

UPLOAD = "POST /v1/conversations/{id}/files"
"""Its body is no JSON."""

OF_LITESTAR = "GET /schema/{path}"
"""The one answer that is a page of the framework and no problem: nothing is there."""


def bodies(company: Company) -> dict[str, Any]:
    """Operation -> a body that fits."""
    return {
        "POST /v1/sign-in/customer": {"token": company.host_token("jonas")},
        "POST /v1/sign-in/anonymous": {},
        "POST /v1/sign-in/agent": {"email": "password@bank.example", "password": PASSWORD},
        "PUT /v1/me/presence": {"intent": "offline"},
        "POST /v1/me/passkeys": {"name": "Phone", "credential": {}},
        "POST /v1/sign-in/invitation": {"token": "of nobody", "password": "a long password"},
        "POST /v1/admin/company/plan": {"skills": ["patience"]},
        "PUT /v1/admin/company": {"skills": ["patience"]},
        "PUT /v1/admin/skills/{name}": {"name": ENTRY},
        "PUT /v1/admin/calendars/{name}": {"name": ENTRY, "week": {}},
        "PUT /v1/admin/queues/{name}": {"name": ENTRY},
        "PUT /v1/admin/agents/{name}": {"email": ENTRY, "name": "A", "queues": []},
        "PUT /v1/admin/dispositions/{name}": {"code": ENTRY, "label": "L", "queues": ["loans"]},
        "PUT /v1/admin/canned-replies/{name}": {"shortcut": ENTRY, "title": "T", "text": "Hi"},
        "POST /v1/runs": {"flow": "tell_us"},
        "POST /v1/runs/{id}/answers": {"rev": 1, "step": "ask", "values": {}},
        "POST /v1/runs/{id}/reopen": {"rev": 1},
        "POST /v1/runs/{id}/text": {"rev": 1, "text": "hello"},
        "POST /v1/help": {"channel": "text"},
        "POST /v1/interactions/{id}/decline": {"reason": ""},
        "POST /v1/interactions/{id}/channel": {"channel": "voice"},
        "POST /v1/interactions/{id}/pause": {},
        "POST /v1/interactions/{id}/resume": {},
        "POST /v1/interactions/{id}/callback": TOMORROW,
        "POST /v1/interactions/{id}/approvals": {"what": "Change the address", "level": 2},
        "POST /v1/approvals/{id}/give-by-passkey": {"passkey": {}},
        "POST /v1/approvals/{id}/give-by-code": {"code": "123456"},
        "POST /v1/interactions/{id}/notes": {"text": "a note"},
        "POST /v1/interactions/{id}/hand-back": {"step": None},
        "POST /v1/interactions/{id}/wrap-up": {"disposition": "not_solved"},
        "POST /v1/interactions/{id}/rating": {"score": 1},
        "POST /v1/interactions/{id}/transfer": {
            "to": {"kind": "queue", "name": "loans"},
            "reason": "loans know better",
        },
        "POST /v1/interactions/{id}/take-over": {"reason": "a complaint"},
        "POST /v1/interactions/{id}/participants": {
            "role": "consult",
            "to": {"kind": "queue", "name": "cards"},
        },
        "POST /v1/participants/{id}/decline": {"reason": ""},
        "POST /v1/conversations/{id}/messages": {"cmid": str(uuid4()), "text": "hello"},
        "POST /v1/callbacks": TOMORROW,
        "POST /v1/callbacks/{id}/move": TOMORROW,
        "PUT /v1/conversations/{id}/messages/{seq}": {"cmid": str(uuid4()), "text": "hello"},
        "POST /v1/conversations/{id}/asks": {
            "cmid": str(uuid4()),
            "prompt": "Really?",
            "kind": "yes_no",
        },
        "POST /v1/conversations/{id}/asks/{seq}/answer": {"cmid": str(uuid4()), "value": True},
        "PUT /v1/conversations/{id}/seen": {"upto": 0},
        "POST /v1/calls/{id}/offer": {"gen": 1, "rev": 0, "sdp": "v=0"},
        "POST /v1/calls/{id}/answer": {"gen": 1, "rev": 0, "sdp": "v=0"},
        "POST /v1/calls/{id}/replace": {"gen": 1},
        "POST /v1/calls/{id}/media": {"audio": False, "video": False},
        "POST /v1/devices": {"kind": "fcm_token", "address": "t", "app": "bank-phone"},
    }


class HttpMatrix:
    def __init__(
        self, company: Company, planted: Planted, people: list[Knocking], findings: Findings
    ) -> None:
        self._company = company
        self._planted = planted
        self._people = people
        self._findings = findings
        self._bodies = bodies(company)
        self.repeated: set[str] = set()
        """What was done, and answered alike when it was sent again."""
        self.operations = sorted({name for name, _ in operations(company.app)}, key=_rank)

    async def walk(self) -> None:
        await self._company.agent_with_password("password@bank.example")
        covered = [one for one in self.operations if self._is_covered(one)]
        before = await self._world()
        for operation in covered:
            for who in self._people:
                await self._turn_away(operation, who)
        self._findings.expect("all of them", self._people[0], await self._world(), before)
        for operation in covered:
            for who in self._people:
                if _may(operation, who) and not self._is_foreign(operation, who):
                    await self._let_in(operation, who)

    def _is_covered(self, operation: str) -> bool:
        known = operation in MAY and ("{id}" not in operation or _kind(operation) in self._ids)
        if not known:
            self._findings.uncovered.add(operation)
        return known

    @property
    def _ids(self) -> dict[str, str]:
        return self._planted.ids

    async def _turn_away(self, operation: str, who: Knocking) -> None:
        if not _may(operation, who):
            answer = await self._knock(operation, who, self._ids.get(_kind(operation)))
            wanted = 401 if who.role is Role.NOBODY else 403
            self._findings.expect(operation, who, _refusal(answer), wanted)
        elif self._is_foreign(operation, who):
            foreign = await self._knock(operation, who, self._ids[_kind(operation)])
            unknown = await self._knock(operation, who, str(uuid4()))
            self._findings.expect(operation, who, foreign.status_code, 404)
            self._findings.expect(operation, who, _shape(foreign), _shape(unknown))

    async def _let_in(self, operation: str, who: Knocking) -> None:
        id, key = self._ids.get(_kind(operation)), str(uuid4())
        answer = await self._knock(operation, who, id, key)
        if operation.startswith("POST ") and operation not in WITHOUT_KEY and answer.is_success:
            again = await self._knock(operation, who, id, key)
            self._findings.expect(operation, who, _told(again), _told(answer))
            self.repeated.add(operation)
        refused = _refusal(answer) or (answer.status_code == 404 and "{id}" in operation)
        self._findings.expect(operation, who, refused or None, None)
        if answer.status_code == 400:  # it never came to the handler
            self._findings.uncovered.add(operation)

    def _is_foreign(self, operation: str, who: Knocking) -> bool:
        of_queue = who.of_queue and operation in OF_THE_QUEUE
        supervised = who.supervises and operation in OF_A_SUPERVISOR
        return "{id}" in operation and not (who.own or of_queue or supervised)

    async def _knock(
        self, operation: str, who: Knocking, id: str | None, key: str | None = None
    ) -> Answer:
        method, path = operation.split(" ")
        person = who.person
        if operation == "DELETE /v1/sign-in":
            person = await signed_in_again(self._company, who)
        named = path.replace("{id}", id or "").replace("{name}", ENTRY)
        seq = str(self._planted.seq_for(operation, who.person))
        path = re.sub(r"\{\w+\}", "index.html", named.replace("{seq}", seq))
        if operation == OF_LITESTAR:
            answer = await self._company.http.get(path)
        elif operation == UPLOAD:
            answer = await person.send(method, path, content=b"hello")
        else:
            keyed = {"Idempotency-Key": key} if key else {}
            answer = await person.send(method, path, self._bodies.get(operation), headers=keyed)
        seen = f"{answer.headers} {answer.text}"
        near = who.of_queue or who.supervises
        self._findings.read(
            operation, who, seen, may_see=near and not self._is_foreign(operation, who)
        )
        return answer

    async def _world(self) -> Any:
        """Everything of the customer's, without what changes by itself."""
        owner, holder = self._planted.owner, self._planted.holder
        snapshots = [await owner.me(), await holder.me()]
        events = [await one.events(owner.conversation) for one in (owner, holder)]
        return _still([snapshots, events])


def _may(operation: str, who: Knocking) -> bool:
    return who.role in MAY[operation]


def _kind(operation: str) -> str:
    """`runs`, of `GET /v1/runs/{id}`."""
    return operation.split("/")[2] if operation.count("/") > 1 else ""


def _rank(operation: str) -> tuple[int, str]:
    closing = [place for place, one in enumerate(LAST, 1) if operation.endswith(one)]
    return (closing[0] if closing else 0, operation)


def _refusal(answer: Answer) -> int | None:
    """The status of an answer that says: not you."""
    if not answer.headers.get("content-type", "").startswith("application/problem+json"):
        return None
    problem = msgspec.json.decode(answer.content)
    status = answer.status_code
    says_how = status != 401 or answer.headers.get("www-authenticate") == "Bearer"
    return status if REFUSALS.get(problem["type"]) == status and says_how else None


def _told(answer: Answer) -> tuple[int, bytes]:
    return answer.status_code, answer.content


def _shape(answer: Answer) -> Any:
    """Of two answers to somebody who may not know which of the two is there."""
    told = answer.json() if answer.content else None
    if isinstance(told, dict):
        told["request_id"] = ""
    return (told, sorted(answer.headers.keys()))


def _still(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _still(one) for name, one in value.items() if name not in {"now", "team"}}
    return [_still(one) for one in value] if isinstance(value, list) else value
