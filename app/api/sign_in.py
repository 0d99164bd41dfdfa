"""Signing in: customers by a token of the company's back end, agents by password."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, delete, post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from msgspec import Meta, Struct, json

from app.api.errors import WrongPassword
from app.api.guards import WhoeverCalls, bearer
from app.api.wire import AgentView, CustomerView, agent_view, customer_view
from app.auth import access_token
from app.auth.customer_token import HostTokens
from app.auth.password import verify_password
from app.conversation.people import Agent
from app.store.records import Owner
from app.store.work import Store, Work


class HostToken(Struct, frozen=True, forbid_unknown_fields=True):
    token: Annotated[str, Meta(max_length=8192)]


class Password(Struct, frozen=True, forbid_unknown_fields=True):
    email: Annotated[str, Meta(min_length=3, max_length=254)]
    password: Annotated[str, Meta(min_length=1, max_length=256)]


class CustomerSignIn(Struct, frozen=True, kw_only=True):
    access_token: str
    expires_at: datetime
    customer: CustomerView
    conversation_id: UUID


class AgentSignIn(Struct, frozen=True, kw_only=True):
    access_token: str
    expires_at: datetime
    agent: AgentView


@post("/v1/sign-in/customer", operation_id="signInCustomer", tags=["sign-in"])
async def sign_in_customer(
    data: JSONBody[HostToken],
    store: NamedDependency[Store],
    host_tokens: NamedDependency[HostTokens],
) -> CustomerSignIn:
    """Exchange the token that the company's back end minted for an access token."""
    async with store.read() as work:  # a bad token must not cost the only writer
        claims = host_tokens.verify(data.token, await work.now())
    async with store.write() as work:
        customer = await work.customers.signed_in(
            claims.subject,
            claims.name or claims.subject,
            claims.locale or "en",
            {name: _written(value) for name, value in claims.extra.items()},
        )
        token, expires_at = await access_token.issue(work, Owner.CUSTOMER, customer.id)
    return CustomerSignIn(
        access_token=token,
        expires_at=expires_at,
        customer=customer_view(customer),
        conversation_id=customer.conversation_id,
    )


@post("/v1/sign-in/agent", operation_id="signInAgent", tags=["sign-in"])
async def sign_in_agent(data: JSONBody[Password], store: NamedDependency[Store]) -> AgentSignIn:
    """Exchange an agent's e-mail address and password for an access token."""
    async with store.read() as work:
        agent = await work.agents.by_email(data.email.strip().lower())
    fits = await verify_password(data.password, agent.password_hash if agent else None)
    if agent is None or not fits:
        raise WrongPassword
    async with store.write() as work:
        if (await work.agents.get(agent.id)).password_hash != agent.password_hash:
            raise WrongPassword  # taken away, or replaced, since it was looked at
        return await agent_sign_in(work, agent)


async def agent_sign_in(work: Work, agent: Agent) -> AgentSignIn:
    token, expires_at = await access_token.issue(work, Owner.AGENT, agent.id)
    return AgentSignIn(access_token=token, expires_at=expires_at, agent=agent_view(agent))


@delete("/v1/sign-in", operation_id="signOut", tags=["sign-in"])
async def sign_out(
    request: Request[Any, Any, Any],
    caller: WhoeverCalls,
    store: NamedDependency[Store],
) -> None:
    """Give the access token up."""
    async with store.write() as work:
        await work.sign_ins.delete(access_token.hash_of(bearer(request)))


def _written(claim: Any) -> str:
    return claim if isinstance(claim, str) else json.encode(claim).decode()


ROUTES = [sign_in_customer, sign_in_agent, sign_out]
