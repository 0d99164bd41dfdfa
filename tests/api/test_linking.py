"""Signing in on a device that was used without: whose history is it then?"""

import asyncio
from contextlib import suppress
from typing import Any
from uuid import UUID

import websockets
from msgspec.structs import replace

from app.ids import new_id
from tests.api.company import Company, Guest, SignedInAgent, SignedInCustomer
from tests.api.live_client import open_page
from tests.api.test_callbacks import later, seen, time_passes
from tests.api.test_files import say
from tests.api.test_participants import joined
from tests.fixtures.pictures import photo


async def asked(company: Company, guest: Guest) -> Any:
    await company.for_anybody()
    return await guest.ask()


def kinds(events: list[Any]) -> list[str]:
    return [one["kind"] for one in events]


async def test_the_history_of_the_device_becomes_the_customers(
    company: Company, ines: SignedInAgent
) -> None:
    guest = await company.guest()
    interaction = await ines.accepted(await asked(company, guest))
    maya, linked = await guest.signs_in()
    assert linked
    mine = (await maya.me())["interaction"]
    assert (mine["id"], mine["state"]) == (interaction["id"], "live")
    assert mine["enqueued_at"] == interaction["enqueued_at"]
    events = await maya.events(maya.conversation)
    assert kinds(events) == ["help.asked", "interaction.accepted", "identity.linked"]
    assert events[-1]["body"]["conversation_id"] is None
    [held] = (await ines.me())["interactions"]
    assert (held["id"], held["customer"]["id"]) == (interaction["id"], maya.id)
    assert held["customer"]["verified"] is True
    assert kinds(await ines.events(held["conversation_id"]))[-1] == "identity.linked"


async def test_beside_an_older_history_it_stays_readable(
    company: Company, ines: SignedInAgent
) -> None:
    maya = await company.customer("maya")
    await maya.did(await maya.ask(), "cancel")
    guest = await company.guest()
    interaction = await ines.accepted(await asked(company, guest))
    told = {"cmid": "01936f2e-6c1c-7a51-9a6e-2f6a1c0e4d11", "text": "before signing in"}
    await guest.do(f"/v1/conversations/{guest.conversation}/messages", told)
    _, linked = await guest.signs_in()
    assert linked
    mine = (await maya.me())["interaction"]
    assert (mine["id"], mine["conversation_id"]) == (interaction["id"], maya.conversation)
    last = (await maya.events(maya.conversation))[-1]
    assert (last["kind"], last["body"]["conversation_id"]) == (
        "identity.linked",
        guest.conversation,
    )
    before = await ines.events(guest.conversation)
    assert before[-1]["body"]["conversation_id"] == maya.conversation
    assert "before signing in" in [one["body"].get("text") for one in before]
    async with open_page(ines) as page:
        await page.hello(ines.token)
        await page.send("watch", conversation_id=guest.conversation, after=0)
        assert (await page.next("event"))["kind"] == "help.asked"
    tom = await company.agent("tom")
    for stranger in (tom, maya, await company.customer("jonas")):
        answer = await stranger.get(f"/v1/conversations/{guest.conversation}/events")
        assert answer.status_code == 404


async def test_the_place_in_the_queue_is_kept(company: Company) -> None:
    guest = await company.guest()
    interaction = await asked(company, guest)
    other = await company.customer("jonas")
    await other.ask()
    maya, _ = await guest.signs_in()
    mine = (await maya.me())["interaction"]
    assert (mine["id"], mine["place"]) == (interaction["id"], 1)
    assert (await other.me())["interaction"]["place"] == 2


async def test_a_device_is_linked_once_and_to_nobody_else(company: Company) -> None:
    guest = await company.guest()
    await asked(company, guest)
    maya, first = await guest.signs_in("maya")
    jonas, second = await guest.signs_in("jonas")
    _, again = await guest.signs_in("maya")
    assert (first, second, again) == (True, False, True)
    assert (await jonas.me())["interaction"] is None
    assert kinds(await jonas.events(jonas.conversation)) == []
    assert kinds(await maya.events(maya.conversation)).count("identity.linked") == 1


async def test_of_two_who_sign_in_at_once_one_gets_it(company: Company) -> None:
    for _ in range(5):
        guest = await company.guest()
        await asked(company, guest)
        results = await asyncio.gather(*(guest.signs_in(name) for name in ("maya", "jonas") * 3))
        owners = {one.id for one, linked in results if linked}
        assert len(owners) == 1
        holding = [one for one, _ in results if (await one.me())["interaction"]]
        assert {one.id for one in holding} == owners
        await holding[0].did((await holding[0].me())["interaction"], "cancel")


async def test_a_made_up_secret_signs_in_and_links_nothing(company: Company) -> None:
    body = {"token": company.host_token(), "device_secret": "made up"}
    found = await company.nobody.do("/v1/sign-in/customer", body)
    assert found["linked"] is False
    assert SignedInCustomer(company, found).token


async def test_the_same_name_links_nothing(company: Company) -> None:
    guest = await company.guest(name="Maya Okafor")
    await asked(company, guest)
    maya = await company.customer("maya")
    assert (await maya.me())["interaction"] is None
    assert (await guest.me())["interaction"] is not None


async def test_the_old_access_token_and_its_socket_are_over(
    company: Company, ines: SignedInAgent
) -> None:
    guest = await company.guest()
    await ines.accepted(await asked(company, guest))
    async with open_page(guest) as page:
        await page.hello(guest.token)
        maya, _ = await guest.signs_in()
        told = {"cmid": "01936f2e-6c1c-7a51-9a6e-2f6a1c0e4d12", "text": "my PIN is secret"}
        await maya.do(f"/v1/conversations/{maya.conversation}/messages", told)
        heard = []
        with suppress(websockets.ConnectionClosed):
            await page.send("ping")
            while True:
                heard.append(await page.frame())
        assert page.socket.close_code == 4401
        assert "my PIN is secret" not in [one.get("body", {}).get("text") for one in heard]
    assert (await guest.get("/v1/me")).status_code == 401
    again = await company.guest(guest.secret)
    assert again.is_new
    assert again.id not in {guest.id, maya.id}


async def test_of_two_requests_that_wait_the_customers_own_stays(company: Company) -> None:
    maya = await company.customer("maya")
    own = await maya.ask()
    guest = await company.guest()
    other = await asked(company, guest)
    _, linked = await guest.signs_in()
    assert linked
    assert (await maya.me())["interaction"]["id"] == own["id"]
    assert (await company.interaction(other["id"])).state.value == "closed"


async def test_two_who_talk_are_linked_when_one_is_over(
    company: Company, ines: SignedInAgent
) -> None:
    maya = await company.customer("maya")
    await maya.ask()
    guest = await company.guest()
    talking = await ines.accepted(await asked(company, guest))
    _, linked = await guest.signs_in()
    assert not linked
    assert (await guest.me())["interaction"]["id"] == talking["id"]
    await guest.did(talking, "end")
    _, linked = await guest.signs_in()
    assert linked


async def test_what_the_guest_begins_meanwhile_is_not_lost(company: Company) -> None:
    await company.for_anybody()
    for _ in range(5):
        guest = await company.guest()
        answer, (maya, linked) = await asyncio.gather(
            guest.post("/v1/help", {"channel": "text"}), guest.signs_in()
        )
        assert linked
        mine = (await maya.me())["interaction"]
        if answer.status_code == 201:
            assert mine["id"] == answer.json()["id"]
            await maya.did(mine, "cancel")
        else:
            assert (answer.status_code, mine) == (401, None)


async def test_a_promised_callback_comes_along(company: Company, ines: SignedInAgent) -> None:
    guest = await company.guest()
    live = await ines.accepted(await asked(company, guest))
    promised = await ines.did(live, "callback", later(hours=2))
    assert (await guest.read("/v1/help"))["callback"]["planned"] == promised
    await guest.did(live, "end")
    maya, linked = await guest.signs_in()
    assert linked
    assert (await maya.me())["callbacks"] == [promised]
    await time_passes(company, promised)
    waiting = await seen(maya, "interaction", callback_id=promised["id"])
    assert waiting["id"] == promised["interaction_id"]
    assert waiting["state"] in {"queued", "offered"}  # the server's own round may be first
    assert waiting["conversation_id"] == maya.conversation


async def test_a_promised_callback_comes_along_without_its_run(
    company: Company, ines: SignedInAgent
) -> None:
    maya, guest = await company.customer("maya"), await company.guest()
    own = await maya.start()
    live = await ines.accepted(await asked(company, guest))
    async with company.store.write() as work:
        run = await work.runs.get(UUID(own["run_id"]))
        left = replace(
            run,
            id=new_id(),
            customer_id=UUID(guest.id),
            conversation_id=UUID(guest.conversation),
        )
        await work.runs.add(left)
    await company.change(live["id"], run_id=left.id)
    promised = await ines.did(live, "callback", later(hours=2))
    await guest.did(live, "end")
    await guest.signs_in()
    await time_passes(company, promised)
    waiting = await seen(maya, "interaction", callback_id=promised["id"])
    assert waiting["run_id"] == str(left.id)


async def test_of_two_callbacks_the_customers_own_stays(
    company: Company, ines: SignedInAgent
) -> None:
    maya = await company.customer("maya")
    own = await maya.do("/v1/callbacks", later(hours=3))
    guest = await company.guest()
    live = await ines.accepted(await asked(company, guest))
    await ines.did(live, "callback", later(hours=2))
    _, linked = await guest.signs_in()
    assert linked
    me = await maya.me()
    assert (me["callbacks"], me["interaction"]["id"]) == ([own], live["id"])
    there = kinds(await ines.events(guest.conversation))
    assert there[-2:] == ["callback.cancelled", "identity.linked"]


async def test_whoever_did_not_sign_in_asks_for_no_callback_but_moves_a_promised_one(
    company: Company, ines: SignedInAgent
) -> None:
    guest = await company.guest()
    live = await ines.accepted(await asked(company, guest))
    refused = await guest.post("/v1/callbacks", later(hours=1))
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/wrong-role")
    nothing = {"now": False, "windows": [], "planned": None}
    assert (await guest.read("/v1/help"))["callback"] == nothing
    promised = await ines.did(live, "callback", later(hours=2))
    assert (await guest.read("/v1/help"))["callback"]["windows"]
    path = f"/v1/callbacks/{promised['id']}"
    moved = await guest.do(f"{path}/move", later(hours=4))
    assert moved["due_at"] > promised["due_at"]
    assert (await guest.do(f"{path}/cancel", {}))["state"] == "cancelled"


async def test_a_request_that_is_put_aside_does_not_hinder_linking(
    company: Company, ines: SignedInAgent
) -> None:
    maya = await company.customer("maya")
    own = await maya.ask()
    guest = await company.guest()
    live = await ines.accepted(await asked(company, guest))
    await guest.did(live, "pause", {})
    _, linked = await guest.signs_in()
    assert linked
    assert (await maya.me())["interaction"]["id"] == own["id"]


async def test_files_come_along_with_their_log(company: Company, ines: SignedInAgent) -> None:
    guest = await company.guest()
    await ines.accepted(await asked(company, guest))
    said = await guest.uploaded(guest.conversation, photo())
    unsaid = await guest.uploaded(guest.conversation, photo())
    await say(guest, guest.conversation, said)
    maya, _ = await guest.signs_in()
    for person in (maya, ines):
        assert (await person.get(f"/v1/files/{said['id']}")).status_code == 200
    await say(maya, maya.conversation, unsaid)
    assert (await ines.get(f"/v1/files/{unsaid['id']}")).status_code == 200


async def test_files_of_an_earlier_log_are_for_agents_alone(
    company: Company, ines: SignedInAgent
) -> None:
    maya = await company.customer("maya")
    await maya.did(await maya.ask(), "cancel")
    guest = await company.guest()
    await ines.accepted(await asked(company, guest))
    file = await guest.uploaded(guest.conversation, photo())
    await say(guest, guest.conversation, file)
    await guest.signs_in()
    path = f"/v1/files/{file['id']}"
    assert (await ines.get(path)).status_code == 200
    for stranger in (maya, await company.agent("tom")):
        assert (await stranger.get(path)).status_code == 404


async def test_nobody_is_asked_anything_in_an_earlier_log(
    company: Company, ines: SignedInAgent
) -> None:
    maya = await company.customer("maya")
    await maya.did(await maya.ask(), "cancel")
    guest = await company.guest()
    await ines.accepted(await asked(company, guest))
    await guest.signs_in()
    card = {"cmid": "01936f2e-6c1c-7a51-9a6e-2f6a1c0e4d13", "prompt": "Here?", "kind": "yes_no"}
    refused = await ines.post(f"/v1/conversations/{guest.conversation}/asks", card)
    assert refused.status_code == 404
    await ines.do(f"/v1/conversations/{maya.conversation}/asks", card)


async def test_a_colleague_who_joined_sees_what_was_said_before(
    company: Company, ines: SignedInAgent
) -> None:
    maya = await company.customer("maya")
    await maya.did(await maya.ask(), "cancel")
    guest = await company.guest()
    live = await ines.accepted(await asked(company, guest))
    tom = await company.agent("tom")
    path = f"/v1/conversations/{guest.conversation}/events"
    await joined(ines, tom, live, "specialist")
    _, linked = await guest.signs_in()
    assert linked
    assert (await tom.get(path)).status_code == 200
    assert (await tom.get(f"/v1/customers/{maya.id}/facts")).status_code == 200
    [beside] = (await tom.me())["participations"]
    assert beside["interaction"]["conversation_id"] == maya.conversation
