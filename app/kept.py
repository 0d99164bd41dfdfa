"""Idempotent requests: the effect and the answer are kept together, a repeat is answered alike."""

from collections.abc import Awaitable, Callable
from typing import TypeVar
from uuid import UUID

import msgspec

from app.conversation.errors import ConversationError, Stale
from app.store.records import KeptAnswer
from app.store.work import Work

T = TypeVar("T")


class KeyReused(Exception):
    """The Idempotency-Key came before, with another request."""

    def __init__(self, key: str) -> None:
        super().__init__(f"the Idempotency-Key {key!r} was used for another request")
        self.key = key


async def once(
    work: Work,
    caller_id: UUID,
    key: str | None,
    request: bytes,
    fingerprint: Callable[[bytes], bytes],
    answer_type: type[T],
    act: Callable[[], Awaitable[T]],
) -> T:
    """Do it, unless this caller's key was seen: then return what was answered then.

    Of the request a fingerprint is kept, which must be keyed: four digits are guessed from a hash.

    The answer is stored in the transaction of the effect. Without a key it is simply done.
    Raises KeyReused where the key came with a different request, Stale where the same request was
    answered meanwhile.
    """
    if key is None:
        return await act()
    request_hash = fingerprint(request)
    kept = await work.kept_answers.find(caller_id, key)
    if kept is not None and kept.request_hash != request_hash:
        raise KeyReused(key)
    if kept is not None:
        return msgspec.json.decode(kept.body, type=answer_type)
    try:
        answer = await act()
    except ConversationError:
        if await work.kept_answers.find(caller_id, key) is None:
            raise
        raise Stale("answer") from None  # what is in the way is this very request, sent twice
    await work.kept_answers.add(
        KeptAnswer(
            owner_id=caller_id,
            key=key,
            request_hash=request_hash,
            body=msgspec.json.encode(answer),
            created_at=await work.now(),
        )
    )
    return answer
