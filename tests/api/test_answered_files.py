"""Files as answers of a run: the customer's own, kept with it, and fetched by the back end."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
import pytest_asyncio
from aiohttp import web
from msgspec.structs import replace
from sqlalchemy import update

from app.catalogue import Catalogue
from app.conversation.errors import NotFound
from app.conversation.files import FileState
from app.files.folder import FolderContents
from app.files.uploads import DAY, Limits, Uploads
from app.runs.file_links import GOOD_FOR, FileLinks
from app.runs.forgetting import forget_due
from app.runs.log import RunLog
from app.store import tables
from app.store.tables import file as table
from app.vault import Vault
from examples.bank.serving import listening
from selfservice.events import Event
from selfservice.run import fold
from selfservice.state import State
from selfservice.texts import Catalogues
from tests.api.alone import company_alone
from tests.api.company import Company, More, SignedInCustomer
from tests.fixtures.pictures import PDF, photo, picture

CLAIM = """
flow: claim
title: Claim
start: ask
on: {help: {queue: cards, reason: claim}, cancel: {goto: left}}
steps:
  ask:
    form: What happened
    fields:
      proof: {type: upload, label: Proof, accept: [image/*, application/pdf], max: 2, max_mb: 1}
      hand: {type: signature, label: Signature, optional: true}
    next: sure
  sure: {review: [proof], next: send}
  send:
    action: claims.take
    effect: write
    with: {proof: answers.proof, hand: answers.hand}
    next: done
    on_error: {then: left}
    on_unknown: {check: claims.find, if: has(result.id), goto: done, else: left}
  done: {end: solved}
  left: {end: abandoned}
"""


BRIEF = """
flow: brief
title: Brief
start: ask
steps:
  ask:
    form: Ask
    fields:
      proof: {type: upload, label: P, accept: [application/pdf], max_mb: 1, retain: 1d}
      word: {type: text, label: Word, retain: 1d}
    next: send
  send:
    action: claims.take
    effect: write
    with: {proof: answers.proof, hand: answers.word}
    next: done
    on_error: {then: left}
    on_unknown: {check: claims.find, if: has(result.id), goto: done, else: left}
  done: {end: solved}
  left: {end: abandoned}
"""


class BackEnd:
    """A company's back end that keeps what it is told."""

    def __init__(self) -> None:
        self.port = 0
        self.inputs: list[Any] = []

    async def take(self, request: web.Request) -> web.Response:
        self.inputs.append((await request.json())["input"])
        return web.json_response({"result": {"id": "c1"}})


@asynccontextmanager
async def back_end() -> AsyncIterator[BackEnd]:
    found = BackEnd()
    app = web.Application()
    app.router.add_post("/actions/claims.take", found.take)
    runner = web.AppRunner(app)
    await runner.setup()
    with listening("127.0.0.1", 0) as listener:
        found.port = listener.getsockname()[1]
        await web.SockSite(runner, listener).start()
        try:
            yield found
        finally:
            await runner.cleanup()


@pytest_asyncio.fixture
async def taking() -> AsyncIterator[BackEnd]:
    async with back_end() as found:
        yield found


@pytest_asyncio.fixture
async def company(taking: BackEnd) -> AsyncIterator[Company]:
    settings = {"actions_url": f"http://127.0.0.1:{taking.port}"}
    more = More(flows={"claim": CLAIM, "brief": BRIEF}, settings=settings)
    async with company_alone(more) as one:
        yield one


@pytest_asyncio.fixture
async def maya(company: Company) -> SignedInCustomer:
    return await company.customer("maya")


async def begun(who: SignedInCustomer) -> Any:
    return await who.do("/v1/runs", {"flow": "claim", "inputs": {}})


async def state_of(company: Company, file: Any) -> FileState | None:
    async with company.store.read() as work:
        found = await work.files.of([UUID(file["id"])])
    return found[0].state if found else None


async def kinds(who: SignedInCustomer) -> list[str]:
    return [one["kind"] for one in await who.events(who.conversation)]


async def sweep(company: Company) -> None:
    """As if everything had been sent up two days ago."""
    async with company.store.read() as work:
        then = await work.now() - DAY * 2
    async with company.database.write() as db:
        await db.execute(update(table).values(created_at=then))
    contents = FolderContents(company.config.resolved_files_dir)
    await Uploads(company.store, contents, Limits(size=1, a_day=1)).sweep()


def links(company: Company) -> FileLinks:
    return FileLinks(Vault(company.config.secret).link_key, company.url)


async def test_the_back_end_fetches_what_the_customer_sent(
    company: Company, maya: SignedInCustomer, taking: BackEnd
) -> None:
    bill = await maya.uploaded(maya.conversation, PDF, "bill.pdf")
    drawing = await maya.uploaded(maya.conversation, picture(), "signature.png")
    screen = await begun(maya)
    values = {"proof": [bill["id"]], "hand": [drawing["id"]]}
    review = await maya.answered(screen, values)
    assert review["components"][0]["lines"][0]["value"] == "bill.pdf"
    done = await maya.answered(review, {})
    assert done["outcome"] == "solved"
    [given] = taking.inputs
    told = {name: bill[name] for name in ("id", "name", "type", "size")}
    url = given["proof"][0].pop("url")
    assert given["proof"] == [told]
    assert given["hand"].keys() == {"id", "name", "type", "size", "at", "url"}
    assert url.startswith("/v1/handed-files/")  # no WARMLINE_PUBLIC_URL is set
    fetched = await company.http.get(url)  # without any token of a caller
    assert (fetched.status_code, fetched.content) == (200, PDF)
    assert fetched.headers["content-disposition"].startswith("attachment")
    assert fetched.headers["cache-control"] == "private, no-store"


async def test_a_link_ends_and_cannot_be_made(company: Company, maya: SignedInCustomer) -> None:
    bill = await maya.uploaded(maya.conversation, PDF, "bill.pdf")
    id, made = UUID(bill["id"]), links(company)
    async with company.store.read() as work:
        now = await work.now()
    token = made.to(id, now).rpartition("/")[2]
    assert made.file(token, now + GOOD_FOR - timedelta(seconds=1)) == id
    other = FileLinks(Vault("another secret, of 32 characters").link_key, "")
    sealed = Vault(company.config.secret).seal("x" * 16)
    for bad, at, who in (
        (token, now + GOOD_FOR + timedelta(seconds=2), made),
        (token[:-2] + "AA", now, made),
        (token, now, other),
        (sealed, now, made),
        ("", now, made),
        ("né", now, made),
    ):
        with pytest.raises(NotFound):
            who.file(bad, at)
    path = f"/v1/handed-files/{token}"
    assert (await company.http.get(path)).status_code == 404  # not given to any run
    await maya.answered(await begun(maya), {"proof": [bill["id"]]})
    assert (await company.http.get(path)).status_code == 200


async def test_only_ones_own_files_and_only_once(company: Company, maya: SignedInCustomer) -> None:
    jonas = await company.customer("jonas")
    theirs = await jonas.uploaded(jonas.conversation, PDF, "jonas.pdf")
    mine = await maya.uploaded(maya.conversation, PDF, "maya.pdf")
    screen = await begun(maya)
    for given in (theirs["id"], str(uuid4()), "no id", mine, None):
        answer = await maya.answer(screen, {"proof": [given]})
        assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid-answer")
        assert answer.json()["errors"][0]["pointer"] == "/values/proof[0]"
        assert "jonas" not in answer.text
    assert await state_of(company, theirs) is FileState.READY
    await maya.answered(screen, {"proof": [mine["id"]]})
    await maya.ask()
    said = {"cmid": str(uuid4()), "files": [mine["id"]]}
    again = await maya.post(f"/v1/conversations/{maya.conversation}/messages", said)
    assert again.status_code == 404  # a run has it


async def test_a_file_that_lies_about_its_type_is_refused(maya: SignedInCustomer) -> None:
    text = await maya.uploaded(maya.conversation, b"a plain text", "photo.jpg")
    answer = await maya.answer(await begun(maya), {"proof": [text["id"]]})
    assert answer.status_code == 422
    assert answer.json()["errors"] == [
        {"pointer": "/values/proof[0]", "message": "Files of this kind aren't taken here."}
    ]


async def test_what_a_run_keeps_is_not_swept_and_what_it_drops_goes(
    company: Company, maya: SignedInCustomer
) -> None:
    first = await maya.uploaded(maya.conversation, photo(), "first.jpg")
    second = await maya.uploaded(maya.conversation, photo(), "second.jpg")
    lying = await maya.uploaded(maya.conversation, photo(), "lying.jpg")
    review = await maya.answered(await begun(maya), {"proof": [first["id"], second["id"]]})
    await sweep(company)
    assert [await state_of(company, one) for one in (first, second, lying)] == [
        FileState.SAID,
        FileState.SAID,
        None,
    ]
    path = f"/v1/runs/{review['run_id']}/reopen"
    again = await maya.do(path, {"rev": review["rev"], "step": "ask"})
    assert [one["name"] for one in again["components"][0]["files"]] == ["first.jpg", "second.jpg"]
    await maya.answered(again, {"proof": [second["id"]]})
    await sweep(company)
    assert await state_of(company, first) is None
    assert await state_of(company, second) is FileState.SAID
    assert (await maya.get(f"/v1/files/{first['id']}")).status_code == 404


async def test_what_was_kept_long_enough_is_gone_everywhere(
    company: Company, maya: SignedInCustomer
) -> None:
    bill = await maya.uploaded(maya.conversation, PDF, "kept-too-long.pdf")
    screen = await maya.do("/v1/runs", {"flow": "brief", "inputs": {}})
    done = await maya.answered(screen, {"proof": [bill["id"]], "word": "unforgettable"})
    id = UUID(done["run_id"])
    assert done["outcome"] == "solved"
    runs = RunLog(Catalogue(), Catalogues(Path(company.config.texts_dir)))
    await runs.catalogue.refresh(company.store)
    await forget_due(company.store, runs)
    assert await state_of(company, bill) is FileState.SAID  # its time has not come
    async with company.database.write() as db:
        await db.execute(update(tables.run).values(forgets_at=await company.long_ago()))
        row = (await db.execute(tables.run.select())).one()
        state = msgspec.json.decode(row.state, type=State)
        past = replace(state, kept_until=dict.fromkeys(state.kept_until, await company.long_ago()))
        await db.execute(update(tables.run).values(state=msgspec.json.encode(past)))
    await forget_due(company.store, runs)
    async with company.store.read() as work:
        run = await work.runs.get(id)
        log = (await work.timeline.logs_of([id]))[id]
    for kept in (run.state, *log):
        assert b"unforgettable" not in kept
        assert b"kept-too-long" not in kept
    assert run.forgets_at is None
    assert await kinds(maya) == ["flow.started", "flow.answered", "flow.ended", "flow.forgot"]
    async with company.database.read() as db:
        assert (await db.execute(tables.action_job.select())).all() == []
    await sweep(company)
    assert await state_of(company, bill) is None
    definition = runs.catalogue.live("brief")
    assert definition is not None
    events = [msgspec.json.decode(one, type=Event) for one in log]
    assert fold(definition, events) == msgspec.json.decode(run.state, type=State)
    await forget_due(company.store, runs)
    assert len(await kinds(maya)) == 4


async def test_agents_who_see_the_conversation_see_the_files(
    company: Company, maya: SignedInCustomer
) -> None:
    ines, tom = await company.agent("ines"), await company.agent("tom")
    bill = await maya.uploaded(maya.conversation, PDF, "bill.pdf")
    review = await maya.answered(await begun(maya), {"proof": [bill["id"]]})
    asked = await maya.do("/v1/help", {"channel": "text", "run_id": review["run_id"]})
    await ines.accepted(asked)
    run = await ines.read(f"/v1/interactions/{asked['id']}/run")
    assert msgspec.json.encode(run["answers"]).count(b'"bill.pdf"') == 1
    assert (await ines.get(f"/v1/files/{bill['id']}")).content == PDF
    assert (await tom.get(f"/v1/files/{bill['id']}")).status_code == 404
