"""Where is my order? The flow of the example shop over HTTP, with its own back end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from examples.bank.faults import Fault
from examples.bank.keys import new_key
from examples.bank.serving import listening, server
from examples.bank.signature import read_secret
from examples.shop.books import Books
from examples.shop.people import ORDERS, PEOPLE
from examples.shop.server import ISSUER, Shop, create_app
from tests.api.alone import company_alone
from tests.api.company import Company, More, SignedInCustomer
from tests.api.real_bank import SECRET
from tests.api.test_back_end import settled

SHOP = Path(__file__).parent.parent.parent / "examples" / "shop"


class Place(msgspec.Struct, frozen=True, kw_only=True):
    company: Company
    shop: Shop

    async def customer(self, name: str) -> SignedInCustomer:
        token = self.shop.key.token(PEOPLE[name], self.shop.now(), ISSUER)
        found = await self.company.nobody.do("/v1/sign-in/customer", {"token": token})
        return SignedInCustomer(self.company, found)

    def remedies(self, customer: str) -> list[str | None]:
        return [order.remedy for order in self.shop.books.orders_of(customer)]


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    async with shop_served() as (shop, url):
        keys = tmp_path / "shop.json"
        keys.write_bytes(msgspec.json.encode(shop.key.jwks))
        settings = {
            "host_keys": str(keys),
            "host_issuer": ISSUER,
            "actions_url": url,
            "flows_dir": str(SHOP / "flows"),
            "texts_dir": str(SHOP / "texts"),
        }
        async with company_alone(More(settings=settings)) as company:
            yield Place(company=company, shop=shop)


@asynccontextmanager
async def shop_served() -> AsyncIterator[tuple[Shop, str]]:
    shop = Shop(books=Books.open(None, ORDERS), key=new_key(), secret=read_secret(SECRET))
    listener = listening("127.0.0.1", 0)
    running = server(create_app(shop))
    serving = asyncio.create_task(running.serve(sockets=[listener]))
    try:
        yield shop, f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        running.should_exit = True
        await serving
        shop.books.close()


async def begun(place: Place, name: str, **inputs: str) -> tuple[SignedInCustomer, Any]:
    customer = await place.customer(name)
    wanted = {"flow": "where_is_my_order", "inputs": inputs}
    return customer, await settled(customer, await customer.do("/v1/runs", wanted))


async def test_one_order_is_tracked_without_a_question(place: Place) -> None:
    sofia, screen = await begun(place, "sofia")
    assert screen["step"] == "status"
    for word in ("Ordered", "Packed", "On its way", "Delivered"):
        assert word in str(screen)
    screen = await sofia.answered(await sofia.answered(screen, {}), {"happy": "yes"})
    assert screen["outcome"] == "solved"


async def test_one_of_several_is_chosen(place: Place) -> None:
    maya, screen = await begun(place, "maya")
    for name, is_open in (("Walking boots", True), ("Rain jacket", True), ("Water bottle", False)):
        assert (name in str(screen)) is is_open
    screen = await settled(maya, await maya.answered(screen, {"order": "wl10000002"}))
    assert screen["step"] == "status"


async def test_the_one_that_the_app_shows_is_tracked(place: Place) -> None:
    _, screen = await begun(place, "maya", order_id="wl10000003")
    assert screen["step"] == "status"


async def test_without_an_open_order_its_number_is_asked_for(place: Place) -> None:
    grace, screen = await begun(place, "grace")
    refused = await grace.answer(screen, {"number": "10000007"})
    assert refused.status_code == 422
    assert "two letters and eight digits" in refused.text
    screen = await grace.read(f"/v1/runs/{screen['run_id']}")
    screen = await settled(grace, await grace.answered(screen, {"number": "WL10000007"}))
    assert screen["step"] == "status"


async def test_the_order_of_another_is_not_found(place: Place) -> None:
    grace, screen = await begun(place, "grace")
    screen = await settled(grace, await grace.answered(screen, {"number": "WL10000001"}))
    assert screen["kind"] == "handoff"


@pytest.mark.parametrize(
    ("name", "remedy"), [("jonas", "resend"), ("jonas", "refund"), ("lina", "resend")]
)
async def test_what_is_late_or_lost_is_made_good(place: Place, name: str, remedy: str) -> None:
    customer, screen = await begun(place, name)
    assert screen["step"] == "sorry"
    screen = await settled(customer, await customer.answered(screen, {"remedy": remedy}))
    assert screen["outcome"] == "solved"
    assert place.remedies(name) == [remedy]


async def test_whoever_would_rather_talk_is_handed_to_a_person(place: Place) -> None:
    jonas, screen = await begun(place, "jonas")
    screen = await jonas.answered(screen, {"remedy": "talk"})
    assert (screen["kind"], place.remedies("jonas")) == ("handoff", [None])
    kept = await place.company.interaction((await jonas.ask(run=screen))["id"])
    assert kept.queue == "logistics"


@pytest.mark.parametrize(("fault", "kind"), [("reset", "end"), ("html", "handoff")])
async def test_what_became_of_a_remedy_is_asked(place: Place, fault: str, kind: str) -> None:
    jonas, screen = await begun(place, "jonas")
    planned = {"action": "orders.remedy", "kind": fault}
    place.shop.faults.plan(msgspec.convert(planned, Fault))
    screen = await settled(jonas, await jonas.answered(screen, {"remedy": "resend"}))
    assert screen["kind"] == kind
    assert place.remedies("jonas") == (["resend"] if kind == "end" else [None])
