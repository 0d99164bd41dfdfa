"""Files beside messages: sent up, said, fetched by those who see the conversation, and gone."""

import asyncio
import io
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from msgspec.structs import replace
from PIL import Image
from sqlalchemy import update

from app.auth.allowance import TooOften
from app.config import Config
from app.files import uploads
from app.files.errors import FileRefused
from app.files.folder import FolderContents
from app.files.uploads import DAY, Limits, Uploads
from app.store.tables import file as table
from tests.api.company import Company, SignedInAgent, SignedInCustomer
from tests.api.live_client import live_page
from tests.fixtures.errors import errors
from tests.fixtures.pictures import PDF, SECRET, photo, picture


def folder(company: Company) -> Path:
    return company.config.resolved_files_dir


def on_disk(company: Company) -> set[str]:
    return {one.name for one in folder(company).rglob("*") if one.is_file()}


async def rows(company: Company) -> set[str]:
    async with company.database.read() as db:
        return {one.hex for one in await db.scalars(table.select().with_only_columns(table.c.id))}


async def sweep(company: Company) -> None:
    contents = FolderContents(folder(company))
    await Uploads(company.store, contents, Limits(size=1, a_day=1)).sweep()


async def say(person: Any, conversation: str, *files: Any, **more: Any) -> Any:
    said = {"cmid": str(uuid4()), "files": [one["id"] for one in files], **more}
    return await person.do(f"/v1/conversations/{conversation}/messages", said)


async def test_a_photo_goes_from_the_phone_to_the_desk(
    maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    await ines.accepted(await maya.ask())
    here = maya.conversation
    async with live_page(ines, **{here: 0}) as desk, live_page(maya) as phone:
        file = await maya.uploaded(here, photo(), "4242 4242 4242 4242.JPG")
        assert (file["name"], file["type"]) == ("•••• 4242.jpg", "image/jpeg")
        assert (file["width"], file["height"]) == (20, 40)
        cmid = str(uuid4())
        await phone.send("send", conversation_id=here, cmid=cmid, files=[file["id"]])
        await phone.next("event", cmid=cmid)
        event = await desk.next("event", cmid=cmid)
    assert event["body"] == {"text": "", "files": [file]}
    answer = await ines.get(f"/v1/files/{file['id']}")
    assert (answer.status_code, len(answer.content)) == (200, file["size"])
    assert SECRET.encode() not in answer.content
    assert Image.open(io.BytesIO(answer.content)).size == (20, 40)


async def test_a_file_is_never_shown_by_its_address(
    maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    await ines.accepted(await maya.ask())
    file = await ines.uploaded(maya.conversation, PDF, 'Müller "x".pdf')
    await say(ines, maya.conversation, file, text="Please sign this")
    headers = (await maya.get(f"/v1/files/{file['id']}")).headers
    assert headers["content-type"] == "application/pdf"
    assert headers["content-disposition"] == (
        "attachment; filename=\"M_ller _x_.pdf\"; filename*=UTF-8''M%C3%BCller%20%22x%22.pdf"
    )
    assert headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-resource-policy"] == "same-origin"


async def test_strangers_find_nothing(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    interaction = await ines.accepted(await maya.ask())
    jonas, tom = await company.customer("jonas"), await company.agent("tom")
    file = await maya.uploaded(maya.conversation, picture())
    unknown = (await jonas.get(f"/v1/files/{uuid4()}")).json()["detail"]

    async def seen_by() -> list[int]:
        answers = [await one.get(f"/v1/files/{file['id']}") for one in (maya, ines, jonas, tom)]
        assert {one.json()["detail"] for one in answers if one.status_code == 404} == {unknown}
        return [one.status_code for one in answers]

    assert await seen_by() == [200, 404, 404, 404]
    refused = await jonas.upload(maya.conversation, picture())
    assert refused.status_code == 404
    await jonas.ask()
    stolen = {"cmid": str(uuid4()), "files": [file["id"]]}
    path = f"/v1/conversations/{jonas.conversation}/messages"
    assert (await jonas.post(path, stolen)).status_code == 404
    await say(maya, maya.conversation, file)
    assert await seen_by() == [200, 200, 404, 404]
    await ines.did(interaction, "end")
    await ines.did(interaction, "wrap-up", {"disposition": "not_solved"})
    assert await seen_by() == [200, 404, 404, 404]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<html><script>alert(1)</script></html>", "byte 0: only pictures"),
        (b"MZ\x90\x00\x03", "byte 2: only pictures"),
        (picture()[:200], "cannot be read as such a picture"),
        (PDF + b"PK" * 1000, "a PDF ends with"),
        (b"", "the file is empty"),
    ],
)
async def test_what_is_not_what_it_says_is_refused_and_gone(
    company: Company, maya: SignedInCustomer, content: bytes, said: str
) -> None:
    answer = await maya.upload(maya.conversation, content, "holiday.jpg")
    problem = answer.json()
    assert (answer.status_code, problem["type"]) == (422, "/problems/file-refused")
    assert said in problem["errors"][0]["message"]
    assert (await rows(company), on_disk(company)) == (set(), set())


async def test_half_an_upload_leaves_nothing_behind(
    company: Company, maya: SignedInCustomer
) -> None:
    class Gone(Exception):
        pass

    reserved: set[str] = set()

    async def half() -> AsyncIterator[bytes]:
        yield picture(size=(400, 400))[:1000]
        async with asyncio.timeout(5):
            while not reserved:
                reserved.update(await rows(company))
        raise Gone

    with pytest.raises(Gone):
        await maya.upload(maya.conversation, half())
    async with asyncio.timeout(5):
        while await rows(company):
            await asyncio.sleep(0.01)
    assert on_disk(company) == set()


async def test_a_file_beyond_the_limit_is_refused(company: Company, maya: SignedInCustomer) -> None:
    limit = company.config.files_max_bytes

    async def too_much() -> AsyncIterator[bytes]:
        for _ in range(0, limit, 1024 * 1024):
            yield bytes(1024 * 1024)
        yield b"x"

    answer = await maya.upload(maya.conversation, too_much())
    problem = answer.json()
    assert (answer.status_code, problem["type"]) == (413, "/problems/too-large")
    assert problem["errors"] == [{"pointer": "", "message": f"/: more than {limit} bytes"}]
    assert (await rows(company), on_disk(company)) == (set(), set())


async def test_what_was_uploaded_and_never_sent_is_gone_after_a_day(
    company: Company, maya: SignedInCustomer
) -> None:
    await maya.ask()
    kept, left, new = [await maya.uploaded(maya.conversation, PDF) for _ in range(3)]
    await say(maya, maya.conversation, kept)
    old = [UUID(one["id"]) for one in (kept, left)]
    async with company.database.write() as db:
        yesterday = await company.long_ago() - timedelta(days=1)
        aged = update(table).where(table.c.id.in_(old)).values(created_at=yesterday)
        await db.execute(aged)
    await sweep(company)
    there = {UUID(one["id"]).hex for one in (kept, new)}
    assert (await rows(company), on_disk(company)) == (there, there)
    assert (await maya.get(f"/v1/files/{left['id']}")).status_code == 404
    late = {"cmid": str(uuid4()), "files": [left["id"]]}
    path = f"/v1/conversations/{maya.conversation}/messages"
    assert (await maya.post(path, late)).status_code == 404


async def test_a_message_says_something(maya: SignedInCustomer) -> None:
    await maya.ask()
    path = f"/v1/conversations/{maya.conversation}/messages"
    wrong: list[dict[str, Any]] = [{"text": ""}, {"files": []}, {"files": [str(uuid4())] * 11}]
    for empty in ({}, *wrong):
        answer = await maya.post(path, {"cmid": str(uuid4()), **empty})
        assert answer.json()["type"] == "/problems/invalid-request", empty


async def test_so_many_files_a_day(company: Company, maya: SignedInCustomer) -> None:
    async with company.database.write() as db:
        now = await company.long_ago()
        known = {"conversation_id": UUID(maya.conversation), "owner_id": UUID(maya.id)}
        row = {**known, "name": "", "created_at": now, "state": "said", "type": "", "size": 0}
        many = company.config.files_per_day
        await db.execute(table.insert(), [{**row, "id": uuid4()} for _ in range(many)])
    answer = await maya.upload(maya.conversation, PDF)
    assert (answer.status_code, answer.json()["type"]) == (429, "/problems/too-many")
    assert answer.headers["retry-after"] == "3600"


async def test_those_that_are_refused_count_as_well(
    maya: SignedInCustomer, monkeypatch: pytest.MonkeyPatch, company: Company
) -> None:
    monkeypatch.setattr(uploads, "TRIES", (2, 60.0))
    contents = FolderContents(folder(company))
    some = Uploads(company.store, contents, Limits(size=10, a_day=100))
    async with company.store.read() as work:
        customer = await work.customers.get(UUID(maya.id))
    for _ in range(2):
        with pytest.raises(FileRefused):
            await some.take(customer, customer.conversation_id, "a.exe", _parts(b"MZ\x90\x00\x03"))
    with pytest.raises(TooOften):
        await some.take(customer, customer.conversation_id, "a.exe", _parts(b"MZ\x90\x00\x03"))


async def _parts(content: bytes) -> AsyncIterator[bytes]:
    yield content


async def test_so_many_of_one_person_are_under_way(
    company: Company, maya: SignedInCustomer
) -> None:
    end = asyncio.Event()

    async def slowly() -> AsyncIterator[bytes]:
        yield PDF[:10]
        await end.wait()
        yield PDF[10:]

    path = f"/v1/conversations/{maya.conversation}/files"
    headers = {"Authorization": f"Bearer {maya.token}"}
    async with asyncio.TaskGroup() as tasks:
        some = [
            tasks.create_task(company.http.post(path, content=slowly(), headers=headers))
            for _ in range(uploads.UNDER_WAY)
        ]
        while len(await rows(company)) < uploads.UNDER_WAY:
            await asyncio.sleep(0.01)
        answer = await maya.upload(maya.conversation, PDF)
        assert (answer.status_code, answer.headers["retry-after"]) == (429, "10")
        jonas = await company.customer("jonas")
        await jonas.uploaded(jonas.conversation, PDF)
        end.set()
    assert {one.result().status_code for one in some} == {201}
    await maya.uploaded(maya.conversation, PDF)


async def test_what_cannot_be_removed_keeps_nothing_else(
    company: Company, maya: SignedInCustomer
) -> None:
    stuck, _ = [await maya.uploaded(maya.conversation, PDF) for _ in range(2)]
    async with company.database.write() as db:
        await db.execute(update(table).values(created_at=await company.long_ago() - DAY))
    (path,) = folder(company).rglob(UUID(stuck["id"]).hex)
    path.unlink()
    path.mkdir()  # which is no file to unlink, as it were on a disk that fails
    with errors() as logged:
        await sweep(company)
    assert await rows(company) == {UUID(stuck["id"]).hex}
    assert len(logged) == 1
    assert "removal.failed" in logged[0]


def test_files_lie_beside_the_database_unless_told_otherwise() -> None:
    config = Config(secret="x" * 32, data_dir=Path("data"))
    assert config.resolved_files_dir == Path("data/files")
    assert replace(config, files_dir="/srv/files").resolved_files_dir == Path("/srv/files")
