"""Approvals inside a conversation: an agent asks, the customer proves that they want it."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct

from app.api.idempotency import DoneOnce, idempotent
from app.api.passkeys import PasskeyOptions
from app.approving import Answered, Approving, resend_after
from app.conversation import approvals
from app.conversation.approval import Approval, ApprovalState
from app.conversation.people import Agent, Customer
from app.ids import new_id
from app.runs.client import Client
from app.store.work import Store, Work
from selfservice.events import Refusal
from selfservice.language import Method

ONE = "/v1/approvals/{id:uuid}"


class AskApproval(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    what: Annotated[str, Meta(min_length=1, max_length=500)]
    """What the customer is shown, to the letter, and approves."""
    level: Annotated[int, Meta(ge=1, le=4)] = 2


class GiveByCode(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    code: Annotated[str, Meta(pattern=r"^ *([0-9] *){6}$", max_length=20)]


class GiveByPasskey(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    passkey: dict[str, Any]
    """What `navigator.credentials.get` answered, as its `toJSON()` writes it."""


class AskedApproval(Struct, frozen=True, kw_only=True):
    """What the agent asked for."""

    id: UUID
    what: str
    hash: str
    level: int
    state: ApprovalState
    until: datetime


class ApprovalView(Struct, frozen=True, kw_only=True):
    """What the customer is asked for, and how it can be proved."""

    id: UUID
    what: str
    hash: str
    """SHA-256, in hex, over id, level and text, a line each."""
    level: int
    state: ApprovalState
    until: datetime
    methods: list[Method]
    resend_after: datetime | None
    """When another code can be sent; null: none was."""
    refused: Refusal | None = None
    """Why the last attempt failed."""


@post("/v1/interactions/{id:uuid}/approvals", operation_id="askForApproval", tags=["desk"])
@idempotent
async def ask(
    id: FromPath[UUID], data: JSONBody[AskApproval], agent: NamedDependency[Agent], work: Work
) -> AskedApproval:
    """Ask the customer to approve one thing, by a proof of identity, within ten minutes."""
    one = await approvals.ask(work, agent, id, new_id(), data.what, data.level)
    return AskedApproval(
        id=one.id, what=one.what, hash=one.hash, level=one.level, state=one.state, until=one.until
    )


@get(ONE, operation_id="getApproval", tags=["conversation"])
async def get_approval(
    id: FromPath[UUID],
    customer: NamedDependency[Customer],
    client: NamedDependency[Client],
    approving: NamedDependency[Approving],
    store: NamedDependency[Store],
) -> ApprovalView:
    """What the customer is asked to approve, and how they can prove it here."""
    async with store.read() as work:
        approval = await approvals.own(work, customer, id, lock=False)
        return _view(Answered(approval=approval), await approving.methods(work, customer, client))


@post(f"{ONE}/passkey", operation_id="approvalPasskey", tags=["conversation"], status_code=200)
@idempotent
async def passkey(
    id: FromPath[UUID],
    customer: NamedDependency[Customer],
    approving: NamedDependency[Approving],
    work: Work,
) -> PasskeyOptions:
    """What the customer's passkey must sign to approve this, good once and for 5 minutes."""
    return PasskeyOptions(await approving.options(work, customer, id))


@post(f"{ONE}/code", operation_id="approvalCode", tags=["conversation"], status_code=204)
async def code(
    id: FromPath[UUID],
    customer: NamedDependency[Customer],
    approving: NamedDependency[Approving],
    once: DoneOnce,
) -> None:
    """Have a one-time code sent that approves this and nothing else."""
    await approving.send_code(once, customer, id)


@post(f"{ONE}/give-by-passkey", operation_id="approveByPasskey", tags=["conversation"],
      status_code=200)  # fmt: skip
@idempotent
async def give_by_passkey(
    id: FromPath[UUID],
    data: JSONBody[GiveByPasskey],
    customer: NamedDependency[Customer],
    client: NamedDependency[Client],
    approving: NamedDependency[Approving],
    work: Work,
) -> ApprovalView:
    """Approve it, once; `refused` says why it was not. After three refusals it is denied."""
    answered = await approving.give_by_passkey(work, customer, client, id, data.passkey)
    return _view(answered, await approving.methods(work, customer, client))


@post(f"{ONE}/give-by-code", operation_id="approveByCode", tags=["conversation"], status_code=200)
@idempotent
async def give_by_code(
    id: FromPath[UUID],
    data: JSONBody[GiveByCode],
    customer: NamedDependency[Customer],
    client: NamedDependency[Client],
    approving: NamedDependency[Approving],
    work: Work,
) -> ApprovalView:
    """Approve it, once; `refused` says why it was not. After three refusals it is denied."""
    answered = await approving.give_by_code(work, customer, client, id, data.code)
    return _view(answered, await approving.methods(work, customer, client))


@post(f"{ONE}/decline", operation_id="declineApproval", tags=["conversation"], status_code=200)
@idempotent
async def decline(
    id: FromPath[UUID],
    customer: NamedDependency[Customer],
    client: NamedDependency[Client],
    approving: NamedDependency[Approving],
    work: Work,
) -> ApprovalView:
    """Not this: it takes no proof, and the agent is told."""
    approval = await approvals.own(work, customer, id)
    declined = await approvals.decline(work, customer, approval)
    methods = await approving.methods(work, customer, client)
    return _view(Answered(approval=declined), methods)


def _view(answered: Answered, methods: list[Method]) -> ApprovalView:
    one: Approval = answered.approval
    return ApprovalView(
        id=one.id,
        what=one.what,
        hash=one.hash,
        level=one.level,
        state=one.state,
        until=one.until,
        methods=methods,
        resend_after=resend_after(one),
        refused=answered.refused,
    )


ROUTES = [ask, get_approval, passkey, code, give_by_passkey, give_by_code, decline]
