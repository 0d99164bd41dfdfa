"""A unit of work: all or nothing, and it rings only once it is kept."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from app.conversation.errors import NotFound
from app.conversation.people import Customer
from app.store.work import Store, Work


class Broken(Exception):
    pass


async def _sign_in(work: Work, subject: str = "maya") -> None:
    await work.customers.signed_in(subject, "Maya", "en", {})


async def test_a_commit_keeps_everything_and_rings_each_topic_once(
    store: Store, rung: list[set[str]]
) -> None:
    async with store.write() as work:
        customer = await work.customers.signed_in("maya", "Maya", "en", {})
        work.ring("team")
        work.ring("team")
        work.ring("queue")
        assert rung == []
    assert rung == [{"team", "queue"}]
    async with store.read() as work:
        assert await work.customers.get(customer.id) == customer


async def test_a_rollback_leaves_nothing_and_rings_nothing(
    store: Store, rung: list[set[str]]
) -> None:
    async def break_off() -> None:
        async with store.write() as work:
            lost.append(await work.customers.signed_in("maya", "Maya", "en", {}))
            work.ring("team")
            raise Broken

    lost: list[Customer] = []
    with pytest.raises(Broken):
        await break_off()
    assert rung == []
    async with store.read() as work:
        with pytest.raises(NotFound):
            await work.customers.get(lost[0].id)


async def test_a_cancelled_transaction_leaves_nothing_and_blocks_nobody(
    store: Store, rung: list[set[str]]
) -> None:
    written = asyncio.Event()

    async def hang() -> None:
        async with store.write() as work:
            await _sign_in(work, "lina")
            work.ring("team")
            written.set()
            await asyncio.Event().wait()

    hanging = asyncio.create_task(hang())
    await written.wait()
    hanging.cancel()
    with pytest.raises(asyncio.CancelledError):
        await hanging
    async with asyncio.timeout(2):
        async with store.write() as work:
            await _sign_in(work, "maya")
    assert rung == []


async def test_a_transaction_that_rings_nothing_is_silent(
    store: Store, rung: list[set[str]]
) -> None:
    async with store.write() as work:
        await _sign_in(work)
    assert rung == []


async def test_a_reader_keeps_one_snapshot(store: Store) -> None:
    async with store.write() as work:
        customer = await work.customers.signed_in("maya", "Maya", "en", {})
    async with store.read() as reading:
        assert (await reading.customers.get(customer.id)).name == "Maya"
        async with store.write() as work:
            await work.customers.signed_in("maya", "Maya B.", "en", {})
        assert (await reading.customers.get(customer.id)).name == "Maya"
    async with store.read() as reading:
        assert (await reading.customers.get(customer.id)).name == "Maya B."


async def test_a_reader_cannot_write(store: Store) -> None:
    with pytest.raises(Exception, match=r"(?i)read-?only|mappingproxy"):
        async with store.read() as work:
            await _sign_in(work)


async def test_now_is_utc_and_the_same_for_the_whole_transaction(store: Store) -> None:
    async with store.write() as work:
        now = await work.now()
        await asyncio.sleep(0.01)
        assert await work.now() == now
    assert now.tzinfo is UTC
    assert abs(now - datetime.now(UTC)) < timedelta(seconds=5)
    async with store.read() as work:
        assert await work.now() > now


async def test_the_epoch_stays(store: Store) -> None:
    assert await store.epoch() == await store.epoch()
