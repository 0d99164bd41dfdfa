"""Flow versions, runs and their codes: one open run per customer, flow and inputs."""

import asyncio
from datetime import timedelta

import pytest
from msgspec.structs import replace

from app.conversation.errors import NotFound, Stale
from app.ids import new_id
from app.store.records import CodeRow, LiveFlow, RunRow
from app.store.work import Store
from tests.contract.people import NOON, customer, customers, flow_version, started, starting

MINUTE = timedelta(minutes=1)


async def _save(store: Store, run: RunRow) -> RunRow:
    async with store.write() as work:
        return await work.runs.save(run)


async def test_a_version_once_published_stays_as_it_is(store: Store) -> None:
    first = await flow_version(store)
    async with store.write() as work:
        await work.flow_versions.publish(replace(first, body="changed", published_at=NOON + MINUTE))
        assert await work.flow_versions.get(first.hash) == first
        with pytest.raises(NotFound, match="no such flow version"):
            await work.flow_versions.get("unknown")


async def test_a_version_goes_live_in_place_of_another(store: Store) -> None:
    await flow_version(store, "f1")
    await flow_version(store, "f2")
    first = LiveFlow(flow="activate_debit_card", hash="f1", since=NOON)
    other = LiveFlow(flow="a_second", hash="f1", since=NOON)
    async with store.write() as work:
        assert await work.flow_versions.live() == []
        await work.flow_versions.go_live(first)
        await work.flow_versions.go_live(other)
        await work.flow_versions.go_live(replace(first, since=NOON + MINUTE))  # it is already
        assert await work.flow_versions.live() == [other, first]
        newer = replace(first, hash="f2", since=NOON + MINUTE)
        await work.flow_versions.go_live(newer)
        assert await work.flow_versions.live() == [other, newer]


async def test_what_rests_is_due_in_the_order_of_its_time(store: Store) -> None:
    maya, jonas = await customers(store, 2)
    await flow_version(store)
    late = await started(store, maya, wakes_at=NOON + MINUTE, status="waiting")
    soon = await started(store, jonas, wakes_at=NOON)
    await started(store, maya, inputs_key="a", wakes_at=NOON + 2 * MINUTE)
    await started(store, maya, inputs_key="b", wakes_at=NOON, status="solved")
    await started(store, maya, inputs_key="c")
    async with store.read() as work:
        assert await work.runs.due(NOON + MINUTE, 9) == [soon, late]
        assert await work.runs.due(NOON + MINUTE, 1) == [soon]
        assert await work.runs.due(NOON - MINUTE, 9) == []


async def test_what_was_kept_long_enough_comes_the_oldest_first(store: Store) -> None:
    maya, jonas = await customers(store, 2)
    await flow_version(store)
    late = await started(store, maya, forgets_at=NOON + MINUTE)
    soon = await started(store, jonas, forgets_at=NOON, status="solved")
    await started(store, maya, inputs_key="a", forgets_at=NOON + 2 * MINUTE)
    await started(store, maya, inputs_key="b")
    async with store.read() as work:
        assert await work.runs.to_forget(NOON + MINUTE, 9) == [soon, late]
        assert await work.runs.to_forget(NOON + MINUTE, 1) == [soon]
        assert await work.runs.to_forget(NOON - MINUTE, 9) == []


async def test_a_flows_runs_are_those_in_flight_and_those_that_are_over(store: Store) -> None:
    maya = await customer(store)
    await flow_version(store)
    two = [await started(store, maya, inputs_key=key) for key in "ab"]
    first, second = sorted(two, key=lambda run: run.id)
    over = [
        await started(store, maya, inputs_key="c", status=status, updated_at=NOON + n * MINUTE)
        for n, status in enumerate(("solved", "abandoned", "expired"))
    ]
    await started(store, maya, flow="another")
    await started(store, maya, flow="another", status="solved")
    flow = first.flow
    async with store.read() as work:
        assert await work.runs.open_of_flow(flow, None, 9) == [first, second]
        assert await work.runs.open_of_flow(flow, None, 1) == [first]
        assert await work.runs.open_of_flow(flow, first.id, 9) == [second]
        assert await work.runs.these([second.id, new_id(), first.id]) == [first, second]
        assert await work.runs.these([]) == []
        assert await work.runs.ended_of_flow(flow, 2) == over[:0:-1]


async def test_an_event_finds_the_runs_of_its_customer_that_await_it(store: Store) -> None:
    maya, jonas = await customers(store, 2)
    await flow_version(store)
    waiting = await started(store, maya, awaits="parcel.moved", status="waiting")
    over = await started(
        store,
        maya,
        awaits="parcel.moved",
        status="solved",
        inputs_key="a",
        updated_at=NOON - MINUTE,
    )
    await started(store, maya, awaits="parcel.lost", inputs_key="b")
    await started(store, jonas, awaits="parcel.moved")
    async with store.read() as work:
        assert await work.runs.awaiting(maya.id, "parcel.moved", 9) == [waiting, over]
        assert await work.runs.awaiting(maya.id, "parcel.moved", 1) == [waiting]
        assert await work.runs.awaiting(jonas.id, "parcel.lost", 9) == []


async def test_a_run_comes_back_and_is_saved_under_the_next_version(store: Store) -> None:
    maya = await customer(store)
    await flow_version(store)
    run = await started(store, maya, expires_at=NOON + MINUTE)
    async with store.read() as work:
        assert await work.runs.get(run.id) == run
    saved = await _save(store, replace(run, state=b"next", status="solved", expires_at=None))
    assert saved.version == run.version + 1
    async with store.read() as work:
        assert await work.runs.get(run.id) == saved
    with pytest.raises(Stale):
        await _save(store, run)


async def test_an_unknown_run_is_not_found(store: Store) -> None:
    maya = await customer(store)
    async with store.read() as work:
        with pytest.raises(NotFound, match="no such run"):
            await work.runs.get(new_id())
    with pytest.raises(NotFound, match="no such run"):
        await _save(store, starting(maya))


@pytest.mark.parametrize("status", ["active", "waiting", "with_human"])
async def test_a_second_open_run_of_the_same_inputs_is_refused(store: Store, status: str) -> None:
    maya, jonas = await customers(store, 2)
    await flow_version(store)
    first = await started(store, maya, status=status)
    with pytest.raises(Stale):
        await started(store, maya)
    await started(store, maya, inputs_key="{}")
    await started(store, maya, flow="dispute_charge")
    await started(store, jonas)
    await _save(store, replace(first, status="abandoned"))
    await started(store, maya)


async def test_of_ten_started_at_once_one_remains(store: Store) -> None:
    maya = await customer(store)
    await flow_version(store)
    done = await asyncio.gather(*(started(store, maya) for _ in range(10)), return_exceptions=True)
    assert sum(isinstance(one, RunRow) for one in done) == 1
    assert sum(isinstance(one, Stale) for one in done) == 9


async def test_of_two_who_save_at_once_one_is_stale(store: Store) -> None:
    maya = await customer(store)
    await flow_version(store)
    run = await started(store, maya)
    done = await asyncio.gather(*(_save(store, run) for _ in range(5)), return_exceptions=True)
    assert sum(isinstance(one, RunRow) for one in done) == 1
    assert sum(isinstance(one, Stale) for one in done) == 4


async def test_the_open_run_is_found_by_its_inputs(store: Store) -> None:
    maya, jonas = await customers(store, 2)
    await flow_version(store)
    await started(store, maya, status="solved")
    await started(store, maya, inputs_key="{}")
    mine = await started(store, maya)
    async with store.read() as work:
        assert await work.runs.open_of(maya.id, mine.flow, mine.inputs_key) == mine
        assert await work.runs.open_of(jonas.id, mine.flow, mine.inputs_key) is None
        assert await work.runs.open_of(maya.id, "other", mine.inputs_key) is None


async def test_runs_of_a_customer_come_newest_change_first(store: Store) -> None:
    maya, jonas = await customers(store, 2)
    await flow_version(store)
    await started(store, jonas)
    runs = [
        await started(store, maya, inputs_key=f"{n}", updated_at=NOON + n * MINUTE)
        for n in (1, 2, 0)
    ]
    async with store.read() as work:
        assert await work.runs.of_customer(maya.id, 10) == [runs[1], runs[0], runs[2]]
        assert await work.runs.of_customer(maya.id, 1) == [runs[1]]


async def test_open_runs_past_their_time_come_longest_past_first(store: Store) -> None:
    maya = await customer(store)
    await flow_version(store)
    ages = {"1": NOON - MINUTE, "2": NOON - 2 * MINUTE, "3": NOON, "4": NOON + MINUTE, "5": None}
    runs = {
        name: await started(store, maya, inputs_key=name, expires_at=at)
        for name, at in ages.items()
    }
    over = await started(store, maya, inputs_key="6", expires_at=NOON - MINUTE, status="solved")
    async with store.read() as work:
        late = await work.runs.overdue(NOON, 10)
        assert late == [runs["2"], runs["1"], runs["3"]]
        assert over not in late
        assert await work.runs.overdue(NOON, 1) == [runs["2"]]


async def test_open_ones_come_by_their_customers_from_one_on(store: Store) -> None:
    await flow_version(store)
    people = sorted(await customers(store, 3), key=lambda one: one.id)
    runs = [await started(store, who, inputs_key=key) for who in people for key in ("1", "2")]
    await started(store, people[0], inputs_key="3", status="solved")
    async with store.read() as work:
        assert await work.runs.open_from(None, 10) == runs
        assert await work.runs.open_from(people[1].id, 3) == runs[2:5]


async def test_the_newest_code_of_a_run_counts(store: Store) -> None:
    maya = await customer(store)
    await flow_version(store)
    run, other = await started(store, maya), await started(store, maya, inputs_key="{}")
    async with store.write() as work:
        assert await work.codes.get(run.id) is None
        await work.codes.put(CodeRow(run_id=run.id, state=b"first"))
        await work.codes.put(CodeRow(run_id=other.id, state=b"other"))
        await work.codes.put(CodeRow(run_id=run.id, state=b"\x00second"))
    async with store.read() as work:
        assert await work.codes.get(run.id) == CodeRow(run_id=run.id, state=b"\x00second")
