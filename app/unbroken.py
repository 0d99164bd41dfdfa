"""Work that a cancellation must not cut in two."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from app.store.work import Store, Work

T = TypeVar("T")


async def unbroken(work: Coroutine[Any, Any, T]) -> T:
    """Do it to its end, also where the waiting task is cancelled meanwhile.

    A transaction that is cancelled in the middle of a statement holds SQLite's only writer for
    some 10 s, and one cancelled during its commit may be stored without anybody hearing of it.
    """
    task = asyncio.create_task(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        if not task.cancelled():
            task.exception()  # looked at: whoever waited for it is gone, most often the socket
        raise


async def unbroken_read(store: Store, look: Callable[[Work], Awaitable[T]]) -> T:
    """What is seen in one snapshot; a socket that goes away meanwhile does not cut it."""

    async def whole() -> T:
        async with store.read() as work:
            return await look(work)

    return await unbroken(whole())
