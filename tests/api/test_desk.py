"""What happens around a human over the API: notes, hand-back, the end, and what comes after it."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from app.queue import offer_round
from tests.api.company import DIGITS, Company, SignedInAgent, SignedInCustomer


async def with_run(maya: SignedInCustomer, ines: SignedInAgent) -> tuple[Any, Any]:
    """The screen of a run and the live interaction that was asked for in it."""
    screen = await maya.start()
    return screen, await ines.accepted(await maya.ask("text", screen))


async def test_a_note_is_for_agents_only(maya: SignedInCustomer, ines: SignedInAgent) -> None:
    interaction = await ines.accepted(await maya.ask())
    await ines.did(interaction, "notes", {"text": "an internal word"})
    (note,) = [e for e in await ines.events(maya.conversation) if e["kind"] == "note"]
    assert note["body"] == {"text": "an internal word"}
    assert "an internal word" not in str(await maya.events(maya.conversation))


async def test_messages_reach_both_and_are_kept_once(
    maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    await ines.accepted(await maya.ask())
    path = f"/v1/conversations/{maya.conversation}/messages"
    body = {"cmid": "01932f4a-0000-7000-8000-000000000001", "text": "card 4111 1111 1111 1111"}
    assert await maya.do(path, body) == await maya.do(path, body)
    (said,) = [e for e in await ines.events(maya.conversation) if e["kind"] == "message"]
    assert said["body"] == {"text": "card •••• 1111"}


async def test_nobody_to_talk_to_nothing_to_say(maya: SignedInCustomer) -> None:
    path = f"/v1/conversations/{maya.conversation}/messages"
    body = {"cmid": "01932f4a-0000-7000-8000-000000000001", "text": "hello?"}
    answer = await maya.post(path, body)
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/not-allowed-now")


async def test_events_come_in_pages(maya: SignedInCustomer) -> None:
    await maya.start()
    path = f"/v1/conversations/{maya.conversation}/events"
    first = await maya.read(f"{path}?limit=1")
    assert [e["seq"] for e in first["items"]] == [1]
    second = await maya.read(f"{path}?after={first['upto']}&limit=500")
    assert [e["prev"] for e in second["items"]] == [e["seq"] - 1 for e in second["items"]]
    end = await maya.read(f"{path}?after={second['upto']}")
    assert end == {"items": [], "upto": second["upto"]}


async def test_the_agent_sees_where_the_run_can_go_on(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    asked = await maya.with_code_asked()
    interaction = await ines.accepted(await maya.ask("text", asked))
    run = await ines.read(f"/v1/interactions/{interaction['id']}/run")
    assert run["step"] == "prove_identity"
    assert run["resumable"] == [
        {"step": "ask_digits", "title": "Check your new card"},
        {"step": "prove_identity", "title": "Confirm it's you"},
    ]
    assert [one["value"] for one in run["answers"] if one["sensitive"]] == ["••••"]


async def test_a_hand_back_to_another_step_notifies_the_phone(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    asked = await maya.with_code_asked()
    interaction = await ines.accepted(await maya.ask("text", asked))
    await ines.did(interaction, "hand-back", {"step": "ask_digits"})
    screen = await maya.read(f"/v1/runs/{asked['run_id']}")
    assert (screen["status"], screen["step"]) == ("active", "ask_digits")
    (notification,) = (await maya.me())["notifications"]
    assert notification["link"] == f"#/run/{asked['run_id']}"
    assert await maya.read(f"/v1/notifications/{notification['id']}") == notification
    receipt = await maya.post(f"/v1/notifications/{notification['id']}/receipt")
    assert receipt.status_code == 204


async def test_what_a_hand_back_asks_of_the_back_end_is_done(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    asked = await maya.with_code_asked()
    wrong = {"code": "000000" if company.code() != "000000" else "000001"}
    for _ in range(3):
        asked = await maya.answered(asked, wrong)
    sent = len(company.bank.bank.books.messages_of("maya"))
    interaction = await ines.accepted(await maya.ask("text", asked))
    await ines.did(interaction, "hand-back", {"step": "prove_identity"})
    async with asyncio.timeout(5):
        while len(company.bank.bank.books.messages_of("maya")) == sent:
            await asyncio.sleep(0.01)
    asked = await maya.read(f"/v1/runs/{asked['run_id']}")
    done = await maya.answered(asked, {"code": company.code()})
    assert done["outcome"] == "solved"


@pytest.mark.parametrize("step", ["activate", "done", "nowhere", "human"])
async def test_a_step_that_the_customer_never_stood_at_is_refused(
    maya: SignedInCustomer, ines: SignedInAgent, step: str
) -> None:
    screen, interaction = await with_run(maya, ines)
    answer = await ines.act(interaction, "hand-back", {"step": step})
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/not-allowed-now")
    assert (await maya.read(f"/v1/runs/{screen['run_id']}"))["status"] == "with_human"
    assert (await maya.me())["notifications"] == []


async def test_the_end_gives_the_run_back(maya: SignedInCustomer, ines: SignedInAgent) -> None:
    screen, interaction = await with_run(maya, ines)
    ended = await ines.did(interaction, "end")
    assert (ended["state"], ended["wrap_up_until"] > ended["now"]) == ("wrap_up", True)
    assert (await maya.read(f"/v1/runs/{screen['run_id']}"))["status"] == "active"


async def test_the_end_leaves_a_run_alone_that_the_customer_finished(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    screen, interaction = await with_run(maya, ines)
    asked = await maya.answered(await maya.read(f"/v1/runs/{screen['run_id']}"), DIGITS)
    assert (await maya.answered(asked, {"code": company.code()}))["outcome"] == "solved"
    late = await ines.act(interaction, "hand-back")
    assert (late.status_code, late.json()["type"]) == (409, "/problems/not-allowed-now")
    assert (await maya.did(interaction, "end"))["state"] == "wrap_up"
    assert (await maya.read(f"/v1/runs/{screen['run_id']}"))["status"] == "solved"


async def test_the_end_after_a_hand_back_changes_the_run_no_more(
    maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    screen, interaction = await with_run(maya, ines)
    await ines.did(interaction, "hand-back", {"step": None})
    before = await maya.read(f"/v1/runs/{screen['run_id']}")
    await ines.did(interaction, "end")
    assert await maya.read(f"/v1/runs/{screen['run_id']}") == before


async def test_without_a_run_nothing_can_be_handed_back(
    maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    interaction = await ines.accepted(await maya.ask())
    for answer in (
        await ines.act(interaction, "hand-back"),
        await ines.get(f"/v1/interactions/{interaction['id']}/run"),
    ):
        assert (answer.status_code, answer.json()["detail"]) == (404, "no such run")


async def test_wrap_up_closes_and_the_customer_rates(
    maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    interaction = await ines.accepted(await maya.ask())
    early = await maya.act(interaction, "rating", {"score": 5})
    assert (early.status_code, early.json()["type"]) == (409, "/problems/not-allowed-now")
    await ines.did(interaction, "end")
    items = (await ines.read("/v1/dispositions"))["items"]
    closed = await ines.did(
        interaction, "wrap-up", {"disposition": items[0]["code"], "note": "went well"}
    )
    assert (closed["state"], closed["disposition"]) == ("closed", "solved_together")
    assert (await maya.me())["interaction"]["state"] == "closed"
    rated = await maya.did(interaction, "rating", {"score": 5, "text": "thanks"})
    assert rated["rating"] == 5
    assert (await maya.me())["interaction"] is None


async def test_a_closed_interaction_is_in_nobodys_hands(
    maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    _, interaction = await with_run(maya, ines)
    await ines.did(interaction, "end")
    await ines.did(interaction, "wrap-up", {"disposition": "not_solved"})
    for verb, body in (("notes", {"text": "later"}), ("hand-back", {}), ("end", {})):
        answer = await ines.act(interaction, verb, body)
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/not-allowed-now")


async def test_a_wrap_up_whose_time_ran_out_closes_by_itself(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    interaction = await ines.accepted(await maya.ask())
    await ines.did(interaction, "end")
    await company.change(interaction["id"], wrap_up_until=await company.long_ago())
    await offer_round(company.store)
    closed = await ines.read(f"/v1/interactions/{interaction['id']}")
    assert (closed["state"], closed["disposition"]) == ("closed", "not_set")


async def test_history_is_for_whoever_has_the_customer_in_hand(
    maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    first = await ines.accepted(await maya.ask())
    await ines.did(first, "end")
    await ines.did(first, "wrap-up", {"disposition": "not_solved"})
    path = f"/v1/customers/{maya.id}/history"
    assert (await ines.get(path)).json()["detail"] == "no such customer"
    asked = await maya.ask()
    assert await ines.offers() == [asked["id"]]
    assert (await ines.get(path)).json()["detail"] == "no such customer"
    second = await ines.accepted(asked)
    items = (await ines.read(path))["items"]
    assert [one["interaction_id"] for one in items] == [second["id"], first["id"]]


async def test_a_device_is_told_of_follow_ups(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    device = {"kind": "fcm_token", "address": "t-1", "app": "bank-phone"}
    first = await maya.do("/v1/devices", device)
    assert await maya.do("/v1/devices", device) == first
    _, interaction = await with_run(maya, ines)
    await ines.did(interaction, "hand-back")
    async with company.store.write() as work:
        (claimed,) = await work.deliveries.claim(10, timedelta(seconds=1), await work.now())
    assert claimed.notification.customer_id == UUID(maya.id)
