"""What becomes of a run when the bank fails, and when the server dies in the middle of a write."""

import asyncio
import signal
from typing import Any
from uuid import UUID

import msgspec
import pytest
from sqlalchemy import update

from app.runs import back_end
from app.store.tables import action_job
from examples.bank import actions
from selfservice.state import State
from tests.api.company import Company, Person, SignedInCustomer
from tests.api.other_server import another_server


async def settled(maya: SignedInCustomer, screen: Any) -> Any:
    """The screen once the run does not wait for the bank any more."""
    async with asyncio.timeout(10):
        while screen["status"] == "waiting":
            await asyncio.sleep(0.02)
            screen = await maya.read(f"/v1/runs/{screen['run_id']}")
    return screen


async def failed(company: Company, screen: Any) -> list[tuple[str, str]]:
    """Which actions of the run failed, and how."""
    async with company.store.read() as work:
        row = await work.runs.get(UUID(screen["run_id"]))
    state = msgspec.json.decode(row.state, type=State)
    return [(one.source, one.code) for one in state.failures]


async def activated_while(company: Company, maya: SignedInCustomer, fault: str) -> Any:
    """Where the run ends whose write meets this fault."""
    asked = await maya.with_code_asked()
    await company.bank.plan("cards.activate", fault, delay_s=1.5)
    return await settled(maya, await maya.answered(asked, {"code": company.code()}))


@pytest.mark.parametrize("fault", ["late", "reset"])
async def test_a_write_that_happened_without_an_answer_is_found_out(
    company: Company, maya: SignedInCustomer, fault: str
) -> None:
    assert (await activated_while(company, maya, fault))["outcome"] == "solved"


@pytest.mark.parametrize("fault", ["hang", "html", "500"])
async def test_a_write_that_did_not_happen_goes_to_a_human(
    company: Company, maya: SignedInCustomer, fault: str
) -> None:
    screen = await activated_while(company, maya, fault)
    assert (screen["kind"], screen["status"]) == ("handoff", "with_human")
    cards = {card.id: card.state for card in company.bank.bank.books.cards_of("maya")}
    assert cards["maya-debit"] == "sent"


@pytest.mark.parametrize("fault", ["reset", "html", "500"])
async def test_a_read_is_made_again(company: Company, maya: SignedInCustomer, fault: str) -> None:
    await company.bank.plan("cards.get", fault)
    assert (await maya.start())["step"] == "ask_digits"


READS_FOR_EVER = ["hang", "reset", "html", "500", "late"]


@pytest.mark.parametrize("fault", READS_FOR_EVER)
async def test_a_read_that_nobody_answers_takes_its_error_branch(
    company: Company, maya: SignedInCustomer, fault: str
) -> None:
    """`late` is done and said with status 200, but after the flow's timeout: that is no answer."""
    await company.bank.plan("cards.get", fault, times=9, delay_s=1.5)
    screen = await settled(maya, await maya.start())
    assert (screen["kind"], screen["status"]) == ("handoff", "with_human")
    assert await failed(company, screen) == [("load_card", "ERROR")]


@pytest.mark.parametrize("write", ["hang", "reset", "html", "500", "late"])
@pytest.mark.parametrize("check", ["hang", "html", "500", "reset"])
async def test_a_write_of_which_nothing_is_found_out_goes_to_a_human(
    company: Company, maya: SignedInCustomer, write: str, check: str
) -> None:
    """Whatever the bank did, it cannot be asked: a person looks, and nothing is repeated."""
    asked = await maya.with_code_asked()
    code = company.code()
    await company.bank.plan("cards.activate", write, delay_s=1.5)
    await company.bank.plan("cards.get", check, times=9)
    screen = await settled(maya, await maya.answered(asked, {"code": code}))
    assert (screen["kind"], screen["status"]) == ("handoff", "with_human")
    assert company.bank.bank.faults.left("cards.activate") == 0
    assert await failed(company, screen) == [("activate", "UNKNOWN")]
    happened = {card.id: card.state for card in company.bank.bank.books.cards_of("maya")}
    assert (happened["maya-debit"] == "active") == (write in {"reset", "late"})


async def test_a_write_that_the_bank_refuses_takes_its_error_branch(
    company: Company, maya: SignedInCustomer, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = await maya.with_code_asked()
    code = company.code()
    monkeypatch.delitem(actions.WRITES, "cards.activate")  # the bank can do it no more
    screen = await settled(maya, await maya.answered(asked, {"code": code}))
    assert (screen["kind"], screen["status"]) == ("handoff", "with_human")
    assert await failed(company, screen) == [("activate", "ERROR")]


async def test_nobody_waits_long_for_a_bank_that_is_slow(
    company: Company, maya: SignedInCustomer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(back_end, "ANSWERED_WITHIN_S", 0.05)
    asked = await maya.with_code_asked()
    asked = await settled(maya, asked)
    await company.bank.plan("cards.activate", "late", delay_s=0.5)
    async with asyncio.timeout(5):
        while not company.bank.bank.books.messages_of("maya"):
            await asyncio.sleep(0.01)
    screen = await maya.answered(asked, {"code": company.code()})
    assert (screen["kind"], screen["status"]) == ("progress", "waiting")
    assert (await settled(maya, screen))["outcome"] == "solved"


@pytest.mark.timeout(90)
@pytest.mark.parametrize(("fault", "end"), [("late", "solved"), ("hang", "with_human")])
async def test_a_write_under_which_the_server_died_is_not_repeated_but_found_out(
    company: Company, maya: SignedInCustomer, fault: str, end: str
) -> None:
    asked = await maya.with_code_asked()
    await company.bank.plan("cards.activate", fault, delay_s=30)
    code = company.code()
    async with another_server(company) as (process, url):
        theirs = Person(company, maya.token)
        body = {"rev": asked["rev"], "step": asked["step"], "values": {"code": code}}
        sending = asyncio.create_task(
            theirs.send("POST", f"{url}/v1/runs/{asked['run_id']}/answers", body)
        )
        screen = asked
        async with asyncio.timeout(10):
            while screen["step"] != "activate" or company.bank.bank.faults.left("cards.activate"):
                await asyncio.sleep(0.02)
                screen = await maya.read(f"/v1/runs/{asked['run_id']}")
        process.send_signal(signal.SIGKILL)
        await process.wait()
        await asyncio.gather(sending, return_exceptions=True)
    assert (await maya.read(f"/v1/runs/{asked['run_id']}"))["status"] == "waiting"
    async with company.database.write() as db:  # as if the lease had run out
        await db.execute(
            update(action_job)
            .where(action_job.c.state == "due")
            .values(lease_until=await company.long_ago())
        )
    assert (await settled(maya, screen))["status"] == end
