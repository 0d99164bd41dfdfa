"""A customer without a browser: does what the phone page does, through the same API."""

import asyncio
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from app.api.devices import DeviceView
from app.api.frames import EventFrame
from app.api.help import HelpOptions
from app.api.me import CustomerMe, NotificationView
from app.api.sign_in import CustomerSignIn
from app.api.wire import CallView, InteractionView
from app.conversation.interaction import Channel
from app.demo.bank import Bank
from app.demo.client import PATIENCE_S, Client
from app.demo.handset import Handset
from app.demo.http import Http
from app.demo.talk import Talk
from app.ids import new_id
from rtc.engine import Side
from selfservice.screen import Screen

LOOK_AGAIN_S = 0.1


class Customer:
    """Signs in once, then keeps a live socket and its side of any call."""

    def __init__(self, name: str, http: Http, bank: Bank, handset: Handset) -> None:
        self.name = name
        self.http = http
        self.bank = bank
        self.handset = handset
        self.client = Client(http)
        self._running: list[asyncio.Task[None]] = []
        self.talk = Talk(Side.CUSTOMER, http, self.client, self.call)
        self.conversation_id = UUID(int=0)
        self.screen: Screen | None = None

    async def sign_in(self, tasks: asyncio.TaskGroup) -> None:
        """With a token of the bank; the live socket and the calls run in `tasks` from now on."""
        token = {"token": await self.bank.token()}
        signed_in = await self.http.post("/v1/sign-in/customer", CustomerSignIn, token)
        self.http.token = signed_in.access_token
        self.conversation_id = signed_in.conversation_id
        self._running = [tasks.create_task(self.client.run()), tasks.create_task(self.talk.run())]
        await self.client.until("the customer's welcome", lambda: self.client.me)

    async def register_handset(self) -> None:
        address = await self.handset.switch_on()
        device = {"kind": "fcm_token", "address": address, "app": "bank-phone"}
        await self.http.post("/v1/devices", DeviceView, device)

    def leave(self) -> None:
        """Close the page."""
        for task in self._running:
            task.cancel()

    @property
    def me(self) -> CustomerMe:
        assert isinstance(self.client.me, CustomerMe)  # noqa: S101 - signed in as a customer
        return self.client.me

    def call(self) -> CallView | None:
        return self.me.call if self.client.me else None

    def events(self) -> list[EventFrame]:
        """The conversation as the customer sees it."""
        log = self.client.logs.get(self.conversation_id)
        return log.events if log else []

    # --- self-service -------------------------------------------------------------------------

    async def start(self, flow: str, inputs: Mapping[str, str]) -> Screen:
        self.screen = await self.http.post("/v1/runs", Screen, {"flow": flow, "inputs": inputs})
        return await self._when_the_bank_is_done()

    async def open_run(self) -> Screen:
        """The run's present screen, as the phone shows it after coming back."""
        self.screen = await self.http.get(f"/v1/runs/{self.run.run_id}", Screen)
        return self.screen

    async def answer(self, values: Mapping[str, str]) -> Screen:
        body = {"rev": self.run.rev, "step": self.run.step, "values": values}
        path = f"/v1/runs/{self.run.run_id}/answers"
        self.screen = await self.http.post(path, Screen, body)
        return await self._when_the_bank_is_done()

    async def _when_the_bank_is_done(self) -> Screen:
        """A progress screen stays until the company's back end has answered."""
        async with asyncio.timeout(PATIENCE_S):
            while self.run.kind == "progress":
                await asyncio.sleep(LOOK_AGAIN_S)
                await self.open_run()
        return self.run

    @property
    def run(self) -> Screen:
        assert self.screen is not None  # noqa: S101 - started
        return self.screen

    # --- with a human -------------------------------------------------------------------------

    async def help_options(self, run_id: UUID) -> HelpOptions:
        return await self.http.get(f"/v1/help?run_id={run_id}", HelpOptions)

    async def ask_for_help(self, channel: Channel, **attached: Any) -> InteractionView:
        """`attached` is what the agent will see: run_id, app_state, actions."""
        body = {"channel": channel, **attached}
        return await self.http.post("/v1/help", InteractionView, body, key=str(new_id()))

    async def leave_queue(self, interaction_id: UUID) -> None:
        await self.http.tell(f"/v1/interactions/{interaction_id}/cancel")

    async def change_channel(self, interaction_id: UUID, channel: Channel) -> None:
        await self.http.tell(f"/v1/interactions/{interaction_id}/channel", {"channel": channel})

    async def rate(self, interaction_id: UUID, score: int, text: str) -> None:
        body = {"score": score, "text": text}
        await self.http.tell(f"/v1/interactions/{interaction_id}/rating", body)

    async def fetch_notification(self, id: str) -> NotificationView:
        return await self.http.get(f"/v1/notifications/{id}", NotificationView)

    async def confirm_notification(self, id: str) -> None:
        await self.http.tell(f"/v1/notifications/{id}/receipt")
