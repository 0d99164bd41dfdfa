"""Edits and questions over the wire: who may, what it is refused with, and what pages are sent."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import update

from app.store.tables import event as table
from tests.api.company import Company, SignedInAgent, SignedInCustomer
from tests.api.live_client import live_page


async def said(person: Any, conversation: str, text: str = "teh card") -> int:
    body = {"cmid": str(uuid4()), "text": text}
    answer = await person.do(f"/v1/conversations/{conversation}/messages", body)
    return int(answer["seq"])


async def test_an_edit_and_a_deletion_reach_both_pages(
    maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    await ines.accepted(await maya.ask())
    here = maya.conversation
    seq = await said(maya, here)
    path = f"/v1/conversations/{here}/messages/{seq}"
    async with live_page(ines, **{here: 0}) as desk, live_page(maya, **{here: seq}) as phone:
        body = {"cmid": str(uuid4()), "text": "the card"}
        answer = await maya.send("PUT", path, body)
        assert answer.status_code == 200
        edited = await desk.next("event", kind="message.edited")
        assert edited["body"] == {"of": seq, "text": "the card"}
        again = await maya.send("PUT", path, body)
        assert again.json() == answer.json() | {"cmid": body["cmid"]}
        assert (await maya.send("DELETE", path)).status_code == 204
        for page in (desk, phone):
            gone = await page.next("event", kind="message.deleted")
            assert gone["body"] == {"of": seq}
    texts = [one["body"].get("text") for one in await maya.events(here)]
    assert "teh card" not in texts
    assert "the card" not in texts


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
async def test_after_a_quarter_of_an_hour_it_is_too_late(
    company: Company, maya: SignedInCustomer, method: str
) -> None:
    await maya.ask()
    seq = await said(maya, maya.conversation)
    async with company.database.write() as db:
        old = await company.long_ago() + timedelta(minutes=40)
        mine = (table.c.conversation_id == UUID(maya.conversation), table.c.seq == seq)
        await db.execute(update(table).where(*mine).values(at=old))
    path = f"/v1/conversations/{maya.conversation}/messages/{seq}"
    body = {"cmid": str(uuid4()), "text": "the card"} if method == "PUT" else None
    answer = await maya.send(method, path, body)
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/too-late")


async def test_a_question_and_its_answer(maya: SignedInCustomer, ines: SignedInAgent) -> None:
    await ines.accepted(await maya.ask())
    asks = f"/v1/conversations/{maya.conversation}/asks"
    question = {"prompt": "Travelling?", "kind": "yes_no", "fact": "trip.planned"}
    async with live_page(ines, **{maya.conversation: 0}) as desk, live_page(maya) as phone:
        asked = await ines.do(asks, {"cmid": str(uuid4()), **question})
        card = await phone.next("event", kind="ask")
        assert card["body"] == {**question, "options": [], "answered": None}
        path = f"{asks}/{asked['seq']}/answer"
        wrong = await maya.post(path, {"cmid": str(uuid4()), "value": "maybe"})
        assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/value")
        await maya.do(path, {"cmid": str(uuid4()), "value": True})
        answered = await desk.next("event", kind="ask.answered")
        assert answered["body"] == {
            "of": asked["seq"], "value": True, "label": None, "fact": "trip.planned",
        }  # fmt: skip
        second = await maya.post(path, {"cmid": str(uuid4()), "value": False})
        assert (second.status_code, second.json()["type"]) == (409, "/problems/already-answered")
