"""Idempotent requests: the effect and the answer are kept together, a repeat is answered alike."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar
from uuid import UUID

import msgspec

from app.retry import retried
from app.store.records import KeptAnswer
from app.store.work import Store, Work

T = TypeVar("T")

KEPT_FOR = timedelta(days=1)
"""A repeat after this time is a new request."""


class KeyReused(Exception):
    """The Idempotency-Key came before, with another request."""

    def __init__(self, key: str) -> None:
        super().__init__(f"the Idempotency-Key {key!r} was used for another request")
        self.key = key


class Once:
    """One request of one caller, done once however often it is sent.

    Of the request a fingerprint is kept, which must be keyed: four digits are guessed from a hash.
    A request that was refused left nothing behind, so its repeat is judged anew.
    """

    def __init__(self, store: Store, caller_id: UUID, key: str | None, request_hash: bytes) -> None:
        self._store = store
        self._caller_id = caller_id
        self._key = key
        self._request_hash = request_hash

    @retried
    async def __call__(self, act: Callable[[Work], Awaitable[T]], answer_type: type[T]) -> T:
        """Do it in a transaction of its own, unless it was done: then what was answered then.

        The answer is stored in the transaction of the effect. Who comes second while the first is
        at it waits for its end. Where another transaction was faster it is done anew, so `act`
        leaves nothing behind but what it writes. Without a key it is simply done.

        Raises KeyReused where the key came with a different request, and Stale where it was
        overtaken each time.
        """
        async with self._store.write() as work:
            if self._key is None:
                return await act(work)
            kept = await work.kept_answers.claim(
                KeptAnswer(
                    owner_id=self._caller_id,
                    key=self._key,
                    request_hash=self._request_hash,
                    body=b"",
                    created_at=await work.now(),
                )
            )
            if kept is not None:
                return msgspec.json.decode(self._same(kept).body, type=answer_type)
            answer = await act(work)
            body = msgspec.json.encode(answer)
            await work.kept_answers.answer(self._caller_id, self._key, body)
            return answer

    async def was_done(self) -> bool:
        """For what has to happen before the transaction. Raises KeyReused."""
        if self._key is None:
            return False
        async with self._store.read() as work:
            kept = await work.kept_answers.find(self._caller_id, self._key)
        return kept is not None and bool(self._same(kept))

    def _same(self, kept: KeptAnswer) -> KeptAnswer:
        if kept.request_hash != self._request_hash:
            raise KeyReused(kept.key)
        return kept


async def forget_answers(store: Store) -> None:
    """Repeats come soon or never."""
    async with store.write() as work:
        await work.kept_answers.forget(before=await work.now() - KEPT_FOR)
