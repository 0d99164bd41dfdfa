"""What of a customer may no stranger read? One text in each place that holds something of theirs.

Each text is letters only: what looks like a card, a code or a token is blanked before it is stored.
"""

import secrets
from datetime import UTC, datetime, timedelta
from string import ascii_lowercase
from typing import Any
from uuid import UUID, uuid4

from msgspec import Struct

from app.auth.access_token import hash_of
from app.conversation.queues import Queue
from app.ids import new_id
from app.store.records import Passkey, Proof
from examples.bank.people import Person as Banked
from push.notification import Notification, NotificationClass
from tests.api.company import Company, More, Person, SignedInAgent, SignedInCustomer
from tests.api.test_calls import AN_OFFER

STREAM = "e9d1cc32-e11e-4f5e-8b74-bb493aab8c72"
"""The media stream's name in AN_OFFER; browsers choose it, and the relay passes it on."""

FLOW = """\
flow: tell_us
title: Tell us
start: ask
on:
  help: {queue: cards, reason: story}
  cancel: {goto: stopped}
steps:
  ask:
    form: What happened?
    fields: {story: {type: text, label: Story}}
    next: more
  more:
    form: Anything else?
    fields: {more: {type: text, label: More}}
    next: told
  told: {end: solved}
  stopped: {end: abandoned}
"""
TOMORROW = {
    "at": (datetime.now(UTC) + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M"),
    "zone": "UTC",
}
"""When a callback is planned for."""

WITH_FLOW = More(flows={"tell_us": FLOW})


class Planted(Struct, frozen=True, kw_only=True):
    """A customer in a call with an agent, and everything of theirs that can be named."""

    owner: SignedInCustomer
    holder: SignedInAgent
    ids: dict[str, str]  # the path's word for it -> the id
    texts: dict[str, str]  # where it was planted -> the text
    seqs: dict[str, int]  # the sender of a message, or "ask" -> its number

    def seq_for(self, operation: str, person: Person) -> int:
        """What the person may change: an own message; or the question that the owner answers."""
        return self.seqs.get("ask" if "/asks/" in operation else person.token, 1)

    def found_in(self, answer: str) -> list[str]:
        return [place for place, text in self.texts.items() if text in answer]


def canary() -> str:
    return "canary" + "".join(secrets.choice(ascii_lowercase) for _ in range(14))


async def plant(company: Company) -> Planted:
    talk = ("message", "reply", "note", "call", "push", "asking", "callback", "file", "question")
    places = ("name", "answer", "context", "passkey", "approval", *talk)
    texts = {place: canary() for place in places}
    await _queues(company)
    owner = await _customer(company, texts["name"])
    holder = await company.agent("ines")
    screen = await owner.do("/v1/runs", {"flow": "tell_us", "inputs": {}})
    screen = await owner.answered(screen, {"story": texts["answer"]})
    interaction = await holder.accepted(await _asked(owner, screen, texts))
    seqs = await _talk(owner, holder, interaction, texts)
    call = await _offered(owner, texts["call"])
    asking = {"role": "consult", "to": {"kind": "queue", "name": "cards"}, "note": texts["asking"]}
    ids = {
        "me": await _passkey(company, owner, texts["passkey"]),
        "runs": screen["run_id"],
        "interactions": interaction["id"],
        "approvals": (await holder.did(interaction, "approvals", {"what": texts["approval"]}))[
            "id"
        ],
        "calls": call["id"],
        "participants": (await holder.did(interaction, "participants", asking))["id"],
        "conversations": owner.conversation,
        "customers": owner.id,
        "callbacks": await _called_back(owner, texts["callback"]),
        "files": await _file(owner, texts["file"]),
        "notifications": await _notified(company, owner, texts["push"]),
    }
    return Planted(owner=owner, holder=holder, ids=ids, texts=texts, seqs=seqs)


async def _queues(company: Company) -> None:
    """Those of everybody here: a set-up that makes no sense cannot be changed in one place."""
    async with company.store.write() as work:
        for name in ("cards", "general", "loans"):
            await work.queues.put(Queue(name=name))


async def _customer(company: Company, name: str) -> SignedInCustomer:
    bank = company.bank.bank
    token = bank.key.token(Banked(id="maya", name=name, locale="en"), bank.now())
    return SignedInCustomer(
        company, await company.nobody.do("/v1/sign-in/customer", {"token": token})
    )


async def _asked(owner: SignedInCustomer, screen: Any, texts: dict[str, str]) -> Any:
    return await owner.ask(
        "voice",
        screen,
        app_state={"screen": texts["context"]},
        actions=[{"at": "2026-11-01T10:00:00Z", "name": texts["context"]}],
    )


async def _talk(
    owner: SignedInCustomer, holder: SignedInAgent, interaction: Any, texts: dict[str, str]
) -> dict[str, int]:
    here = f"/v1/conversations/{owner.conversation}"
    seqs = {}
    for person, text in ((owner, texts["message"]), (holder, texts["reply"])):
        said = await person.do(f"{here}/messages", {"cmid": str(uuid4()), "text": text})
        seqs[person.token] = said["seq"]
    question = {"cmid": str(uuid4()), "prompt": texts["question"], "kind": "yes_no"}
    seqs["ask"] = (await holder.do(f"{here}/asks", question))["seq"]
    await holder.did(interaction, "notes", {"text": texts["note"]})
    return seqs


async def _approval(holder: SignedInAgent, interaction: Any, text: str) -> str:
    return str((await holder.did(interaction, "approvals", {"what": text}))["id"])


async def _file(owner: SignedInCustomer, text: str) -> str:
    file = await owner.uploaded(owner.conversation, text.encode(), f"{text}.txt")
    said = {"cmid": str(uuid4()), "files": [file["id"]]}
    await owner.do(f"/v1/conversations/{owner.conversation}/messages", said)
    return str(file["id"])


async def _passkey(company: Company, owner: SignedInCustomer, text: str) -> str:
    """With a proof of identity, so that another can be added."""
    async with company.store.write() as work:
        now = await work.now()
        passkey = Passkey(
            id=new_id(),
            customer_id=UUID(owner.id),
            credential_id=b"credential",
            public_key=b"key",
            sign_count=0,
            name=text,
            created_at=now,
        )
        await work.passkeys.add(passkey)
        await work.sign_ins.proved(hash_of(owner.token), Proof(level=2, at=now))
    return str(passkey.id)


async def _offered(owner: SignedInCustomer, text: str) -> Any:
    call = (await owner.me())["call"]
    sdp = AN_OFFER.replace(STREAM, text)
    body = {"gen": call["wanted_gen"], "rev": call["wanted_rev"], "sdp": sdp}
    await owner.do(f"/v1/calls/{call['id']}/offer", body)
    return call


async def _called_back(owner: SignedInCustomer, text: str) -> str:
    callback = await owner.do("/v1/callbacks", {**TOMORROW, "reason": text})
    return str(callback["id"])


async def _notified(company: Company, owner: SignedInCustomer, text: str) -> str:
    notification = Notification(
        id=new_id(),
        customer_id=UUID(owner.id),
        class_=NotificationClass.FOLLOWUP,
        title=text,
        body=text,
        link="#/",
        created_at=await company.long_ago(),
    )
    async with company.store.write() as work:
        await work.notifications.add(notification)
    return str(notification.id)
