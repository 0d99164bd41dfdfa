"""Who is calling: the customer or agent behind an access token."""

from collections.abc import Sequence

from app.auth.access_token import hash_of
from app.conversation.people import Agent, Customer
from app.store.records import Owner
from app.store.work import Work

Caller = Customer | Agent


class SignInRequired(Exception):
    """No access token, an unknown one, or one past its time."""

    def __init__(self) -> None:
        super().__init__("sign in first")


class WrongRole(Exception):
    """Signed in, but this is for somebody else."""

    def __init__(self, needed: Sequence[str]) -> None:
        super().__init__(f"only for a signed-in {' or '.join(needed)}")


async def caller_of(work: Work, token: str) -> Caller:
    """The customer or agent behind this token; raises SignInRequired."""
    sign_in = await work.sign_ins.find(hash_of(token), await work.now())
    if sign_in is None:
        raise SignInRequired
    if sign_in.owner is Owner.AGENT:
        return _active(await work.agents.get(sign_in.owner_id))
    return await work.customers.get(sign_in.owner_id)


def _active(agent: Agent) -> Agent:
    """A token may have been given out while the agent's access ended."""
    if not agent.active:
        raise SignInRequired
    return agent
