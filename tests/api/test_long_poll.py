"""The timeline without a socket: an answer comes when there is something to tell."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from tests.api.company import SignedInAgent, SignedInCustomer


async def upto(who: SignedInCustomer) -> int:
    return int((await who.read(f"/v1/conversations/{who.conversation}/events"))["upto"])


def polled(who: SignedInCustomer, after: int, wait: int) -> asyncio.Task[Any]:
    path = f"/v1/conversations/{who.conversation}/events?after={after}&wait={wait}"
    return asyncio.create_task(who.read(path))


async def test_a_message_is_answered_when_it_is_there(
    maya: SignedInCustomer, ines: SignedInAgent
) -> None:
    await ines.accepted(await maya.ask())
    poll = polled(maya, await upto(maya), wait=20)
    await asyncio.sleep(0.1)
    assert not poll.done()
    path = f"/v1/conversations/{maya.conversation}/messages"
    await ines.do(path, {"cmid": str(uuid4()), "text": "still there?"})
    async with asyncio.timeout(2):
        (event,) = (await poll)["items"]
    assert event["body"] == {"text": "still there?"}


async def test_a_note_wakes_no_customer(maya: SignedInCustomer, ines: SignedInAgent) -> None:
    interaction = await ines.accepted(await maya.ask())
    cursor = await upto(maya)
    poll = polled(maya, cursor, wait=1)
    await ines.did(interaction, "notes", {"text": "internal"})
    assert await poll == {"items": [], "upto": cursor}


async def test_what_is_there_is_answered_at_once(maya: SignedInCustomer) -> None:
    await maya.ask()
    async with asyncio.timeout(2):
        assert (await polled(maya, 0, wait=20))["items"]


@pytest.mark.parametrize("wait", ["-1", "26", "x"])
async def test_it_waits_for_half_a_minute_at_most(maya: SignedInCustomer, wait: str) -> None:
    path = f"/v1/conversations/{maya.conversation}/events?wait={wait}"
    assert (await maya.get(path)).status_code == 400
