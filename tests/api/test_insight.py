"""How flows do, over HTTP: what people did is counted by the test, and by the server."""

from typing import Any

import pytest
import pytest_asyncio

from app.runs.tallying import tally_runs
from tests.api.alone import company_alone
from tests.api.company import DIGITS, WRONG_DIGITS, Company, More, SignedInAgent

FLOW = "activate_debit_card"
LIST = "/v1/admin/insight/flows"
ONE = f"{LIST}/{FLOW}"


@pytest_asyncio.fixture
async def company() -> Any:
    async with company_alone() as alone:
        yield alone


async def counted(company: Company) -> None:
    """As the server does each minute; a second time changes nothing."""
    catalogue = company.app.state.catalogue
    await tally_runs(company.store, catalogue)
    await tally_runs(company.store, catalogue)


async def the_version(lead: SignedInAgent) -> Any:
    [found] = (await lead.read(LIST))["items"]
    return found


async def the_steps(lead: SignedInAgent) -> dict[str, Any]:
    [found] = (await lead.read(ONE))["items"]
    assert found["run"] == await the_version(lead)
    return {one["step"]: one for one in found["steps"]}


async def test_the_counts_are_what_people_did(company: Company) -> None:
    lead = await company.agent("lea", roles=("supervisor",), queues=())
    ines = await company.agent("ines")
    assert (await lead.read(LIST))["items"] == []
    assert (await lead.read(ONE))["items"] == [], "live, and nobody came yet"

    maya, jonas = await company.customer("maya"), await company.customer("jonas")
    first = await maya.start()
    assert (await maya.answer(first, {"last4": "12", "expiry": "01/20"})).status_code == 422
    assert (await maya.answer(first, {"last4": "", "expiry": "11/30"})).status_code == 422
    code = await maya.answered(first, DIGITS)
    assert (await maya.answer(code, {"code": "000000"})).status_code in {200, 422}
    code = await maya.read(f"/v1/runs/{first['run_id']}")
    done = await maya.answered(code, {"code": company.code()})
    assert done["status"] == "solved"

    his = await jonas.start("jonas-credit")
    asked = await ines.accepted(await jonas.ask(run=his))
    await ines.did(asked, "hand-back", {"step": None})
    his = await jonas.read(f"/v1/runs/{his['run_id']}")
    await jonas.do(f"/v1/runs/{his['run_id']}/cancel", {"rev": his["rev"]})

    await counted(company)
    version = await the_version(lead)
    assert (version["flow"], version["title"]) == (FLOW, "Activate card")
    assert version["live"] is True
    counts = ("started", "solved", "solved_alone", "abandoned", "expired", "helped", "escalated")
    assert [version[one] for one in counts] == [2, 1, 1, 1, 0, 1, 0]
    assert (version["came_back"], version["lying"], version["refused"]) == (0, 0, 0)
    assert 0 < version["median_s"] < 60

    steps = await the_steps(lead)
    assert list(steps)[:4] == ["load_card", "ask_digits", "prove_identity", "activate"]
    assert steps["load_card"]["kind"] == "action"
    assert (steps["load_card"]["entered"], steps["load_card"]["answered"]) == (2, 2)
    digits = steps["ask_digits"]
    funnel = [digits[one] for one in ("entered", "answered", "left", "helped", "escalated")]
    assert funnel == [2, 1, 1, 1, 0]
    refused = {(one["field"], one["code"]): one["count"] for one in digits["invalid"]}
    assert sum(refused.values()) == 3, "two fields at first, then one"
    assert {field for field, _ in refused} == {"last4", "expiry"}
    assert refused["expiry", "card_expired"] == 1
    identity = steps["prove_identity"]
    assert [identity[one] for one in ("entered", "answered", "left")] == [1, 1, 0]
    assert identity["invalid"] == [{"field": "identity", "code": "WRONG", "count": 1}]
    assert (steps["done"]["entered"], steps["cancelled"]["entered"]) == (1, 1)

    assert (await maya.ask())["state"] == "queued"
    await counted(company)
    version = await the_version(lead)
    assert (version["solved_alone"], version["came_back"]) == (1, 1), "it was not solved"


async def test_what_the_back_end_refuses_is_counted_by_its_code(company: Company) -> None:
    lead, maya = await company.agent("lea", roles=("admin",)), await company.customer("maya")
    screen, tries = await maya.start(), 0
    while screen["status"] == "active":
        screen = await maya.answered(screen, WRONG_DIGITS)
        tries += 1
        if screen["step"] == "prove_identity":
            screen = await maya.answered(screen, {"code": company.code()})
    assert screen["status"] == "with_human"
    await counted(company)
    steps = await the_steps(lead)
    assert steps["activate"]["failed"] == [
        {"field": None, "code": "DIGITS_MISMATCH", "count": tries}
    ]
    assert (steps["activate"]["entered"], steps["activate"]["answered"]) == (1, 0)
    assert (steps["ask_digits"]["escalated"], steps["human"]["entered"]) == (1, 1)
    assert (await the_version(lead))["escalated"] == 1


async def test_versions_are_told_apart_and_unknown_ones_are_not_found(company: Company) -> None:
    lead, maya = (
        await company.agent("lea", roles=("supervisor",), queues=()),
        await company.customer("maya"),
    )
    await maya.start()
    await counted(company)
    hash = (await the_version(lead))["version"]
    assert len((await lead.read(f"{ONE}?version={hash}&days=1"))["items"]) == 1
    assert (await lead.get(f"{ONE}?version=unknown")).status_code == 404
    assert (await lead.get(f"{LIST}/unknown")).status_code == 404
    assert (await lead.get(f"{LIST}?days=0")).status_code == 400


async def test_words_that_a_language_lacks_are_counted_and_logged_once(
    capsys: pytest.CaptureFixture[str],
) -> None:
    flows = {
        "say_it": "flow: say_it\ntitle: t:say.title\nstart: done\nsteps:\n  done: {end: solved}\n"
    }
    async with company_alone(More(flows=flows)) as company:
        maya = await company.customer("maya")
        for _ in range(2):
            await maya.do("/v1/runs", {"flow": "say_it"})
        missing = company.app.state.missing_texts
    assert missing["en", "t:say.title"] >= 2
    logged = capsys.readouterr()
    assert (logged.out + logged.err).count("t:say.title") == 1
