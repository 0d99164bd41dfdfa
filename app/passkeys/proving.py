"""A customer proves who they are with a passkey, for one purpose: a step of a run, a change."""

from enum import StrEnum
from typing import Any

import structlog

from app.conversation.errors import NotAllowed
from app.conversation.people import Customer
from app.passkeys import challenges
from app.passkeys.relying_party import Assertion, PasskeyRefused, RelyingParty
from app.store.work import Work

log = structlog.get_logger()


class Outcome(StrEnum):
    PROVED = "proved"
    REFUSED = "refused"
    LATE = "late"  # the challenge is used, replaced or too old: nothing was looked at


async def options(
    work: Work, party: RelyingParty, customer: Customer, purpose: str
) -> dict[str, Any]:
    """What the app passes to the authenticator. Raises NotAllowed without a passkey."""
    have = await work.passkeys.of(customer.id)
    if not have:
        raise NotAllowed("use a passkey", "there is none")
    return party.to_prove(await challenges.begin(work, purpose), have)


async def tried(
    work: Work, party: RelyingParty, customer: Customer, purpose: str, assertion: Assertion
) -> Outcome:
    """Whether this proves it. The challenge is used up in any case; somebody else's key is no key.

    Raises Stale where the passkey was used at the same time.
    """
    challenge = await challenges.end(work, purpose)
    if challenge is None:
        return Outcome.LATE
    have = {one.credential_id: one for one in await work.passkeys.of(customer.id)}
    passkey = have.get(assertion.credential_id)
    if passkey is None:
        return Outcome.REFUSED
    try:
        count = party.proved(assertion, challenge, passkey)
    except PasskeyRefused as refused:
        log.warning("webauthn.refused", passkey_id=str(passkey.id), why=str(refused))
        return Outcome.REFUSED
    await work.passkeys.used(passkey, count, await work.now())
    return Outcome.PROVED
