"""Who knocks? Every kind of caller, beside the customer whose things these are."""

from datetime import timedelta
from uuid import UUID

from msgspec import Struct

from app.api.permissions import ANY_CUSTOMER, Role
from app.auth import access_token
from app.store.records import Owner, SignIn
from tests.api.company import Company, Person, SignedInAgent
from tests.security.planted import Planted


class Knocking(Struct, frozen=True, kw_only=True):
    """One column of the matrix."""

    name: str
    person: Person
    role: Role
    own: bool = False  # takes part: the customer, or the agent who holds the interaction
    of_queue: bool = False  # an agent whom such interactions are offered to
    supervises: bool = False  # sees what everybody has in hand

    @property
    def knows(self) -> frozenset[str]:
        """What of a stranger's is in the own snapshot: whom the others are helping."""
        return frozenset({"name"}) if self.supervises else frozenset()


async def everybody(company: Company, planted: Planted) -> list[Knocking]:
    """All of them.

    There is no service token of the host yet: what the host signs signs a customer in and is good
    for nothing else, which `host token` checks.
    """
    nobody, customer, agent = Role.NOBODY, Role.CUSTOMER, Role.AGENT
    expired = Person(company, await _expired(company, planted))
    host_token = Person(company, company.host_token("maya"))
    return [
        Knocking(name="nobody", person=company.nobody, role=nobody),
        Knocking(name="expired sign-in", person=expired, role=nobody),
        Knocking(name="host token", person=host_token, role=nobody),
        Knocking(name="customer, owner", person=planted.owner, role=customer, own=True),
        Knocking(name="customer, other", person=await company.customer("jonas"), role=customer),
        Knocking(name="anonymous", person=await company.guest(), role=Role.ANONYMOUS),
        Knocking(name="agent, holding", person=planted.holder, role=agent, own=True),
        Knocking(name="agent, colleague", person=await _staff(company, "tom", "cards"), role=agent,
                 of_queue=True),
        Knocking(name="agent, other queue", person=await _staff(company, "ada"), role=agent),
        Knocking(name="supervisor", person=await _staff(company, "sue", role=Role.SUPERVISOR),
                 role=Role.SUPERVISOR, supervises=True),
        Knocking(name="admin", person=await _staff(company, "abe", role=Role.ADMIN),
                 role=Role.ADMIN),
    ]  # fmt: skip


async def _staff(
    company: Company, name: str, queue: str = "loans", role: Role = Role.AGENT
) -> SignedInAgent:
    """Never available: what is asked for here is offered to nobody."""
    return await company.agent(name, (queue,), roles=(role.value,), available=False)


async def _expired(company: Company, planted: Planted) -> str:
    async with company.store.write() as work:
        token, ended = "of yesterday", await work.now() - timedelta(days=1)
        await work.sign_ins.add(
            SignIn(
                token_hash=access_token.hash_of(token),
                owner=Owner.CUSTOMER,
                owner_id=UUID(planted.owner.id),
                expires_at=ended,
            )
        )
    return token


async def signed_in_again(company: Company, knocking: Knocking) -> Person:
    """The same person by another token, which may be given up."""
    person = knocking.person
    if knocking.role is Role.NOBODY:
        return person
    owner = Owner.CUSTOMER if knocking.role in ANY_CUSTOMER else Owner.AGENT
    async with company.store.write() as work:
        token, _ = await access_token.issue(work, owner, UUID(getattr(person, "id", "")))
    return Person(company, token)
