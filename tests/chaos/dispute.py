"""Does a dispute open exactly one case, at whichever event of its run the server is killed?

    python -m tests.chaos.dispute [--quick] [--json]

A customer disputes a charge at a server that dies by SIGKILL at one event of the run, just before
or just after its commit (tests/chaos/killed_at/), and goes on at another one. Where nobody knows
what became of a write a person hands the run back, and the customer confirms once more.

    cases_wrong   runs after which the bank's books do not have exactly one case
    unsolved      runs that did not come to their end
    not_killed    servers that went on living: then nothing was shown
"""

import asyncio
import sys
from contextlib import suppress
from typing import Any

import click
import httpx
from msgspec import Struct
from sqlalchemy import update

from app.store.tables import action_job
from benchmarks.report import Goal, report
from tests.api.alone import company_alone
from tests.api.company import Company, SignedInAgent, SignedInCustomer
from tests.api.other_server import another_server, company_at

CHARGE = "tx-1001"
ANSWERS: dict[str, Any] = {
    "which": {"tx": CHARGE},
    "reason": {"reason": "not_mine"},
    "freeze/confirm": {"freeze/confirm": "freeze"},
    "evidence": {"story": "I was at home that day."},
    "statement": {},
}
EVENTS = 9
"""Started, charges read, which, why, freeze?, frozen, evidence, confirmed, opened."""
BOUNDARIES = [(at, when) for at in range(1, EVENTS + 1) for when in ("before", "after")]
QUICK = [(8, "after"), (9, "before"), (9, "after")]
WITHIN_S = 60.0
GOALS = [
    Goal(figure=name, op="<=", gate=0, goal=0) for name in ("cases_wrong", "unsolved", "not_killed")
]


class Outcome(Struct, frozen=True, kw_only=True):
    cases: int
    solved: bool
    killed: bool
    handed_back: int


async def disputed(at: int, when: str) -> Outcome:
    """One run from its start to its end, and what the bank has of it."""
    async with company_alone() as company:
        maya = await company.customer()
        ines = await company.agent(queues=("disputes", "fraud", "general"))
        killed = await _until_killed(company, maya, at, when)
        async with asyncio.timeout(WITHIN_S):
            solved, handed_back = await _go_on(company, maya, ines)
        cases = company.bank.bank.books.cases_of(CHARGE)
        return Outcome(cases=len(cases), solved=solved, killed=killed, handed_back=handed_back)


async def _until_killed(company: Company, maya: SignedInCustomer, at: int, when: str) -> bool:
    """The run at the server that dies; whether it did."""
    fatal = {"KILLED_AT": str(at), "KILLED": when}
    program = "tests.chaos.killed_at"
    async with another_server(company, program=program, variables=fatal) as (process, url):
        async with company_at(company, url) as there:
            with suppress(httpx.TransportError):
                await _walk(SignedInCustomer(there, _who(maya)), process)
        with suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), 2)
        return process.returncode == -9


def _who(one: SignedInCustomer) -> dict[str, Any]:
    return {
        "access_token": one.token,
        "customer": {"id": one.id},
        "conversation_id": one.conversation,
    }


async def _walk(maya: SignedInCustomer, process: asyncio.subprocess.Process) -> None:
    screen = await _open(maya)
    while process.returncode is None and screen["status"] in {"active", "waiting"}:
        screen = await _next(maya, screen)


async def _go_on(company: Company, maya: SignedInCustomer, ines: SignedInAgent) -> tuple[bool, int]:
    """At the server that lives: whether it is solved, and how often a person handed back."""
    handed_back = 0
    await _leases_run_out(company)
    screen = await _open(maya)
    while screen["status"] in {"active", "waiting", "with_human"}:
        if screen["kind"] == "handoff":
            interaction = await ines.accepted(await maya.ask(run=screen))
            await ines.did(interaction, "hand-back")
            handed_back += 1
        screen = await _next(maya, await maya.read(f"/v1/runs/{screen['run_id']}"))
    return screen["outcome"] == "solved", handed_back


async def _open(maya: SignedInCustomer) -> Any:
    """The run there is; a new one where nothing of it was stored."""
    for run in (await maya.read("/v1/runs"))["items"]:
        return await maya.read(f"/v1/runs/{run['id']}")
    return await maya.do("/v1/runs", {"flow": "dispute_a_charge", "inputs": {}})


async def _next(maya: SignedInCustomer, screen: Any) -> Any:
    """The screen after this one is answered, or, where nothing is asked, a moment later."""
    if screen["status"] == "active" and screen["step"] in ANSWERS:
        answer = await maya.answer(screen, ANSWERS[screen["step"]])
        if answer.status_code == 200:
            return answer.json()
    await asyncio.sleep(0.05)
    return await maya.read(f"/v1/runs/{screen['run_id']}")


async def _leases_run_out(company: Company) -> None:
    """As if the time of a dead server were over."""
    async with company.database.write() as db:
        await db.execute(
            update(action_job)
            .where(action_job.c.state == "due")
            .values(lease_until=await company.long_ago())
        )


async def torment(boundaries: list[tuple[int, str]]) -> dict[str, float]:
    """The figures over all of them."""
    outcomes = [await disputed(*one) for one in boundaries]
    return {
        "runs": len(outcomes),
        "cases_wrong": sum(one.cases != 1 for one in outcomes),
        "unsolved": sum(not one.solved for one in outcomes),
        "not_killed": sum(not one.killed for one in outcomes),
        "handed_back": sum(one.handed_back for one in outcomes),
    }


@click.command()
@click.option("--quick", is_flag=True, help="The three around the write, instead of all.")
@click.option("--json", "only_json", is_flag=True, help="Only the line of figures.")
def main(quick: bool, only_json: bool) -> None:
    """Kill the server of a dispute at each event, and count the cases."""
    figures = asyncio.run(torment(QUICK if quick else BOUNDARIES))
    for name, value in () if only_json else figures.items():
        click.echo(f"{name:<16}{value:10.1f}")
    sys.exit(report("chaos.dispute", figures, GOALS))


if __name__ == "__main__":
    main()
