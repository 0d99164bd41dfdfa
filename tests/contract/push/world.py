"""A worker, a provider on a real port and a clock that moves only when told."""

import asyncio
import heapq
import itertools
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import msgspec

from push.delivery import Delivery, plan
from push.device import Device, DeviceKind
from push.double.phones import Phone
from push.double.server import Running
from push.fcm import FcmTransport
from push.memory import MemoryDevices, MemoryOutbox
from push.notification import Notification, NotificationClass
from push.ports import Outbox
from push.worker import Worker
from tests.unit.push.samples import NOON, a_device, a_notification

LEASE = timedelta(seconds=10)


class VirtualClock:
    """Time that stands still between two calls of `advance`."""

    def __init__(self, start: datetime = NOON) -> None:
        self._now = start
        self._order = itertools.count()
        self._sleepers: list[tuple[datetime, int, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        return self._now

    async def sleep(self, seconds: float) -> None:
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        at = self._now + timedelta(seconds=seconds)
        heapq.heappush(self._sleepers, (at, next(self._order), woken))
        await woken

    async def advance(self, span: timedelta) -> None:
        """Let so much time pass, waking each sleeper at its own moment."""
        end = self._now + span
        while self._sleepers and self._sleepers[0][0] <= end:
            self._now, _, woken = heapq.heappop(self._sleepers)
            if not woken.done():
                woken.set_result(None)
            # Whoever woke may sleep again within this span.
            for _ in range(10):
                await asyncio.sleep(0)
        self._now = end


class World(msgspec.Struct):
    """All that takes part in one delivery."""

    double: Running
    transport: FcmTransport
    clock: VirtualClock
    devices: MemoryDevices
    outbox: MemoryOutbox

    def worker(self, outbox: Outbox | None = None) -> Worker:
        """A worker on this outbox that always waits as long as it may."""
        return Worker(
            outbox or self.outbox,
            self.devices,
            self.transport,
            self.clock,
            lease=LEASE,
            spread=lambda: 0.999,
        )

    async def phone(self, kind: DeviceKind = DeviceKind.FCM_TOKEN) -> tuple[Device, Phone]:
        """A registered device, and the simulated phone behind it."""
        token = self.double.provider.register()
        device = await self.devices.register(a_device(kind=kind, address=token))
        phone = self.double.provider.phones.get(token)
        assert phone is not None
        return device, phone

    async def notify(
        self,
        device: Device,
        class_: NotificationClass = NotificationClass.REPLY,
        link: str = "/conversation",
    ) -> Notification:
        """A notification for one device, in the outbox."""
        notification = a_notification(
            customer_id=device.customer_id, class_=class_, link=link, at=self.clock.now()
        )
        await self.outbox.add(notification, plan(notification, [device], uuid4))
        return notification

    async def delivery(self, notification: Notification) -> Delivery:
        (delivery,) = await self.outbox.of(notification.id)
        return delivery

    async def until_state(self, notification: Notification, *states: str) -> Delivery:
        """The delivery once it is in one of these states."""

        async def reached() -> bool:
            return (await self.delivery(notification)).state in states

        await eventually(reached)
        return await self.delivery(notification)

    def wire(self, phone: Phone) -> list[dict[str, Any]]:
        """The messages that came over the wire for this phone, taken or refused."""
        return [sent.message for sent in self.double.provider.sends if sent.token == phone.token]


async def eventually(holds: Callable[[], Awaitable[bool]], seconds: float = 5.0) -> None:
    """Return once `holds` does; fail after so many seconds."""
    end = time.monotonic() + seconds
    while not await holds():
        assert time.monotonic() < end, "it did not come true in time"
        await asyncio.sleep(0.005)


@asynccontextmanager
async def at_work(worker: Worker) -> AsyncIterator[Worker]:
    """The worker running; stopped gracefully at the end."""
    task = asyncio.create_task(worker.run())
    try:
        yield worker
    finally:
        worker.stop()
        await task
