"""An agent without a browser: does what the desk does, through the same API."""

import asyncio
from uuid import UUID

from app.api.frames import EventFrame
from app.api.interactions import ContextView
from app.api.me import AgentMe, OfferView
from app.api.sign_in import AgentSignIn
from app.api.wire import CallView, InteractionView
from app.conversation.interaction import Channel
from app.conversation.people import Intent
from app.demo.client import Client
from app.demo.http import Http
from app.demo.talk import Talk
from rtc.engine import Side
from selfservice.view import RunView


class Agent:
    """Signs in once, then keeps a live socket and its side of any call."""

    def __init__(self, name: str, email: str, http: Http) -> None:
        self.name = name
        self.email = email
        self.http = http
        self.client = Client(http)
        self._running: list[asyncio.Task[None]] = []
        self.talk = Talk(Side.AGENT, http, self.client, self.call)

    async def sign_in(self, password: str, tasks: asyncio.TaskGroup) -> None:
        """The live socket and the calls run in `tasks` from now on."""
        body = {"email": self.email, "password": password}
        signed_in = await self.http.post("/v1/sign-in/agent", AgentSignIn, body)
        self.http.token = signed_in.access_token
        self._running = [tasks.create_task(self.client.run()), tasks.create_task(self.talk.run())]
        await self.client.until("the agent's welcome", lambda: self.client.me)

    def leave(self) -> None:
        """Close the page."""
        for task in self._running:
            task.cancel()

    @property
    def me(self) -> AgentMe:
        assert isinstance(self.client.me, AgentMe)  # noqa: S101 - signed in as an agent
        return self.client.me

    def call(self) -> CallView | None:
        return next(iter(self.me.calls), None) if self.client.me else None

    def events(self, conversation_id: UUID) -> list[EventFrame]:
        """The conversation as agents see it."""
        log = self.client.logs.get(conversation_id)
        return log.events if log else []

    async def be(self, intent: Intent) -> None:
        await self.http.put("/v1/me/presence", AgentMe, {"intent": intent})

    async def offered(self, interaction_id: UUID) -> OfferView:
        """Wait for the offer card. Raises NotSeen."""
        return await self.client.until(
            f"an offer to {self.name}",
            lambda: next((o for o in self.me.offers if o.interaction.id == interaction_id), None),
        )

    async def decline(self, interaction_id: UUID, reason: str) -> None:
        await self.http.tell(f"/v1/interactions/{interaction_id}/decline", {"reason": reason})

    async def accept(self, interaction_id: UUID) -> InteractionView:
        path = f"/v1/interactions/{interaction_id}/accept"
        accepted = await self.http.post(path, InteractionView)
        await self.client.watch(accepted.conversation_id)
        return accepted

    async def context(self, interaction_id: UUID) -> ContextView:
        return await self.http.get(f"/v1/interactions/{interaction_id}/context", ContextView)

    async def run(self, interaction_id: UUID) -> RunView:
        return await self.http.get(f"/v1/interactions/{interaction_id}/run", RunView)

    async def change_channel(self, interaction_id: UUID, channel: Channel) -> None:
        await self.http.tell(f"/v1/interactions/{interaction_id}/channel", {"channel": channel})

    async def note(self, interaction_id: UUID, text: str) -> None:
        await self.http.tell(f"/v1/interactions/{interaction_id}/notes", {"text": text})

    async def hand_back(self, interaction_id: UUID) -> None:
        await self.http.tell(f"/v1/interactions/{interaction_id}/hand-back")

    async def end(self, interaction_id: UUID) -> None:
        await self.http.tell(f"/v1/interactions/{interaction_id}/end")

    async def wrap_up(self, interaction_id: UUID, disposition: str, note: str) -> None:
        body = {"disposition": disposition, "note": note}
        await self.http.tell(f"/v1/interactions/{interaction_id}/wrap-up", body)
