"""The customer's passkeys: add one after a proof of identity, list them, remove one."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct

from app.api.idempotency import idempotent
from app.conversation.people import Customer
from app.passkeys import registering
from app.passkeys.relying_party import RelyingParty
from app.runs.client import Client
from app.store.records import Passkey
from app.store.work import Store, Work

MINE = "/v1/me/passkeys"


class PasskeyOptions(Struct, frozen=True):
    public_key: dict[str, Any]
    """For `PublicKeyCredential.parse...OptionsFromJSON` (W3C WebAuthn 3, 5.1.8 and 5.1.9)."""


class AddPasskey(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: Annotated[str, Meta(min_length=1, max_length=80)]
    """How the customer tells it from others: the device's name."""
    credential: dict[str, Any]
    """What `navigator.credentials.create` answered, as its `toJSON()` writes it."""


class PasskeyView(Struct, frozen=True, kw_only=True):
    id: UUID
    name: str
    created_at: datetime
    used_at: datetime | None


class Passkeys(Struct, frozen=True, kw_only=True):
    items: list[PasskeyView]
    can_add: bool
    """The identity was proved just now, with this access token."""


@get(MINE, operation_id="listPasskeys", tags=["people"])
async def list_passkeys(
    customer: NamedDependency[Customer],
    client: NamedDependency[Client],
    store: NamedDependency[Store],
) -> Passkeys:
    """The customer's passkeys, oldest first, and whether one can be added now."""
    async with store.read() as work:
        have = await work.passkeys.of(customer.id)
        can_add = len(have) < registering.MOST and await registering.may_add(work, client.sign_in)
        return Passkeys(items=[_view(one) for one in have], can_add=can_add)


@post(f"{MINE}/options", operation_id="beginPasskey", tags=["people"], status_code=200)
@idempotent
async def begin_passkey(
    customer: NamedDependency[Customer],
    client: NamedDependency[Client],
    relying_party: NamedDependency[RelyingParty],
    work: Work,
) -> PasskeyOptions:
    """What the device must make a passkey for; within 5 minutes after a proof of identity."""
    found = await registering.options(work, relying_party, customer, client.sign_in)
    return PasskeyOptions(found)


@post(MINE, operation_id="addPasskey", tags=["people"])
@idempotent
async def add_passkey(
    data: JSONBody[AddPasskey],
    customer: NamedDependency[Customer],
    client: NamedDependency[Client],
    relying_party: NamedDependency[RelyingParty],
    work: Work,
) -> PasskeyView:
    """Keep a new passkey. All devices are told, and the proof of identity is used up."""
    return _view(
        await registering.add(
            work, relying_party, customer, client.sign_in, data.name, data.credential
        )
    )


@delete(f"{MINE}/{{id:uuid}}", operation_id="removePasskey", tags=["people"])
async def remove_passkey(
    id: FromPath[UUID], customer: NamedDependency[Customer], store: NamedDependency[Store]
) -> None:
    """It proves nothing any more; codes do, as before."""
    async with store.write() as work:
        await registering.remove(work, customer, id)


def _view(one: Passkey) -> PasskeyView:
    return PasskeyView(id=one.id, name=one.name, created_at=one.created_at, used_at=one.used_at)


ROUTES = [list_passkeys, begin_passkey, add_passkey, remove_passkey]
