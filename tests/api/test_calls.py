"""Calls over the API: channel changes, descriptions, new legs, hanging up."""

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from app.calls import Calls
from rtc.engine import LegLost, Side, UnknownCall
from tests.api.company import Company, SignedInAgent, SignedInCustomer

SDP = Path(__file__).parent.parent / "contract" / "rtc" / "descriptions"
AN_OFFER = (SDP / "chromium_offer.sdp").read_bytes().decode()
AN_ANSWER = (SDP / "chromium_answer.sdp").read_bytes().decode()


async def ringing(maya: SignedInCustomer, ines: SignedInAgent, channel: str = "voice") -> Any:
    await ines.accepted(await maya.ask(channel))
    return (await maya.me())["call"]


async def describe(person: Any, call: Any, kind: str, rev: int | None = None) -> Any:
    """Offer or answer what is wanted now."""
    body = {
        "gen": call["wanted_gen"],
        "rev": call["wanted_rev"] if rev is None else rev,
        "sdp": AN_OFFER if kind == "offer" else AN_ANSWER,
    }
    return await person.post(f"/v1/calls/{call['id']}/{kind}", body)


async def connected(company: Company, maya: SignedInCustomer, ines: SignedInAgent) -> Any:
    call = await ringing(maya, ines)
    assert (await describe(maya, call, "offer")).status_code == 204
    assert (await describe(ines, call, "answer")).status_code == 204
    await company.engine.connect(UUID(call["id"]))
    return (await maya.me())["call"]


async def test_descriptions_reach_the_other_side_rewritten(
    maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    call = await ringing(maya, ines)
    assert (await describe(maya, call, "offer")).status_code == 204
    (seen,) = (await ines.me())["calls"]
    assert (seen["description"]["kind"], seen["description"]["gen"]) == ("offer", 1)
    assert "192.0.2.1" in seen["description"]["sdp"]
    assert seen["state"] == "connecting"
    assert (await maya.me())["call"]["description"] is None
    assert (await describe(ines, call, "answer")).status_code == 204
    assert (await maya.me())["call"]["description"]["kind"] == "answer"


async def test_a_call_is_connected_once_both_legs_are_up(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    call = await connected(company, maya, ines)
    assert call["state"] == "connected"
    kinds = [one["kind"] for one in await maya.events(maya.conversation)]
    assert kinds[-2:] == ["call.started", "call.connected"]


@pytest.mark.parametrize(("gen", "rev"), [(0, 0), (2, 0), (1, 1)])
async def test_an_offer_for_other_legs_is_stale(
    maya: SignedInCustomer, ines: SignedInAgent, gen: int, rev: int
) -> None:
    call = await ringing(maya, ines)
    body = {"gen": gen, "rev": rev, "sdp": AN_OFFER}
    answer = await maya.post(f"/v1/calls/{call['id']}/offer", body)
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/stale-description")


async def test_an_answer_belongs_to_the_newest_offer(
    maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    call = await ringing(maya, ines)
    assert (await describe(ines, call, "answer")).status_code == 409  # nothing is offered yet
    await describe(maya, call, "offer")
    assert (await describe(ines, call, "answer", rev=7)).status_code == 409
    assert (await maya.me())["call"]["description"] is None
    assert (await describe(ines, call, "answer")).status_code == 204


@pytest.mark.parametrize("sdp", ["hello", "v=0\r\nnonsense\r\n"])
async def test_what_is_no_description_is_refused_at_its_place(
    maya: SignedInCustomer, ines: SignedInAgent, sdp: str
) -> None:
    call = await ringing(maya, ines)
    body = {"gen": 1, "rev": 0, "sdp": sdp}
    answer = await maya.post(f"/v1/calls/{call['id']}/offer", body)
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/bad-description")
    assert answer.json()["errors"][0]["pointer"] == "/sdp"
    assert (await maya.me())["call"]["gen"] == 0


async def test_only_the_right_side_offers_and_answers(
    maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    call = await ringing(maya, ines)
    for person, kind in ((ines, "offer"), (maya, "answer")):
        answer = await describe(person, call, kind)
        assert (answer.status_code, answer.json()["type"]) == (403, "/problems/wrong-role")


async def test_new_legs_are_wanted_once_however_many_ask(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    call = await connected(company, maya, ines)
    for person in (maya, ines, maya):
        await person.do(f"/v1/calls/{call['id']}/replace", {"gen": 1})
    now = (await maya.me())["call"]
    assert (now["wanted_gen"], now["gen"], now["state"]) == (2, 1, "recovering")
    assert now["description"] is None
    await describe(maya, now, "offer")
    await ines.do(f"/v1/calls/{call['id']}/replace", {"gen": 1})  # late: it is done
    assert (await maya.me())["call"]["wanted_gen"] == 2
    kinds = [one["kind"] for one in await maya.events(maya.conversation)]
    assert kinds.count("call.recovering") == 1


async def test_a_page_that_was_reloaded_gets_new_legs_at_once(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    call = await connected(company, maya, ines)
    await maya.do(f"/v1/calls/{call['id']}/replace", {"gen": 1})
    await describe(maya, (await maya.me())["call"], "offer")
    await ines.do(f"/v1/calls/{call['id']}/replace", {"gen": 2})
    assert (await maya.me())["call"]["wanted_gen"] == 3


async def test_a_leg_lost_before_it_was_up_is_replaced_too(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    call = await ringing(maya, ines)
    await describe(maya, call, "offer")
    await company.engine.lose(UUID(call["id"]), Side.CUSTOMER)
    now = (await maya.me())["call"]
    assert (now["wanted_gen"], now["state"]) == (2, "connecting")
    await company.engine.events(
        LegLost(call=UUID(call["id"]), gen=1, side=Side.AGENT, reason="the other one")
    )
    assert (await maya.me())["call"]["wanted_gen"] == 2


async def test_a_dead_worker_is_noticed_within_the_second_of_a_replacement(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    call = await connected(company, maya, ines)
    await maya.do(f"/v1/calls/{call['id']}/replace", {"gen": 1})
    await describe(maya, (await maya.me())["call"], "offer")
    await company.engine.die()
    assert (await maya.me())["call"]["wanted_gen"] == 3


async def test_voice_becomes_video_in_the_same_call(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    call = await connected(company, maya, ines)
    changed = await ines.did({"id": call["interaction_id"]}, "channel", {"channel": "video"})
    assert (changed["channel"], changed["call_id"]) == ("video", call["id"])
    now = (await maya.me())["call"]
    assert (now["video"], now["wanted_gen"], now["wanted_rev"]) == (True, 1, 1)
    assert (await describe(maya, now, "offer")).status_code == 204


async def test_text_becomes_voice_by_the_agent(maya: SignedInCustomer, ines: SignedInAgent) -> None:
    interaction = await ines.accepted(await maya.ask("text"))
    changed = await ines.did(interaction, "channel", {"channel": "voice"})
    call = (await maya.me())["call"]
    assert (call["id"], call["started_by"]) == (changed["call_id"], "agent")
    again = await maya.did(interaction, "channel", {"channel": "voice"})
    assert again["call_id"] == call["id"]


async def test_who_has_no_room_for_a_call_is_not_called_but_may_call(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    jonas = await company.customer("jonas")
    await ringing(jonas, ines)
    text = await ines.accepted(await maya.ask())
    refused = await maya.act(text, "channel", {"channel": "voice"})
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/not-allowed-now")
    assert "Ines has no room for another call" in refused.json()["detail"]
    assert (await maya.me())["interaction"]["channel"] == "text"
    assert (await ines.did(text, "channel", {"channel": "voice"}))["channel"] == "voice"


async def test_a_channel_changes_no_more_when_it_is_over(
    maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    interaction = await ines.accepted(await maya.ask())
    await ines.did(interaction, "end")
    answer = await maya.act(interaction, "channel", {"channel": "voice"})
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/not-allowed-now")


async def test_hanging_up_goes_on_by_text_and_twice_is_no_error(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    """chatwoot#15576: when one side had hung up, the other one did not hear of it."""
    call = await connected(company, maya, ines)
    await maya.do(f"/v1/calls/{call['id']}/end")
    assert (await maya.me())["call"] is None
    assert (await maya.me())["interaction"]["channel"] == "text"
    await ines.do(f"/v1/calls/{call['id']}/end")
    late = await describe(maya, call, "offer")
    assert (late.status_code, late.json()["detail"]) == (404, "no such call")


async def test_back_to_text_ends_the_call(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    call = await connected(company, maya, ines)
    changed = await maya.did({"id": call["interaction_id"]}, "channel", {"channel": "text"})
    assert (changed["channel"], changed["call_id"]) == ("text", None)


async def test_mute_is_shown_to_the_other_side(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    call = await connected(company, maya, ines)
    await maya.do(f"/v1/calls/{call['id']}/media", {"audio": False, "video": True})
    (seen,) = (await ines.me())["calls"]
    assert seen["customer_media"] == {"audio": False, "video": True}
    assert seen["agent_media"] is None


async def test_a_call_that_nobody_answers_ends_and_the_text_goes_on(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    """chatwoot#14346: taken before media flowed, a call rang for ever, and nobody else could."""
    from msgspec.structs import replace

    call = await ringing(maya, ines)
    async with company.store.write() as work:
        row = await work.calls.get(UUID(call["id"]))
        await work.calls.save(replace(row, state_since=await company.long_ago()))
    await Calls(company.store, type(company.engine)()).sweep()
    me = await maya.me()
    assert (me["call"], me["interaction"]["channel"]) == (None, "text")
    ended = next(one for one in await maya.events(maya.conversation) if one["kind"] == "call.ended")
    assert ended["body"]["reason"] == "unanswered"


async def test_a_call_that_was_deleted_is_forgotten(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    """It was looked for every second, for ever, and never found."""
    call = await connected(company, maya, ines)
    calls = Calls(company.store, company.engine)
    async with company.store.write() as work:
        customer = await work.customers.get(UUID(maya.id))
        await calls.end(work, UUID(call["id"]), customer)
    await company.forget_everything()
    await calls.sweep()
    with pytest.raises(UnknownCall):
        await company.engine.stats(UUID(call["id"]))
