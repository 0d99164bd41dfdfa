"""Freezing a card and disputing a charge of the example bank over HTTP, from start to end."""

from typing import Any

import pytest

from tests.api.company import Company, SignedInCustomer
from tests.api.test_back_end import settled
from tests.fixtures.pictures import PDF

STORY = "I was at home that day, and the card was in the drawer."
TRAVEL = "maya-travel"


async def frozen(maya: SignedInCustomer, choice: str = "freeze") -> Any:
    wanted = {"flow": "freeze_card", "inputs": {"card": TRAVEL}}
    screen = await maya.do("/v1/runs", wanted)
    return await settled(maya, await maya.answered(screen, {"confirm": choice}))


def status(company: Company) -> str:
    cards = {card.id: card.state for card in company.bank.bank.books.cards_of("maya")}
    return str(cards[TRAVEL])


def cases(company: Company, charge: str) -> list[Any]:
    return list(company.bank.bank.books.cases_of(charge))


async def asked_why(maya: SignedInCustomer, charge: str) -> Any:
    """The screen that asks what is wrong with this charge."""
    screen = await maya.do("/v1/runs", {"flow": "dispute_a_charge", "inputs": {}})
    assert screen["step"] == "which", screen
    return await maya.answered(screen, {"tx": charge})


async def disputed(maya: SignedInCustomer, charge: str, reason: str, *answers: Any) -> Any:
    """From the list of charges through these answers: what comes then."""
    screen = await maya.answered(await asked_why(maya, charge), {"reason": reason})
    for values in answers:
        screen = await settled(maya, await maya.answered(screen, values))
    return screen


# --- freezing -------------------------------------------------------------------------------------


async def test_a_card_is_frozen(company: Company, maya: SignedInCustomer) -> None:
    assert (await frozen(maya))["step"] == "frozen"
    assert status(company) == "frozen"


async def test_a_card_is_kept(company: Company, maya: SignedInCustomer) -> None:
    assert (await frozen(maya, "keep"))["step"] == "kept"
    assert status(company) == "active"


@pytest.mark.parametrize("fault", ["html", "500"])
async def test_a_card_that_cannot_be_frozen_goes_to_a_person_at_once(
    company: Company, maya: SignedInCustomer, fault: str
) -> None:
    """A second try is not made: the one fault planned would let it through."""
    await company.bank.plan("cards.freeze", fault)
    screen = await frozen(maya)
    assert (screen["kind"], status(company)) == ("handoff", "active")
    interaction = await maya.ask(run=screen)
    kept = await company.interaction(interaction["id"])
    assert (kept.queue, kept.crisis) == ("fraud", True)


async def test_a_frozen_card_without_an_answer_is_found_out(
    company: Company, maya: SignedInCustomer
) -> None:
    await company.bank.plan("cards.freeze", "reset")
    assert (await frozen(maya))["step"] == "frozen"


async def test_nobody_freezes_the_card_of_another(company: Company, maya: SignedInCustomer) -> None:
    jonas = await company.customer("jonas")
    assert (await frozen(jonas))["kind"] == "handoff"
    assert status(company) == "active"


# --- disputes, by their reasons -------------------------------------------------------------------


async def test_somebody_else_paid(company: Company, maya: SignedInCustomer) -> None:
    """The card is frozen by the flow that is called; then the case is opened."""
    screen = await disputed(
        maya, "tx-1001", "not_mine", {"freeze/confirm": "freeze"}, {"story": STORY}, {}
    )
    [case] = cases(company, "tx-1001")
    assert (screen["outcome"], case.reason, case.story) == ("solved", "not_mine", STORY)
    assert case.id in str(screen)
    assert status(company) == "frozen"


async def test_the_right_amount_is_below_what_was_charged(
    company: Company, maya: SignedInCustomer
) -> None:
    screen = await disputed(maya, "tx-1002", "wrong_amount")
    refused = await maya.answer(screen, {"right_amount": "31.00", "story": STORY})
    assert refused.status_code == 422, refused.text
    assert "less than what was charged" in refused.text
    screen = await maya.read(f"/v1/runs/{screen['run_id']}")
    screen = await maya.answered(screen, {"right_amount": "13.00", "story": STORY})
    await settled(maya, await maya.answered(screen, {}))
    assert [case.amount for case in cases(company, "tx-1002")] == [13]


@pytest.mark.parametrize("reason", ["not_received", "cancelled_sub"])
async def test_the_merchant_has_been_asked(
    company: Company, maya: SignedInCustomer, reason: str
) -> None:
    answers: Any = ({"contacted_merchant": "yes"}, {"story": STORY}, {})
    assert (await disputed(maya, "tx-1004", reason, *answers))["outcome"] == "solved"
    assert [case.reason for case in cases(company, "tx-1004")] == [reason]


async def test_the_customer_asks_the_merchant_and_returns(
    company: Company, maya: SignedInCustomer
) -> None:
    screen = await disputed(maya, "tx-1004", "not_received", {"contacted_merchant": "no"})
    screen = await maya.answered(screen, {})
    assert (screen["step"], screen["status"]) == ("wait_merchant", "waiting")
    back = await maya.do(f"/v1/runs/{screen['run_id']}/resume", {})
    assert back["step"] == "evidence"


async def test_files_are_fetched_by_the_bank(company: Company, maya: SignedInCustomer) -> None:
    screen = await disputed(maya, "tx-1003", "duplicate")
    file = await maya.uploaded(maya.conversation, PDF, "bill.pdf")
    screen = await maya.answered(screen, {"files": [file["id"]], "story": STORY})
    await settled(maya, await maya.answered(screen, {}))
    [case] = cases(company, "tx-1003")
    assert [proof.name for proof in case.proofs] == ["bill.pdf"]


async def test_an_answer_is_changed_at_the_review(company: Company, maya: SignedInCustomer) -> None:
    screen = await disputed(maya, "tx-1003", "duplicate", {"story": "Twice."})
    body = {"rev": screen["rev"], "step": "evidence"}
    screen = await maya.do(f"/v1/runs/{screen['run_id']}/reopen", body)
    screen = await maya.answered(screen, {"story": STORY})
    await settled(maya, await maya.answered(screen, {}))
    assert [case.story for case in cases(company, "tx-1003")] == [STORY]


@pytest.mark.parametrize(("fault", "opened"), [("reset", 1), ("html", 0)])
async def test_what_became_of_a_case_is_asked(
    company: Company, maya: SignedInCustomer, fault: str, opened: int
) -> None:
    screen = await disputed(maya, "tx-1003", "duplicate", {"story": STORY})
    await company.bank.plan("disputes.open", fault)
    screen = await settled(maya, await maya.answered(screen, {}))
    assert screen["kind"] == ("end" if opened else "handoff")
    assert len(cases(company, "tx-1003")) == opened


async def test_charges_of_another_are_not_on_offer(
    company: Company, maya: SignedInCustomer
) -> None:
    screen = await maya.do("/v1/runs", {"flow": "dispute_a_charge", "inputs": {}})
    assert (await maya.answer(screen, {"tx": "tx-2001"})).status_code == 422
