"""The push worker: carries notifications from the outbox to the provider."""

import asyncio
import json
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from app import topics
from app.bus.memory import Bus
from app.config import Config
from app.store.outbox import StoreDevices, StoreOutbox
from app.store.work import Store
from push.access_token import AccessTokens, service_account_grants
from push.clock import SystemClock
from push.worker import Worker


@asynccontextmanager
async def push_worker(
    config: Config, store: Store, bus: Bus
) -> AsyncIterator[Coroutine[Any, Any, None]]:
    """What is to be run beside the server; without credentials nothing is pushed."""
    if not config.push_credentials:
        yield asyncio.sleep(0)
        return
    # firebase_admin costs 0.6 s and 18 MiB: only who pushes pays.
    from push.fcm import FcmTransport

    info = json.loads(await asyncio.to_thread(Path(config.push_credentials).read_text))
    clock = SystemClock()
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=15)) as http:
        transport = FcmTransport(
            project_id=str(info["project_id"]),
            tokens=AccessTokens(service_account_grants(info)),
            http=http,
            clock=clock,
            base_url=config.push_url,
        )
        worker = Worker(StoreOutbox(store), StoreDevices(store), transport, clock)
        yield _run(worker, bus)


async def _run(worker: Worker, bus: Bus) -> None:
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(_until_settled(worker))
        tasks.create_task(_wake(worker, bus))


async def _until_settled(worker: Worker) -> None:
    """Run it; at the end what is in flight is settled, or it would be sent once more."""
    running = asyncio.create_task(worker.run())
    try:
        await asyncio.shield(running)
    except asyncio.CancelledError:
        worker.stop()
        await running
        raise


async def _wake(worker: Worker, bus: Bus) -> None:
    with bus.listening(topics.DELIVERIES) as bells:
        while True:
            await bells.heard()
            worker.wake()
