"""Self-service over the API: flows, screens, answers, codes."""

import asyncio
from uuid import UUID

import pytest
from msgspec.structs import replace

from app.catalogue import Catalogue
from app.runs.expiry import expire_overdue
from app.runs.log import RunLog
from selfservice.texts import Catalogues
from tests.api.company import BANK, DIGITS, WRONG_DIGITS, Company, SignedInCustomer


async def test_the_flows_on_offer_have_a_title_and_a_summary(maya: SignedInCustomer) -> None:
    items = (await maya.read("/v1/flows"))["items"]
    activate = next(one for one in items if one["flow"] == "activate_debit_card")
    assert activate["title"] == "Activate card"
    assert "Have the new card with you" in activate["summary"]


async def test_a_run_starts_at_the_first_step_that_needs_the_customer(
    maya: SignedInCustomer,
) -> None:
    screen = await maya.start()
    assert (screen["kind"], screen["step"], screen["status"]) == ("form", "ask_digits", "active")
    assert screen["progress"] == {"at": 2, "of": 4}
    assert await maya.read(f"/v1/runs/{screen['run_id']}") == screen


async def test_starting_again_goes_on_with_the_open_run(maya: SignedInCustomer) -> None:
    first = await maya.start()
    again = await maya.start()
    assert again["run_id"] == first["run_id"]
    (only,) = (await maya.read("/v1/runs"))["items"]
    assert only["id"] == first["run_id"]


async def test_of_many_starts_at_once_one_run_remains(maya: SignedInCustomer) -> None:
    started = await asyncio.gather(*(maya.start() for _ in range(5)))
    assert len({one["run_id"] for one in started}) == 1


async def test_an_unknown_flow_is_not_found(maya: SignedInCustomer) -> None:
    answer = await maya.post("/v1/runs", {"flow": "rob_a_bank", "inputs": {}})
    assert (answer.status_code, answer.json()["detail"]) == (404, "no such flow")


async def test_inputs_that_do_not_fit_are_named(maya: SignedInCustomer) -> None:
    body = {"flow": "activate_debit_card", "inputs": {"card": "maya-debit", "a/b~": 1}}
    answer = await maya.post("/v1/runs", body)
    assert answer.status_code == 422
    assert answer.json()["type"] == "/problems/invalid-inputs"
    pointers = {one["pointer"] for one in answer.json()["errors"]}
    assert pointers == {"/inputs/card", "/inputs/card_id", "/inputs/a~1b~0"}
    assert (await maya.read("/v1/runs"))["items"] == []


async def test_right_digits_and_the_code_activate_the_card(
    company: Company, maya: SignedInCustomer
) -> None:
    asked = await maya.with_code_asked()
    assert asked["kind"] == "code"
    done = await maya.answered(asked, {"code": company.code()})
    assert (done["kind"], done["outcome"], done["feedback"]) == ("end", "solved", "csat")
    cards = {card.id: card.state for card in company.bank.bank.books.cards_of("maya")}
    assert cards["maya-debit"] == "active"


async def test_an_answer_to_an_old_screen_gets_the_present_one(maya: SignedInCustomer) -> None:
    first = await maya.start()
    second = await maya.answered(first, DIGITS)
    answer = await maya.answer(first, DIGITS)
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/run-moved-on")
    assert answer.json()["screen"] == second


async def test_the_same_key_again_is_the_same_answer(maya: SignedInCustomer) -> None:
    first = await maya.start()
    key = {"Idempotency-Key": "k1"}
    second = await maya.answered(first, DIGITS, headers=key)
    assert await maya.answered(first, DIGITS, headers=key) == second
    other = await maya.answer(first, WRONG_DIGITS, headers=key)
    assert (other.status_code, other.json()["type"]) == (422, "/problems/idempotency-key-reused")


async def test_of_two_answers_at_once_one_counts(maya: SignedInCustomer) -> None:
    screen = await maya.start()
    answers = await asyncio.gather(*(maya.answer(screen, DIGITS) for _ in range(2)))
    assert sorted(one.status_code for one in answers) == [200, 409]


async def test_values_that_do_not_fit_are_named_and_the_screen_stays(
    maya: SignedInCustomer,
) -> None:
    screen = await maya.start()
    answer = await maya.answer(screen, {"last4": "44", "expiry": "01/20", "pin": "1234"})
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid-answer")
    errors = {one["pointer"]: one["message"] for one in answer.json()["errors"]}
    assert errors.keys() == {"/values/last4", "/values/expiry", "/values/pin"}
    assert errors["/values/expiry"].startswith("A card with this date has run out")
    assert "1234" not in answer.text
    same = await maya.read(f"/v1/runs/{screen['run_id']}")
    assert (same["rev"], same["step"]) == (screen["rev"], "ask_digits")


async def test_digits_that_the_bank_refuses_twice_nudge_to_a_human(
    company: Company, maya: SignedInCustomer
) -> None:
    screen = await maya.answered(await maya.start(), WRONG_DIGITS)
    screen = await maya.answered(screen, {"code": company.code()})
    assert (screen["step"], screen["notice"]["code"]) == ("ask_digits", "DIGITS_MISMATCH")
    assert not screen["nudge"]
    screen = await maya.answered(screen, WRONG_DIGITS)  # the proof of identity is still fresh
    assert (screen["step"], screen["nudge"]) == ("ask_digits", True)


async def test_a_wrong_code_counts_and_the_third_goes_to_a_human(
    company: Company, maya: SignedInCustomer
) -> None:
    screen = await maya.with_code_asked()
    wrong = {"code": "000000" if company.code() != "000000" else "000001"}
    for _ in range(2):
        screen = await maya.answered(screen, wrong)
        assert (screen["kind"], screen["notice"]["code"]) == ("code", "WRONG")
    screen = await maya.answered(screen, wrong)
    assert screen["kind"] == "handoff"


@pytest.mark.parametrize("code", ["", "12345", "12345a", 123456, None, ["1"]])
async def test_what_cannot_be_a_code_is_no_attempt(
    company: Company, maya: SignedInCustomer, code: object
) -> None:
    screen = await maya.with_code_asked()
    for _ in range(3):
        answer = await maya.answer(screen, {"code": code})
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == "/values/code"
    done = await maya.answered(screen, {"code": f" {company.code()} "})
    assert done["outcome"] == "solved"


async def test_another_code_so_soon_is_refused(company: Company, maya: SignedInCustomer) -> None:
    screen = await maya.with_code_asked()
    answer = await maya.post(f"/v1/runs/{screen['run_id']}/code")
    assert (answer.status_code, answer.json()["type"]) == (429, "/problems/too-soon")
    assert 0 < int(answer.headers["retry-after"]) <= 30
    assert len(company.bank.bank.books.messages_of("maya")) >= 1


async def test_a_code_is_only_sent_where_one_is_asked(maya: SignedInCustomer) -> None:
    screen = await maya.start()
    answer = await maya.post(f"/v1/runs/{screen['run_id']}/code")
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/not-allowed-now")


async def test_a_run_can_be_stopped(maya: SignedInCustomer) -> None:
    screen = await maya.start()
    path = f"/v1/runs/{screen['run_id']}/cancel"
    stale = await maya.post(path, {"rev": screen["rev"] + 1})
    assert (stale.status_code, stale.json()["screen"]) == (409, screen)
    stopped = await maya.do(path, {"rev": screen["rev"]})
    assert (stopped["kind"], stopped["outcome"]) == ("end", "abandoned")
    again = await maya.post(path)
    assert (again.status_code, again.json()["type"]) == (409, "/problems/not-allowed-now")


async def test_runs_to_go_on_with_come_first(maya: SignedInCustomer) -> None:
    going_on = await maya.start("maya-debit")
    ended = await maya.start("maya-travel")  # is active already
    assert ended["outcome"] == "solved"
    items = (await maya.read("/v1/runs"))["items"]
    assert [one["id"] for one in items] == [going_on["run_id"], ended["run_id"]]


async def test_sensitive_answers_appear_nowhere(company: Company, maya: SignedInCustomer) -> None:
    await maya.with_code_asked()
    seen = (await maya.get("/v1/me")).text + (
        await maya.get(f"/v1/conversations/{maya.conversation}/events")
    ).text
    assert "4417" not in seen
    async with company.store.read() as work:
        (row,) = await work.runs.of_customer(UUID(maya.id), 1)
    assert b"4417" not in row.state


async def test_a_run_that_nobody_goes_on_with_expires(
    company: Company, maya: SignedInCustomer
) -> None:
    left = await maya.start()
    async with company.store.write() as work:
        row = await work.runs.get(UUID(left["run_id"]))
        await work.runs.save(replace(row, expires_at=await company.long_ago()))
    other = await company.customer("jonas")
    kept = await other.start("jonas-credit")
    words = Catalogues(BANK / "texts")
    await expire_overdue(company.store, RunLog(Catalogue(), words))
    screen = await maya.read(f"/v1/runs/{left['run_id']}")
    assert (screen["status"], screen["kind"]) == ("expired", "end")
    assert (await maya.events(maya.conversation))[-1]["body"]["status"] == "expired"
    assert (await maya.start())["run_id"] != left["run_id"]
    assert (await other.read(f"/v1/runs/{kept['run_id']}"))["status"] == "active"
