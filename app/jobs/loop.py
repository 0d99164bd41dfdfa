"""Background work: woken by a bell, else looked at every so often."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from app.bus.memory import Bus
from app.unbroken import unbroken

PAUSE_AFTER_ERROR_S = 1.0

log = structlog.get_logger()


async def keep_doing(
    name: str, bus: Bus, topic: str | None, every_s: float, act: Callable[[], Awaitable[object]]
) -> None:
    """Do it at once, at each ring of the topic if there is one, and every so many seconds.

    An error is logged and the work goes on: the database may only be away for a moment.
    """
    with bus.listening(*([topic] if topic else [])) as bells:
        while True:
            try:
                await unbroken(_once(act))
            except Exception:
                log.exception("job.failed", job=name)
                await asyncio.sleep(PAUSE_AFTER_ERROR_S)
            try:
                async with asyncio.timeout(every_s):
                    await bells.heard()
            except TimeoutError:
                continue


async def _once(act: Callable[[], Awaitable[object]]) -> None:
    await act()
