"""What does the customer have from the bank? Its app's tokens, its text messages, the card."""

from datetime import datetime

import aiohttp
import msgspec
from msgspec import Struct


class TextMessage(Struct, frozen=True):
    code: str
    at: datetime


class TextMessages(Struct, frozen=True):
    items: list[TextMessage]
    """The newest first."""


class ShownCard(Struct, frozen=True):
    id: str
    label: str
    status: str


class ShownCards(Struct, frozen=True):
    items: list[ShownCard]


class CardInHand(Struct, frozen=True):
    """What is printed on it. The bank tells nobody: a customer reads it off the card."""

    last4: str
    expiry: str


class Bank:
    """The example bank, as one of its customers meets it."""

    def __init__(self, http: aiohttp.ClientSession, url: str, customer: str) -> None:
        self._http = http
        self._url = url
        self._customer = customer

    async def token(self) -> str:
        """What the bank's app gets from the bank's own back end to sign in with."""
        answer = msgspec.json.decode(await self._get("/token"), type=dict[str, str])
        return answer["token"]

    async def newest_code(self) -> str:
        """The one-time code of the latest text message; empty where none has come yet."""
        messages = msgspec.json.decode(await self._get("/messages.json"), type=TextMessages)
        return messages.items[0].code if messages.items else ""

    async def status_of(self, card: str) -> str:
        cards = msgspec.json.decode(await self._get("/cards"), type=ShownCards)
        return next(one.status for one in cards.items if one.id == card)

    def card_in_hand(self, card: str) -> CardInHand:
        from examples.bank.people import CARDS  # only the source tree has it

        sent = next(one for one in CARDS if one.id == card)
        return CardInHand(last4=sent.last4, expiry=sent.expiry)

    async def _get(self, path: str) -> bytes:
        query = {"customer": self._customer}
        async with self._http.get(self._url + path, params=query) as response:
            response.raise_for_status()
            return await response.read()
