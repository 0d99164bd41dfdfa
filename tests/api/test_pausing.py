"""The customer decides when: a pause, a reminder, leaving with a notification to come."""

import asyncio
from typing import Any
from uuid import uuid4

from tests.api.company import Company, SignedInAgent, SignedInCustomer


async def live_with_run(maya: SignedInCustomer, ines: SignedInAgent) -> tuple[Any, Any]:
    screen = await maya.start()
    return screen, await ines.accepted(await maya.ask("text", screen))


async def write(maya: SignedInCustomer, text: str = "here I am") -> None:
    said = {"cmid": str(uuid4()), "text": text}
    await maya.do(f"/v1/conversations/{maya.conversation}/messages", said)


async def kinds(who: SignedInCustomer) -> list[str]:
    return [one["kind"] for one in await who.events(who.conversation)]


async def test_a_pause_frees_the_agent_and_keeps_place_run_and_owner(
    company: Company, maya: SignedInCustomer
) -> None:
    ines = await company.agent("ines", texts=1)
    screen, live = await live_with_run(maya, ines)
    jonas = await company.customer("jonas")
    second = await jonas.ask()
    assert await ines.offers() == []
    paused = await maya.did(live, "pause")
    assert (paused["state"], paused["agent"]["name"]) == ("paused", "Ines")
    assert (await maya.me())["interaction"]["state"] == "paused"
    assert (await maya.read(f"/v1/runs/{screen['run_id']}"))["status"] == "with_human"
    await ines.accepted(second)
    back = await maya.did(live, "resume", {"channel": "voice"})
    assert (back["state"], back["channel"], back["place"]) == ("queued", "voice", 1)
    assert back["enqueued_at"] == live["enqueued_at"] < back["waiting_since"]
    assert str((await company.interaction(live["id"])).owner_id) == ines.id
    assert {"interaction.paused", "interaction.resumed"} < set(await kinds(maya))


async def test_a_message_after_a_pause_waits_for_an_answer(
    maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    _, live = await live_with_run(maya, ines)
    await ines.did(live, "pause")
    assert (await ines.me())["interactions"] == []
    await write(maya)
    again = await ines.accepted(live)
    assert (again["state"], again["id"]) == ("live", live["id"])
    texts = [e["body"]["text"] for e in await ines.events(maya.conversation) if e["cmid"]]
    assert texts == ["here I am"]


async def test_the_call_ends_with_a_pause(maya: SignedInCustomer, ines: SignedInAgent) -> None:
    live = await ines.accepted(await maya.ask("voice"))
    await maya.did(live, "pause")
    assert (await maya.me())["call"] is None
    assert (await maya.me())["interaction"]["channel"] == "text"


async def test_whoever_does_not_come_back_gets_the_run_back(
    maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    screen, live = await live_with_run(maya, ines)
    paused = await maya.did(live, "pause")
    gone = await maya.did(paused, "cancel")
    assert (gone["state"], gone["ended_at"]) == ("closed", paused["paused_at"])
    assert (await maya.read(f"/v1/runs/{screen['run_id']}"))["status"] == "active"
    rated = await maya.act(gone, "rating", {"score": 5})
    assert rated.status_code == 201


async def test_only_what_is_live_can_be_paused_and_only_what_is_paused_resumed(
    maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    waiting = await maya.ask()
    for verb in ("pause", "resume"):
        refused = await maya.act(waiting, verb)
        assert (refused.status_code, refused.json()["type"]) == (409, "/problems/not-allowed-now")
    live = await ines.accepted(waiting)
    assert (await maya.act(live, "resume")).status_code == 409
    past = await maya.act(live, "pause", {"remind_at": "2020-01-01T18:00:00Z"})
    assert (past.status_code, past.json()["type"]) == (422, "/problems/time-refused")
    assert (await maya.me())["interaction"]["state"] == "live"


async def test_the_phone_reminds_once_when_it_is_time(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    _, live = await live_with_run(maya, ines)
    await maya.did(live, "pause", {"remind_at": "2099-01-01T18:00:00Z"})
    assert (await maya.me())["notifications"] == []
    await company.change(live["id"], remind_at=await company.long_ago())
    async with asyncio.timeout(10):
        while not (await maya.me())["notifications"]:
            await asyncio.sleep(0.05)
    (told,) = (await maya.me())["notifications"]
    assert told["link"] == "#/chat"
    shown = (await maya.me())["interaction"]
    assert (shown["state"], shown["remind_at"]) == ("paused", None)


async def test_whoever_leaves_the_app_is_told_when_somebody_answers(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    waiting = await maya.ask()
    left = await maya.did(waiting, "notify")
    assert (left["notify"], left["place"]) == (True, 1)
    live = await ines.accepted(waiting)
    (told,) = (await maya.me())["notifications"]
    assert (told["title"], told["link"]) == ("Ines is here for you", "#/talk")
    late = await maya.act(waiting, "notify")
    assert (late.status_code, late.json()["type"]) == (409, "/problems/not-allowed-now")
    assert live["notify"] is False
    tom = await company.agent("tom")
    to_tom = {"to": {"kind": "agent", "id": tom.id}, "reason": "knows it"}
    await tom.accepted(await ines.did(live, "transfer", to_tom))
    assert (await maya.me())["notifications"] == [told]


async def test_whoever_stays_is_not_told_twice(maya: SignedInCustomer, ines: SignedInAgent) -> None:
    await ines.accepted(await maya.ask())
    assert (await maya.me())["notifications"] == []


async def test_the_time_waited_in_vain_is_recorded(maya: SignedInCustomer) -> None:
    await maya.did(await maya.ask(), "cancel")
    (left,) = [e for e in await maya.events(maya.conversation) if "cancelled" in e["kind"]]
    assert left["body"]["waited_s"] == 0
