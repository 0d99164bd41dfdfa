"""An agent asks for an approval inside a conversation; what comes of it stands in the timeline."""

from typing import Any
from uuid import UUID

from app import topics
from app.conversation import desk
from app.conversation.approval import Approval, ApprovalEvent, ApprovalState
from app.conversation.errors import NotAllowed, NotFound
from app.conversation.interaction import State
from app.conversation.people import Agent, Customer
from app.conversation.ports import Work
from app.conversation.secret_text import blank
from app.conversation.telling import by_agent, by_customer
from app.conversation.timeline import Actor, Entry


async def ask(
    work: Work, agent: Agent, interaction: UUID, id: UUID, what: str, level: int
) -> Approval:
    """Ask the customer of an interaction that this agent has live.

    Raises NotFound, NotAllowed where it is not live, or the customer has not signed in.
    """
    held = await desk.in_hand(work, interaction, agent)
    if held.state is not State.LIVE:
        raise NotAllowed("ask for an approval", held.state.value)
    if (await work.customers.get(held.customer_id)).anonymous:
        raise NotAllowed("ask for an approval", "the customer has not signed in")
    approval = Approval(
        id=id,
        interaction_id=held.id,
        conversation_id=held.conversation_id,
        customer_id=held.customer_id,
        agent_id=agent.id,
        what=blank(what),
        level=level,
        asked_at=await work.now(),
    )
    await work.approvals.add(approval)
    more = {"what": approval.what, "level": level, "until": approval.until}
    await _tell(work, approval, "approval.asked", by_agent(agent), **more)
    return approval


async def own(work: Work, customer: Customer, id: UUID, *, lock: bool = True) -> Approval:
    """What this customer is asked for; NotFound for another's, as for an unknown one."""
    approval = await work.approvals.get(id, lock=lock)
    if approval.customer_id != customer.id:
        raise NotFound("approval")
    return approval


async def must_be_open(work: Work, approval: Approval) -> None:
    """Raises NotAllowed: answered, too old, or the agent who asked is not there any more."""
    approval.must_be_open(await work.now())
    asked_in = await work.interactions.get(approval.interaction_id)
    if asked_in.state is not State.LIVE:
        raise NotAllowed("approve", asked_in.state.value)


async def give(
    work: Work, customer: Customer, approval: Approval, *, method: str, level: int
) -> Approval:
    """The customer wants it and has proved who they are, by `method`, at `level`."""
    given = await _after(work, approval, ApprovalEvent.GIVE)
    proof = {"method": method, "level": level}
    await _tell(work, given, "approval.given", by_customer(customer), **proof)
    return given


async def decline(work: Work, customer: Customer, approval: Approval) -> Approval:
    """The customer does not want it: that takes no proof."""
    declined = await _after(work, approval, ApprovalEvent.DECLINE)
    await _tell(work, declined, "approval.declined", by_customer(customer))
    return declined


async def refuse(work: Work, customer: Customer, approval: Approval, code: str) -> Approval:
    """An attempt to prove it failed, which is told; with the last one it is denied."""
    refused = await _after(work, approval, ApprovalEvent.REFUSE)
    over = refused.state is ApprovalState.DENIED
    more = {"code": code, "denied": over}
    await _tell(work, refused, "approval.refused", by_customer(customer), **more)
    return refused


async def _after(work: Work, approval: Approval, event: ApprovalEvent) -> Approval:
    return await work.approvals.save(approval.after(event, await work.now()))


async def _tell(work: Work, approval: Approval, kind: str, actor: Actor, **more: Any) -> None:
    body = {"approval_id": str(approval.id), "hash": approval.hash, **more}
    await work.timeline.append(approval.conversation_id, Entry(kind=kind, actor=actor, body=body))
    work.ring(topics.conversation(approval.conversation_id))
