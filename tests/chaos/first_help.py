"""Do many first requests of one customer at once make one conversation and one interaction?

    python -m tests.chaos.first_help [--rounds 200] [--quick] [--database both] [--json]

In each round a customer whom nobody knows yet signs in 50 times at once, then asks for help 50
times at once: every second time with one Idempotency-Key, as a phone does that repeats a request,
else without, as an impatient person does. Others have had this go wrong for years (chatwoot#14210).
"""

import asyncio
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID, uuid4

import click
from msgspec import Struct
from sqlalchemy import func, select

from app.store import tables
from benchmarks.report import Goal, report
from examples.bank.people import Person as Banked
from tests.api.alone import company_alone
from tests.api.company import Answer, Company, Person, SignedInCustomer
from tests.fixtures.postgres import execute, throwaway_server, with_database
from tools.machine import find_postgres

AT_ONCE = 50
QUICK_ROUNDS = 10
CONFLICTS = {"/problems/already-open", "/problems/changed-meanwhile"}
GOALS = [Goal(figure=name, op="<=", gate=0) for name in ("doubled", "dishonest")]


class Outcome(Struct):
    """`doubled` is what there is too much of; `dishonest` are answers that are not true."""

    doubled: list[str] = []
    dishonest: list[str] = []
    asked: int = 0
    refused: int = 0

    @property
    def figures(self) -> dict[str, float]:
        return {
            "requests": self.asked,
            "conflicts": self.refused,
            "doubled": len(self.doubled),
            "dishonest": len(self.dishonest),
        }


async def storm(company: Company, rounds: int, outcome: Outcome) -> None:
    for number in range(rounds):
        await _round(company, f"customer-{number}-{uuid4()}", outcome)


async def _round(company: Company, subject: str, outcome: Outcome) -> None:
    one = await _signed_in(company, subject, outcome)
    key = str(uuid4())
    asked = await asyncio.gather(*(_ask(one, key if n % 2 else None) for n in range(AT_ONCE)))
    outcome.asked += len(asked)
    taken = [answer for answer in asked if answer.status_code < 400]
    refused = [answer for answer in asked if answer.status_code >= 400]
    outcome.refused += len(refused)
    ids = {answer.json()["id"] for answer in taken}
    if len(ids) != 1:
        outcome.dishonest.append(f"{subject}: told of {len(ids)} interactions")
    outcome.dishonest.extend(
        _untrue(subject, answer, ids) for answer in refused if not _is_honest(answer, ids)
    )
    outcome.doubled.extend(await _too_many(company, subject, one))
    for id in ids:
        await one.did({"id": id}, "cancel")


async def _signed_in(company: Company, subject: str, outcome: Outcome) -> SignedInCustomer:
    bank = company.bank.bank
    token = bank.key.token(Banked(id=subject, name="Maya", locale="en"), bank.now())
    body = {"token": token}
    came = await asyncio.gather(
        *(company.nobody.do("/v1/sign-in/customer", body) for _ in range(AT_ONCE))
    )
    outcome.asked += len(came)
    who = {(one["customer"]["id"], one["conversation_id"]) for one in came}
    if len(who) != 1:
        outcome.dishonest.append(f"{subject}: signed in as {len(who)} customers")
    return SignedInCustomer(company, came[0])


async def _ask(person: Person, key: str | None) -> Answer:
    headers = {"Idempotency-Key": key} if key else {}
    return await person.post("/v1/help", {"channel": "text"}, headers=headers)


def _is_honest(refused: Answer, ids: set[str]) -> bool:
    """It was asked for already, and where; or somebody was faster, and it may be repeated."""
    problem = refused.json()
    known = problem.get("interaction_id")
    return problem["type"] in CONFLICTS and (known is None or {known} == ids)


def _untrue(subject: str, refused: Answer, ids: set[str]) -> str:
    return f"{subject}: {refused.status_code} {refused.text}, beside {ids}"


async def _too_many(company: Company, subject: str, one: SignedInCustomer) -> list[str]:
    """What is in the database more than once, or not at all."""
    customer, event = tables.customer, tables.event
    of_customer = UUID(one.id)
    counts = {
        "customers": select(func.count()).where(customer.c.subject == subject),
        "conversations": _count(tables.conversation, of_customer),
        "interactions": _count(tables.interaction, of_customer),
        "help.asked": select(func.count()).where(
            event.c.conversation_id == UUID(one.conversation), event.c.kind == "help.asked"
        ),
    }
    async with company.database.read() as db:
        found = {what: (await db.execute(query)).scalar_one() for what, query in counts.items()}
    return [f"{subject}: {count} {what}" for what, count in found.items() if count != 1]


def _count(table: Any, customer: UUID) -> Any:
    return select(func.count()).where(table.c.customer_id == customer)


async def _alone(url: str, rounds: int, outcome: Outcome) -> None:
    async with company_alone(database_url=url) as company:
        await storm(company, rounds, outcome)


@contextmanager
def _database(kind: str) -> Iterator[str]:
    """Its address; that of SQLite is made by the company."""
    if kind == "sqlite":
        yield ""
        return
    programs = find_postgres()
    if programs is None:
        raise click.ClickException("PostgreSQL is not here: `make test` installs it")
    with throwaway_server(programs) as server:
        execute(server, "CREATE DATABASE storm")
        yield with_database(server, "storm")


@click.command()
@click.option("--rounds", default=200, show_default=True)
@click.option("--quick", is_flag=True, help=f"{QUICK_ROUNDS} rounds.")
@click.option("--database", type=click.Choice(["sqlite", "postgres", "both"]), default="both")
@click.option("--json", "only_json", is_flag=True, help="Print the JSON line alone.")
def main(*, rounds: int, quick: bool, database: str, only_json: bool) -> None:
    """Print what went wrong, then the JSON line."""
    logging.disable(logging.INFO)
    outcome, rounds = Outcome(), QUICK_ROUNDS if quick else rounds
    for kind in ("sqlite", "postgres") if database == "both" else (database,):
        with _database(kind) as url:
            asyncio.run(_alone(url, rounds, outcome))
        if not only_json:
            click.echo(f"{kind}: {outcome.figures}")
    for line in (*outcome.doubled, *outcome.dishonest):
        click.echo(line)
    sys.exit(report("chaos.first_help", {"rounds": float(rounds), **outcome.figures}, GOALS))


if __name__ == "__main__":
    main()
