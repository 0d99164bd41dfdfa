"""How does an agent get a password that nobody else has ever seen? By a link that works once."""

import secrets
from datetime import datetime, timedelta

from msgspec import Struct

from app import topics
from app.auth.access_token import hash_of
from app.conversation.people import Agent
from app.store.records import Invitation
from app.store.work import Work

LIFETIME = timedelta(days=7)
PATH = "/desk/#invitation="
"""Behind the #, a browser sends it to no server and no log."""


class Invited(Struct, frozen=True, kw_only=True):
    """The way in for one agent. The token is told once and kept nowhere."""

    email: str
    token: str
    path: str
    """Of the page where the password is chosen, on this server."""
    expires_at: datetime


class InvitationOver(Exception):
    """Unknown, used, replaced by a newer one, or past its time; which of these is not told."""

    def __init__(self) -> None:
        super().__init__("this invitation does not work any more: ask for a new one")


async def invite(work: Work, agent: Agent) -> Invited:
    """A new way in; the one before does not work any more. A password stays until it is used."""
    token = secrets.token_urlsafe(32)
    expires_at = await work.now() + LIFETIME
    await work.invitations.put(
        Invitation(agent_id=agent.id, token_hash=hash_of(token), expires_at=expires_at)
    )
    return Invited(email=agent.email, token=token, path=PATH + token, expires_at=expires_at)


async def invited_agent(work: Work, token: str) -> Agent:
    """Whose invitation it is; raises InvitationOver."""
    invitation = await work.invitations.find(hash_of(token), await work.now())
    if invitation is None:
        raise InvitationOver
    return await work.agents.get(invitation.agent_id)


async def accept(work: Work, token: str, password_hash: str) -> Agent:
    """Set the password; whoever is signed in by the old one is not any more.

    Raises InvitationOver.
    """
    agent = await invited_agent(work, token)
    await work.invitations.delete_of(agent.id)
    await work.sign_ins.delete_of(agent.id)
    await work.agents.set_password(agent.id, password_hash)
    work.ring(topics.me(agent.id))  # pages that are open look who they are
    return agent
