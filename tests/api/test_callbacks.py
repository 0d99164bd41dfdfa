"""Being called back: planned within the hours, kept in place, tried three times, asked again."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from app.conversation.callback import AGAIN_AFTER
from app.conversation.queues import WEEK, Holiday, Hours, Queue, Span
from tests.api.company import Company, Person, SignedInAgent, SignedInCustomer
from tests.api.test_calls import AN_OFFER, describe
from tests.api.test_help import stuck
from tests.api.test_transfers import to_agent

BERLIN = "Europe/Berlin"


def clock(at: datetime, zone: str = BERLIN) -> str:
    return at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M")


def later(**ahead: float) -> dict[str, Any]:
    return {"at": clock(datetime.now(UTC) + timedelta(**ahead)), "zone": BERLIN}


async def time_passes(company: Company, callback: Any) -> None:
    """As if its time had come."""
    async with company.store.write() as work:
        one = await work.callbacks.get(UUID(callback["id"]))
        await work.callbacks.save(replace(one, due_at=await work.now() - timedelta(seconds=1)))


async def ring_out(company: Company, maya: SignedInCustomer) -> None:
    """As if the phone had rung for a minute."""
    call = (await maya.me())["call"]
    async with company.store.write() as work:
        ringing = await work.calls.get(UUID(call["id"]))
        await work.calls.save(replace(ringing, state_since=await company.long_ago()))


async def seen(maya: SignedInCustomer, member: str, **wanted: Any) -> Any:
    """The customer's interaction or callback, once it looks like this."""
    async with asyncio.timeout(10):
        while True:
            me = await maya.me()
            one = me["interaction"] if member == "interaction" else next(iter(me["callbacks"]), {})
            if one and all(one[name] == value for name, value in wanted.items()):
                return one
            await asyncio.sleep(0.05)


async def opened(company: Company, **fields: Any) -> None:
    async with company.store.write() as work:
        await work.queues.put(Queue(name="general", **fields))


async def kinds(maya: Person, conversation: str) -> list[str]:
    events = await maya.events(conversation)
    return [one["kind"] for one in events if one["kind"].startswith("callback.")]


async def test_a_callback_keeps_the_place_of_when_it_was_asked_for(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    screen = await stuck(company, maya)
    body = {**later(hours=2), "run_id": screen["run_id"], "app_state": {"screen": "Cards"}}
    callback = await maya.do("/v1/callbacks", body)
    assert (callback["state"], callback["zone"], callback["tries"]) == ("scheduled", BERLIN, 0)
    assert (await maya.me())["interaction"] is None
    assert (await maya.read(f"/v1/runs/{screen['run_id']}"))["status"] == "active"
    jonas = await company.customer("jonas")
    await ines.send("PUT", "/v1/me/presence", {"intent": "break"})
    behind = await jonas.ask("voice", await jonas.start("jonas-credit"))
    await time_passes(company, callback)
    waiting = await seen(maya, "interaction", state="queued")
    assert (waiting["id"], waiting["place"]) == (callback["interaction_id"], 1)
    assert waiting["enqueued_at"] == callback["asked_at"] < behind["enqueued_at"]
    assert waiting["why_now"].endswith("digits refused once, asks to be called")
    assert (await maya.read(f"/v1/runs/{screen['run_id']}"))["status"] == "with_human"
    await ines.send("PUT", "/v1/me/presence", {"intent": "available"})
    live = await ines.accepted(waiting)
    assert live["callback_id"] == callback["id"]
    context = await ines.read(f"/v1/interactions/{live['id']}/context")
    assert context["app_state"]["screen"] == "Cards"


async def test_when_an_agent_takes_it_the_phone_rings_and_an_answer_is_the_end_of_it(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    callback = await maya.do("/v1/callbacks", {"zone": BERLIN, "channel": "video"})
    assert callback["state"] == "due"
    await ines.accepted((await maya.me())["interaction"])
    me = await maya.me()
    call = me["call"]
    assert (call["state"], call["started_by"], call["video"]) == ("ringing", "agent", True)
    (rung,) = me["notifications"]
    assert (rung["title"], rung["link"]) == ("Ines is calling you", "#/talk")
    offer = {"gen": call["wanted_gen"], "rev": call["wanted_rev"], "sdp": AN_OFFER}
    await maya.do(f"/v1/calls/{call['id']}/offer", offer)
    assert (await maya.me())["callbacks"] == []
    promised = await ines.did(me["interaction"], "callback", later(days=1))
    assert (await maya.me())["callbacks"] == [promised]


@pytest.mark.parametrize("verb", ["hang up", "text instead", "later"])
async def test_not_now_is_an_answer_too(
    maya: SignedInCustomer, ines: SignedInAgent, verb: str
) -> None:
    await maya.do("/v1/callbacks", {"zone": BERLIN})
    live = await ines.accepted((await maya.me())["interaction"])
    if verb == "hang up":
        await maya.do(f"/v1/calls/{live['call_id']}/end")
    elif verb == "text instead":
        assert (await maya.did(live, "channel", {"channel": "text"}))["callback_id"] is None
    else:
        assert (await maya.did(live, "pause"))["callback_id"] is None
    me = await maya.me()
    assert (me["callbacks"], me["interaction"]["callback_id"]) == ([], None)
    planned = await maya.do("/v1/callbacks", later(hours=2))
    assert planned["state"] == "scheduled"


@pytest.mark.parametrize("verb", ["hang up", "text instead", "pause"])
async def test_an_agent_who_gives_up_ringing_answers_for_nobody(
    maya: SignedInCustomer, ines: SignedInAgent, verb: str
) -> None:
    callback = await maya.do("/v1/callbacks", {"zone": BERLIN})
    live = await ines.accepted((await maya.me())["interaction"])
    if verb == "hang up":
        await ines.do(f"/v1/calls/{live['call_id']}/end")
    elif verb == "text instead":
        await ines.did(live, "channel", {"channel": "text"})
    else:
        await ines.did(live, "pause")
    me = await maya.me()
    assert [one["id"] for one in me["callbacks"]] == [callback["id"]]
    assert me["interaction"]["callback_id"] == callback["id"]


async def test_passed_on_while_it_rings_it_is_still_a_callback_and_afterwards_none(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    tom = await company.agent("tom")
    callback = await maya.do("/v1/callbacks", {"zone": BERLIN})
    live = await ines.accepted((await maya.me())["interaction"])
    passed = await ines.did(live, "transfer", to_agent(tom))
    assert passed["callback_id"] == callback["id"]
    await tom.accepted(passed)
    me = await maya.me()
    assert me["notifications"][0]["title"] == "Tom is calling you"
    assert (await describe(maya, me["call"], "offer")).status_code == 204
    passed = await tom.did(live, "transfer", to_agent(ines))
    assert passed["callback_id"] is None
    await ines.accepted(passed)
    me = await maya.me()
    assert (len(me["notifications"]), me["call"]["started_by"]) == (2, "customer")


async def test_three_calls_in_vain_are_missed_and_one_tap_asks_again(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    screen = await maya.start()
    callback = await maya.do("/v1/callbacks", {"zone": BERLIN, "run_id": screen["run_id"]})
    first = (await maya.me())["interaction"]
    for tries in (1, 2):
        await ines.accepted(first)
        await ring_out(company, maya)
        again = await seen(maya, "callback", state="scheduled", tries=tries)
        assert (await ines.me())["interactions"] == []
        wait = datetime.fromisoformat(again["due_at"]) - datetime.now(UTC)
        assert AGAIN_AFTER - timedelta(seconds=30) < wait <= AGAIN_AFTER
        await time_passes(company, callback)
    third = await ines.accepted(first)
    assert third["enqueued_at"] == first["enqueued_at"] < third["waiting_since"]
    await ring_out(company, maya)
    missed = await seen(maya, "callback", state="missed", tries=3)
    assert (await company.interaction(first["id"])).disposition == "no_answer"
    assert (await ines.me())["interactions"] == []
    assert (await maya.read(f"/v1/runs/{screen['run_id']}"))["status"] == "active"
    assert (await maya.me())["notifications"][0]["title"] == "We tried to reach you"
    anew = await maya.do(f"/v1/callbacks/{missed['id']}/again", {})
    assert (anew["state"], anew["tries"]) == ("due", 1)
    interaction = (await maya.me())["interaction"]
    assert interaction["id"] == anew["interaction_id"] != first["id"]
    assert interaction["run_id"] == screen["run_id"]
    due = "callback.due"
    assert await kinds(maya, maya.conversation) == [
        "callback.scheduled", due, due, due, "callback.missed", due,
    ]  # fmt: skip


async def test_between_two_tries_the_customer_may_come_back_alone(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    callback = await maya.do("/v1/callbacks", {"zone": BERLIN})
    await ines.accepted((await maya.me())["interaction"])
    await ring_out(company, maya)
    paused = await seen(maya, "interaction", state="paused")
    await ines.accepted(await maya.did(paused, "resume"))
    await time_passes(company, callback)
    await ines.did(paused, "end")
    async with asyncio.timeout(10):
        while (await maya.me())["callbacks"]:
            await asyncio.sleep(0.05)
    assert "callback.missed" not in await kinds(maya, maya.conversation)


async def test_whoever_waits_is_called_at_the_same_place(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    waiting = await maya.ask()
    assert (await company.interaction(waiting["id"])).expected_s is not None
    assert await ines.offers() == [waiting["id"]]
    callback = await maya.do("/v1/callbacks", {"zone": BERLIN})
    assert (callback["interaction_id"], callback["state"]) == (waiting["id"], "due")
    now = (await maya.me())["interaction"]
    assert (now["channel"], now["place"]) == ("voice", 1)
    assert (await company.interaction(waiting["id"])).expected_s is None
    live = await ines.accepted(waiting)
    assert (live["channel"], live["enqueued_at"]) == ("voice", waiting["enqueued_at"])


async def test_whoever_waits_may_be_called_later_instead(
    company: Company, maya: SignedInCustomer
) -> None:
    waiting = await maya.ask("text", await maya.start())
    callback = await maya.do("/v1/callbacks", later(hours=3))
    assert callback["asked_at"] == waiting["enqueued_at"]
    assert callback["interaction_id"] != waiting["id"]
    assert (await maya.me())["interaction"] is None
    assert (await company.interaction(waiting["id"])).state == "closed"
    await time_passes(company, callback)
    again = await seen(maya, "interaction", state="queued")
    assert (again["run_id"], again["queue"]) == (waiting["run_id"], waiting["queue"])


async def test_nobody_is_called_while_they_talk_and_a_pause_ends_when_it_is_due(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    callback = await maya.do("/v1/callbacks", later(hours=1))
    live = await ines.accepted(await maya.ask())
    await time_passes(company, callback)
    await asyncio.sleep(1.5)  # the job looks every second
    assert (await seen(maya, "callback"))["state"] == "scheduled"
    await maya.did(live, "pause")
    back = await seen(maya, "interaction", callback_id=callback["id"])
    assert (back["id"], back["channel"]) == (live["id"], "voice")


async def test_it_is_moved_and_cancelled(company: Company, maya: SignedInCustomer) -> None:
    callback = await maya.do("/v1/callbacks", later(hours=1))
    path = f"/v1/callbacks/{callback['id']}"
    to = later(hours=30)
    moved = await maya.do(f"{path}/move", {**to, "zone": "America/New_York"} | {
        "at": clock(datetime.now(UTC) + timedelta(hours=30), "America/New_York"),
    })  # fmt: skip
    assert moved["zone"] == "America/New_York"
    assert moved["asked_at"] == callback["asked_at"] < callback["due_at"] < moved["due_at"]
    refused = await maya.post("/v1/callbacks", later(hours=2))
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/callback-open")
    assert (await maya.do(f"{path}/cancel", {}))["state"] == "cancelled"
    assert (await maya.me())["callbacks"] == []
    for verb, body in (("move", to), ("cancel", {}), ("again", {})):
        late = await maya.post(f"{path}/{verb}", body)
        assert (late.status_code, late.json()["type"]) == (409, "/problems/not-allowed-now")
    assert await kinds(maya, maya.conversation) == [
        "callback.scheduled", "callback.moved", "callback.cancelled",
    ]  # fmt: skip


async def test_leaving_the_queue_and_cancelling_the_callback_are_one(
    company: Company, maya: SignedInCustomer
) -> None:
    callback = await maya.do("/v1/callbacks", {"zone": BERLIN})
    await maya.did((await maya.me())["interaction"], "cancel")
    assert (await maya.me())["callbacks"] == []
    second = await maya.do("/v1/callbacks", {"zone": BERLIN})
    await maya.do(f"/v1/callbacks/{second['id']}/cancel", {})
    assert (await maya.me())["interaction"] is None
    assert second["id"] != callback["id"]


async def test_it_is_not_cancelled_while_it_rings(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    callback = await maya.do("/v1/callbacks", {"zone": BERLIN})
    await ines.accepted((await maya.me())["interaction"])
    refused = await maya.post(f"/v1/callbacks/{callback['id']}/cancel", {})
    assert refused.status_code == 409
    assert (await maya.me())["callbacks"][0]["state"] == "due"


async def test_a_time_outside_the_hours_names_the_next_opening(
    company: Company, maya: SignedInCustomer
) -> None:
    berlin = ZoneInfo(BERLIN)
    tomorrow = datetime.now(berlin).date() + timedelta(days=1)
    closed = Holiday(day=tomorrow + timedelta(days=1))
    nine_to_five: tuple[Span, ...] = (Span(9 * 60, 17 * 60),)
    week = dict.fromkeys(WEEK, nine_to_five)
    await opened(company, hours=Hours(zone=BERLIN, week=week, holidays=(closed,)))

    def on(day: date, hour: int) -> dict[str, Any]:
        return {"at": f"{day}T{hour:02}:00", "zone": BERLIN}

    late = await maya.post("/v1/callbacks", on(tomorrow, 18))
    assert (late.status_code, late.json()["type"]) == (422, "/problems/time-refused")
    nine = datetime(tomorrow.year, tomorrow.month, tomorrow.day, 9, tzinfo=berlin)
    next_one = (nine + timedelta(days=2)).astimezone(UTC)
    assert datetime.fromisoformat(late.json()["opens_at"]) == next_one
    options = await maya.read("/v1/help")
    opens = [datetime.fromisoformat(one["opens_at"]) for one in options["callback"]["windows"]]
    assert nine in opens
    assert next_one in opens
    taken = await maya.do("/v1/callbacks", on(tomorrow, 16))
    assert (await maya.read("/v1/help"))["callback"]["planned"] == taken


async def test_while_closed_only_a_time_can_be_had(
    company: Company, maya: SignedInCustomer
) -> None:
    await opened(company, hours=Hours(zone=BERLIN))
    choice = (await maya.read("/v1/help"))["callback"]
    assert choice == {"now": False, "windows": [], "planned": None}
    refused = await maya.post("/v1/callbacks", {"zone": BERLIN})
    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/time-refused")
    assert (await maya.me())["interaction"] is None


async def test_times_that_nobody_can_keep_are_refused(maya: SignedInCustomer) -> None:
    next_spring = next(
        day
        for day in (date(datetime.now(UTC).year + 1, 3, 31) - timedelta(days=n) for n in range(7))
        if day.weekday() == 6
    )
    for body, why in (
        (later(hours=-1), "over already"),
        (later(days=31), "more than 30 days"),
        ({"at": "2026-02-30T10:00", "zone": BERLIN}, "no date and time"),
        ({"at": f"{next_spring}T02:30", "zone": BERLIN}, "put forward"),
        ({"at": "2026-12-01T10:00", "zone": "Berlin"}, "no time zone"),
        ({"zone": "Nowhere"}, "no time zone"),
    ):
        refused = await maya.post("/v1/callbacks", body)
        assert (refused.status_code, refused.json()["type"]) == (422, "/problems/time-refused")
        assert why in refused.json()["detail"]
    assert (await maya.me())["callbacks"] == []


async def test_the_same_key_again_is_answered_alike(maya: SignedInCustomer) -> None:
    body, key = later(hours=2), {"Idempotency-Key": "k1"}
    first = await maya.do("/v1/callbacks", body, headers=key)
    assert await maya.do("/v1/callbacks", body, headers=key) == first
