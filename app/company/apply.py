"""How does the file get into the store: looked at first, then all of it or nothing."""

from collections.abc import Mapping

from msgspec.structs import replace

from app.auth.password import hash_password
from app.company.file import Company
from app.company.plan import NO_PASSWORD, Plan, plan
from app.retry import retried
from app.store.work import Store, Work


class ChangedMeanwhile(Exception):
    """What is stored is no longer what the plan was made of."""

    def __init__(self) -> None:
        super().__init__("somebody else changed the company in the meantime: run it again")


async def look(store: Store, company: Company) -> Plan:
    """What would change. Writes nothing."""
    async with store.read() as work:
        return await _plan(work, company)


async def apply(store: Store, company: Company, shown: Plan, passwords: Mapping[str, str]) -> None:
    """Write what was shown, in one transaction; `passwords` are those of new agents by e-mail.

    Raises ChangedMeanwhile where the store would now need something else.
    """
    hashes = {email: await hash_password(password) for email, password in passwords.items()}
    await _write(store, company, shown, hashes)


def newcomers(shown: Plan) -> list[str]:
    """The e-mail addresses of those who need a password."""
    return [agent.email for agent in shown.agents if agent.password_hash == NO_PASSWORD]


@retried
async def _write(store: Store, company: Company, shown: Plan, hashes: Mapping[str, str]) -> None:
    async with store.write() as work:
        now = await _plan(work, company)
        if now.lines != shown.lines:
            raise ChangedMeanwhile
        for queue in now.queues:
            await work.queues.put(queue)
        for agent in now.agents:
            known = agent.password_hash != NO_PASSWORD
            hashed = agent.password_hash if known else hashes[agent.email]
            await work.agents.add(replace(agent, password_hash=hashed))


async def _plan(work: Work, company: Company) -> Plan:
    loads = await work.agents.workloads(await work.now())
    return plan(company, await work.queues.all(), [load.agent for load in loads])
