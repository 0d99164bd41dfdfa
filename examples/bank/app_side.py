"""What does the bank serve to its own app, and to whoever looks at its pages?

`/token` stands for what a real bank does behind its own sign-in: here anybody may be any customer.
`/messages` stands for the customer's text messages, which a real bank sends to the phone.
"""

from pathlib import Path
from typing import Any

from litestar import MediaType, Router, get
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromQuery
from litestar.response import File
from litestar.static_files import create_static_files_router
from litestar.types import ControllerRouterHandler

from examples.bank.actions import shown
from examples.bank.bank import Bank
from examples.bank.people import PEOPLE, Person

STATIC = Path(__file__).parent / "static"
PAGE_HEADERS = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
}


@get("/token")
async def token(customer: FromQuery[str], bank: NamedDependency[Bank]) -> dict[str, str]:
    return {"token": bank.key.token(bank.customer(customer), bank.now())}


@get("/.well-known/jwks.json")
async def jwks(bank: NamedDependency[Bank]) -> dict[str, Any]:
    return bank.key.jwks


@get("/customers")
async def customers() -> dict[str, list[Person]]:
    return {"items": list(PEOPLE.values())}


@get("/cards")
async def cards(
    customer: FromQuery[str], bank: NamedDependency[Bank]
) -> dict[str, list[dict[str, Any]]]:
    owned = bank.books.cards_of(bank.customer(customer).id)
    return {"items": [shown(card, bank.today()) for card in owned]}


@get("/messages.json")
async def messages(customer: FromQuery[str], bank: NamedDependency[Bank]) -> dict[str, Any]:
    person = bank.customer(customer)
    return {"customer": person, "items": bank.books.messages_of(person.id), "now": bank.now()}


def _page(path: str, file: str) -> HTTPRouteHandler:
    @get(path)
    async def page() -> File:
        return File(
            STATIC / file,
            filename=file,
            media_type=MediaType.HTML,
            content_disposition_type="inline",
            headers=PAGE_HEADERS,
        )

    return page


APP_SIDE: list[ControllerRouterHandler] = [
    Router(
        "/",
        route_handlers=[token, jwks, customers, cards, messages],
        response_headers={"Cache-Control": "no-store"},
    ),
    _page("/", "index.html"),
    _page("/messages", "messages.html"),
    create_static_files_router("/static", directories=[STATIC], cache_control=None),
]
