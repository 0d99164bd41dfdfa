"""How agents get in for the first time, or again: a link, and a password of their own."""

from typing import Annotated

from litestar import post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct

from app.api.admin import by
from app.api.sign_in import AgentSignIn, agent_sign_in
from app.auth.password import hash_password
from app.company.change import Change
from app.company.invitation import Invited, accept, invite, invited_agent
from app.company.kinds import AGENT
from app.company.stored import By, audit
from app.conversation.errors import NotFound
from app.conversation.people import Agent
from app.retry import retried
from app.store.records import What
from app.store.work import Store, Work


class ChoosePassword(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    token: Annotated[str, Meta(min_length=1, max_length=100)]
    """From the link of the invitation, behind the `#`."""
    password: Annotated[str, Meta(min_length=12, max_length=256)]


@put("/v1/admin/agents/{name:str}/invitation", operation_id="inviteAgent", tags=["admin"])
@retried
async def invite_agent(
    name: FromPath[str], agent: NamedDependency[Agent], store: NamedDependency[Store]
) -> Invited:
    """A new link to choose a password by; the one before does not work any more.

    The present password stays good until the link is used.
    """
    async with store.write() as work:
        await work.setup.lock()
        invited = await work.agents.by_email(name)
        if invited is None or not invited.active:
            raise NotFound("agent")
        await _told(work, by(agent), What.INVITED, invited)
        return await invite(work, invited)


@post("/v1/sign-in/invitation", operation_id="acceptInvitation", tags=["sign-in"])
async def accept_invitation(
    data: JSONBody[ChoosePassword], store: NamedDependency[Store]
) -> AgentSignIn:
    """Choose a password by the link of an invitation, once, and be signed in with it."""
    async with store.read() as work:  # a bad token must cost neither the only writer nor a hash
        await invited_agent(work, data.token)
    return await _chosen(store, data.token, await hash_password(data.password))


@retried
async def _chosen(store: Store, token: str, password_hash: str) -> AgentSignIn:
    async with store.write() as work:
        await work.setup.lock()
        agent = await accept(work, token, password_hash)
        await _told(work, by(agent), What.PASSWORD_CHOSEN, agent)
        return await agent_sign_in(work, agent)


async def _told(work: Work, who: By, what: What, agent: Agent) -> None:
    change = Change(kind=AGENT, name=agent.email, before=None, after=None)
    await audit(work, who, what, change)


ROUTES = [invite_agent, accept_invitation]
