"""A customer adds a passkey or removes one.

A passkey opens whatever asks for a proof of identity, so adding one takes such a proof: given with
the same access token, at most FRESH ago, and good for one passkey. A phone that was stolen unlocked
is signed in, but gives none.

    ProofNeeded   prove your identity first
    TooManyKeys   as many as one customer may have
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from app import topics
from app.conversation.errors import DoesNotFit, NotFound
from app.conversation.people import Customer
from app.conversation.telling import by_customer
from app.conversation.timeline import Entry
from app.ids import new_id
from app.notify import notify
from app.passkeys import challenges
from app.passkeys.relying_party import PasskeyRefused, RelyingParty
from app.store.records import Passkey
from app.store.work import Work
from push.notification import NotificationClass

FRESH = timedelta(minutes=5)
LEVEL = 2
"""The least that must have been proved: a code that came by another way than the app."""

MOST = 10


class ProofNeeded(Exception):
    def __init__(self) -> None:
        super().__init__("prove your identity in a flow first, then within five minutes")


class TooManyKeys(Exception):
    def __init__(self) -> None:
        super().__init__(f"at most {MOST} passkeys; remove one first")


async def may_add(work: Work, sign_in: bytes) -> bool:
    """Whether whoever has this access token proved their identity just now."""
    now = await work.now()
    found = await work.sign_ins.find(sign_in, now)
    proof = found.proof if found else None
    return proof is not None and proof.level >= LEVEL and now - proof.at <= FRESH


async def options(
    work: Work, party: RelyingParty, customer: Customer, sign_in: bytes
) -> dict[str, Any]:
    """What the app passes to the authenticator. Raises ProofNeeded, TooManyKeys."""
    if not await may_add(work, sign_in):
        raise ProofNeeded
    have = await work.passkeys.of(customer.id)
    if len(have) >= MOST:
        raise TooManyKeys
    return party.to_register(customer, await challenges.begin(work, _purpose(sign_in)), have)


async def add(
    work: Work,
    party: RelyingParty,
    customer: Customer,
    sign_in: bytes,
    name: str,
    credential: dict[str, Any],
) -> Passkey:
    """Keep a new passkey, and tell the customer on all devices; the proof is used up.

    Raises ProofNeeded, TooManyKeys, DoesNotFit; Stale where somebody has this key.
    """
    if not await may_add(work, sign_in):
        raise ProofNeeded
    if len(await work.passkeys.of(customer.id)) >= MOST:
        raise TooManyKeys
    challenge = await challenges.end(work, _purpose(sign_in))
    try:
        key = party.registered(credential, challenge) if challenge else None
    except PasskeyRefused as refused:
        raise DoesNotFit("/credential", "this is no answer to our options") from refused
    if key is None:
        raise DoesNotFit("/credential", "the options are used or too old: ask for new ones")
    passkey = Passkey(
        id=new_id(),
        customer_id=customer.id,
        credential_id=key.credential_id,
        public_key=key.public_key,
        sign_count=key.sign_count,
        name=name,
        created_at=await work.now(),
    )
    await work.passkeys.add(passkey)
    await work.sign_ins.proved(sign_in, None)
    await _tell(work, customer, "passkey.added", passkey)
    await _warn(work, customer, name)
    return passkey


async def remove(work: Work, customer: Customer, id: UUID) -> None:
    """Raises NotFound, also for somebody else's. It takes no proof: who lost a phone has none."""
    mine = {one.id: one for one in await work.passkeys.of(customer.id)}
    if id not in mine:
        raise NotFound("passkey")
    await work.passkeys.remove(id)
    await _tell(work, customer, "passkey.removed", mine[id])


async def _tell(work: Work, customer: Customer, kind: str, passkey: Passkey) -> None:
    body = {"passkey_id": str(passkey.id), "name": passkey.name}
    entry = Entry(kind=kind, actor=by_customer(customer), body=body)
    await work.timeline.append(customer.conversation_id, entry)
    work.ring(topics.conversation(customer.conversation_id))


async def _warn(work: Work, customer: Customer, name: str) -> None:
    await notify(
        work,
        customer.id,
        customer.conversation_id,
        NotificationClass.SECURITY,
        title="A passkey was added",
        body=f"{name} can confirm from now on that it's you. If you didn't add it, tell us.",
        link="#/",
    )


def _purpose(sign_in: bytes) -> str:
    """Of this sign-in alone: options that another device asked for are none of it."""
    return f"register/{sign_in.hex()}"
