"""Setting the company up over the API: versions, checks, the audit trail, and who is out."""

from typing import Any

import pytest

from app.conversation.queues import Queue
from app.queue import offer_round
from tests.api.company import Answer, Company, Person, SignedInAgent, SignedInCustomer
from tests.api.live_client import live_page
from tests.api.test_participants import ask, joined

QUEUES, AGENTS = "/v1/admin/queues", "/v1/admin/agents"
SHOP: dict[str, Any] = {
    "skills": ["fraud"],
    "queues": [{"name": "orders", "skills": {"fraud": 2}}, {"name": "returns"}],
    "agents": [{"email": "ana@shop.example", "name": "Ana", "queues": ["orders"]}],
}


async def lead(company: Company, role: str = "admin") -> SignedInAgent:
    return await company.agent("lea", (), roles=("agent", role), available=False)


async def described(company: Company, *names: str) -> None:
    """Queues that agents of these tests are in."""
    async with company.store.write() as work:
        for name in names:
            await work.queues.put(Queue(name=name))


async def put(who: Person, path: str, body: Any, version: str = "") -> Answer:
    headers = {"If-Match": f'"{version}"'} if version else {}
    return await who.send("PUT", path, body, headers=headers)


async def delete(who: Person, path: str, version: str = "") -> Answer:
    return await who.send("DELETE", path, headers={"If-Match": f'"{version}"'})


async def made(who: Person, path: str, body: Any, version: str = "") -> Any:
    answer = await put(who, path, body, version)
    assert answer.status_code == 200, answer.text
    assert answer.headers["etag"] == f'"{answer.json()["version"]}"'
    return answer.json()


def problem(answer: Answer) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].removeprefix("/problems/")


LOANS_OPEN = {"week": {"mon": ["08:00-12:00"]}}

ENTRIES: dict[str, tuple[str, Any, Any]] = {
    "skills": ("fraud", {"name": "fraud"}, {"title": "Fraud"}),
    "calendars": ("office", {"name": "office", "week": {"mon-fri": ["09:00-17:00"]}},
                  {"holidays": [{"day": "2026-12-25", "name": "Christmas"}]}),
    "queues": ("loans", {"name": "loans"}, {"priority": 3, "hours": LOANS_OPEN}),
    "agents": ("ana@shop.example", {"email": "ana@shop.example", "name": "Ana", "queues": []},
               {"roles": ["agent", "supervisor"], "capacity": {"calls": 2, "texts": 0}}),
    "dispositions": ("found", {"code": "found", "label": "Found it"}, {"label": "We found it"}),
    "canned-replies": ("hello.en", {"shortcut": "hello", "title": "Greeting", "language": "en",
                                    "text": "Hello {customer}"}, {"text": "Hi {customer_first}"}),
}  # fmt: skip


@pytest.mark.parametrize("kind", ENTRIES)
async def test_an_entry_from_its_beginning_to_its_end(company: Company, kind: str) -> None:
    lea = await lead(company)
    name, body, more = ENTRIES[kind]
    path = f"/v1/admin/{kind}/{name}"
    assert problem(await lea.get(path)) == (404, "not-found")
    first = await made(lea, path, body)
    assert first["entry"].items() >= body.items()
    assert (await lea.read(path))["version"] == first["version"]
    assert problem(await put(lea, path, body | more)) == (412, "version-differs")
    second = await made(lea, path, body | more, first["version"])
    assert second["version"] != first["version"]
    stale = await put(lea, path, body, first["version"])
    assert problem(stale) == (412, "version-differs")
    items = (await lea.read(f"/v1/admin/{kind}"))["items"]
    assert {"version": second["version"], "entry": second["entry"]}.items() <= next(
        one for one in items if one["version"] == second["version"]
    ).items()
    assert problem(await delete(lea, path, first["version"])) == (412, "version-differs")
    assert (await delete(lea, path, second["version"])).status_code == 204
    assert problem(await lea.get(path)) == (404, "not-found")
    trail = (await lea.read("/v1/admin/audit"))["items"]
    assert [(one["what"], one["name"], one["by"]) for one in trail] == [
        (what, name, "lea@bank.example") for what in ("added", "changed", "removed")
    ]
    assert trail[1]["before"] == first["entry"]
    assert trail[1]["after"] == second["entry"] == trail[2]["before"]


async def test_it_is_checked_as_the_file_is(company: Company) -> None:
    lea = await lead(company)
    wrong = await put(lea, f"{QUEUES}/loans", {"name": "loans", "skills": {"fruad": 2}})
    assert problem(wrong) == (422, "invalid-set-up")
    assert wrong.json()["errors"] == [
        {"pointer": "/skills/fruad", "message": "there is no skill fruad"}
    ]
    other = await put(lea, f"{QUEUES}/loans", {"name": "cards"})
    assert other.json()["errors"] == [{"pointer": "/name", "message": "the address names loans"}]
    zone = {"name": "office", "zone": "Mars/Base", "week": {}}
    assert problem(await put(lea, "/v1/admin/calendars/office", zone)) == (422, "invalid-set-up")


async def test_what_others_refer_to_is_not_removed(company: Company) -> None:
    lea = await lead(company)
    skill = await made(lea, "/v1/admin/skills/fraud", {"name": "fraud"})
    queue = await made(lea, f"{QUEUES}/loans", {"name": "loans", "skills": {"fraud": 1}})
    refused = await delete(lea, "/v1/admin/skills/fraud", skill["version"])
    assert problem(refused) == (422, "invalid-set-up")
    assert refused.json()["detail"] == "queue loans, skills.fraud: there is no skill fraud"
    assert (await delete(lea, f"{QUEUES}/loans", queue["version"])).status_code == 204
    assert (await delete(lea, "/v1/admin/skills/fraud", skill["version"])).status_code == 204


async def test_dispositions_keep_their_order(company: Company) -> None:
    lea = await lead(company)
    path = "/v1/admin/dispositions"
    for code in ("zebra", "apple"):
        await made(lea, f"{path}/{code}", {"code": code, "label": code.title()})
    zebra = await lea.read(f"{path}/zebra")
    await made(lea, f"{path}/zebra", {"code": "zebra", "label": "Z"}, zebra["version"])
    items = (await lea.read(path))["items"]
    assert [(one["entry"]["code"], one["entry"]["order"]) for one in items] == [
        ("zebra", 1),
        ("apple", 2),
    ]


async def test_the_whole_company_is_planned_then_put(company: Company) -> None:
    lea = await lead(company)
    empty = await lea.read("/v1/admin/company")
    assert empty["company"]["queues"] == []
    planned = await lea.do("/v1/admin/company/plan", SHOP)
    assert planned["version"] == empty["version"]
    assert planned["lines"][:4] == [
        "+ skill fraud",
        "+ queue orders",
        "    skills: {fraud: 2}",
        "+ queue returns",
    ]
    assert planned["left_alone"] == ["agent lea@bank.example"]
    assert planned["unserved"] == ["returns"]
    assert (await lea.read("/v1/admin/company")) == empty
    done = await made(lea, "/v1/admin/company", SHOP, planned["version"])
    assert [one["email"] for one in done["invitations"]] == ["ana@shop.example"]
    assert problem(await put(lea, "/v1/admin/company", SHOP, planned["version"])) == (
        412,
        "version-differs",
    )
    again = await lea.do("/v1/admin/company/plan?prune=true", done["company"])
    assert again["lines"] == []


async def test_a_document_that_makes_no_sense_is_refused_with_its_place(company: Company) -> None:
    lea = await lead(company)
    body = {**SHOP, "agents": [{**SHOP["agents"][0], "queues": ["orders", "gone"]}]}
    for answer in (
        await lea.post("/v1/admin/company/plan", body),
        await put(lea, "/v1/admin/company", body, "x"),
    ):
        assert problem(answer) == (422, "invalid-set-up")
        (error,) = answer.json()["errors"]
        assert error == {"pointer": "/agents/0/queues/1", "message": "there is no queue gone"}


async def test_admins_do_not_lock_themselves_out(company: Company) -> None:
    lea = await lead(company)
    me = await lea.read(f"{AGENTS}/lea@bank.example")
    path = f"{AGENTS}/lea@bank.example"
    answer = await put(lea, path, me["entry"] | {"roles": ["agent"]}, me["version"])
    assert problem(answer) == (409, "not-allowed-now")
    assert problem(await delete(lea, path, me["version"])) == (409, "not-allowed-now")
    pruned = await put(
        lea,
        "/v1/admin/company?prune=true",
        {"agents": []},
        (await lea.read("/v1/admin/company"))["version"],
    )
    assert problem(pruned) == (409, "not-allowed-now")


async def test_supervisors_read_the_set_up_and_write_canned_replies(company: Company) -> None:
    sue = await lead(company, "supervisor")
    _, reply, _ = ENTRIES["canned-replies"]
    await made(sue, "/v1/admin/canned-replies/hello.en", reply)
    assert (await sue.get("/v1/admin/company")).status_code == 200
    assert problem(await put(sue, f"{QUEUES}/loans", {"name": "loans"})) == (403, "wrong-role")
    assert problem(await sue.get("/v1/admin/audit")) == (403, "wrong-role")


async def test_a_new_agent_chooses_a_password_by_a_link_that_works_once(company: Company) -> None:
    lea = await lead(company)
    body = {"email": "ana@shop.example", "name": "Ana", "queues": []}
    made_ = await made(lea, f"{AGENTS}/ana@shop.example", body)
    token = made_["invitation"]["token"]
    assert made_["invitation"]["path"] == f"/desk/#invitation={token}"
    choice = {"token": token, "password": "a password of my own"}
    short = await company.nobody.post("/v1/sign-in/invitation", choice | {"password": "short"})
    assert problem(short) == (400, "invalid-request")
    signed_in = await company.nobody.do("/v1/sign-in/invitation", choice)
    assert signed_in["agent"]["email"] == "ana@shop.example"
    assert (await Person(company, signed_in["access_token"]).me())["kind"] == "agent"
    again = await company.nobody.post("/v1/sign-in/invitation", choice)
    assert problem(again) == (401, "invitation-over")
    by_password = {"email": "ana@shop.example", "password": "a password of my own"}
    assert (await company.nobody.do("/v1/sign-in/agent", by_password))["access_token"]

    newer = (await lea.send("PUT", f"{AGENTS}/ana@shop.example/invitation")).json()
    other = {"token": newer["token"], "password": "another password"}
    old = Person(company, signed_in["access_token"])
    async with live_page(old) as page:
        await company.nobody.do("/v1/sign-in/invitation", other)
        assert await page.closed() == 4401
    assert problem(await old.get("/v1/me")) == (401, "sign-in-required")
    trail = (await lea.read("/v1/admin/audit?after=1"))["items"]
    assert [(one["what"], one["by"]) for one in trail] == [
        ("password_chosen", "ana@shop.example"),
        ("invited", "lea@bank.example"),
        ("password_chosen", "ana@shop.example"),
    ]
    assert token not in str(await lea.read("/v1/admin/audit"))


async def test_nobody_signs_in_without_having_chosen_a_password(company: Company) -> None:
    lea = await lead(company)
    body = {"email": "ana@shop.example", "name": "Ana", "queues": []}
    await made(lea, f"{AGENTS}/ana@shop.example", body)
    for password in ("nobody has this password", "x"):
        tried = {"email": "ana@shop.example", "password": password}
        answer = await company.nobody.post("/v1/sign-in/agent", tried)
        assert problem(answer) == (401, "wrong-password")


async def test_whoever_is_removed_is_out_at_once(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    lea = await lead(company)
    await described(company, "cards", "general")
    interaction = await ines.accepted(await maya.ask("voice"))
    assert (await maya.me())["call"]["state"] == "ringing"
    tom = await company.agent("tom", ("general",))
    async with live_page(ines) as page:
        path = f"{AGENTS}/ines@bank.example"
        version = (await lea.read(path))["version"]
        assert (await delete(lea, path, version)).status_code == 204
        assert await page.closed() == 4401
    assert problem(await ines.get("/v1/me")) == (401, "sign-in-required")
    assert problem(await lea.get(path)) == (404, "not-found")
    waiting = (await maya.me())["interaction"]
    assert (waiting["id"], waiting["agent"]) == (interaction["id"], None)
    assert waiting["state"] in {"queued", "offered"}
    assert waiting["enqueued_at"] == interaction["enqueued_at"]
    assert (await maya.me())["call"] is None
    await offer_round(company.store)
    again = await tom.accepted(waiting)
    assert again["agent"]["name"] == "Tom"
    assert (await maya.me())["call"]["state"] == "ringing"
    told = {one["kind"]: one["body"] for one in await maya.events(maya.conversation)}
    assert "interaction.given_up" in told
    assert told["call.ended"]["reason"] == "transferred"  # the next agent rings


async def test_new_roles_and_queues_hold_at_once(company: Company, ines: SignedInAgent) -> None:
    lea = await lead(company)
    path = f"{AGENTS}/ines@bank.example"
    await described(company, "cards", "general")
    assert problem(await ines.get("/v1/admin/audit")) == (403, "wrong-role")
    me = await lea.read(path)
    roles = me["entry"] | {"roles": ["agent", "admin"]}
    assert (await made(lea, path, roles, me["version"]))["invitation"] is None
    assert (await ines.get("/v1/admin/audit")).status_code == 200


async def test_wrap_up_takes_the_companys_outcomes(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    lea = await lead(company)
    defaults = (await ines.read("/v1/dispositions?queue=cards"))["items"]
    assert defaults[0] == {"code": "solved_together", "label": "Solved together"}
    await described(company, "cards", "general")
    ours = {"code": "new_card", "label": "New card", "queues": ["cards"]}
    await made(lea, "/v1/admin/dispositions/new_card", ours)
    assert (await ines.read("/v1/dispositions?queue=general"))["items"] == defaults
    assert (await ines.read("/v1/dispositions?queue=cards"))["items"] == [
        {"code": "new_card", "label": "New card"}
    ]
    anywhere = (await ines.read("/v1/dispositions"))["items"]
    assert [one["code"] for one in anywhere] == ["new_card", *(one["code"] for one in defaults)]
    interaction = await ines.accepted(await maya.ask())
    await ines.did(interaction, "end")
    answer = await ines.act(interaction, "wrap-up", {"disposition": "new_card"})
    assert problem(answer) == (422, "unknown-disposition")
    assert answer.json()["errors"][0]["pointer"] == "/disposition"
    closed = await ines.did(interaction, "wrap-up", {"disposition": "not_solved"})
    assert closed["disposition"] == "not_solved"


async def test_agents_get_the_replies_of_their_queues_and_languages(company: Company) -> None:
    lea = await lead(company)
    await made(lea, f"{QUEUES}/cards", {"name": "cards"})
    await made(lea, f"{QUEUES}/loans", {"name": "loans"})
    replies: dict[str, Any] = {
        "all": {},
        "cards": {"queues": ["cards"]},
        "loans": {"queues": ["loans"]},
        "german": {"language": "de"},
        "english": {"language": "en"},
    }
    for shortcut, more in replies.items():
        body = {"shortcut": shortcut, "title": shortcut, "text": "Hello", **more}
        name = f"{shortcut}.{body['language']}" if "language" in body else shortcut
        await made(lea, f"/v1/admin/canned-replies/{name}", body)
    tom_: Any = {"email": "tom@bank.example", "name": "Tom", "queues": ["cards"]}
    made_ = await made(lea, f"{AGENTS}/tom@bank.example", tom_ | {"languages": ["de"]})
    token = made_["invitation"]["token"]
    tom = await company.nobody.do(
        "/v1/sign-in/invitation", {"token": token, "password": "a password of my own"}
    )
    items = (await Person(company, tom["access_token"]).read("/v1/canned-replies"))["items"]
    assert [one["shortcut"] for one in items] == ["all", "cards", "german"]


async def removed(lea: Person, email: str) -> None:
    version = (await lea.read(f"{AGENTS}/{email}"))["version"]
    assert (await delete(lea, f"{AGENTS}/{email}", version)).status_code == 204


async def test_whoever_was_asked_in_is_gone_from_there_too(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    lea = await lead(company)
    await described(company, "cards", "general", "loans")
    lou = await company.agent("lou", ("loans",))
    await company.agent("kim", ("loans",))
    interaction = await ines.accepted(await maya.ask())
    await joined(ines, lou, interaction, "specialist")
    asked = await ask(ines, interaction, "consult", "loans")
    await removed(lea, "lou@bank.example")
    await removed(lea, "kim@bank.example")
    (mine,) = (await ines.me())["interactions"]
    assert [(one["id"], one["state"]) for one in mine["participants"]] == [(asked["id"], "asked")]
    await removed(lea, "ines@bank.example")
    waiting = (await maya.me())["interaction"]
    assert (waiting["state"], waiting["participants"]) == ("queued", [])
