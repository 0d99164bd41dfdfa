"""Does the live socket take each frame from those whom the table names, and tell nobody else?"""

from contextlib import AsyncExitStack
from typing import Any, get_args
from uuid import uuid4

import msgspec

from app.api import frames
from app.api.permissions import MAY, Role, live_operations
from tests.api.live_client import Page, open_page
from tests.security.findings import Findings
from tests.security.people import Knocking
from tests.security.planted import Planted

SIGN_IN = 4401
LONGEST_TOKEN = 200  # a longer one does not fit the frame, which closes with another code
FOLLOWED = ("tail", None)  # comes also after an event of a conversation that is followed
KINDS = {str(one.__struct_config__.tag): one for one in get_args(frames.ClientFrame)}
BY_THEMSELVES = {"me", "place", "team", "typing", "context", "event", "marks"}
"""Frames that come without being asked for."""

ANSWERS = {
    "send": "event",
    "watch": "tail",
    "sync": "tail",
    "got": None,
    "seen": None,
    "typing": None,
    "context": None,
    "unwatch": None,
}
"""Frame -> what answers it to somebody who may, in this order.

`hello` is said first of all, and `ping` after each frame: `pong` tells that no more will come.
"""

NOT_YOURS = {
    "send": ("refused", "/problems/not-found"),
    "watch": ("error", "/problems/not-found"),
    "sync": ("error", "/problems/not-found"),
    "context": ("error", "/problems/not-allowed-now"),  # it names none: nobody helps this one
}
"""Frame -> what answers it to those whose conversation it is not; the others are passed over."""


class LiveMatrix:
    def __init__(self, planted: Planted, people: list[Knocking], findings: Findings) -> None:
        self._planted = planted
        self._people = people
        self._findings = findings
        self._conversation = planted.ids["conversations"]
        self.operations = live_operations()

    async def walk(self) -> None:
        known = {"live hello", "live ping", *(f"live {tag}" for tag in ANSWERS)}
        self._findings.uncovered.update(
            one for one in self.operations if one not in MAY or one not in known
        )
        for who in self._people:
            if who.role in MAY["live hello"]:
                await self._greeted(who)
            else:
                await self._turned_away(who)
        await self._overheard()

    async def _turned_away(self, who: Knocking) -> None:
        async with open_page(who.person) as page:
            await page.send("hello", token=who.person.token[:LONGEST_TOKEN])
            self._findings.expect("live hello", who, await page.closed(), SIGN_IN)
            self._findings.read("live hello", who, page.socket.close_reason or "")

    async def _greeted(self, who: Knocking) -> None:
        async with open_page(who.person) as page:
            await self._hello(page, who)
            for tag in ANSWERS:
                await self._framed(page, who, tag)

    async def _hello(self, page: Page, who: Knocking) -> None:
        await page.hello(who.person.token, **{self._conversation: 0})
        text = msgspec.json.encode(page.welcome).decode()
        self._findings.read("live hello", who, text)
        named = self._conversation in page.welcome["heads"]
        self._findings.expect("live hello", who, named, who.own)
        await self._replies(page, "live hello", who)

    async def _framed(self, page: Page, who: Knocking, tag: str) -> None:
        operation, expect = f"live {tag}", self._findings.expect
        replies = await self._sent(page, who, tag, self._conversation)
        told = [(one["type"], one.get("problem", {}).get("type")) for one in replies]
        if who.role not in MAY[operation]:
            expect(operation, who, told, [("error", "/problems/wrong-role")])
        elif who.own:
            wanted = {(ANSWERS[tag], None)} if ANSWERS[tag] else set()
            expect(operation, who, set(told) - {FOLLOWED} | wanted, set(told) & wanted)
        else:
            unknown = await self._sent(page, who, tag, str(uuid4()))
            missing = [NOT_YOURS[tag]] if tag in NOT_YOURS else []
            expect(operation, who, told, missing)
            expect(operation, who, _shapes(replies), _shapes(unknown))

    async def _sent(self, page: Page, who: Knocking, tag: str, conversation: str) -> list[Any]:
        kind = KINDS[tag]
        cmid = str(uuid4())
        given = {
            "conversation_id": conversation,
            "cmid": cmid,
            "text": "hello",
            "after": 0,
            "files": [],
            "upto": 0,
            "patch": {"screen": self._planted.texts["context"]},
            "actions": [],
            "whole": True,
        }
        wanted = {name: given[name] for name in kind.__struct_fields__}
        await page.send(tag, **wanted)
        self._findings.read(f"live {tag}", who, "")
        return await self._replies(page, f"live {tag}", who, cmid)

    async def _replies(
        self, page: Page, operation: str, who: Knocking, cmid: str = ""
    ) -> list[Any]:
        """What comes until the answer to a ping, without what comes by itself."""
        await page.send("ping")
        replies = []
        self._findings.read("live ping", who, "")
        while (frame := await page.frame())["type"] != "pong":
            self._findings.read(operation, who, msgspec.json.encode(frame).decode())
            if frame["type"] not in BY_THEMSELVES or frame.get("cmid") == cmid:
                replies.append(frame)
        return replies

    async def _overheard(self) -> None:
        """Everybody listens while the two talk: strangers hear nothing of it."""
        strangers = [who for who in self._people if not who.own and who.role is not Role.NOBODY]
        text = self._planted.texts["message"]
        async with AsyncExitStack() as stack:
            pages = []
            for who in strangers:
                page = await stack.enter_async_context(open_page(who.person))
                await page.hello(who.person.token, **{self._conversation: 0})
                pages.append(page)
            own = await stack.enter_async_context(open_page(self._planted.owner))
            await own.hello(self._planted.owner.token)
            shown = {"screen": self._planted.texts["context"]}
            await own.send("context", whole=True, patch=shown, actions=[])
            await own.silence()
            said = {"cmid": str(uuid4()), "text": text}
            await self._planted.owner.do(f"/v1/conversations/{self._conversation}/messages", said)
            for who, page in zip(strangers, pages, strict=True):
                await self._replies(page, "live hello", who)


def _shapes(replies: list[Any]) -> list[Any]:
    return [{**one, "cmid": ""} for one in replies]
