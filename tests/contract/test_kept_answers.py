"""Kept answers: the same request of the same owner is answered alike."""

import asyncio
from contextlib import suppress
from datetime import timedelta

from msgspec.structs import replace

from app.ids import new_id
from app.store.records import KeptAnswer
from app.store.work import Store
from tests.contract.people import NOON


def _answer() -> KeptAnswer:
    return KeptAnswer(
        owner_id=new_id(),
        key="7f3c",
        request_hash=b"\x00hash",
        body=b'{"id": 1}',
        created_at=NOON,
    )


async def test_an_answer_is_found_by_owner_and_key(store: Store) -> None:
    answer = _answer()
    other = replace(answer, owner_id=new_id(), body=b"other")
    async with store.write() as work:
        for one in (answer, other):
            assert await work.kept_answers.claim(one) is None
    async with store.read() as work:
        assert await work.kept_answers.find(answer.owner_id, "7f3c") == answer
        assert await work.kept_answers.find(other.owner_id, "7f3c") == other
        assert await work.kept_answers.find(answer.owner_id, "other") is None


async def test_of_many_at_once_one_acts_and_the_others_get_its_answer(store: Store) -> None:
    request = replace(_answer(), body=b"")

    async def ask(body: bytes) -> bytes | None:
        async with store.write() as work:
            kept = await work.kept_answers.claim(request)
            if kept is not None:
                return kept.body
            await asyncio.sleep(0.05)
            await work.kept_answers.answer(request.owner_id, request.key, body)
        return None

    bodies = [b"1", b"2", b"3"]
    told = await asyncio.gather(*(ask(body) for body in bodies))
    acted = told.index(None)
    assert [one for one in told if one is not None] == [bodies[acted]] * 2


async def test_whoever_fails_leaves_the_key_to_the_next(store: Store) -> None:
    request = _answer()
    with suppress(ZeroDivisionError):
        async with store.write() as work:
            await work.kept_answers.claim(request)
            raise ZeroDivisionError
    async with store.write() as work:
        assert await work.kept_answers.claim(request) is None


async def test_old_ones_are_forgotten(store: Store) -> None:
    old, new = _answer(), replace(_answer(), created_at=NOON + timedelta(seconds=1))
    async with store.write() as work:
        for one in (old, new):
            await work.kept_answers.claim(one)
        await work.kept_answers.forget(before=new.created_at)
    async with store.read() as work:
        assert await work.kept_answers.find(old.owner_id, old.key) is None
        assert await work.kept_answers.find(new.owner_id, new.key) == new
