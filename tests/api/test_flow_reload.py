"""Does a flow go live as its file is written, and does a broken one stay as it was?"""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from structlog.testing import capture_logs

from app.catalogue import Catalogue
from app.flow_reload import FlowReload
from app.store.work import Store
from tests.api.alone import company_alone
from tests.api.company import More

FLOW = """\
flow: order_card
title: Order a card
anonymous: true
start: done
on: {help: {queue: cards, reason: order}}
steps:
  done: {end: solved}
"""
CALLER = """\
flow: outer
title: Outer
start: part
on: {help: {queue: cards, reason: order}}
steps:
  part: {call: {flow: order_card}, next: done}
  done: {end: solved}
"""


async def watched(store: Store, folder: Path) -> tuple[Catalogue, FlowReload]:
    catalogue = Catalogue()
    await catalogue.publish_folder(store, folder)
    return catalogue, FlowReload(catalogue, store, folder, None)


def title_of(catalogue: Catalogue) -> str:
    live = catalogue.live("order_card")
    return live.head.title if live else ""


async def test_what_changed_goes_live(store: Store, tmp_path: Path) -> None:
    (tmp_path / "order_card.yaml").write_text(FLOW)
    catalogue, reload = await watched(store, tmp_path)
    (tmp_path / "order_card.yaml").write_text(FLOW.replace("Order a card", "Get a card"))
    await reload.look()
    assert title_of(catalogue) == "Get a card"
    (tmp_path / "another.yaml").write_text(FLOW.replace("order_card", "another"))
    await reload.look()
    assert catalogue.live("another") is not None


async def test_what_is_broken_stays_as_it_was_and_is_told_by_line(
    store: Store, tmp_path: Path
) -> None:
    path = tmp_path / "order_card.yaml"
    path.write_text(FLOW)
    catalogue, reload = await watched(store, tmp_path)
    path.write_text(FLOW.replace("start: done", "start: dome"))
    with capture_logs() as logs:
        await reload.look()
        await reload.look()
    assert title_of(catalogue) == "Order a card"
    told = [one for one in logs if one["event"] == "flows.finding"]
    assert [(one["at"], one["what"]) for one in told] == [
        (f"{path}:4", "E001 start: there is no step `dome`"),
        (f"{path}:7", "E003 steps.done: no step leads here"),
    ], "and only once"
    path.write_text(FLOW.replace("Order a card", "Get a card"))
    await reload.look()
    assert title_of(catalogue) == "Get a card"


async def test_a_file_that_is_no_text_keeps_no_other(store: Store, tmp_path: Path) -> None:
    (tmp_path / "order_card.yaml").write_text(FLOW)
    catalogue, reload = await watched(store, tmp_path)
    (tmp_path / "a.yaml").write_bytes(b"\xff\xfe")
    (tmp_path / "order_card.yaml").write_text(FLOW.replace("Order a card", "Get a card"))
    await reload.look()
    assert title_of(catalogue) == "Get a card"


async def test_who_calls_a_flow_gets_its_new_version(store: Store, tmp_path: Path) -> None:
    (tmp_path / "order_card.yaml").write_text(FLOW)
    (tmp_path / "outer.yaml").write_text(CALLER)
    catalogue, reload = await watched(store, tmp_path)
    (tmp_path / "order_card.yaml").write_text(FLOW.replace("end: solved", "end: refused"))
    await reload.look()
    called, caller = catalogue.live("order_card"), catalogue.live("outer")
    assert called is not None
    assert caller is not None
    assert caller.links == {"order_card": called.version}


async def test_a_server_looks_by_itself() -> None:
    async with company_alone(More(flows={"order_card": FLOW}, flows_reload=True)) as company:
        guest = await company.guest()

        async def title() -> str:
            items = (await guest.read("/v1/flows"))["items"]
            return str(next(one["title"] for one in items if one["flow"] == "order_card"))

        assert await title() == "Order a card"
        path = Path(company.config.flows_dir) / "order_card.yaml"
        await asyncio.to_thread(path.write_text, FLOW.replace("Order a card", "Get a card"))
        await until(title, "Get a card")


async def until(ask: Callable[[], Awaitable[str]], expected: str) -> None:
    async with asyncio.timeout(10):
        while await ask() != expected:
            await asyncio.sleep(0.1)
