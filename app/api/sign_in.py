"""Signing in: customers by a token of the company's back end or not at all, agents by password."""

from contextlib import suppress
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, delete, post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from msgspec import Meta, Struct, json

from app import topics
from app.api.errors import WrongPassword
from app.api.guards import WhoeverCalls, bearer
from app.api.wire import AgentView, CustomerView, agent_view, customer_view
from app.auth import access_token, anonymous
from app.auth.customer_token import Claims, HostTokens
from app.auth.doorkeeper import Doorkeeper
from app.auth.password import verify_password
from app.conversation.errors import Stale
from app.conversation.facts import Fact, Trust
from app.conversation.people import Agent, Customer
from app.linking import Linking
from app.retry import retried
from app.store.records import Owner
from app.store.work import Store, Work

Secret = Annotated[str, Meta(min_length=1, max_length=100)]


class HostToken(Struct, frozen=True, forbid_unknown_fields=True):
    token: Annotated[str, Meta(max_length=8192)]
    device_secret: Secret | None = None
    """Of this device, where it was used without signing in: what happened then is linked."""


class WithoutToken(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    device_secret: Secret | None = None
    """What an earlier sign-in gave to this device."""
    name: Annotated[str, Meta(min_length=1, max_length=80)] | None = None
    language: Annotated[str, Meta(min_length=2, max_length=35)] = "en"


class Password(Struct, frozen=True, forbid_unknown_fields=True):
    email: Annotated[str, Meta(min_length=3, max_length=254)]
    password: Annotated[str, Meta(min_length=1, max_length=256)]


class CustomerSignIn(Struct, frozen=True, kw_only=True):
    access_token: str
    expires_at: datetime
    customer: CustomerView
    conversation_id: UUID
    linked: bool
    """What happened on this device without signing in belongs to the customer."""


class AnonymousSignIn(Struct, frozen=True, kw_only=True):
    access_token: str
    expires_at: datetime
    customer: CustomerView
    conversation_id: UUID
    device_secret: str | None
    """Keep it on the device and send it next time; null: the one that was sent is still good."""


class AgentSignIn(Struct, frozen=True, kw_only=True):
    access_token: str
    expires_at: datetime
    agent: AgentView


@post("/v1/sign-in/customer", operation_id="signInCustomer", tags=["sign-in"])
async def sign_in_customer(
    data: JSONBody[HostToken],
    store: NamedDependency[Store],
    host_tokens: NamedDependency[HostTokens],
    linking: NamedDependency[Linking],
) -> CustomerSignIn:
    """Exchange the token that the company's back end minted for an access token.

    What happened on the device before, without signing in, becomes the customer's with its secret.
    """
    async with store.read() as work:  # a bad token must not cost the only writer
        claims = host_tokens.verify(data.token, await work.now())
    if data.device_secret is not None:
        with suppress(Stale):  # whatever is in the way of linking is none of signing in
            return await _linked(store, claims, linking, data.device_secret)
    async with store.write() as work:
        return await _signed_in(work, await _known(work, claims), linked=False)


@retried
async def _linked(store: Store, claims: Claims, linking: Linking, secret: str) -> CustomerSignIn:
    async with store.write() as work:
        customer = await _known(work, claims)
        linked = await linking.link(work, customer, secret)
        return await _signed_in(work, customer, linked=linked)


async def _known(work: Work, claims: Claims) -> Customer:
    """The customer, and what the token vouches for as facts."""
    extra = {name: _written(value) for name, value in claims.extra.items()}
    customer = await work.customers.signed_in(
        claims.subject, claims.name or claims.subject, claims.locale or "en", extra
    )
    now = await work.now()
    await work.facts.put([_signed_fact(customer, key, extra[key], now) for key in sorted(extra)])
    return customer


def _signed_fact(customer: Customer, key: str, value: str, now: datetime) -> Fact:
    return Fact(
        customer_id=customer.id,
        key=key,
        trust=Trust.VERIFIED,
        value=value,
        source="Signed token",
        channel="app",
        at=now,
    )


async def _signed_in(work: Work, customer: Customer, *, linked: bool) -> CustomerSignIn:
    token, expires_at = await access_token.issue(work, Owner.CUSTOMER, customer.id)
    return CustomerSignIn(
        access_token=token,
        expires_at=expires_at,
        customer=customer_view(customer),
        conversation_id=customer.conversation_id,
        linked=linked,
    )


@post("/v1/sign-in/anonymous", operation_id="signInAnonymous", tags=["sign-in"])
async def sign_in_anonymous(
    request: Request[Any, Any, Any],
    data: JSONBody[WithoutToken],
    store: NamedDependency[Store],
    doorkeeper: NamedDependency[Doorkeeper],
) -> AnonymousSignIn:
    """Get an access token for a device whose customer cannot sign in."""
    secret = data.device_secret
    if secret is not None:
        doorkeeper.known_device(secret)
    async with store.read() as work:
        customer = await anonymous.known(work, secret)
    if customer is None:
        doorkeeper.new_device(_address(request))
    async with store.write() as work:
        new_secret = None
        if customer is None:
            customer, new_secret = await anonymous.arrive(work, data.name, data.language)
        await anonymous.must_be_unlinked(work, customer)
        token, expires_at = await access_token.issue(work, Owner.CUSTOMER, customer.id)
    return AnonymousSignIn(
        access_token=token,
        expires_at=expires_at,
        customer=customer_view(customer),
        conversation_id=customer.conversation_id,
        device_secret=new_secret,
    )


@post("/v1/sign-in/agent", operation_id="signInAgent", tags=["sign-in"])
async def sign_in_agent(
    request: Request[Any, Any, Any],
    data: JSONBody[Password],
    store: NamedDependency[Store],
    doorkeeper: NamedDependency[Doorkeeper],
) -> AgentSignIn:
    """Exchange an agent's e-mail address and password for an access token."""
    email = data.email.strip().lower()
    doorkeeper.password(_address(request), email)
    async with store.read() as work:
        agent = await work.agents.by_email(email)
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
        work.ring(topics.me(caller.id))


def _address(request: Request[Any, Any, Any]) -> str:
    return request.client.host if request.client else ""


def _written(claim: Any) -> str:
    return claim if isinstance(claim, str) else json.encode(claim).decode()


ROUTES = [sign_in_customer, sign_in_anonymous, sign_in_agent, sign_out]
