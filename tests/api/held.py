"""What a client holds that applies what it is sent, by the rules of docs/reference/live.md.

It never asks for anything a second time: where that would be needed, it fails.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from copy import deepcopy
from typing import Any, Self

from msgspec import Struct

from tests.api.company import Person
from tests.api.live_client import Page, live_page

SOON_S = 5

CHANGES_WITH_TIME = {"now", "wait"}
"""Members of a snapshot that are never twice the same."""


class Held(Struct):
    """The newest snapshot of the caller, and of each conversation its events and marks."""

    me: Any
    logs: dict[str, list[Any]] = {}
    marks: dict[str, Any] = {}

    def copy(self) -> Self:
        return deepcopy(self)

    @property
    def cursors(self) -> dict[str, int]:
        return {conversation: log[-1]["seq"] for conversation, log in self.logs.items() if log}

    def take(self, frame: Any) -> None:
        match frame["type"]:
            case "welcome" | "me":
                self.me = frame["me"]
            case "team":
                self.me |= _without(frame, "type")
            case "marks":
                self.marks[frame["conversation_id"]] = _without(frame, "type", "conversation_id")
            case "place":
                self._stand(frame)
            case "event":
                self._apply(_without(frame, "type"))
            case "tail":
                here = self.logs.setdefault(frame["conversation_id"], [])
                assert frame["upto"] == _cursor(here), "the tail ends elsewhere than its events"
            case other:
                raise AssertionError(f"not expected here: {other}")

    def _stand(self, place: Any) -> None:
        """What it says is newer than the snapshot, unless that has a later `now`."""
        one = self.me["interaction"]
        if one and one["id"] == place["interaction_id"] and one["now"] <= place["now"]:
            one |= _without(place, "type", "interaction_id")

    def _apply(self, event: Any) -> None:
        log = self.logs.setdefault(event["conversation_id"], [])
        if event["seq"] <= _cursor(log):
            return
        assert event["prev"] == _cursor(log), f"a hole before {event}"
        log.append(event)
        _fold(log, event)


def _cursor(log: list[Any]) -> int:
    return log[-1]["seq"] if log else 0


def _fold(log: list[Any], event: Any) -> None:
    """What an event changes of an earlier one, as docs/reference/events.md tells."""
    if event["kind"] not in {"message.edited", "message.deleted", "ask.answered"}:
        return
    of = next(one for one in log if one["seq"] == event["body"]["of"])
    if event["kind"] == "ask.answered":
        of["body"]["answered"] = event["seq"]
        return
    for one in log:
        if one["kind"] == "message.edited" and one["body"]["of"] == of["seq"] and one is not event:
            one["body"]["text"] = ""
    if event["kind"] == "message.edited":
        of["body"] |= {"text": "", "edited": event["seq"]}
    else:
        of["body"] = {"text": "", "deleted": event["seq"]}


class Follower:
    """An open page that follows all that its person may follow, as the desk and the phone do."""

    def __init__(self, person: Person, page: Page, held: Held) -> None:
        self.person = person
        self.held = held
        self._page = page
        self._watched = set(held.cursors)

    async def catch_up(self) -> list[str]:
        """Apply what was sent until now: the types of it."""
        types: list[str] = []
        while True:
            await self._page.send("ping")
            while (frame := await self._page.frame())["type"] != "pong":
                self.held.take(frame)
                types.append(frame["type"])
            if not await self._watch_more():
                return types

    async def quiet(self) -> None:
        """Until nothing comes any more: what comes later has another cause."""
        while await self.catch_up():
            await asyncio.sleep(0.02)

    async def comes_true(self) -> None:
        """Raises AssertionError where it does not soon hold what a fresh read gives."""
        try:
            async with asyncio.timeout(SOON_S):
                while not await self._is_true():
                    await asyncio.sleep(0.05)
        except TimeoutError:
            await self._must_be_true()

    async def _is_true(self) -> bool:
        try:
            await self._must_be_true()
        except NotYet:
            return False
        return True

    async def _must_be_true(self) -> None:
        await self.catch_up()
        fresh = await read_anew(self.person, set(self.held.logs))
        for name, told, real in (
            ("me", _still(self.held.me), _still(fresh.me)),
            *((f"log {id}", self.held.logs[id], log) for id, log in fresh.logs.items()),
        ):
            if told != real:
                raise NotYet(f"{name}: {_difference(told, real)}")

    async def _watch_more(self) -> bool:
        """Whether there is more to follow than before. Customers follow the own one anyhow."""
        wanted = _in_hand(self.held.me)
        for conversation in sorted(wanted - self._watched):
            after = self.held.cursors.get(conversation, 0)
            await self._page.send("watch", conversation_id=conversation, after=after)
        more, self._watched = not wanted <= self._watched, wanted
        return more


class NotYet(AssertionError):
    """What was told differs from what is."""


@asynccontextmanager
async def following(person: Person, held: Held | None = None) -> AsyncIterator[Follower]:
    """Connected, with what is held already or from nothing, and everything there applied."""
    held = held or Held(me=None)
    async with live_page(person, **held.cursors) as page:
        held.take(page.welcome)
        follower = Follower(person, page, held)
        await follower.catch_up()
        yield follower


async def read_anew(person: Person, conversations: set[str]) -> Held:
    """By plain HTTP, from nothing; without the conversations that the person may not see now."""
    held = Held(me=await person.me())
    for conversation in conversations:
        answer = await person.get(f"/v1/conversations/{conversation}/events?limit=500")
        if answer.status_code == 200:
            held.logs[conversation] = answer.json()["items"]
    return held


def _in_hand(me: Any) -> set[str]:
    if me["kind"] == "customer":
        return set()
    joined = [one for one in me["participations"] if one["participant"]["state"] == "joined"]
    mine = [*me["interactions"], *(one["interaction"] for one in joined)]
    return {one["conversation_id"] for one in mine}


def _without(frame: Any, *names: str) -> Any:
    return {name: value for name, value in frame.items() if name not in names}


def _still(value: Any) -> Any:
    if isinstance(value, dict):
        left = value.keys() - CHANGES_WITH_TIME
        return {name: _still(one) for name, one in value.items() if name in left}
    return [_still(one) for one in value] if isinstance(value, list) else value


def _difference(told: Any, real: Any) -> str:
    """Where the two part, as short as can be."""
    if isinstance(told, dict) and isinstance(real, dict):
        for name in sorted(told.keys() | real.keys()):
            if told.get(name) != real.get(name):
                return f".{name}{_difference(told.get(name), real.get(name))}"
    if isinstance(told, list) and isinstance(real, list) and len(told) == len(real):
        at = next(at for at, (a, b) in enumerate(zip(told, real, strict=True)) if a != b)
        return f"[{at}]{_difference(told[at], real[at])}"
    return f" was told as {told}, is {real}"
