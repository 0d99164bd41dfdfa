"""Counts of runs: what is to be counted, summed up, and counted anew without counting twice."""

import asyncio
from datetime import date, datetime, timedelta

import pytest
from msgspec import Raw
from msgspec.json import encode
from msgspec.structs import replace

from app.catalogue import Catalogue
from app.conversation.errors import NotFound
from app.conversation.timeline import SYSTEM, Entry
from app.ids import new_id
from app.runs.tallying import tally_runs
from app.store.records import Count, FlowVersion, RunRow, RunTally, Total
from app.store.work import Store
from selfservice.events import Event, Forgot
from tests.contract.people import NOON, customer, customers, flow_version, said, started
from tests.unit.selfservice.driver import BANK, RUN
from tests.unit.selfservice.driver import SYSTEM as BY_SYSTEM
from tests.unit.selfservice.test_insight import solved

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
TODAY = NOON.date()


async def claim(store: Store, now: datetime = NOON, limit: int = 10) -> list[RunRow]:
    async with store.write() as work:
        return list(await work.insight.claim(now, limit))


async def _claim_in_vain(store: Store) -> None:
    async with store.write() as work:
        assert len(await work.insight.claim(NOON, 10)) == 3
        await work.runs.get(new_id())


async def put(store: Store, *tallies: RunTally) -> None:
    async with store.write() as work:
        await work.insight.put(tallies)


async def totals(store: Store, since: date = TODAY, flow: str | None = None) -> list[Total]:
    async with store.read() as work:
        return list(await work.insight.totals(since, flow))


def told(run: RunRow, *counts: tuple[str, str, str, int], **more: object) -> RunTally:
    given = {"run_id": run.id, "hash": run.hash, "day": TODAY, **more}
    return RunTally(counts=tuple(Count(*one) for one in counts), **given)  # type: ignore[arg-type]


def total(step: str, what: str, name: str, count: int, **more: str) -> Total:
    given = {"flow": "activate_debit_card", "hash": "f1", **more}
    return Total(step=step, what=what, name=name, count=count, **given)


async def test_a_run_is_claimed_when_it_moved_and_then_no_more(store: Store) -> None:
    maya, jonas = await customers(store, 2)
    await flow_version(store)
    later = await started(store, maya, updated_at=NOON + MINUTE)
    first = await started(store, jonas)
    assert await claim(store) == [first, later]
    assert await claim(store) == []
    async with store.write() as work:
        moved = await work.runs.save(replace(first, status="solved"))
    assert await claim(store) == [moved]
    assert await claim(store) == []


async def test_so_many_are_claimed_at_once_and_an_undone_claim_is_none(store: Store) -> None:
    maya = await customer(store)
    await flow_version(store)
    runs = [await started(store, maya, inputs_key=f"{n}") for n in range(3)]
    with pytest.raises(NotFound):
        await _claim_in_vain(store)
    claimed = await claim(store, limit=2) + await claim(store, limit=2)
    assert {one.id for one in claimed} == {one.id for one in runs}


async def test_each_run_is_claimed_by_one_of_those_who_count_at_once(store: Store) -> None:
    maya = await customer(store)
    await flow_version(store)
    runs = [await started(store, maya, inputs_key=f"{n}") for n in range(9)]
    claims = await asyncio.gather(*(claim(store, limit=3) for _ in range(3)))
    rest = await claim(store)
    assert sorted(one.id for some in (*claims, rest) for one in some) == sorted(r.id for r in runs)


async def test_counts_add_up_and_a_new_tally_takes_the_place_of_the_old_one(store: Store) -> None:
    maya = await customer(store)
    await flow_version(store)
    one = await started(store, maya, inputs_key="1")
    two = await started(store, maya, inputs_key="2")
    await put(
        store,
        told(one, ("", "started", "", 1), ("ask", "invalid", "last4:length", 2)),
        told(two, ("", "started", "", 1), ("ask", "left", "", 1)),
    )
    started_twice = total("", "started", "", 2)
    refused = total("ask", "invalid", "last4:length", 2)
    assert await totals(store) == [started_twice, refused, total("ask", "left", "", 1)]
    gone_on = told(two, ("", "started", "", 1), ("", "solved", "", 1))
    await put(store, gone_on)
    await put(store, gone_on)
    assert await totals(store) == [total("", "solved", "", 1), started_twice, refused]


async def test_a_run_that_follows_another_version_counts_there_and_not_here(store: Store) -> None:
    maya = await customer(store)
    await flow_version(store)
    await flow_version(store, "f2")
    run = await started(store, maya)
    await put(store, told(run, ("", "started", "", 1)))
    await put(store, told(run, ("", "started", "", 1), hash="f2"))
    assert await totals(store) == [total("", "started", "", 1, hash="f2")]


async def test_totals_are_of_days_and_of_a_flow(store: Store) -> None:
    maya = await customer(store)
    await flow_version(store)
    other = FlowVersion(hash="d1", flow="dispute", body="flow: dispute", published_at=NOON)
    async with store.write() as work:
        await work.flow_versions.publish(other)
    old = await started(store, maya, inputs_key="1")
    new = await started(store, maya, inputs_key="2")
    dispute = await started(store, maya, flow="dispute", hash="d1")
    began = ("", "started", "", 1)
    await put(store, told(old, began, day=TODAY - DAY), told(new, began))
    await put(store, told(dispute, began))
    of_dispute = total("", "started", "", 1, flow="dispute", hash="d1")
    assert await totals(store) == [total("", "started", "", 1), of_dispute]
    assert await totals(store, TODAY - DAY) == [total("", "started", "", 2), of_dispute]
    assert await totals(store, flow="dispute") == [of_dispute]
    assert await totals(store, TODAY + DAY) == []


async def test_what_has_settled_is_claimed_again_once(store: Store) -> None:
    maya = await customer(store)
    await flow_version(store)
    run = await started(store, maya)
    await claim(store)
    await put(store, told(run, look_again_at=NOON + DAY))
    assert await claim(store, NOON + DAY) == []
    assert await claim(store, NOON + DAY + MINUTE) == [run]
    await put(store, told(run))
    assert await claim(store, NOON + 9 * DAY) == []


async def test_who_asks_again_has_their_solved_runs_counted_anew(store: Store) -> None:
    maya, jonas = await customers(store, 2)
    await flow_version(store)
    lately = await started(store, maya, status="solved", updated_at=NOON)
    await started(store, maya, status="solved", updated_at=NOON - MINUTE, inputs_key="before")
    await started(store, maya, inputs_key="open")
    await started(store, jonas, status="solved")
    assert len(await claim(store)) == 4
    async with store.write() as work:
        await work.insight.count_again(maya.id, NOON)
    assert await claim(store) == [lately]


async def test_the_log_of_a_run_is_what_its_flow_wrote_in_its_order(store: Store) -> None:
    maya = await customer(store)
    await flow_version(store)
    mine = await started(store, maya, inputs_key="1")
    other = await started(store, maya, inputs_key="2")
    async with store.write() as work:
        for run, event in ((mine, b"one"), (other, b"x"), (mine, b"two"), (mine, b"three")):
            entry = Entry(kind="flow.answered", actor=SYSTEM, body={}, run_id=run.id, private=event)
            await work.timeline.append(maya.conversation_id, entry)
        await work.timeline.append(maya.conversation_id, said("hello", run_id=mine.id))
    async with store.read() as work:
        logs = await work.insight.logs([mine.id, other.id, new_id()], 2)
    assert {id: list(log) for id, log in logs.items()} == {
        mine.id: [b"one", b"two"],
        other.id: [b"x"],
    }


async def test_what_was_counted_stays_when_the_answers_are_forgotten(store: Store) -> None:
    maya, journey, catalogue = await customer(store), solved(), Catalogue()
    await catalogue.publish_folder(store, BANK / "flows")
    state = encode(journey.state)
    run = await started(
        store, maya, id=RUN, hash=journey.state.version, state=state, status="solved"
    )

    async def happened(*events: Event) -> None:
        async with store.write() as work:
            for one in events:
                entry = Entry(kind="flow.x", actor=SYSTEM, body={}, run_id=RUN, private=encode(one))
                await work.timeline.append(maya.conversation_id, entry)

    await happened(*journey.log)
    await tally_runs(store, catalogue)
    counted = await totals(store, journey.state.started_at.date())
    assert ("ask_digits", "answered") in {(one.step, one.what) for one in counted}
    await happened(Forgot(at=journey.now, actor=BY_SYSTEM, names=("last4",), state=Raw(state)))
    async with store.write() as work:
        await work.runs.save(run)
    await tally_runs(store, catalogue)
    assert await totals(store, journey.state.started_at.date()) == counted
    assert await claim(store) == []
