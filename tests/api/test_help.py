"""Asking for a human over the API."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import uuid4

import pytest

from app.conversation.queues import Holiday, Hours, Queue, Span
from tests.api.company import WRONG_DIGITS, Company, SignedInAgent, SignedInCustomer


async def stuck(company: Company, maya: SignedInCustomer) -> Any:
    """A screen at which the bank refused the digits once."""
    screen = await maya.answered(await maya.start(), WRONG_DIGITS)
    return await maya.answered(screen, {"code": company.code()})


async def test_options_say_that_nobody_is_there(maya: SignedInCustomer) -> None:
    options = await maya.read("/v1/help")
    assert not options["open"]
    assert [one["channel"] for one in options["channels"]] == ["text", "voice", "video"]
    assert {one["label"] for one in options["channels"]} == {"Nobody is here right now"}


async def test_options_say_how_long_it_takes(maya: SignedInCustomer, ines: SignedInAgent) -> None:
    options = await maya.read("/v1/help")
    assert options["open"]
    assert [one["label"] for one in options["channels"]] == ["Now", "Now", "Now"]


async def test_a_closed_queue_says_so_and_when_it_opens(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    soon = datetime.now(UTC) + timedelta(days=2)
    opening = Holiday(day=soon.date(), spans=(Span(0, 1440),))
    async with company.store.write() as work:
        await work.queues.put(Queue(name="general", hours=Hours(holidays=(opening,))))
    options = await maya.read("/v1/help")
    assert not options["open"]
    assert datetime.fromisoformat(options["opens_at"]) == datetime.combine(
        soon.date(), time(), tzinfo=UTC
    )
    assert {one["label"] for one in options["channels"]} == {"Closed now"}
    assert {one["wait_p90_s"] for one in options["channels"]} == {None}
    async with company.store.write() as work:
        await work.queues.put(Queue(name="general"))
    options = await maya.read("/v1/help")
    assert (options["open"], options["opens_at"]) == (True, None)


async def test_options_say_what_is_passed_on(company: Company, maya: SignedInCustomer) -> None:
    screen = await stuck(company, maya)
    options = await maya.read(f"/v1/help?run_id={screen['run_id']}")
    assert options["shares"] == [
        {"icon": "flow", "text": "Activate card, step 2 of 4"},
        {"icon": "alert", "text": "digits refused once"},
        {"icon": "phone-device", "text": "This phone and your connection"},
    ]
    assert (await maya.me())["interaction"] is None


async def test_options_without_trouble_have_no_alert(maya: SignedInCustomer) -> None:
    screen = await maya.start()
    options = await maya.read(f"/v1/help?run_id={screen['run_id']}")
    assert [one["icon"] for one in options["shares"]] == ["flow", "phone-device"]


async def test_help_in_a_run_tells_why_now_and_leaves_the_run_where_it_is(
    company: Company, maya: SignedInCustomer
) -> None:
    screen = await stuck(company, maya)
    interaction = await maya.ask("video", screen)
    assert (
        interaction["why_now"] == "Activate card, step 2 of 4, digits refused once, asks for video"
    )
    assert (interaction["state"], interaction["queue"]) == ("queued", "cards")
    assert interaction["place"] == 1
    now = await maya.read(f"/v1/runs/{screen['run_id']}")
    assert (now["status"], now["step"]) == ("with_human", "ask_digits")
    assert (await maya.me())["interaction"]["id"] == interaction["id"]


async def test_help_outside_a_run_names_the_screen(maya: SignedInCustomer) -> None:
    interaction = await maya.ask(app_state={"screen": "Cards"})
    assert interaction["why_now"] == "Help on Cards, asks by text"
    assert interaction["queue"] == "general"


async def test_help_in_a_run_that_is_over_still_reaches_a_human(maya: SignedInCustomer) -> None:
    ended = await maya.start("maya-travel")
    interaction = await maya.ask("text", ended)
    assert interaction["run_id"] == ended["run_id"]
    assert (await maya.read(f"/v1/runs/{ended['run_id']}"))["status"] == "solved"


async def test_the_same_key_again_is_answered_alike(maya: SignedInCustomer) -> None:
    body = {"channel": "text"}
    first = await maya.do("/v1/help", body, headers={"Idempotency-Key": "k1"})
    again = await maya.do("/v1/help", body, headers={"Idempotency-Key": "k1"})
    assert again == first
    other = await maya.post("/v1/help", {"channel": "voice"}, headers={"Idempotency-Key": "k1"})
    assert (other.status_code, other.json()["type"]) == (422, "/problems/idempotency-key-reused")


async def test_a_key_belongs_to_its_caller(company: Company, maya: SignedInCustomer) -> None:
    jonas = await company.customer("jonas")
    key = {"Idempotency-Key": "k1"}
    mine = await maya.do("/v1/help", {"channel": "text"}, headers=key)
    his = await jonas.do("/v1/help", {"channel": "text"}, headers=key)
    assert mine["id"] != his["id"]


async def test_a_second_one_is_refused_with_the_id_of_the_first(maya: SignedInCustomer) -> None:
    first = await maya.ask()
    answer = await maya.post("/v1/help", {"channel": "voice"})
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/already-open")
    assert answer.json()["interaction_id"] == first["id"]


async def test_secrets_of_the_app_are_not_kept(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    state = {
        "screen": "Cards",
        "fields": {"card_id": "maya-debit", "pin": "9173", "note": "my card 4111 1111 1111 1111"},
        "errors": ["declined 4111111111111111"],
    }
    actions = [
        {"at": "2026-11-21T10:00:00.123456Z", "name": "tap", "detail": {"password": "hunter22"}}
    ]
    interaction = await maya.ask(app_state=state, actions=actions)
    context = await ines.get(f"/v1/interactions/{interaction['id']}/context")
    for secret in ("9173", "4111 1111", "411111111111", "hunter22"):
        assert secret not in context.text
    assert context.json()["app_state"]["fields"]["card_id"] == "maya-debit"
    assert context.json()["actions"][0]["at"] == "2026-11-21T10:00:00.123456Z"


async def test_what_is_not_shared_is_not_kept(maya: SignedInCustomer, ines: SignedInAgent) -> None:
    interaction = await maya.ask(share=False, app_state={"screen": "Private"})
    context = await ines.read(f"/v1/interactions/{interaction['id']}/context")
    assert context["app_state"]["screen"] == ""


async def test_a_context_that_is_too_large_is_refused_with_its_place(
    maya: SignedInCustomer,
) -> None:
    state = {"fields": {"note": {"value": "x" * 300_000}}}
    answer = await maya.post("/v1/help", {"channel": "text", "app_state": state})
    assert (answer.status_code, answer.json()["type"]) == (413, "/problems/too-large")
    assert answer.json()["errors"][0]["pointer"] == "/app_state/fields/note/value"
    assert (await maya.me())["interaction"] is None


async def test_a_foreign_run_is_not_found(company: Company, maya: SignedInCustomer) -> None:
    jonas = await company.customer("jonas")
    run = await jonas.start("jonas-credit")
    for run_id in (run["run_id"], str(uuid4())):
        answer = await maya.post("/v1/help", {"channel": "text", "run_id": run_id})
        assert (answer.status_code, answer.json()["detail"]) == (404, "no such run")
        assert (await maya.get(f"/v1/help?run_id={run_id}")).json()["detail"] == "no such run"
    assert (await maya.me())["interaction"] is None


async def test_leaving_the_queue_gives_the_run_back(maya: SignedInCustomer) -> None:
    screen = await maya.start()
    interaction = await maya.ask("text", screen)
    left = await maya.did(interaction, "cancel")
    assert (left["state"], left["place"]) == ("closed", None)
    assert (await maya.read(f"/v1/runs/{screen['run_id']}"))["status"] == "active"
    again = await maya.act(interaction, "cancel")
    assert (again.status_code, again.json()["type"]) == (409, "/problems/not-allowed-now")


@pytest.mark.parametrize(("asked", "label"), [(15, "Now"), (41, "about 50 s"), (61, "about 2 min")])
def test_a_wait_is_rounded_up_in_words(asked: int, label: str) -> None:
    from app.api.help import _label

    assert _label(asked) == label
