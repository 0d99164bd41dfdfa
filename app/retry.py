"""What to do where another transaction was faster: look again and do it anew."""

from collections.abc import Callable, Coroutine
from contextlib import suppress
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from app.conversation.errors import Stale

TRIES = 4

P = ParamSpec("P")
T = TypeVar("T")


def retried(act: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, Coroutine[Any, Any, T]]:
    """Do it again where it was overtaken; raises Stale when it was each time.

    For whatever reads, decides and writes in one transaction of its own: the one that was
    overtaken left nothing behind, and the next looks at what the other wrote.
    """

    @wraps(act)
    async def again(*args: P.args, **kwargs: P.kwargs) -> T:
        for _ in range(TRIES - 1):
            with suppress(Stale):
                return await act(*args, **kwargs)
        return await act(*args, **kwargs)

    return again
