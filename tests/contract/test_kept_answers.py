"""Kept answers: the same request of the same owner is answered alike."""

import asyncio

import pytest
from msgspec.structs import replace

from app.conversation.errors import Stale
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
        await work.kept_answers.add(answer)
        await work.kept_answers.add(other)
    async with store.read() as work:
        assert await work.kept_answers.find(answer.owner_id, "7f3c") == answer
        assert await work.kept_answers.find(other.owner_id, "7f3c") == other
        assert await work.kept_answers.find(answer.owner_id, "other") is None


async def test_of_two_answers_at_once_one_is_kept(store: Store) -> None:
    answer = _answer()

    async def add(body: bytes) -> bytes:
        async with store.write() as work:
            await work.kept_answers.add(replace(answer, body=body))
        return body

    done = await asyncio.gather(add(b"1"), add(b"2"), add(b"3"), return_exceptions=True)
    (kept,) = [one for one in done if isinstance(one, bytes)]
    assert sum(isinstance(one, Stale) for one in done) == 2
    async with store.read() as work:
        found = await work.kept_answers.find(answer.owner_id, answer.key)
    assert found == replace(answer, body=kept)


async def test_a_key_once_used_is_stale(store: Store) -> None:
    answer = _answer()
    async with store.write() as work:
        await work.kept_answers.add(answer)
        with pytest.raises(Stale):
            await work.kept_answers.add(answer)
