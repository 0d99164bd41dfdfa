"""Who carries what waits in the outbox to the providers?"""

import asyncio
import logging
import random
from collections.abc import Callable
from datetime import datetime, timedelta

from push.delivery import Dead, Expired, Result, intend
from push.message import Message, compose
from push.outcome import Failure, Outcome, Refused
from push.ports import Claimed, Clock, Devices, Outbox, Transport
from push.retry import decide, is_address_dead

_log = logging.getLogger(__name__)

_SETTLE_PAUSE = 0.2


class Worker:
    """Claims deliveries, sends them, writes down how it ended, and nothing else.

    Many may run against one outbox. A worker that dies loses nothing: its leases run out and
    another sends again. An attempt is given up after half the lease, so that a slow provider
    never makes two workers send the same delivery at once.
    """

    def __init__(
        self,
        outbox: Outbox,
        devices: Devices,
        transport: Transport,
        clock: Clock,
        *,
        concurrency: int = 32,
        lease: timedelta = timedelta(seconds=30),
        poll: timedelta = timedelta(seconds=1),
        spread: Callable[[], float] = random.random,
    ) -> None:
        self._outbox = outbox
        self._devices = devices
        self._transport = transport
        self._clock = clock
        self._concurrency = concurrency
        self._lease = lease
        self._poll = poll
        self._spread = spread
        self._work = asyncio.Event()
        self._stopping = False
        self._more = False
        self._in_flight: set[asyncio.Task[None]] = set()

    def wake(self) -> None:
        """Look into the outbox now: something was just committed."""
        self._work.set()

    def stop(self) -> None:
        """Claim nothing more; `run` returns once all in flight are settled."""
        self._stopping = True
        self._work.set()

    async def run(self) -> None:
        """Work until `stop`. Cancelling it instead drops what is in flight, like a crash."""
        ticking = asyncio.create_task(self._tick())
        try:
            self._work.set()
            while not self._stopping:
                await self._work.wait()
                self._work.clear()
                await self._fill()
            await asyncio.gather(*self._in_flight)
        finally:
            for task in (ticking, *self._in_flight):
                task.cancel()
            await asyncio.gather(ticking, *self._in_flight, return_exceptions=True)

    async def _tick(self) -> None:
        while True:
            await self._clock.sleep(self._poll.total_seconds())
            self._work.set()

    async def _fill(self) -> None:
        """Start as many deliveries as there are free places."""
        free = self._concurrency - len(self._in_flight)
        if free == 0 or self._stopping:
            return
        batch = await self._claim(free)
        self._more = len(batch) == free
        for claimed in batch:
            task = asyncio.create_task(self._carry(claimed))
            self._in_flight.add(task)
            task.add_done_callback(self._landed)

    async def _claim(self, limit: int) -> list[Claimed]:
        try:
            return await self._outbox.claim(limit, self._lease, self._clock.now())
        except Exception:
            # The store is away; the next tick asks again.
            _log.exception("push: the outbox gave no deliveries")
            return []

    def _landed(self, task: asyncio.Task[None]) -> None:
        self._in_flight.discard(task)
        # A claim per finished delivery would cost as much as sending it; a claim for half the
        # places keeps them busy. Urgent news does not wait for that: `wake` claims at once.
        if self._more and len(self._in_flight) <= self._concurrency // 2:
            self._work.set()

    async def _carry(self, claimed: Claimed) -> None:
        """One delivery, one attempt. Whatever goes wrong stays with this delivery."""
        try:
            result = await self._attempt(claimed)
            if result is not None:
                await self._settle(claimed, result)
        except Exception:
            # The lease runs out and the delivery is sent again.
            _log.exception("push: delivery %s stays claimed", claimed.delivery.id)

    async def _attempt(self, claimed: Claimed) -> Result | None:
        """How the attempt ended; None when the claim was lost before it began."""
        delivery, device = claimed.delivery, claimed.device
        started = self._clock.now()
        if started >= delivery.expires_at:
            return Expired()
        if device is None:
            return Dead(failure=Failure.DEVICE_GONE, detail="the device was forgotten")
        if not await self._outbox.record_intent(delivery.id, claimed.fence):
            return None
        outcome = await self._send(compose(delivery, claimed.notification, device, started))
        if is_address_dead(outcome):
            await self._forget(claimed, device.address, started)
        return decide(
            intend(delivery),
            outcome,
            longest_pause=claimed.notification.rule.longest_pause,
            now=self._clock.now(),
            spread=self._spread(),
        )

    async def _send(self, message: Message) -> Outcome:
        try:
            async with asyncio.timeout(self._lease.total_seconds() / 2):
                return await self._transport.send(message)
        except TimeoutError:
            return Refused(failure=Failure.UNCERTAIN, detail="no answer within half the lease")
        except Exception as error:
            _log.exception("push: the transport broke on delivery %s", message.delivery_id)
            return Refused(failure=Failure.UNCERTAIN, detail=f"transport: {type(error).__name__}")

    async def _forget(self, claimed: Claimed, address: str, as_of: datetime) -> None:
        delivery = claimed.delivery
        if await self._devices.forget(delivery.device_id, address, as_of):
            _log.info("push: device %s is gone, forgotten", delivery.device_id)

    async def _settle(self, claimed: Claimed, result: Result) -> None:
        delivery = claimed.delivery
        if not await self._write_end(claimed, result):
            _log.info("push: delivery %s was settled by another", delivery.id)

    async def _write_end(self, claimed: Claimed, result: Result) -> bool:
        """Settle, and keep trying while the claim lasts: an end that is lost is sent twice."""
        delivery = claimed.delivery
        while True:
            now = self._clock.now()
            try:
                return await self._outbox.settle(delivery.id, claimed.fence, result, now)
            except Exception:
                if delivery.lease_until is None or now >= delivery.lease_until:
                    raise
                _log.warning("push: the outbox did not settle %s, again", delivery.id)
            await self._clock.sleep(_SETTLE_PAUSE)
